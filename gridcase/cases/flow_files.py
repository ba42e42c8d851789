"""Reads and checks workflow files under what the register knows: its guards, its records, the limits of the clock."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gridcase.cases.guards import GUARDS
from gridcase.cases.records import RECORD_NAMES
from gridcase.clock import ClockError, parse_limit
from gridcase.engine import Flows, lint_flows, load_flows
from gridcase.errors import Fault, Reason

Files = Mapping[str, bytes | str]


def check_limit(text: Any) -> Reason | None:
    """What is wrong with a limit text, for the lint of definitions: the engine knows no units."""
    try:
        parse_limit(text)
    except ClockError as error:
        return Reason(error.code, {"text": error.message})
    return None


def load_flow_files(files: Files, stored: Mapping[tuple[str, int], str] = MappingProxyType({})) -> Flows:
    """The definitions of `files` (name -> content) and of `stored` texts that no file tells.

    Raises DefinitionError with all faults of all files (flow.md 9).
    """
    return load_flows(files, GUARDS, records=RECORD_NAMES, check_limit=check_limit, stored=stored)


def flow_faults(files: Files) -> list[Fault]:
    """The faults for which `load_flow_files` would refuse these files; empty when they are sound."""
    return lint_flows(files, GUARDS, records=RECORD_NAMES, check_limit=check_limit)
