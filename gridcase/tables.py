"""Tables that a city hands over as CSV: reading their rows line by line, and what one set of rows changes in another."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from gridcase.errors import DefinitionError, Fault, nearest_name

Row = TypeVar("Row")


def read_table(
    text: str, file: str, *, needed: Sequence[str], optional: Sequence[str] = (), faults: list[Fault]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV text with the line on which each begins; columns by name, in any order.

    A byte-order mark, blank lines and blanks around a field do not count. A row with more or fewer fields than the
    header is left out and told in `faults` (`bad_value`). Raises DefinitionError with all faults of the header
    (`missing_key`, `unknown_key`, `duplicate_name`) or for what is no CSV (`bad_file`).
    """
    lines = _lines(text, file)
    first = lines[0][1] if lines else []
    header = [name.strip() for name in first]
    found = list(_header_faults(header, file, needed=needed, known=(*needed, *optional)))
    if found:
        raise DefinitionError(found)
    for number, line in lines[1:]:
        if not any(part.strip() for part in line):
            continue
        if len(line) != len(header):
            told = f"{len(line)} fields where the header has {len(header)}"
            faults.append(Fault(file, f"line {number}", "bad_value", told))
            continue
        yield number, {name: part.strip() for name, part in zip(header, line, strict=True)}


def _lines(text: str, file: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    found, begins = [], 1
    try:
        for line in reader:
            found.append((begins, line))
            # A field in quotes may go over several lines.
            begins = reader.line_num + 1
    except csv.Error as error:
        raise DefinitionError([Fault(file, "", "bad_file", f"not a CSV file: {error}")]) from None
    return found


def _header_faults(
    header: Sequence[str], file: str, *, needed: Sequence[str], known: Sequence[str]
) -> Iterator[Fault]:
    for name in needed:
        if name not in header:
            yield Fault(file, "line 1", "missing_key", f"column {name}")
    for at, name in enumerate(header):
        if name not in known:
            nearest = nearest_name(name, known)
            hint = f", nearest is {nearest}" if nearest else ""
            yield Fault(file, "line 1", "unknown_key", f"column {name!r}{hint}")
        elif name in header[:at]:
            yield Fault(file, "line 1", "duplicate_name", f"column {name} stands twice")


@dataclass(frozen=True, slots=True)
class Changes(Generic[Row]):
    """The difference of two sets of rows, each part in order of key; `changed` holds pairs of before and after."""

    added: tuple[Row, ...]
    changed: tuple[tuple[Row, Row], ...]
    removed: tuple[Row, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def compare(before: Iterable[Row], after: Iterable[Row], *, key: Callable[[Row], Any]) -> Changes[Row]:
    """What `after` lists otherwise than `before`; of several rows of one key the last counts in each."""
    old, new = ({key(row): row for row in rows} for rows in (before, after))
    pairs = ((old[each], new[each]) for each in sorted(old.keys() & new.keys()))
    return Changes(
        added=tuple(new[each] for each in sorted(new.keys() - old.keys())),
        changed=tuple((was, will) for was, will in pairs if was != will),
        removed=tuple(old[each] for each in sorted(old.keys() - new.keys())),
    )
