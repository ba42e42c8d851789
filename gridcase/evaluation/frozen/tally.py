"""Adds fact rows up as a record does: which of them are used, and the counts by unit that they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gridcase.evaluation.frozen.heads import Month
from gridcase.evaluation.frozen.lines import UsedRow
from gridcase.evaluation.once import Unit, is_due_in, unit_of
from gridcase.facts import Selection, Span, columns_at
from gridcase.facts.blocks import COLUMN_NAMES

Counts = dict[str, int]


@dataclass
class Tally:
    """The counts by unit of the rows added so far, each in its month, judged at that month's T."""

    district: str
    by: Unit
    selection: Selection
    months: Mapping[str, Month]
    counts: dict[Unit, Counts] = field(default_factory=dict)
    judged_before: int = 0

    def add(self, used: UsedRow, *, sign: int = 1) -> bool:
        """Count a row, or take it out again with `sign` -1. False when it adds to nothing: no record uses it then.

        A case that an earlier frozen period judged is used too: it says what was left out. Raises KeyError for a
        month that is not one of these.
        """
        month, unit = self.months[used.period], unit_of(used.row, self.by, self.district)
        if unit is None:
            return False
        span = Span(month.start, month.end)
        columns = columns_at(
            used.row,
            period=span,
            at=month.as_of,
            selection=self.selection,
            is_judged_before=used.is_judged_before,
        )
        is_left_out = used.is_judged_before and self._is_due(used, span)
        self.judged_before += sign * is_left_out
        if not any(columns.values()):
            return is_left_out
        own = self.counts.setdefault(unit, dict.fromkeys(COLUMN_NAMES, 0))
        for name, value in columns.items():
            if value:
                own[name] += sign * value
        return True

    def may_move(self, used: UsedRow) -> bool:
        """Whether the case belongs to its month, and its due moment may still move to another one."""
        month = self.months[used.period]
        belongs = self._is_due(used, Span(month.start, month.end)) and not used.is_judged_before
        return belongs and used.row.is_open

    def _is_due(self, used: UsedRow, span: Span) -> bool:
        return self.selection.mode == "due" and is_due_in(used.row, span)
