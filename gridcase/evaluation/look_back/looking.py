"""Months over months: each unit's score, grade, rank and rates, against the month before and the same month last year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from gridcase.config.tables import Evaluation as Settings
from gridcase.errors import DefinitionError, Invalid, nearest_name
from gridcase.evaluation.bulletin.comparing import Change, change_of_rates, change_of_scores
from gridcase.evaluation.bulletin.earlier import before, year_before
from gridcase.evaluation.default_schemes import default_scheme
from gridcase.evaluation.frozen.store import RecordKey, newest_record
from gridcase.evaluation.look_back.months import first_moment, months_until
from gridcase.evaluation.look_back.standings import (
    MonthTable,
    Standing,
    differences,
    frozen_table,
    table_of_answer,
)
from gridcase.evaluation.periods import Period
from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rank import RankRequest, rank
from gridcase.evaluation.rates import RATES, Ratio
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.scheme_reads import rates_of
from gridcase.evaluation.units import JudgedUnit, named_unit, with_nearest

# Shown where a scheme scores no rate, or the months were made by schemes without items.
_PLAIN_RATES = ("closing_rate", "on_time_closing_rate")
NO_CHANGE = Change("—")


@dataclass(frozen=True)
class Asked:
    """What is looked back on: at most `count` months that end with `last`, of the units `of`.

    `scheme` names the one scheme whose months are wanted; None = frozen months as they are, others by the scheme of
    the settings. `rates` None = those that the scheme of the last month scores. `is_exact`: scores of frozen months are
    made anew unrounded, which costs a ranking each; else they are taken as they were printed.
    """

    district: str
    of: str
    last: Period
    count: int
    now: datetime
    settings: Settings
    scheme: str | None = None
    rates: tuple[str, ...] | None = None
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Earlier:
    """The frozen month that figures are set against, and why they may not be comparable (`differences`)."""

    period: str
    amendment: int
    differs: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One month of the look-back. `differs_from_next` marks that the next month was made by other rules."""

    table: MonthTable
    month_before: Earlier | None
    year_before: Earlier | None
    differs_from_next: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RateCell:
    """A rate, exact and as printed, with the differences in percent points to the month before and to last year's.

    Both None: it is unknown.
    """

    exact: Ratio | None
    text: str | None
    month: Change
    year: Change


@dataclass(frozen=True)
class UnitCell:
    """One unit in one month. `standing` None: it was not judged then. `risen` are places won since the month before."""

    period: str
    standing: Standing | None
    score_month: Change = NO_CHANGE
    score_year: Change = NO_CHANGE
    risen: int | None = None
    rates: Mapping[str, RateCell] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One unit, its cells in the order of the months. Name and group are those of its last month."""

    code: str
    name: str
    group: str
    cells: tuple[UnitCell, ...]


@dataclass(frozen=True)
class LookBack:
    """The months, the newest last; `rates` with their labels in their order; the units by group and last rank."""

    of: str
    rates: Mapping[str, str]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def look_back(connection: Connection, asked: Asked, schemes: SchemeFolder) -> LookBack:
    """Set the months of these units side by side.

    A frozen month is told from its record after its last amendment, another one is computed from the case history at
    its own T. Figures are only set against **frozen** ones (evaluation.md 11): without one the difference is `—`.
    Months that have not begun are left out. Raises Invalid `unknown_rate`, `unknown_of`, `mode_act`, `mode_posts`; DefinitionError; Damaged.
    """
    reader = _Reader(connection, asked, schemes)
    tables = reader.tables()
    names = _rates(asked, tables)
    columns = _columns(tables, reader)
    rows = _rows(tables, reader, names)
    return LookBack(asked.of, names, columns, rows)


def month_tables(connection: Connection, asked: Asked, schemes: SchemeFolder) -> tuple[MonthTable, ...]:
    """The tables of the months that `look_back` sets side by side, the newest last. Raises as `look_back`."""
    return _Reader(connection, asked, schemes).tables()


def narrowed(found: LookBack, units: Iterable[str]) -> LookBack:
    """The same with these units alone, by name or code; without any, all. Raises Invalid as `named_unit`."""
    known = [JudgedUnit(row.code, row.name) for row in found.rows]
    wanted = {named_unit(known, text.strip()).code for text in units}
    return replace(found, rows=tuple(row for row in found.rows if row.code in wanted)) if wanted else found


class _Reader:
    """Reads each month once. Only frozen months are ever compared with."""

    def __init__(self, connection: Connection, asked: Asked, schemes: SchemeFolder) -> None:
        self._connection, self._asked, self._schemes = connection, asked, schemes
        self._frozen: dict[str, MonthTable | None] = {}

    def tables(self) -> tuple[MonthTable, ...]:
        """The months that have begun, the newest last."""
        asked, start_day = self._asked, self._asked.settings.period_start_day
        first = first_moment(self._connection, asked.district, asked.of, start_day=start_day)
        periods = months_until(asked.last, asked.count, first=first, start_day=start_day)
        begun = (period for period in periods if period.start <= asked.now)
        return tuple(table for period in begun if (table := self.table(period)) is not None)

    def table(self, period: Period) -> MonthTable | None:
        """The month, computed when it is not frozen; None when no version of the scheme was valid yet."""
        found = self.frozen(period.name)
        return self._computed(period) if found is None else found

    def frozen(self, name: str | None) -> MonthTable | None:
        """The frozen month of this name, if there is one by the scheme that is asked for."""
        if name is None:
            return None
        if name not in self._frozen:
            self._frozen[name] = self._read(RecordKey(self._asked.district, self._asked.of, name))
        return self._frozen[name]

    def _read(self, key: RecordKey) -> MonthTable | None:
        record = newest_record(self._connection, key)
        if record is None or self._asked.scheme not in (None, record.values["scheme"]):
            return None
        return frozen_table(self._connection, key, is_exact=self._asked.is_exact)

    def _computed(self, period: Period) -> MonthTable | None:
        asked = self._asked
        name = asked.scheme or default_scheme(asked.settings, asked.of)
        try:
            scheme = self._schemes.find(name, on=period.first_day)
        except DefinitionError as error:
            if all(fault.code == "no_valid_version" for fault in error.faults):
                return None
            raise
        raters = asked.settings.raters_at_least
        request = RankRequest(
            asked.district, period, asked.of, scheme=scheme, now=asked.now, raters_at_least=raters
        )
        return table_of_answer(rank(self._connection, request, self._schemes))


def _rates(asked: Asked, tables: Sequence[MonthTable]) -> dict[str, str]:
    """The rates that are shown, with their labels. Raises Invalid `unknown_rate` with the nearest right name."""
    for name in asked.rates or ():
        if name not in RATES:
            text = with_nearest(f"there is no rate {name!r}", nearest_name(name, list(RATES)))
            raise Invalid("unknown_rate", text, rate=name)
    chosen: Sequence[str] = asked.rates or ()
    if not chosen and tables:
        chosen = tuple(dict.fromkeys(rate for item in tables[-1].scheme.items for rate in rates_of(item)))
    known = tables[-1].rates if tables else {}
    return {name: known.get(name, RATES[name]).label for name in dict.fromkeys(chosen or _PLAIN_RATES)}


def _columns(tables: Sequence[MonthTable], reader: _Reader) -> tuple[Column, ...]:
    found = []
    for number, table in enumerate(tables):
        following = tables[number + 1] if number + 1 < len(tables) else None
        found.append(
            Column(
                table,
                _earlier(table, reader.frozen(before(table.period))),
                _earlier(table, reader.frozen(year_before(table.period))),
                differences(table, following) if following is not None else (),
            )
        )
    return tuple(found)


def _earlier(table: MonthTable, earlier: MonthTable | None) -> Earlier | None:
    if earlier is None or earlier.amendment is None:
        return None
    return Earlier(earlier.period, earlier.amendment, differences(table, earlier))


def _rows(tables: Sequence[MonthTable], reader: _Reader, rates: Mapping[str, str]) -> tuple[Row, ...]:
    last: dict[str, Standing] = {}
    for table in tables:
        last |= table.units
    groups = list(dict.fromkeys(standing.group for standing in last.values()))
    newest = tables[-1].units if tables else {}

    def order(code: str) -> tuple[int, bool, int, str]:
        own = newest.get(code)
        rank = own.rank if own is not None else None
        return groups.index(last[code].group), rank is None, rank or 0, code

    return tuple(
        Row(
            code,
            last[code].name,
            last[code].group,
            tuple(_cell(table, code, reader, rates=rates) for table in tables),
        )
        for code in sorted(last, key=order)
    )


def _cell(table: MonthTable, code: str, reader: _Reader, *, rates: Mapping[str, str]) -> UnitCell:
    standing = table.units.get(code)
    if standing is None:
        return UnitCell(table.period, None)
    month, year = reader.frozen(before(table.period)), reader.frozen(year_before(table.period))
    printing = table.scheme.printing
    cells = {}
    for name in rates:
        own = table.ratio(code, name)
        cells[name] = RateCell(
            own,
            None if own is None else printing.percent(own),
            change_of_rates(own, None if month is None else month.ratio(code, name), printing),
            change_of_rates(own, None if year is None else year.ratio(code, name), printing),
        )
    last = _of(month, code)
    return UnitCell(
        table.period,
        standing,
        _score_change(standing, last, printing),
        _score_change(standing, _of(year, code), printing),
        _risen(standing, last),
        cells,
    )


def _of(table: MonthTable | None, code: str) -> Standing | None:
    return None if table is None else table.units.get(code)


def _score_change(this: Standing, earlier: Standing | None, printing: Printing) -> Change:
    return change_of_scores(this.exact, earlier.exact if earlier is not None else None, printing)


def _risen(this: Standing, earlier: Standing | None) -> int | None:
    if earlier is None or this.rank is None or earlier.rank is None or this.group != earlier.group:
        return None
    return earlier.rank - this.rank
