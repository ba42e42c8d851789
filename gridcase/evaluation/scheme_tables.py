"""Reads the tables of a scheme file key by key and collects every fault with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gridcase.errors import Fault, nearest_name
from gridcase.evaluation.toml_places import Path, Places


class Faults:
    """The faults of one file, each with the place where it stands."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._places = Places(text)
        self._found: list[tuple[tuple[int, int], Fault]] = []

    def in_order(self) -> list[Fault]:
        """The faults from the top of the file to its end."""
        return [fault for _, fault in sorted(self._found, key=lambda pair: pair[0])]

    def add(self, path: Path, code: str, text: str) -> None:
        """One fault; `path` names the key from the top of the file."""
        line, column = self._places.of(path)
        where = " ".join(str(part) for part in path)
        place = f"line {line}, column {column}: {where}".rstrip(": ")
        self._found.append(((line, column), Fault(self._file, place, code, text)))

    def add_unknown(self, path: Path, code: str, *, wrong: str, known: Collection[str]) -> None:
        """A name that stands nowhere, with the nearest right one."""
        nearest = nearest_name(wrong, sorted(known))
        hint = f', nearest is "{nearest}"' if nearest else ""
        self.add(path, code, f'"{wrong}" is not known{hint}')


class TableReader:
    """One table. Each method reads one key and answers the default, or a harmless value, after a fault."""

    def __init__(self, table: dict[str, Any], path: Path, faults: Faults) -> None:
        self._table = table
        self._read: list[str] = []
        self.path = path
        self.faults = faults

    def has(self, key: str) -> bool:
        """Whether the key stands in the table; it is a known one from then on."""
        self._read.append(key)
        return key in self._table

    def fault(self, key: str, code: str, text: str) -> None:
        """A fault of this key."""
        self.faults.add((*self.path, key), code, text)

    def unknown(self, key: str, code: str, *, wrong: str, known: Collection[str]) -> None:
        """The value of this key is a name that stands nowhere."""
        self.faults.add_unknown((*self.path, key), code, wrong=wrong, known=known)

    def _take(self, key: str, *, is_needed: bool) -> Any:
        self._read.append(key)
        if key not in self._table and is_needed:
            self.faults.add(self.path, "missing_key", f'"{key}" is needed')
        return self._table.get(key)

    def _wrong(self, key: str, value: object, wanted: str) -> None:
        shown = (
            f'"{value}"'
            if isinstance(value, str)
            else str(value).lower()
            if isinstance(value, bool)
            else value
        )
        self.fault(key, "bad_value", f"{key} = {shown}, but {wanted} is wanted")

    def text(self, key: str, default: str | None = None, *, may_be_empty: bool = False) -> str:
        """A text; needed when there is no default."""
        value = self._take(key, is_needed=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str) or not (value.strip() or may_be_empty):
            self._wrong(key, value, "a text")
            return default or ""
        return value

    def choice(self, key: str, known: Sequence[str], default: str | None = None) -> str:
        """One of the words."""
        value = self._take(key, is_needed=default is None)
        if isinstance(value, str) and value in known:
            return value
        if isinstance(value, str):
            self.unknown(key, "bad_value", wrong=value, known=known)
        elif value is not None:
            self._wrong(key, value, f"one of {', '.join(known)}")
        return default or known[0]

    def whole(self, key: str, default: int | None, *, low: int, high: int | None = None) -> int:
        """A whole number between the bounds, both included."""
        value = self._take(key, is_needed=default is None)
        if value is None:
            return default or 0
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole or value < low or (high is not None and value > high):
            bounds = f"from {low} to {high}" if high is not None else f"of at least {low}"
            self._wrong(key, value, f"a whole number {bounds}")
            return default or low
        return int(value)

    def number(self, key: str, default: Fraction | None = None, *, low: int | None = None) -> Fraction:
        """An exact number, not below `low`."""
        value = self._take(key, is_needed=default is None)
        if value is None:
            return default or Fraction(0)
        number = exact_number(value)
        if number is None or (low is not None and number < low):
            self._wrong(key, value, "a number" if low is None else f"a number of at least {low}")
            return default or Fraction(0)
        return number

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._take(key, is_needed=False)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self._wrong(key, value, "true or false")
        return default

    def day(self, key: str) -> date:
        """A date without time of day."""
        value = self._take(key, is_needed=True)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None:
            self._wrong(key, value, "a date such as 2026-01-01")
        return date.min

    def words(self, key: str, *, is_needed: bool = True) -> list[str]:
        """One text, or a list of texts; empty only when it may be missing."""
        value = self._take(key, is_needed=is_needed)
        if value is None:
            return []
        listed = [value] if isinstance(value, str) else value
        is_list = isinstance(listed, list) and (bool(listed) or not is_needed)
        if not is_list or not all(isinstance(word, str) for word in listed):
            self._wrong(key, value, "a name, or a list of names,")
            return []
        return list(listed)

    def any_list(self, key: str, *, is_needed: bool) -> list[Any]:
        """A list of anything; empty only when it may be missing."""
        value = self._take(key, is_needed=is_needed)
        if value is None:
            return []
        if not isinstance(value, list) or (is_needed and not value):
            self._wrong(key, value, "a list")
            return []
        return value

    def table(self, key: str) -> TableReader:
        """A table below this one; an absent one reads as empty."""
        value = self._take(key, is_needed=False)
        if value is not None and not isinstance(value, dict):
            self._wrong(key, value, "a table")
        return TableReader(value if isinstance(value, dict) else {}, (*self.path, key), self.faults)

    def tables(self, key: str, *, is_needed: bool) -> Iterator[TableReader]:
        """The tables of a list, each with its number from 1 in the path."""
        for number, value in enumerate(self.any_list(key, is_needed=is_needed), start=1):
            path = (*self.path, key, number)
            if isinstance(value, dict):
                yield TableReader(value, path, self.faults)
            else:
                self.faults.add(path, "bad_value", f"{value!r}, but a table is wanted")

    def all_keys(self) -> list[str]:
        """The keys of a table whose keys are names of something, all taken as read."""
        self._read += self._table
        return list(self._table)

    def finish(self) -> None:
        """Every key that was not asked for is unknown."""
        for key in self._table:
            if key not in self._read:
                self.faults.add_unknown((*self.path, key), "unknown_key", wrong=key, known=self._read)


def exact_number(value: object) -> Fraction | None:
    """The exact value of a number of a TOML file, or None when it is none (or not finite)."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    return Fraction(value)
