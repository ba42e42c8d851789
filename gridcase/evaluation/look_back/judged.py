"""Which cases earlier months would have judged, when these are judged anew: each case counts once (evaluation.md 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, select

from gridcase.db import table_of
from gridcase.evaluation.frozen.lines import UsedRow
from gridcase.evaluation.frozen.models import JudgedCase
from gridcase.evaluation.frozen.tally import Tally
from gridcase.evaluation.periods import Period

_JUDGED = table_of(JudgedCase).c


@dataclass
class JudgedAnew:
    """Frozen months whose cases were chosen anew by the tried scheme, and the cases of them that may still move.

    As long as there is none, the rows of a record say themselves which cases an earlier month judged.
    """

    district: str
    of: str
    periods: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)

    def before(self, connection: Connection, period: Period) -> frozenset[str] | None:
        """The cases judged by frozen months that ended before this one; None: as the rows say."""
        if not self.periods:
            return None
        kept = connection.scalars(
            select(_JUDGED.number).where(
                _JUDGED.district == self.district,
                _JUDGED.unit_kind == self.of,
                _JUDGED.ends_at <= period.span.start,
                _JUDGED.period.not_in(sorted(self.periods)),
            )
        )
        return frozenset(self.numbers) | frozenset(kept)

    def add(self, period: Period, numbers: Iterable[str]) -> None:
        """Keep in mind what a frozen month judges by the tried scheme."""
        self.periods.add(period.name)
        self.numbers |= set(numbers)


def add_rows(rows: Iterable[UsedRow], tally: Tally, *, judged: frozenset[str] | None) -> list[str]:
    """Count the rows; answers the cases that belong to the month and whose due moment may still move.

    `judged`: the cases that earlier months judged, None = as the rows say. Only mode `due` asks for it.
    """
    may_move = []
    for used in rows:
        is_before = used.is_judged_before if judged is None else used.number in judged
        own = replace(used, is_judged_before=is_before and tally.selection.mode == "due")
        tally.add(own)
        if tally.may_move(own):
            may_move.append(own.number)
    return may_move
