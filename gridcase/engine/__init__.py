"""Workflow definitions: reads, checks and executes what workflows/*.toml says; pure, no database and no web."""

from gridcase.engine.actors import with_actors
from gridcase.engine.definition import ClockRule, Definition, On, RequestRule, Role, State, Transition
from gridcase.engine.diagram import diagram
from gridcase.engine.flows import Flows, Stored, lint_flows, lint_versions, load_flows, read_folder
from gridcase.engine.guards import PHOTO_KINDS, Facts, Guard, GuardRef
from gridcase.engine.machine import FlowMachine
from gridcase.engine.table import FlowTable
from gridcase.engine.verdicts import Accepted, Possible, Preview, Rejected, Verdict

__all__ = [
    "PHOTO_KINDS",
    "Accepted",
    "ClockRule",
    "Definition",
    "Facts",
    "FlowMachine",
    "FlowTable",
    "Flows",
    "Guard",
    "GuardRef",
    "On",
    "Possible",
    "Preview",
    "Rejected",
    "RequestRule",
    "Role",
    "State",
    "Stored",
    "Transition",
    "Verdict",
    "diagram",
    "lint_flows",
    "lint_versions",
    "load_flows",
    "read_folder",
    "with_actors",
]
