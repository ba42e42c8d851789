"""The case file (案卷): one case whole, with every step, every clock line, every photo's hash and the check of its history."""

from __future__ import annotations

from typing import Any

from gridcase import __version__
from gridcase.cases.book import Desk
from gridcase.cases.case_check import check_case
from gridcase.cases.casefile import CaseFile
from gridcase.cases.deadline import deadline_of_run
from gridcase.cases.models import Case
from gridcase.cases.runs import Run
from gridcase.cases.shown import china_text, shown_case
from gridcase.cases.steps import Entry, effect_to_json, moment_from
from gridcase.cases.verifying import held_cases
from gridcase.cases.view import run_view, view_of
from gridcase.db import table_of
from gridcase.directory.people import Actor
from gridcase.engine.definition import Definition

FORMAT = 1
_EFFECT_MOMENTS = ("at", "due_at", "held_from", "asked_at", "old_due_at", "until_at", "yellow_at")


def case_file(desk: Desk, actor: Actor, number: str) -> dict[str, Any]:
    """The case file as this person may have it, ready for JSON. Raises NotFound `unknown_case`."""
    return case_file_of(desk, actor, shown_case(desk, actor, number))


def case_file_of(desk: Desk, actor: Actor, case: CaseFile) -> dict[str, Any]:
    """As `case_file`, of a case that was loaded already.

    `case` is what the case's own call answers (api.md 5), less what stands here in full: steps with the links of the
    chain and their effects on clocks, clocks with their lines.
    """
    view = view_of(desk, actor, case)
    shown = {step["no"]: step for step in view.pop("steps")}
    view.pop("clocks")
    if view["closing"] is not None:
        view["closing"].pop("stages")
    runs = sorted(case.runs, key=lambda run: run.started_at)
    return {
        "format": "gridcase case file",
        "format_version": FORMAT,
        "made_by": f"gridcase {__version__}",
        "made_at": china_text(desk.now),
        "made_for": actor.name,
        "site": desk.book.settings.site.name,
        "district": desk.district,
        "is_synthetic": _is_synthetic(desk, case),
        "workflow_title": case.definition.title,
        "case": view,
        "clocks": [_clock(desk, case.definition, run) for run in runs],
        "steps": [_step(case.definition, entry, shown[entry.step.no]) for entry in case.entries],
        "history": history_of(desk, case),
    }


def _is_synthetic(desk: Desk, case: CaseFile) -> bool:
    """Whether the case lies in a made-up cell: such files say 示意 (geo.md 8, C-02)."""
    cells = desk.book.geography.cells(desk.now.date())
    found = next((cell for cell in cells if cell.code == case.fields.get("cell")), None)
    return found is not None and found.properties.get("synthetic") is True


def _clock(desk: Desk, definition: Definition, run: Run) -> dict[str, Any]:
    """One run of a clock with its arithmetic; the due moment under both of its names."""
    rule = definition.clocks.get(run.clock)
    return {"label": rule.label if rule else run.clock, **run_view(desk, run), **deadline_of_run(desk, run)}


def _step(definition: Definition, entry: Entry, shown: dict[str, Any]) -> dict[str, Any]:
    rows = definition.rows(entry.step.trigger)
    row = next((row for row in rows if entry.step.from_state in row.froms), None)
    photos = entry.step.data.get("photos", ())
    return {
        **shown,
        "label": row.label if row else None,
        "photos": [{name: photo[name] for name in ("id", "kind", "sha256")} for photo in photos],
        "effects": [_effect(effect_to_json(effect)) for effect in entry.step.clocks],
        "previous_hash": entry.previous_hash,
    }


def _effect(values: dict[str, Any]) -> dict[str, Any]:
    """An effect on a clock with its moments in China time."""
    told = {name: china_text(moment_from(values[name])) for name in _EFFECT_MOMENTS if name in values}
    return {**values, **told}


def history_of(desk: Desk, case: CaseFile) -> dict[str, Any]:
    """Whether the chain of the stored steps and all that mirrors it is sound now; places only, no values."""
    (held,) = held_cases(desk.connection, desk.district, [case.number])
    found = [
        {"table": one.table, "key": dict(one.key), "column": one.column, "code": one.code}
        for one in check_case(desk.connection, desk.book, held)
    ]
    return {
        "is_sound": not found,
        "steps": len(held.steps),
        "last_hash": held.mirrors[table_of(Case).name][0]["last_hash"] if held.steps else None,
        "differences": found,
    }
