"""Reads the items of a scheme: one function a kind (evaluation.md 6)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from gridcase.evaluation.columns import COUNT_COLUMNS, is_count, is_score
from gridcase.evaluation.rates import RATES
from gridcase.evaluation.scheme_tables import TableReader, exact_number
from gridcase.evaluation.schemes import (
    WHEN_EMPTY,
    BandsItem,
    BonusItem,
    DeductItem,
    Item,
    MeanOverCells,
    PerCount,
    RateItem,
    ScoreItem,
    Target,
    ThresholdItem,
)


def read_items(top: TableReader) -> tuple[Item, ...]:
    """All `[[item]]` tables; a name may stand once."""
    items: list[Item] = []
    for table in top.tables("item", is_needed=False):
        item = _read_item(table)
        if item is None:
            continue
        if item.name and item.name in [other.name for other in items]:
            table.fault("name", "duplicate_name", f'two items are named "{item.name}"')
        items.append(item)
    return tuple(items)


def _read_item(table: TableReader) -> Item | None:
    """One item; None when its kind is unknown, for then nothing else in it can be judged."""
    kind = table.text("kind")
    name = table.text("name")
    label = table.text("label", name or "item")
    if kind not in _KINDS:
        if kind:
            table.unknown("kind", "unknown_kind", wrong=kind, known=_KINDS)
        return None
    item = _KINDS[kind](table, name, label)
    table.finish()
    return item


def read_column(table: TableReader, key: str = "column") -> str:
    """A count column of section 3, or any `*_score`."""
    name = table.text(key)
    if name and not is_count(name) and not is_score(name):
        table.unknown(key, "unknown_column", wrong=name, known=COUNT_COLUMNS)
    return name


def read_rate_name(table: TableReader) -> str:
    """A rate of section 4."""
    name = table.text("rate")
    if name and name not in RATES:
        table.unknown("rate", "unknown_rate", wrong=name, known=RATES)
    return name


def _points(table: TableReader) -> Fraction:
    return table.number("points", low=0)


def _when_empty(table: TableReader) -> str:
    return table.choice("when_empty", WHEN_EMPTY, "unranked")


def _rate(table: TableReader, name: str, label: str) -> Item:
    return RateItem(
        name, label, _points(table), read_rate_name(table), table.flag("invert", False), _when_empty(table)
    )


def _score(table: TableReader, name: str, label: str) -> Item:
    points, column = _points(table), read_column(table)
    from_scheme = table.text("from_scheme") if table.has("from_scheme") else None
    mean = None
    given = [key for key in ("mean_over", "of_item", "from_schemes") if table.has(key)]
    if given:
        mean = _mean(table)
        if from_scheme is not None:
            table.fault("from_scheme", "bad_value", "from_scheme and mean_over exclude each other")
    return ScoreItem(name, label, points, column, from_scheme, mean)


def _mean(table: TableReader) -> MeanOverCells:
    table.choice("mean_over", ("cell",))
    of_item = table.text("of_item")
    if not table.has("from_schemes"):
        table.fault("from_schemes", "missing_key", '"from_schemes" is needed')
    schemes = table.table("from_schemes")
    scheme_of_class: dict[int, str] = {}
    for key in schemes.all_keys():
        name = schemes.text(key)
        if key.isascii() and key.isdigit():
            scheme_of_class[int(key)] = name
        else:
            schemes.fault(key, "bad_value", f'"{key}" is no area class')
    return MeanOverCells(of_item, scheme_of_class)


def _bands(table: TableReader, name: str, label: str) -> Item:
    points = _points(table)
    column = rate = None
    if table.has("column") == table.has("rate"):
        table.fault("column", "bad_value", "a bands item needs either a column or a rate")
    if table.has("column"):
        column = read_column(table)
    if table.has("rate"):
        rate = read_rate_name(table)
    bands = _band_list(table, table.any_list("bands", is_needed=True))
    return BandsItem(name, label, points, column, rate, bands, table.number("above"), _when_empty(table))


def _band_list(table: TableReader, rows: list[Any]) -> tuple[tuple[Fraction, Fraction], ...]:
    bands: list[tuple[Fraction, Fraction]] = []
    for row in rows:
        numbers = [exact_number(value) for value in row] if isinstance(row, list) else []
        upper, mark = numbers if len(numbers) == 2 else (None, None)
        if upper is None or mark is None:
            table.fault("bands", "bad_value", f"{_shown(row)}, but a pair [upper, mark] is wanted")
        elif bands and upper <= bands[-1][0]:
            table.fault("bands", "bad_value", f"the upper limit {_shown(row[0])} does not rise")
        else:
            bands.append((upper, mark))
    return tuple(bands)


def _shown(value: Any) -> str:
    return f"[{', '.join(_shown(part) for part in value)}]" if isinstance(value, list) else str(value)


def _threshold(table: TableReader, name: str, label: str) -> Item:
    points = _points(table)
    terms: list[Target] = []
    for term in table.tables("terms", is_needed=True):
        terms.append(Target(read_rate_name(term), term.number("target"), term.number("per_point")))
        term.finish()
    floor = table.number("floor", Fraction(0))
    return ThresholdItem(name, label, points, tuple(terms), floor, _when_empty(table))


def _per_counts(table: TableReader) -> tuple[PerCount, ...]:
    terms: list[PerCount] = []
    for term in table.tables("terms", is_needed=True):
        terms.append(PerCount(read_column(term), term.number("per")))
        term.finish()
    return tuple(terms)


def _deduct(table: TableReader, name: str, label: str) -> Item:
    return DeductItem(name, label, _points(table), _per_counts(table), table.number("floor", Fraction(0)))


def _bonus(table: TableReader, name: str, label: str) -> Item:
    return BonusItem(name, label, table.number("most", low=0), _per_counts(table))


_KINDS: dict[str, Callable[[TableReader, str, str], Item]] = {
    "rate": _rate,
    "score": _score,
    "bands": _bands,
    "threshold": _threshold,
    "deduct": _deduct,
    "bonus": _bonus,
}
