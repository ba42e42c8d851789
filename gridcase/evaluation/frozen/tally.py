"""Adds fact rows up as a record does: which of them are used, and the counts by unit that they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gridcase.evaluation.frozen.heads import Month
from gridcase.evaluation.frozen.lines import UsedRow
from gridcase.evaluation.once import Unit, is_due_in, unit_of
from gridcase.evaluation.post_columns import MISSED, POSTS, Post, columns_of_people
from gridcase.facts import Selection, Span, columns_at
from gridcase.facts.blocks import COLUMN_NAMES

Counts = dict[str, int]


@dataclass
class Tally:
    """The counts by unit of the rows added so far, each in its month, judged at that month's T.

    `of` is the kind of units; people of a post are counted by their acts, all others by keys of the row (`by`).
    """

    district: str
    by: Unit
    selection: Selection
    months: Mapping[str, Month]
    counts: dict[Unit, Counts] = field(default_factory=dict)
    judged_before: int = 0
    of: str = ""

    def add(self, used: UsedRow, *, sign: int = 1) -> bool:
        """Count a row, or take it out again with `sign` -1. False when it adds to nothing: no record uses it then.

        A case that an earlier frozen period judged is used too: it says what was left out. Raises KeyError for a
        month that is not one of these.
        """
        shares = self.shares(used)
        is_left_out = bool(shares) and used.is_judged_before and self._is_due(used)
        self.judged_before += sign * is_left_out
        is_used = is_left_out
        for unit, columns in shares:
            if not any(columns.values()):
                continue
            is_used = True
            own = self.counts.setdefault(unit, dict.fromkeys(COLUMN_NAMES, 0))
            for name, value in columns.items():
                if value:
                    own[name] += sign * value
        return is_used

    def shares(self, used: UsedRow) -> list[tuple[Unit, Counts]]:
        """What a row adds to the counts of which unit: of one unit for cases, of each person for acts."""
        month = self.months[used.period]
        span = Span(month.start, month.end)
        if self.of in POSTS:
            return _shares_of_people(used, POSTS[self.of], span)
        unit = unit_of(used.row, self.by, self.district)
        if unit is None:
            return []
        columns = columns_at(
            used.row,
            period=span,
            at=month.as_of,
            selection=self.selection,
            is_judged_before=used.is_judged_before,
        )
        return [(unit, columns)]

    def may_move(self, used: UsedRow) -> bool:
        """Whether the case belongs to its month, and its due moment may still move to another one."""
        return self._is_due(used) and not used.is_judged_before and used.row.is_open

    def _is_due(self, used: UsedRow) -> bool:
        """Whether the case is one of those that mode `due` counts by their due moment in the month."""
        month = self.months[used.period]
        is_by_due = self.selection.mode == "due" and self.of not in POSTS
        return is_by_due and is_due_in(used.row, Span(month.start, month.end))


def _shares_of_people(used: UsedRow, post: Post, span: Span) -> list[tuple[Unit, Counts]]:
    found: list[tuple[Unit, Counts]] = [
        ((person,), columns) for person, columns in columns_of_people(used.row, post, span).items()
    ]
    if used.row.missed and span.holds(used.row.filed_at):
        found += [((inspector,), {MISSED: 1}) for inspector in used.on_duty]
    return found
