"""Totals and shares: counts and rates of a table beside those of the period before and of a year before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gridcase.evaluation.bulletin.breakdown import Breakdown, CaseRef, Category
from gridcase.evaluation.bulletin.comparing import change_of_counts, change_of_rates
from gridcase.evaluation.bulletin.content import Figure, RateFigure, Share, TotalLine
from gridcase.evaluation.bulletin.judged import Judged
from gridcase.evaluation.columns import label_of
from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rates import EMPTY, sum_of

Counts = Mapping[str, int]
FILED = "filed_count"
# Count, and the rate that stands beside it (evaluation.md 11, part 2).
TOTALS: tuple[tuple[str, str | None], ...] = (
    ("reported_count", None),
    ("self_handled_count", None),
    ("filed_count", None),
    ("dispatched_count", None),
    ("handle_due_count", None),
    ("handled_count", "handling_rate"),
    ("due_count", None),
    ("closed_count", "closing_rate"),
    ("on_time_closed_count", "on_time_closing_rate"),
)
_NOTHING: Counts = {}


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of one table: of all units, and by other keys."""

    judged: Judged
    breakdown: Breakdown


@dataclass(frozen=True, slots=True)
class Compared:
    """A period beside the frozen ones that it is compared with; None = not frozen."""

    this: Sums
    last: Sums | None
    year_ago: Sums | None

    @property
    def printing(self) -> Printing:
        """How the scheme prints."""
        return self.this.judged.scheme.printing

    def totals(self) -> tuple[TotalLine, ...]:
        """The lines of the totals."""
        counts = _Three(self, lambda sums: sums.judged.sums)
        return tuple(
            TotalLine(
                counts.figure(CaseRef(column)), counts.rate(rate) if rate in self.this.judged.rates else None
            )
            for column, rate in TOTALS
        )

    def sources(self, names: Mapping[str, str]) -> tuple[Share, ...]:
        """The sources by cases filed, most first; those with nothing at all are left out."""
        shares = [
            self._share(
                CaseRef(FILED, channel=key),
                key,
                names.get(key, key),
                of=_of_channel(key),
            )
            for key in self.this.breakdown.channels
        ]
        return tuple(sorted(_with_cases(shares), key=_most_first))

    def kinds(self, names: Mapping[str, str]) -> tuple[Share, ...]:
        """Events and components."""
        shares = [
            self._share(
                CaseRef(FILED, category=key),
                key,
                names.get(key, key),
                of=_of_kind(key),
            )
            for key in self.this.breakdown.kinds
        ]
        return tuple(sorted(_with_cases(shares), key=_most_first))

    def sub_categories(self, names: Mapping[Category, str]) -> tuple[Share, ...]:
        """The sub categories of this period and of the one before by cases filed, most first."""
        known = {**self.this.breakdown.categories, **(self.last.breakdown.categories if self.last else {})}
        shares = [
            self._share(
                CaseRef(FILED, category="/".join(key)),
                "/".join(key),
                names.get(key, "/".join(key)),
                of=_of_category(key),
            )
            for key in known
        ]
        return tuple(sorted(shares, key=_most_first))

    def _share(self, ref: CaseRef, key: str, label: str, *, of: Callable[[Sums], Counts]) -> Share:
        judged, counts = self.this.judged, of(self.this)
        whole = judged.sums.get(FILED, 0)
        part = counts.get(FILED, 0)
        rates = {name: judged.ratio(name, counts) for name in judged.rates}
        return Share(
            key=key,
            label=label,
            figure=_Three(self, of).figure(ref),
            share=self.printing.percent(Fraction(part, whole) if whole else EMPTY),
            whole=whole,
            counts=counts,
            rates={name: self.printing.percent(ratio) for name, ratio in rates.items() if ratio is not None},
        )


def _of_channel(key: str) -> Callable[[Sums], Counts]:
    return lambda sums: sums.breakdown.channels.get(key, _NOTHING)


def _of_kind(key: str) -> Callable[[Sums], Counts]:
    return lambda sums: sums.breakdown.kinds.get(key, _NOTHING)


def _of_category(key: Category) -> Callable[[Sums], Counts]:
    return lambda sums: sums.breakdown.categories.get(key, _NOTHING)


def _with_cases(shares: Sequence[Share]) -> list[Share]:
    return [share for share in shares if any(share.counts.values())]


def _most_first(share: Share) -> tuple[int, str]:
    return -(share.figure.value or 0), share.key


@dataclass(frozen=True, slots=True)
class _Three:
    """The same counts of three periods: 0 where a period has no such case, None where it is not frozen."""

    compared: Compared
    of: Callable[[Sums], Counts]

    def figure(self, ref: CaseRef) -> Figure:
        printing, column = self.compared.printing, ref.column
        this, last, year_ago = (
            self._count(sums, column)
            for sums in (self.compared.this, self.compared.last, self.compared.year_ago)
        )
        return Figure(
            label=label_of(column),
            ref=ref,
            value=this,
            last=last,
            year_ago=year_ago,
            change=change_of_counts(this, last, printing),
            year_change=change_of_counts(this, year_ago, printing),
        )

    def _count(self, sums: Sums | None, column: str) -> int | None:
        if sums is None:
            return None
        counts = self.of(sums)
        return counts.get(column) if counts else 0

    def rate(self, name: str | None) -> RateFigure:
        """One of the rates of the table."""
        compared, printing = self.compared, self.compared.printing
        rate = compared.this.judged.rates[name or ""]
        this, last, year_ago = (
            None if sums is None else sums.judged.ratio(rate.name, self.of(sums))
            for sums in (compared.this, compared.last, compared.year_ago)
        )
        return RateFigure(
            name=rate.name,
            label=rate.label,
            text="" if this is None else printing.percent(this),
            parts=self._parts(compared.this, rate.name),
            last=self._parts(compared.last, rate.name),
            year_ago=self._parts(compared.year_ago, rate.name),
            change=change_of_rates(this, last, printing),
            year_change=change_of_rates(this, year_ago, printing),
        )

    def _parts(self, sums: Sums | None, name: str) -> tuple[int, int] | None:
        return None if sums is None else parts_of(sums.judged, name, self.of(sums))


def parts_of(judged: Judged, name: str, counts: Counts) -> tuple[int, int] | None:
    """Numerator and denominator of a rate, as far as it is one of the table and its counts are known."""
    rate = judged.rates.get(name)
    if rate is None:
        return None
    above, below = sum_of(rate.numerator, counts), sum_of(rate.denominator, counts)
    return None if above is None or below is None else (int(above), int(below))
