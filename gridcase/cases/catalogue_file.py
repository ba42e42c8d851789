"""Reads a table of categories, filing conditions and limits (CSV) and tells every fault of it at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gridcase.clock import ClockError, Unit, parse_limit
from gridcase.clock.limits import parted
from gridcase.errors import DefinitionError, Fault, nearest_name
from gridcase.tables import read_table

NEEDED = (
    "standard", "kind", "main_code", "main_name", "sub_code", "sub_name", "condition_no", "condition",
    "closing_condition", "limit",
)  # fmt: skip
OPTIONAL = ("national_code", "source")
KINDS = ("component", "event")

_CODES = {"main_code": re.compile(r"[0-9]{2}"), "sub_code": re.compile(r"[0-9]{2,3}")}
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_WIDEST = {
    "standard": 40, "main_name": 100, "sub_name": 100, "condition": 1000, "closing_condition": 1000, "limit": 40,
}  # fmt: skip
_NEEDED_TEXTS = ("standard", "main_name", "sub_name")
_OF_CONDITION = ("condition", "closing_condition", "limit")

# What a mapping makes of the words behind the number of a limit: one of the five units (clock.md 2.5).
Units = Mapping[str, Unit]
# Column, code and text of one fault of a row.
_Finding = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A filing condition of a sub category; `limit_note` is how its limit read before it was mapped, else empty."""

    standard: str
    kind: str
    main_code: str
    main_name: str
    sub_code: str
    sub_name: str
    condition_no: int
    condition: str
    closing_condition: str
    limit_text: str
    limit_note: str = ""

    @property
    def category(self) -> tuple[str, str, str]:
        """Kind, main and sub code."""
        return self.kind, self.main_code, self.sub_code

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What tells a row from all others."""
        return self.standard, *self.category, self.condition_no


@dataclass(frozen=True, slots=True)
class ConditionTable:
    """The conditions of one standard in the order of a file; `others` counts the rows of each other standard."""

    rows: tuple[ConditionRow, ...]
    others: Mapping[str, int]


def read_conditions(text: str, file: str, standard: str, *, units: Units | None = None) -> ConditionTable:
    """The conditions of a standard: CSV with the columns NEEDED and any of OPTIONAL, in any order.

    A row without number, condition and limit is a name only and is passed over. A limit has one of the five units,
    or words that `units` maps to one; those are kept as a note. Rows of other standards are judged too.

    Raises DefinitionError with all faults: `bad_file`, `missing_key`, `unknown_key` (columns), `bad_value`,
    `duplicate_name`, `bad_limit`, `unknown_unit`, `limit_not_positive`, `unknown_standard` (no row of it).
    """
    faults: list[Fault] = []
    known: dict[tuple[str, str, str, str, int], ConditionRow] = {}
    names: dict[tuple[str, ...], tuple[str, int]] = {}
    count: dict[str, int] = {}
    for line, values in read_table(text, file, needed=NEEDED, optional=OPTIONAL, faults=faults):
        count[values["standard"]] = count.get(values["standard"], 0) + 1
        found, row = _read_row(values, units or {})
        found += _other_names(values, names, line=line)
        if row is not None and row.key in known:
            found.append(("condition_no", "duplicate_name", "the same condition stands in an earlier line"))
        faults += [Fault(file, f"line {line}, column {column}", code, told) for column, code, told in found]
        if row is not None:
            known.setdefault(row.key, row)
    rows = tuple(row for row in known.values() if row.standard == standard)
    if not rows and not faults:
        there = ", ".join(sorted(count)) or "none"
        told = f"no condition of the standard {standard!r}; the file has: {there}"
        faults.append(Fault(file, "", "unknown_standard", told))
    if faults:
        raise DefinitionError(faults)
    return ConditionTable(rows, {name: many for name, many in count.items() if name != standard})


def load_catalogue_files(folder: Path, standard: str) -> list[ConditionRow]:
    """The conditions of one standard from every CSV file of a catalogue folder, in file order.

    Raises DefinitionError with the faults of all files, or `unknown_standard` when no file has a row of it.
    """
    rows: dict[tuple[str, str, str, str, int], ConditionRow] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.csv")):
        try:
            text = path.read_bytes().decode("utf-8-sig")
            rows.update({row.key: row for row in read_conditions(text, path.name, standard).rows})
        except UnicodeDecodeError:
            faults.append(Fault(path.name, "", "bad_file", "not UTF-8"))
        except DefinitionError as error:
            faults += [fault for fault in error.faults if fault.code != "unknown_standard"]
    if not rows and not faults:
        told = f'no row of the standard "{standard}" in the files of {folder.name}/'
        faults.append(Fault("config.toml", "catalogue.standard", "unknown_standard", told))
    if faults:
        raise DefinitionError(faults)
    return list(rows.values())


def _read_row(values: Mapping[str, str], units: Units) -> tuple[list[_Finding], ConditionRow | None]:
    """What is wrong with a row, and the row unless anything is or it is a name only."""
    found = [*_text_findings(values), *_code_findings(values)]
    if not values["condition_no"] and not any(values[name] for name in _OF_CONDITION):
        return found, None
    if not _NUMBER.fullmatch(values["condition_no"]):
        told = f"{values['condition_no']!r} is no number from 1 to 9999"
        found.append(("condition_no", "bad_value", told))
    limit, note = values["limit"], ""
    try:
        limit, note = read_limit(limit, units)
    except ClockError as error:
        found.append(("limit", error.code, error.message))
    if found:
        return found, None
    texts = {name: values[name] for name in NEEDED if name not in ("condition_no", "limit")}
    number = int(values["condition_no"])
    return found, ConditionRow(**texts, condition_no=number, limit_text=limit, limit_note=note)


def read_units(texts: Iterable[str]) -> dict[str, Unit]:
    """What words behind the number of a limit mean, from texts such as `小时=工作时`.

    Raises ValueError with the first text that cannot be read.
    """
    found: dict[str, Unit] = {}
    for each in texts:
        words, sign, unit = each.partition("=")
        known = next((one for one in Unit if one.value == unit.strip()), None)
        number, plain = parted(words)
        if not sign or known is None or number is not None or not plain:
            raise ValueError(each)
        found[plain] = known
    return found


def read_limit(text: str, units: Units) -> tuple[str, str]:
    """The text of a limit, and how it read before when `units` maps its words to a unit, else an empty note.

    Raises ClockError as `parse_limit`.
    """
    number, words = parted(text)
    if number is not None and words in units:
        mapped = f"{number[0]}{units[words]}"
        return parse_limit(mapped).text, text
    try:
        return parse_limit(text).text, ""
    except ClockError as error:
        if error.code == "unknown_unit" and words:
            hint = f"{error.message}, or be mapped to one: --unit {words}={Unit.WORKING_HOUR}"
            raise ClockError(error.code, hint) from None
        raise


def _text_findings(values: Mapping[str, str]) -> Iterator[_Finding]:
    for name, widest in _WIDEST.items():
        value = values[name]
        if not value and name in _NEEDED_TEXTS:
            yield name, "bad_value", "is empty"
        elif len(value) > widest or not value.isprintable():
            yield name, "bad_value", f"is longer than {widest} characters or holds one that is no text"


def _code_findings(values: Mapping[str, str]) -> Iterator[_Finding]:
    if values["kind"] not in KINDS:
        nearest = nearest_name(values["kind"], KINDS)
        hint = f", nearest is {nearest}" if nearest else ""
        yield "kind", "bad_value", f"{values['kind']!r} is not component or event{hint}"
    for name, form in _CODES.items():
        if not form.fullmatch(values[name]):
            digits = "2 digits" if name == "main_code" else "2 or 3 digits"
            yield name, "bad_value", f"{values[name]!r} is no code of {digits}"


def _other_names(
    values: Mapping[str, str], names: dict[tuple[str, ...], tuple[str, int]], *, line: int
) -> Iterator[_Finding]:
    """A code has one name in all lines. `names` keeps the first of each with its line."""
    key = (values["standard"], values["kind"], values["main_code"])
    for column, code in (("main_name", key), ("sub_name", (*key, values["sub_code"]))):
        first, at = names.setdefault(code, (values[column], line))
        if values[column] and first and first != values[column]:
            yield (
                column,
                "bad_value",
                f"{values[column]!r}, but line {at} calls {'/'.join(code[1:])} {first!r}",
            )
