"""Reads a file of counts and scores by unit, or refuses it with all its faults (evaluation.md 8)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from gridcase.errors import DefinitionError, Fault, nearest_name
from gridcase.evaluation.columns import COUNT_COLUMNS, is_count, is_score

_COUNT = re.compile(r"[0-9]+")
_SCORE = re.compile(r"[0-9]+(\.[0-9]+)?")


_SHOWN = 40  # characters of a faulty field in the message


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """One row: a unit of a group with its known counts and scores by column name."""

    unit: str
    group: str
    counts: dict[str, int]
    scores: dict[str, Fraction]


def read_counts(content: bytes, file: str) -> list[UnitCounts]:
    """The rows of a counts file in their order.

    UTF-8 (a byte-order mark is allowed), comma, one header line: `unit`, optional `group`, then `*_count` and
    `*_score` columns. Empty = unknown; blanks around a field do not count; lines without any text are skipped.
    Raises DefinitionError with every fault, each with line and column.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        place = f"line {line}, column {column}"
        raise DefinitionError([Fault(file, place, "not_utf8", "the file is not UTF-8")]) from error
    reader = _Reader(file)
    rows = reader.read(text)
    if reader.faults:
        raise DefinitionError(reader.faults)
    return rows


class _Reader:
    """One reading: the header, then row by row, collecting faults."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._header: list[str] = []
        self._seen: dict[tuple[str, str], int] = {}
        self.faults: list[Fault] = []

    def _fault(self, at: tuple[int, int], code: str, text: str) -> None:
        """One fault; `at` is line and column, both from 1."""
        self.faults.append(Fault(self._file, f"line {at[0]}, column {at[1]}", code, text))

    def read(self, text: str) -> list[UnitCounts]:
        rows: list[UnitCounts] = []
        for line, fields in self._records(text):
            if not self._header:
                self._read_header(line, fields)
                continue
            row = self._read_row(line, fields)
            if row is not None:
                rows.append(row)
        if not self._header and not self.faults:
            self._fault((1, 1), "no_header", 'the file is empty; its first column must be "unit"')
        return rows

    def _records(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Line number of the beginning and fields, blanks cut off; records without any text are left out."""
        records = csv.reader(io.StringIO(text, newline=""), strict=True)
        line = 1
        try:
            for record in records:
                fields = [field.strip() for field in record]
                if any(fields):
                    yield line, fields
                line = records.line_num + 1
        except csv.Error as error:
            self._fault((line, 1), "bad_csv", str(error))

    def _read_header(self, line: int, fields: list[str]) -> None:
        self._header = fields
        if fields[0] != "unit":
            self._fault((line, 1), "first_column", f'the first column is "{fields[0]}", not "unit"')
        for number, name in enumerate(fields, start=1):
            if name in fields[: number - 1]:
                self._fault((line, number), "repeated_column", f'the column "{name}" stands twice')
            elif not (name in ("unit", "group") or is_count(name) or is_score(name)):
                nearest = nearest_name(name, ("group", *COUNT_COLUMNS))
                hint = f', nearest is "{nearest}"' if nearest else ""
                self._fault((line, number), "unknown_column", f'the column "{name}" is not known{hint}')

    def _read_row(self, line: int, fields: list[str]) -> UnitCounts | None:
        if len(fields) != len(self._header):
            text = f"{len(fields)} fields, but the header has {len(self._header)}"
            self._fault((line, min(len(fields), len(self._header)) + 1), "wrong_width", text)
            return None
        row = UnitCounts(fields[0], "", {}, {})
        group = ""
        for number, (name, field) in enumerate(zip(self._header, fields, strict=True), start=1):
            if name == "group":
                group = field
            elif number > 1 and field:
                self._read_number(row, name, field, at=(line, number))
        self._check_unit(fields[0], group, line)
        return UnitCounts(row.unit, group, row.counts, row.scores)

    def _read_number(self, row: UnitCounts, name: str, field: str, *, at: tuple[int, int]) -> None:
        try:
            if is_count(name):
                row.counts[name] = _exactly(_COUNT, field).numerator
            elif is_score(name):
                row.scores[name] = _exactly(_SCORE, field)
        except ValueError:
            wanted = "whole number" if is_count(name) else "decimal number"
            code = "bad_count" if is_count(name) else "bad_score"
            self._fault(at, code, f'{name} = "{field[:_SHOWN]}" is no {wanted} of at least 0')

    def _check_unit(self, unit: str, group: str, line: int) -> None:
        if not unit:
            self._fault((line, 1), "no_unit", "the unit is empty")
            return
        first = self._seen.setdefault((group, unit), line)
        if first != line:
            self._fault((line, 1), "repeated_unit", f'"{unit}" stands in line {first} already')


def _exactly(pattern: re.Pattern[str], field: str) -> Fraction:
    """The exact number. ValueError when the field does not match, or is longer than Python reads at all."""
    if not pattern.fullmatch(field):
        raise ValueError(field)
    return Fraction(field)
