"""What a fact row would be if the case were handled and closed at a moment: for forecasts, never stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from gridcase.facts.outcome import Sort, closing_counts
from gridcase.facts.row import FactRow


def closed_at(row: FactRow, at: datetime) -> FactRow:
    """The row of an open, countable case that is closed at `at`, and handled at it unless it was before.

    Only what block O counts is told; rework, holds and requests stay as they were.
    """
    handled_at = at if row.handled_at is None else row.handled_at
    is_on_time = row.due_at is None or handled_at <= row.due_at
    sort = Sort(row.is_urgent, row.is_assigned, row.is_public, row.department_kind)
    counts = closing_counts(sort, is_handled=True, is_on_time=is_on_time, is_closed=True)
    values: dict[str, Any] = {name: int(value) for name, value in counts.items()}
    return replace(row, handled_at=handled_at, closed_at=at, is_open=False, is_held=False, **values)
