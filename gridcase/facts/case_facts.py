"""facts(): the fact row of one case from its history at a moment T."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from gridcase.facts.fold import CaseFold, fold
from gridcase.facts.history import Step
from gridcase.facts.intake import intake_columns
from gridcase.facts.outcome import is_countable, outcome_columns
from gridcase.facts.row import FactRow

_DEADLINES = {
    "intake_due_at": "intake",
    "confirmation_due_at": "confirmation",
    "filing_due_at": "filing",
    "dispatch_due_at": "dispatch",
    "verification_sending_due_at": "verification_sending",
    "verification_due_at": "verification",
    "closing_due_at": "closing",
}
_MOMENTS = tuple(field.name for field in fields(FactRow) if "datetime" in str(field.type))


def facts(steps: Sequence[Step], *, until: datetime | None = None) -> FactRow | None:
    """The fact row of a case from its steps recorded strictly before `until` (all steps when None).

    A pure function (evaluation.md 1 and 3): no calendar, no definition, no "now". None when the case has no step
    before `until`. For an amended month the caller hands in later appeal decisions with an `until` behind them.
    """
    case = fold(steps, until=until)
    return None if case is None else row_of(case)


def row_of(case: CaseFold) -> FactRow:
    """The fact row of a folded case."""
    return FactRow(**columns_of(case))


def columns_of(case: CaseFold) -> dict[str, Any]:
    """The fields of the fact row of a folded case by name: what is written at each step, without making the row."""
    is_open, handling = case.stages.is_open, case.handling
    values: dict[str, Any] = {
        **case.origin.keys(),
        **case.stages.keys(),
        **case.dispatches.keys(),
        **case.tasks.columns(),
        **intake_columns(case),
        **outcome_columns(case),
        **{name: case.deadlines.of(clock) for name, clock in _DEADLINES.items()},
        "closer": case.desk.closer,
        "due_at": handling.due_at(case.deadlines, is_in_force=case.dispatches.is_in_force),
        "handled_at": handling.handled_at,
        "held_from": handling.held_from if handling.is_held else None,
        "held_until": handling.held_until if handling.is_held else None,
        "is_held": handling.is_held and is_open,
        "is_countable": is_countable(case),
    }
    for name in _MOMENTS:
        moment = values[name]
        if moment is not None and moment.tzinfo is not UTC:
            values[name] = moment.astimezone(UTC)
    return values
