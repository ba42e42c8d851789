"""Reads a scheme file into a `Scheme`, or refuses it with all its faults (evaluation.md 6)."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gridcase.errors import DefinitionError, Fault
from gridcase.evaluation.columns import COUNT_COLUMNS, is_count, is_score
from gridcase.evaluation.printing import MOST_DIGITS, Printing
from gridcase.evaluation.rates import RATES, Rate, Sum, parse_sum
from gridcase.evaluation.scheme_items import read_column, read_items
from gridcase.evaluation.scheme_tables import Faults, TableReader
from gridcase.evaluation.schemes import UNITS, Condition, Grade, Item, MinCount, Ranking, Scheme
from gridcase.facts.selection import CARRY_OVER, HANDLE_DUE, MODES, ON_TIME_CLOSING, Selection


def parse_scheme(text: str, file: str) -> Scheme:
    """The scheme of a TOML text; `file` is what faults name.

    Numbers are read exactly. Raises DefinitionError with every fault: a text that is not TOML, unknown keys and
    names with the nearest right one, missing keys, wrong values.
    """
    table = _toml(text, file)
    faults = Faults(file, text)
    scheme = _read(TableReader(table, (), faults), text)
    if found := faults.in_order():
        raise DefinitionError(found)
    return scheme


def _toml(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        # tomllib's own message ends with line and column.
        raise DefinitionError([Fault(file, "", "bad_file", str(error) or "nested too deeply")]) from error


def _read(top: TableReader, text: str) -> Scheme:
    name = top.text("name")
    version = top.whole("version", None, low=1)
    items = read_items(top)
    scheme = Scheme(
        name=name,
        version=version,
        title=top.text("title", name or "scheme"),
        unit=top.choice("unit", UNITS, "any"),
        valid_from=top.day("valid_from"),
        floor=top.number("floor", Fraction(0)),
        cap=top.number("cap") if top.has("cap") else None,
        has_example_weights=top.flag("example_weights", False),
        zero_score_when=_conditions(top),
        selection=_selection(top.table("selection")),
        counts=_sums(top.table("counts")),
        derive=_sums(top.table("derive")),
        rates=_rates(top.table("rates")),
        items=items,
        grades=_grades(top.table("grades")),
        ranking=_ranking(top.table("ranking"), items) if top.has("ranking") else None,
        printing=_printing(top.table("print")),
        text=text,
    )
    top.finish()
    return scheme


def _conditions(top: TableReader) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    for table in top.tables("zero_score_when", is_needed=False):
        column = read_column(table)
        if table.has("above") == table.has("is"):
            table.fault("above", "bad_value", 'a condition needs either "above" or "is"')
        above = table.number("above", Fraction(0)) if table.has("above") else None
        equals = table.number("is", Fraction(0)) if table.has("is") else None
        table.finish()
        conditions.append(Condition(column, above, equals))
    return tuple(conditions)


def _selection(table: TableReader) -> Selection:
    selection = Selection(
        mode=table.choice("mode", MODES, "due"),
        carry_over=table.choice("carry_over", CARRY_OVER, "own_column"),
        handle_due=table.choice("handle_due", HANDLE_DUE, "all_dispatched"),
        on_time_closing=table.choice("on_time_closing", ON_TIME_CLOSING, "handling"),
        as_of_delay_hours=table.whole("as_of_delay_hours", 0, low=0),
    )
    table.finish()
    return selection


def _sum(table: TableReader, key: str, *, with_scores: bool) -> Sum:
    words = table.words(key)
    for word in words:
        column = word.removeprefix("-")
        if not is_count(column) and not (with_scores and is_score(column)):
            table.unknown(key, "unknown_column", wrong=column, known=COUNT_COLUMNS)
    return parse_sum(words)


def _sums(table: TableReader) -> dict[str, Sum]:
    sums: dict[str, Sum] = {}
    for key in table.all_keys():
        if not is_count(key):
            table.unknown(key, "unknown_column", wrong=key, known=COUNT_COLUMNS)
        sums[key] = _sum(table, key, with_scores=False)
    return sums


def _rates(table: TableReader) -> dict[str, Rate]:
    """The rates of section 4 in their order, with what the scheme replaces."""
    rates = dict(RATES)
    for name in table.all_keys():
        own = table.table(name)
        if name not in RATES:
            table.unknown(name, "unknown_rate", wrong=name, known=RATES)
        built_in = RATES.get(name)
        label = own.text("label", built_in.label if built_in else name)
        numerator = _sum(own, "numerator", with_scores=True)
        denominator = _sum(own, "denominator", with_scores=True)
        own.finish()
        if built_in is not None:
            rates[name] = Rate(name, label, numerator, denominator)
    return rates


def _grades(table: TableReader) -> tuple[Grade, ...]:
    grades: list[Grade] = []
    for band in table.tables("bands", is_needed=table.has("bands")):
        grade = Grade(
            band.number("from"), band.text("grade"), band.text("colour") if band.has("colour") else ""
        )
        band.finish()
        if grades and grade.lowest >= grades[-1].lowest:
            band.fault("from", "bad_value", "grades stand highest first")
        grades.append(grade)
    table.finish()
    return tuple(grades)


def _ranking(table: TableReader, items: tuple[Item, ...]) -> Ranking:
    by = table.text("by", "score")
    if by != "score" and by not in RATES:
        table.unknown("by", "unknown_rate", wrong=by, known=("score", *RATES))
    if by == "score" and not items:
        table.fault("by", "no_item", "a scheme without an item has no score to rank by")
    then_by = table.words("then_by", is_needed=False)
    for word in then_by:
        name = word.removeprefix("-")
        if not is_count(name) and not is_score(name) and name not in RATES:
            table.unknown("then_by", "unknown_column", wrong=name, known=(*COUNT_COLUMNS, *RATES))
    ranking = Ranking(
        by=by,
        is_descending=table.choice("order", ("desc", "asc"), "desc") == "desc",
        ties=table.choice("ties", ("dense", "consecutive"), "dense"),
        compare=table.choice("compare", ("unrounded", "printed"), "unrounded"),
        then_by=parse_sum(then_by),
        min_count=_min_count(table.table("min_count")) if table.has("min_count") else None,
    )
    table.finish()
    return ranking


def _min_count(table: TableReader) -> MinCount:
    min_count = MinCount(read_column(table), table.number("at_least", low=0))
    table.finish()
    return min_count


def _printing(table: TableReader) -> Printing:
    printing = Printing(
        digits=table.whole("digits", 2, low=0, high=MOST_DIGITS),
        strip_zeros=table.flag("strip_zeros", False),
        empty=table.text("empty", "—", may_be_empty=True),
    )
    table.finish()
    return printing
