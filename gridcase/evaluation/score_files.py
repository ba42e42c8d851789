"""Reads a file of scores from elsewhere (city results, surveys, ratings) with all its faults (evaluation.md 10)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from gridcase.errors import DefinitionError, Fault
from gridcase.evaluation.columns import is_score
from gridcase.tables import read_table

NEEDED = ("unit", "source", "document", "issued_on")
RATER = "rater"
_NUMBER = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class FileRow:
    """One line: a unit by name or code, who rates it (empty: nobody in particular), and scores by column.

    A score is the decimal text of the file; None where the field is empty.
    """

    line: int
    unit: str
    rater: str
    scores: Mapping[str, str | None]
    source: str
    document: str
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """A file that was read: the scores are out of `out_of` points, a decimal text."""

    name: str
    columns: tuple[str, ...]
    out_of: str
    rows: tuple[FileRow, ...]


def read_out_of(text: str) -> str:
    """The full score as a decimal text greater than 0. Raises ValueError."""
    if not _NUMBER.fullmatch(text) or Fraction(text) == 0:
        raise ValueError(text)
    return text


def parse_scores(text: str, file: str, *, out_of: str) -> ScoreFile:
    """The scores of a CSV text: `unit`, one or more `*_score`, `source`, `document`, `issued_on`, optional `rater`.

    Raises DefinitionError with every fault: those of the header; `no_score_column`; `no_unit`; `no_rater`;
    `bad_score` (no decimal of at least 0), `score_above_full`; `bad_date`.
    """
    columns = _score_columns(text)
    faults: list[Fault] = []
    if not columns:
        faults.append(Fault(file, "line 1", "no_score_column", "no column ends in _score"))
    found = read_table(text, file, needed=NEEDED, optional=(*columns, RATER), faults=faults)
    reader = _Reader(file, columns, Fraction(out_of), faults)
    rows = tuple(reader.row(line, fields) for line, fields in found)
    if faults:
        raise DefinitionError(faults)
    return ScoreFile(file, columns, out_of, rows)


def _score_columns(text: str) -> tuple[str, ...]:
    header: Sequence[str] = next(csv.reader(text.removeprefix("\ufeff").splitlines()[:1]), [])
    return tuple(dict.fromkeys(name.strip() for name in header if is_score(name.strip())))


@dataclass(frozen=True, slots=True)
class _Reader:
    file: str
    columns: Sequence[str]
    full: Fraction
    faults: list[Fault]

    def _fault(self, line: int, code: str, text: str) -> None:
        self.faults.append(Fault(self.file, f"line {line}", code, text))

    def row(self, line: int, fields: Mapping[str, str]) -> FileRow:
        if not fields["unit"]:
            self._fault(line, "no_unit", "the unit is empty")
        if RATER in fields and not fields[RATER]:
            self._fault(line, "no_rater", "the file has raters, and this row names none")
        return FileRow(
            line,
            fields["unit"],
            fields.get(RATER, ""),
            dict(self._scores(line, fields)),
            fields["source"],
            fields["document"],
            self._day(line, fields["issued_on"]),
        )

    def _scores(self, line: int, fields: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
        for column in self.columns:
            given = fields[column]
            if given and not _NUMBER.fullmatch(given):
                text = f'{column} = "{given[:_SHOWN]}" is no decimal number of at least 0'
                self._fault(line, "bad_score", text)
            elif given and Fraction(given) > self.full:
                text = f"{column} = {given} is more than the {self.full} points that are full"
                self._fault(line, "score_above_full", text)
            yield column, given or None

    def _day(self, line: int, text: str) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self._fault(line, "bad_date", f'issued_on = "{text[:_SHOWN]}" is no date such as 2026-11-03')
            return None
