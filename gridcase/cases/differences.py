"""What a check of the history finds: one place where the database does not say what the steps say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from gridcase.cases.mirrors import Mirror, Row

# Codes: what is the matter at the place named.
ABSENT = "row_absent"
SURPLUS = "row_surplus"
DIFFERS = "value_differs"
# Not a fault by itself: a number that was drawn and belongs to no case.
UNUSED = "number_unused"


@dataclass(frozen=True, slots=True)
class Difference:
    """`key` is the row's key beside district and case number; `column` is None when the whole row is meant.

    `stored` is what the database says, `expected` what the history says; both None where nothing can be told.
    """

    number: str
    table: str
    code: str
    key: Mapping[str, Any]
    column: str | None = None
    stored: Any = None
    expected: Any = None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values by name."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def compare(
    number: str, mirror: Mirror, stored: Iterable[Row], *, expected: Iterable[Row]
) -> Iterator[Difference]:
    """Where the stored rows of one case in one table are not the expected ones, in order of their keys."""
    wanted = {_key(mirror, row): row for row in expected}
    found = {_key(mirror, row): row for row in stored}
    for key in sorted(wanted.keys() | found.keys(), key=repr):
        named = dict(zip(mirror.keys, key, strict=True))
        if key not in found:
            yield Difference(number, mirror.name, ABSENT, named)
        elif key not in wanted:
            yield Difference(number, mirror.name, SURPLUS, named)
        else:
            yield from _compare_row(number, mirror, found[key], expected=wanted[key], key=named)


def _compare_row(
    number: str, mirror: Mirror, stored: Row, *, expected: Row, key: Mapping[str, Any]
) -> Iterator[Difference]:
    for column in mirror.columns:
        told = expected.get(column)
        # True is 1 to Python, but a column of numbers holds no truth and the reverse.
        if stored[column] != told or isinstance(stored[column], bool) != isinstance(told, bool):
            yield Difference(number, mirror.name, DIFFERS, key, column, stored[column], told)


def _key(mirror: Mirror, row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in mirror.keys)
