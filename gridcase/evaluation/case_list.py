"""Which cases stand behind a number of a ranking, and what each adds to it (evaluation.md 3)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gridcase.errors import Invalid, nearest_name
from gridcase.evaluation.composing import FindScheme
from gridcase.evaluation.fact_sums import CountQuery, stored_cases
from gridcase.evaluation.frozen.counts import frozen_month
from gridcase.evaluation.frozen.heads import Head
from gridcase.evaluation.frozen.overlay import fact_lines, row_of
from gridcase.evaluation.frozen.rejudging import read_kept
from gridcase.evaluation.frozen.store import RecordKey, heads_of, newest_record
from gridcase.evaluation.frozen.tally import Tally
from gridcase.evaluation.judged_once import count_once, judged_before
from gridcase.evaluation.narrowing import Narrowing
from gridcase.evaluation.once import OnceQuery, is_due_in, unit_of
from gridcase.evaluation.periods import Period
from gridcase.evaluation.post_columns import POSTS
from gridcase.evaluation.post_counting import PostQuery, person_shares
from gridcase.evaluation.post_units import judged_people
from gridcase.evaluation.rank import RankRequest, check, find_units, finder, once_query
from gridcase.evaluation.rates import Sum, parse_sum
from gridcase.evaluation.replay import replayed_rows
from gridcase.evaluation.rows_at import rows_at
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.schemes import Scheme
from gridcase.evaluation.units import KEYS, JudgedUnit, known_units, named_unit, with_nearest
from gridcase.facts import FactRow, Selection, Span, columns_at
from gridcase.facts.blocks import COLUMN_NAMES

# Column of the fact row -> how often it stands in the number asked for.
Terms = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CaseShare:
    """A case and what it adds to a number: never 0, more than 1 for rounds and orders."""

    number: str
    value: int


@dataclass(frozen=True)
class Source:
    """What a table is made from: a frozen record with its amendments (`heads`), or the case history as asked.

    `units` are those that the table shows, and of a table that is computed those that there once were too.
    """

    request: RankRequest
    find: FindScheme
    units: tuple[JudgedUnit, ...]
    heads: tuple[Head, ...] = ()

    @property
    def scheme(self) -> Scheme:
        """The scheme of the table: the record's own text, or the one asked for."""
        return self.find(self.heads[0].scheme) if self.heads else self.request.scheme

    @property
    def as_of(self) -> datetime:
        """T of the table."""
        return self.heads[0].as_of if self.heads else self.request.moments[-1][1]

    @property
    def columns(self) -> tuple[str, ...]:
        """The counts that the table has, without `_count`."""
        of = self.request.of
        return POSTS[of].columns if of in POSTS else COLUMN_NAMES

    def terms(self, columns: Sum) -> Terms:
        """The columns of the fact row whose sum this sum of counts is; `[counts]` of the scheme stand for their parts.

        Raises Invalid `unknown_count` for a count that the table does not have.
        """
        found: dict[str, int] = defaultdict(int)
        for term in columns:
            for name, factor in self._parts(term.column, ()).items():
                found[name] += term.sign * factor
        return {name: factor for name, factor in found.items() if factor}

    def _parts(self, column: str, above: tuple[str, ...]) -> Terms:
        name = column.removesuffix("_count")
        if column in self.scheme.counts and column not in above:
            found: dict[str, int] = defaultdict(int)
            for term in self.scheme.counts[column]:
                for part, factor in self._parts(term.column, (*above, column)).items():
                    found[part] += term.sign * factor
            return found
        if name == column or name not in self.columns or column in above:
            nearest = nearest_name(column, [f"{known}_count" for known in self.columns])
            raise Invalid(
                "unknown_count", with_nearest(f"there is no count {column!r}", nearest), count=column
            )
        return {name: 1}


def source_of(
    connection: Connection, request: RankRequest, schemes: SchemeFolder, *, scheme_name: str | None
) -> Source:
    """Where the numbers of `rank` come from for the same question (evaluation.md 9).

    A frozen period answers from its record unless a T, or another scheme than the frozen one, is asked for:
    `scheme_name` is the one that was named, if any. Raises Damaged for a record that is not what was sealed, and
    Invalid as `rank` does.
    """
    key = RecordKey(request.district, request.of, request.period.name)
    record = newest_record(connection, key) if request.as_of is None else None
    if record is not None and scheme_name in (None, record.values["scheme"]):
        heads = heads_of(connection, key)
        kept = read_kept(connection, heads[0])
        return Source(request, kept.find, kept.units, heads)
    check(request)
    if request.of in POSTS:
        units = judged_people(
            connection, request.district, POSTS[request.of], with_acts=(), has_everybody=True
        )
    else:
        units = known_units(connection, request.district, request.of)
    return Source(request, finder(schemes, request.period), tuple(units))


def find_unit(connection: Connection, source: Source, text: str) -> JudgedUnit:
    """The unit of this code or name. Raises Invalid `unit_not_found`, `ambiguous_unit` for a name that two bear."""
    units = source.units
    if not any(text in (unit.code, unit.name) for unit in units) and not source.heads:
        # A table also shows whoever the directory does not know any more, under the code.
        units = (*units, *_shown_units(connection, source))
    return named_unit(units, text)


def group_units(connection: Connection, source: Source, group: str | None) -> list[JudgedUnit]:
    """The units of a group that the table shows; None: of all groups."""
    units = source.units if source.heads else _shown_units(connection, source)
    return [unit for unit in units if group is None or unit.group == group]


def _shown_units(connection: Connection, source: Source) -> Sequence[JudgedUnit]:
    request = source.request
    return find_units(connection, request, count_once(connection, once_query(request, source.find)).counts)


def count_sum(text: str) -> Sum:
    """The sum of counts of a text such as `closed_count` or `filed_count,-open_in_time_count`."""
    return parse_sum([part.strip() for part in text.split(",")])


def cases_behind(
    connection: Connection, source: Source, codes: Collection[str], *, columns: Sum
) -> list[CaseShare]:
    """The cases that make the sum of these counts of the units with these codes, by case number.

    Their values add up to the number that the table shows. Raises Invalid `unknown_count`.
    """
    terms, narrowed = source.terms(columns), Narrowing(frozenset(codes))
    if source.heads:
        found = _of_record(connection, source.heads, narrowed, terms=terms)
    elif source.request.of in POSTS:
        found = _of_people(connection, source, narrowed, terms=terms)
    else:
        found = _of_units(connection, source, narrowed, terms=terms)
    return _by_number(found)


def narrowed_cases(
    connection: Connection, source: Source, narrowed: Narrowing, *, columns: Sum
) -> list[CaseShare]:
    """The same of a source, of a category, or of all units, from the case history; of units that cases have.

    Raises Invalid `unknown_count`.
    """
    return _by_number(_of_units(connection, source, narrowed, terms=source.terms(columns)))


def _by_number(found: Iterable[tuple[str, int]]) -> list[CaseShare]:
    values: dict[str, int] = defaultdict(int)
    for number, value in found:
        values[number] += value
    return [CaseShare(number, values[number]) for number in sorted(values) if values[number]]


def _value(columns: Mapping[str, int], terms: Terms) -> int:
    return sum(factor * columns.get(name, 0) for name, factor in terms.items())


# --- from a frozen record --------------------------------------------------------------------------------------


def _of_record(
    connection: Connection, heads: Sequence[Head], narrowed: Narrowing, *, terms: Terms
) -> Iterator[tuple[str, int]]:
    """From the rows of a record as its last amendment left them."""
    head = heads[0]
    by = ("person",) if head.of in POSTS else (KEYS[head.of],)
    tally = Tally(
        head.district, by, head.selection, {month.period: month for month in head.months}, of=head.of
    )
    # A line that does not hold the code anywhere is not of the unit: most lines need not be read.
    codes = narrowed.codes if narrowed.codes and by != ("district",) else ()
    signs = [json.dumps(code, ensure_ascii=False)[1:-1].encode() for code in codes]
    for line in fact_lines(connection, heads):
        if signs and not any(sign in line.content for sign in signs):
            continue
        used = row_of(line)
        for unit, columns in tally.shares(used):
            if narrowed.holds(unit[0]) and narrowed.is_of(used.row):
                yield used.number, _value(columns, terms)


# --- from the case history -------------------------------------------------------------------------------------


def _of_people(
    connection: Connection, source: Source, narrowed: Narrowing, *, terms: Terms
) -> Iterator[tuple[str, int]]:
    request = source.request
    query = once_query(request, source.find)
    for period, at in query.moments:
        if frozen_month(connection, query, period) is not None:
            yield from _of_month_record(connection, query, period, narrowed=narrowed, terms=terms)
            continue
        asked = PostQuery(request.district, request.of, period.span, at)
        for person in narrowed.codes or ():
            for share in person_shares(connection, asked, person):
                yield share.number, _value(share.columns, terms)


def _of_month_record(
    connection: Connection, query: OnceQuery, period: Period, *, narrowed: Narrowing, terms: Terms
) -> Iterator[tuple[str, int]]:
    heads = heads_of(connection, RecordKey(query.district, query.of, period.name))
    yield from _of_record(connection, heads, narrowed, terms=terms)


def _of_units(
    connection: Connection, source: Source, narrowed: Narrowing, *, terms: Terms
) -> Iterator[tuple[str, int]]:
    request = source.request
    query = once_query(request, source.find)
    for period, at in query.moments:
        if frozen_month(connection, query, period) is None:
            yield from _of_month(connection, query, (period, at), narrowed=narrowed, terms=terms)
        else:
            yield from _of_month_record(connection, query, period, narrowed=narrowed, terms=terms)


def _of_month(
    connection: Connection,
    query: OnceQuery,
    moment: tuple[Period, datetime],
    *,
    narrowed: Narrowing,
    terms: Terms,
) -> Iterator[tuple[str, int]]:
    """Stored rows as sums in SQL, rows with later steps replayed, less what an earlier frozen period judged."""
    (period, at), key = moment, query.by[0]
    counted = CountQuery(query.district, (key,), period.span, at, query.selection)
    yield from stored_cases(connection, counted, narrowed, terms=terms)
    judge = _Judge(query, period.span, at, narrowed, terms)
    for number, row in replayed_rows(connection, query.district, at):
        if judge.is_meant(row):
            yield number, judge.value(row, is_judged_before=False)
    if query.selection.mode != "due":
        return
    numbers = judged_before(connection, query.district, query.of, period=period, at=at)
    for number, row in rows_at(connection, query.district, numbers, at=at).items():
        if judge.is_meant(row) and is_due_in(row, period.span):
            yield number, judge.value(row, is_judged_before=True) - judge.value(row, is_judged_before=False)


@dataclass(frozen=True, slots=True)
class _Judge:
    """What single fact rows add to the number asked for."""

    query: OnceQuery
    span: Span
    at: datetime
    narrowed: Narrowing
    terms: Terms

    def is_meant(self, row: FactRow) -> bool:
        unit = unit_of(row, self.query.by[:1], self.query.district)
        return unit is not None and self.narrowed.holds(unit[0]) and self.narrowed.is_of(row)

    def value(self, row: FactRow, *, is_judged_before: bool) -> int:
        selection: Selection = self.query.selection
        columns = columns_at(
            row, period=self.span, at=self.at, selection=selection, is_judged_before=is_judged_before
        )
        return _value(columns, self.terms)
