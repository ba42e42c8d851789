"""What leaders look at, gathered from the shelf: the table of a month, the months before it, its bulletin or a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from gridcase.cases.book import Desk
from gridcase.errors import Invalid
from gridcase.evaluation.bulletin.columns import UNITS
from gridcase.evaluation.bulletin.content import Bulletin
from gridcase.evaluation.bulletin.earlier import before
from gridcase.evaluation.bulletin.making import Office
from gridcase.evaluation.bulletin.published import published
from gridcase.evaluation.frozen.store import RecordKey
from gridcase.evaluation.look_back.looking import Asked, month_tables
from gridcase.evaluation.look_back.months import last_frozen, month
from gridcase.evaluation.look_back.standings import MonthTable, differences, table_of_answer
from gridcase.evaluation.look_back.whole import Whole, whole_of
from gridcase.evaluation.periods import Period, period_of
from gridcase.evaluation.rates import Rate
from gridcase.web.pages.bulletin_shelf import draft_of, frozen_of
from gridcase.web.pages.figures import Shown, asked_period, schemes, table_of_units
from gridcase.web.pages.leader_rates import chief_rates
from gridcase.web.pages.leader_trend import SLOTS, Months, months_to
from gridcase.web.pages.shelf import kept


@dataclass(frozen=True)
class Choice:
    """The month that is shown and those offered beside it, with the kinds of units that are frozen in each."""

    period: Period
    offered: dict[str, frozenset[str]]


@dataclass(frozen=True)
class Kind:
    """One kind of units: its table of the month as pages show it, and the months up to it, the newest last."""

    of: str
    shown: Shown
    tables: tuple[MonthTable, ...]

    @property
    def table(self) -> MonthTable:
        """The month itself."""
        return self.tables[-1]

    @property
    def last_frozen(self) -> MonthTable | None:
        """The newest published month before this one."""
        return next((table for table in reversed(self.tables[:-1]) if table.is_frozen), None)

    def find(self, period: str | None) -> Whole | None:
        """All units together in one of the months."""
        return next((whole for whole in self.wholes if whole.table.period == period), None)

    @cached_property
    def wholes(self) -> tuple[Whole, ...]:
        """All units together, month by month."""
        return tuple(whole_of(table, self.chief) for table in self.tables)

    @cached_property
    def months(self) -> Months:
        """The months as lines need them: which are frozen, after which of them other rules began."""
        pairs = zip(self.tables, self.tables[1:], strict=False)
        return Months(
            months_to(self.table.period),
            frozenset(table.period for table in self.tables if table.is_frozen),
            frozenset(one.period for one, other in pairs if differences(one, other)),
        )

    @cached_property
    def chief(self) -> tuple[str, ...]:
        """The names of the rates that tell most by the scheme of the month, the chief one first."""
        return chief_rates(self.table.scheme)

    @property
    def is_shared(self) -> bool:
        """Whether equals share a rank and the next one is one more (evaluation.md 7)."""
        ranking = self.table.scheme.ranking
        return ranking is not None and ranking.ties == "dense"

    @property
    def rates(self) -> tuple[Rate, ...]:
        """The chief rates that the month counts, the chief one first."""
        return tuple(self.table.rates[name] for name in self.chief if name in self.table.rates)


def chosen(desk: Desk, text: str) -> Choice:
    """The month of a query, else the present one; in its first days the last one, until that is published.

    Raises Invalid `bad_period` for what is no month, and for a month that is neither published nor one of the last two.
    """
    start_day = desk.book.settings.evaluation.period_start_day
    frozen: dict[str, set[str]] = {}
    for each in published(desk.connection, desk.district, UNITS):
        frozen.setdefault(each.period, set()).add(each.of)
    present, usual = period_of(desk.now, start_day=start_day), asked_period(desk, "")
    if frozen.get(usual.name, set()) >= set(UNITS):
        usual = present
    period = month(text, start_day=start_day) if text else usual
    last = before(present.name)
    newest = next((name for name in frozen if _is_month(name)), None)
    names = [name for name in (present.name, last, newest) if name]
    if period.name not in (*names, *frozen):
        raise Invalid(
            "bad_period", f"{period.name} is neither published nor one of the last months", text=text
        )
    names.append(period.name)
    return Choice(period, {name: frozenset(frozen.get(name, ())) for name in names})


def _is_month(name: str) -> bool:
    return name[4:5] == "-" and name[5:].isdigit()


def kind_of(desk: Desk, of: str, period: Period) -> Kind:
    """The units of a kind in a month with up to twelve months before it. Raises as `rank`, Damaged."""
    shown = table_of_units(desk, of, period)
    table = table_of_answer(shown.answer)
    if shown.heads:
        last = shown.heads[-1]
        table = replace(table, amendment=last.amendment, formula_version=last.formula_version)
    return Kind(of, shown, (*_months_before(desk, of, period), table))


def _months_before(desk: Desk, of: str, period: Period) -> tuple[MonthTable, ...]:
    """Read at most once in a while: what is over changes only by amendments and late releases."""
    settings = desk.book.settings.evaluation
    names = months_to(period.name)[:-1]
    if not names:
        return ()
    last = month(names[-1], start_day=settings.period_start_day)
    asked = Asked(
        desk.district, of, last, SLOTS - 1, desk.now.replace(microsecond=0), settings, is_exact=False
    )

    def compute() -> tuple[datetime, tuple[MonthTable, ...]]:
        found = month_tables(desk.connection, asked, schemes())
        return max((table.as_of for table in found), default=desk.now), found

    key = ("leader's months", of, last.name, last_frozen(desk.connection, desk.district, of))
    return kept(key, desk.now, compute)


def bulletin_of(desk: Desk, office: Office, of: str, *, period: Period) -> Bulletin:
    """The bulletin of a published month, else what it would say now. Raises as `rank`, Damaged."""
    key = RecordKey(desk.district, of, period.name)
    made = frozen_of(desk, office, key)
    return draft_of(desk, office, key, period=period) if made is None else made


def stands_at(kinds: Sequence[Kind], bulletin: Bulletin) -> datetime:
    """The moment of the oldest figure."""
    return min(*(kind.shown.answer.as_of for kind in kinds), bulletin.judged.as_of)
