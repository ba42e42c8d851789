"""Reads files of on-site checks (dust samples, lamps, exam lines) with all their faults (evaluation.md 10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from gridcase.errors import DefinitionError, Fault
from gridcase.evaluation.onsite.scores import MAIN, OTHER, DustSample, ExamLine, LampCheck
from gridcase.evaluation.onsite.sheets import Sheet
from gridcase.tables import read_table

DUST, LAMPS, EXAM = "dust", "lamps", "exam"
KINDS = (DUST, LAMPS, EXAM)
_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_CLASSES = ("1", "2", "3", "4")
_COLUMNS = {
    DUST: ("unit", "road", "road_class", "point", "grams", "area", "date"),
    LAMPS: ("unit", "road", "road_class", "checked", "lit", "date"),
    EXAM: ("unit", "item", "place", "found", "date"),
}
_OPTIONAL = {DUST: (), LAMPS: ("intact",), EXAM: ("finding", "photo")}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line: what was read (`check`), and its fields as they stand in the file."""

    line: int
    unit: str
    check: DustSample | LampCheck | ExamLine
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CheckFile:
    """A file of one of `KINDS` that was read; `sheet` is that of an exam."""

    name: str
    kind: str
    lines: tuple[CheckLine, ...]
    sheet: Sheet | None = None


def parse_checks(text: str, file: str, *, kind: str, sheet: Sheet | None = None) -> CheckFile:
    """The checks of a CSV text.

    `dust`: unit, road, road_class (1 to 4), point, grams, area (m², above 0), date. `lamps`: unit, road, road_class
    (main, other), checked (above 0), lit, date, optional intact. `exam`: unit, item (of the sheet), place, found (0 =
    nothing found), date, optional finding and photo. Raises DefinitionError with every fault, each with its line.
    """
    faults: list[Fault] = []
    rows = read_table(text, file, needed=_COLUMNS[kind], optional=_OPTIONAL[kind], faults=faults)
    reader = _Reader(file, sheet, faults)
    read: Callable[[int, Mapping[str, str]], Any] = {
        DUST: reader.dust,
        LAMPS: reader.lamps,
        EXAM: reader.exam,
    }[kind]
    lines = tuple(CheckLine(line, fields["unit"], read(line, fields), fields) for line, fields in rows)
    if faults:
        raise DefinitionError(faults)
    return CheckFile(file, kind, lines, sheet)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads fields; answers harmless values after a fault."""

    file: str
    sheet: Sheet | None
    faults: list[Fault]

    def _fault(self, line: int, code: str, text: str) -> None:
        self.faults.append(Fault(self.file, f"line {line}", code, text))

    def _wrong(self, line: int, name: str, value: str, *, wanted: str) -> None:
        self._fault(line, "bad_value", f'{name} = "{value[:40]}", but {wanted} is wanted')

    def dust(self, line: int, fields: Mapping[str, str]) -> DustSample:
        return DustSample(
            self._unit(line, fields),
            int(self._word(line, fields, "road_class", known=_CLASSES)),
            self._decimal(line, fields, "grams"),
            self._decimal(line, fields, "area", is_above_zero=True),
            self._day(line, fields),
        )

    def lamps(self, line: int, fields: Mapping[str, str]) -> LampCheck:
        checked = self._whole(line, fields, "checked")
        if checked == 0:
            self._wrong(line, "checked", fields["checked"], wanted="a number above 0")
        lit = self._whole(line, fields, "lit")
        intact = self._whole(line, fields, "intact") if fields.get("intact") else None
        for name, value in (("lit", lit), ("intact", intact or 0)):
            if value > checked:
                self._fault(line, "bad_value", f"{name} = {value} is more than the {checked} checked")
        road_class = self._word(line, fields, "road_class", known=(MAIN, OTHER))
        return LampCheck(
            self._unit(line, fields), road_class, max(checked, 1), lit, intact, self._day(line, fields)
        )

    def exam(self, line: int, fields: Mapping[str, str]) -> ExamLine:
        found = self._whole(line, fields, "found")
        item = self.sheet.item(fields["item"]) if self.sheet is not None else None
        if item is None:
            codes = ", ".join(each.code for each in self.sheet.items) if self.sheet is not None else ""
            self._wrong(line, "item", fields["item"], wanted=f"one of {codes}")
        elif found and item.needs_photo and not fields.get("photo"):
            self._fault(line, "no_photo", f'a finding of "{item.code}" needs a photo')
        return ExamLine(self._unit(line, fields), fields["item"], found, self._day(line, fields))

    def _unit(self, line: int, fields: Mapping[str, str]) -> str:
        if not fields["unit"]:
            self._fault(line, "no_unit", "the unit is empty")
        return fields["unit"]

    def _word(self, line: int, fields: Mapping[str, str], name: str, *, known: Sequence[str]) -> str:
        if fields[name] in known:
            return fields[name]
        self._wrong(line, name, fields[name], wanted=f"one of {', '.join(known)}")
        return known[0]

    def _decimal(
        self, line: int, fields: Mapping[str, str], name: str, *, is_above_zero: bool = False
    ) -> Fraction:
        value = Fraction(fields[name]) if _DECIMAL.fullmatch(fields[name]) else None
        if value is None or (is_above_zero and value == 0):
            wanted = "a decimal number above 0" if is_above_zero else "a decimal number"
            self._wrong(line, name, fields[name], wanted=wanted)
            return Fraction(1)
        return value

    def _whole(self, line: int, fields: Mapping[str, str], name: str) -> int:
        if _WHOLE.fullmatch(fields[name]):
            return int(fields[name])
        self._wrong(line, name, fields[name], wanted="a whole number")
        return 0

    def _day(self, line: int, fields: Mapping[str, str]) -> date:
        try:
            return date.fromisoformat(fields["date"])
        except ValueError:
            self._fault(line, "bad_date", f'date = "{fields["date"][:40]}" is no date such as 2026-10-15')
            return date.min
