"""The counts of one fact row in a period at an as-of moment: blocks I and O as a scheme selects them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridcase.facts.acts import acts_from_text, count_acts
from gridcase.facts.blocks import (
    ACT_COLUMN_NAMES,
    COLUMN_NAMES,
    INTAKE_MOMENTS,
    OUTCOME_STORED,
)
from gridcase.facts.row import FactRow
from gridcase.facts.selection import Selection, Span
from gridcase.facts.texts import moments_from_text


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a countable case stands at the as-of moment; each flag 0 or 1."""

    handle_due: int
    open_in_time: int
    overdue_unhandled: int
    due: int


def columns_at(
    row: FactRow, *, period: Span, at: datetime, selection: Selection, is_judged_before: bool = False
) -> dict[str, int]:
    """All counts of evaluation.md 3 that the case adds to its unit in `period`, judged at `at`.

    `row` holds the facts of the steps before `at`. Modes `due` and `reported`; in mode `act` people are counted,
    not cases, so ValueError. `is_judged_before`: the case was judged in an earlier frozen period and leaves the
    O columns except `held` and the carry-over (evaluation.md 2).
    """
    counts = dict.fromkeys(COLUMN_NAMES, 0)
    if selection.mode == "due":
        _add_intake(counts, row, period)
        if row.is_countable:
            if period.holds(row.due_at) and not is_judged_before:
                _add_outcome(counts, row, at, selection=selection)
            counts["held"] = int(row.is_held_at(at))
            _add_carry_over(counts, row, period, at=at, selection=selection)
    elif selection.mode == "reported":
        if period.holds(row.reported_at):
            _add_all_intake(counts, row)
            if row.is_countable:
                _add_outcome(counts, row, at, selection=selection)
                counts["held"] = int(row.is_held_at(at))
    else:
        raise ValueError(f"mode {selection.mode!r} counts the acts of people, not cases")
    return counts


def _add_intake(counts: dict[str, int], row: FactRow, period: Span) -> None:
    """Block I in mode `due`: every column by its own moment, every task and duty by its own."""
    for name, moment in INTAKE_MOMENTS.items():
        if period.holds(getattr(row, moment)):
            counts[name] = _intake(row, name)
    if (
        row.acts_from is None
        or row.acts_to is None
        or row.acts_to < period.start
        or row.acts_from >= period.end
    ):
        return
    if period.holds(row.acts_from) and period.holds(row.acts_to):
        for name in ACT_COLUMN_NAMES:
            counts[name] = getattr(row, name)
    else:
        counts.update(count_acts(act for act in acts_from_text(row.acts) if period.holds(act.at)))


def _add_all_intake(counts: dict[str, int], row: FactRow) -> None:
    """Block I in mode `reported`: the case was reported in the period, so all of it counts."""
    for name in INTAKE_MOMENTS:
        counts[name] = _intake(row, name)
    for name in ACT_COLUMN_NAMES:
        counts[name] = getattr(row, name)


def _intake(row: FactRow, name: str) -> int:
    if name == "undispatched":
        return int(row.filed and row.is_open and row.dispatched_at is None)
    value: int = getattr(row, name)
    return value


def _standing(row: FactRow, at: datetime) -> _Standing:
    """Held cases leave these columns; an open case without a due moment is not late (evaluation.md 3)."""
    handle_due = int(not row.is_held_at(at))
    is_unhandled = handle_due and not row.handled
    overdue_unhandled = int(is_unhandled and row.due_at is not None and row.due_at < at)
    open_in_time = int(is_unhandled and not overdue_unhandled)
    return _Standing(handle_due, open_in_time, overdue_unhandled, due=row.handled + overdue_unhandled)


def _add_outcome(counts: dict[str, int], row: FactRow, at: datetime, *, selection: Selection) -> None:
    standing = _standing(row, at)
    for name in OUTCOME_STORED:
        counts[name] = getattr(row, name)
    if selection.on_time_closing == "closing":
        _judge_by_closing(counts, row)
    counts["handle_due"] = standing.handle_due
    if selection.handle_due == "without_not_yet_due":
        counts["handle_due"] -= standing.open_in_time
    counts["open_in_time"] = standing.open_in_time
    counts["overdue_unhandled"] = standing.overdue_unhandled
    counts["unhandled"] = standing.open_in_time + standing.overdue_unhandled
    counts["due"] = standing.due
    counts["overdue_unclosed"] = int(standing.due and not row.closed)
    counts["urgent_due"] = standing.due * row.is_urgent
    counts["assigned_due"] = standing.due * row.is_assigned
    counts["public_overdue_unhandled"] = standing.overdue_unhandled * row.is_public
    counts["supervision_unanswered"] = unanswered_orders(row, at)


def _judge_by_closing(counts: dict[str, int], row: FactRow) -> None:
    """Setting `on_time_closing = "closing"`: the closing itself is compared with the due moment."""
    is_by_due = row.closed_at is not None and (row.due_at is None or row.closed_at <= row.due_at)
    on_time = row.closed * int(is_by_due or row.appeal_exempted)
    counts["on_time_closed"] = on_time
    counts["late_closed"] = row.closed - on_time
    counts["urgent_on_time_closed"] = on_time * row.is_urgent
    counts["assigned_on_time_closed"] = on_time * row.is_assigned
    counts["public_late_closed"] = (row.closed - on_time) * row.is_public


def unanswered_orders(row: FactRow, at: datetime) -> int:
    """Orders to a department that were not answered by their own deadline, as known at `at`."""
    if row.supervision_open_from is None or row.supervision_open_from >= at:
        return row.supervision_late
    return row.supervision_late + sum(reply_by < at for reply_by in moments_from_text(row.supervision_open))


def _add_carry_over(
    counts: dict[str, int], row: FactRow, period: Span, *, at: datetime, selection: Selection
) -> None:
    """上期遗留: due before the period and not handled before it (evaluation.md 2)."""
    is_carried = row.due_at is not None and row.due_at < period.start and not row.is_held
    if not is_carried or (row.handled_at is not None and row.handled_at < period.start):
        return
    until_now = Span(period.start, at)
    is_handled, is_closed = row.handled, int(bool(row.closed) and until_now.holds(row.closed_at))
    counts["carried_over"] = 1
    counts["carried_over_handled"] = is_handled
    counts["carried_over_closed"] = is_closed
    counts["carried_over_open"] = 1 - is_handled
    if selection.carry_over == "included":
        _include(counts, row, is_handled=is_handled, is_closed=is_closed)


def _include(counts: dict[str, int], row: FactRow, *, is_handled: int, is_closed: int) -> None:
    """Setting `carry_over = "included"`: also due in this period, and always late.

    Whoever is in `handle_due` and not handled is unhandled, whoever is due and not closed unclosed: the columns
    that are defined by others follow them, and due = handled + overdue_unhandled still holds.
    """
    is_open, is_unclosed = 1 - is_handled, 1 - is_closed
    counts["unhandled"] += is_open
    counts["overdue_unhandled"] += is_open
    counts["public_overdue_unhandled"] += is_open * row.is_public
    counts["overdue_unclosed"] += is_unclosed
    counts["handle_due"] += 1
    counts["due"] += 1
    counts["urgent_due"] += row.is_urgent
    counts["assigned_due"] += row.is_assigned
    counts["handled"] += is_handled
    counts["late_handled"] += is_handled
    counts["closed"] += is_closed
    counts["late_closed"] += is_closed
    counts["urgent_closed"] += is_closed * row.is_urgent
    counts["assigned_closed"] += is_closed * row.is_assigned
    counts["public_late_closed"] += is_closed * row.is_public
