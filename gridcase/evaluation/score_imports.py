"""Imports a file of scores as the next version of a period's scores (evaluation.md 10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from gridcase.db import table_of
from gridcase.errors import DefinitionError, Fault
from gridcase.evaluation.models import ImportedScore, ScoreImport
from gridcase.evaluation.score_files import FileRow, ScoreFile
from gridcase.evaluation.score_units import UnitNames, unit_names

_IMPORT, _ROW = table_of(ScoreImport), table_of(ImportedScore)


@dataclass(frozen=True, slots=True)
class Missing:
    """Raters who owe a unit a score and gave none."""

    unit: str
    column: str
    raters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import kept: its version, its rows, and which raters are missing."""

    version: int
    row_count: int
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Sender:
    """For which district and period a file is imported, by whom and when, and the hash of its bytes."""

    district: str
    period: str
    by: str
    now: datetime
    sha256: str


def import_scores(connection: Connection, file: ScoreFile, sender: Sender) -> Imported:
    """Keep all scores of a file as a new version, or none.

    Raises DefinitionError with every fault: `unit_not_found`, `ambiguous_unit`, `repeated_unit` (a unit twice, by the
    same rater), `self_rating` (a unit rates itself).
    """
    names = unit_names(connection, sender.district)
    scores = _Scores(file, names)
    if scores.faults:
        raise DefinitionError(scores.faults)
    version = open_version(connection, sender, file.name)
    rows = list(scores.rows())
    write_rows(connection, sender, rows, version=version)
    return Imported(version, len(rows), tuple(scores.missing()))


def open_version(connection: Connection, sender: Sender, file_name: str) -> int:
    """Note an import of a file; answers the number of the version that its rows belong to."""
    newest = select(func.max(_IMPORT.c.version)).where(
        _IMPORT.c.district == sender.district, _IMPORT.c.period == sender.period
    )
    version = (connection.execute(newest).scalar() or 0) + 1
    kept = {"file_name": file_name[-200:], "file_sha256": sender.sha256, "imported_by": sender.by[:80]}
    connection.execute(
        insert(_IMPORT), {**_key(sender), "version": version, "imported_at": sender.now, **kept}
    )
    return version


def write_rows(
    connection: Connection, sender: Sender, rows: Sequence[Mapping[str, Any]], *, version: int
) -> None:
    """Write rows of a version: the columns of `ImportedScore` that say what is scored and how much."""
    if rows:
        own = {**_key(sender), "version": version, "imported_at": sender.now}
        connection.execute(insert(_ROW), [{**own, **values} for values in rows])


def _key(sender: Sender) -> dict[str, Any]:
    return {"district": sender.district, "period": sender.period}


class _Scores:
    """The rows of a file with the units that they mean."""

    def __init__(self, file: ScoreFile, names: UnitNames) -> None:
        self.file, self.names = file, names
        self.faults: list[Fault] = []
        self._found: list[tuple[FileRow, str]] = []
        self._raters: dict[str, set[str]] = {}
        seen: dict[tuple[str, str], int] = {}
        for row in file.rows:
            own = self._own(row)
            for code in self._codes(row, row.unit):
                first = seen.setdefault((code, row.rater), row.line)
                if first != row.line:
                    self._fault(row, "repeated_unit", f'"{row.unit}" stands in line {first} already')
                elif code in own:
                    self._fault(row, "self_rating", f'"{row.unit}" rates itself')
                self._found.append((row, code))
        self._list_raters()

    def _fault(self, row: FileRow, code: str, text: str) -> None:
        self.faults.append(Fault(self.file.name, f"line {row.line}", code, text))

    def _codes(self, row: FileRow, text: str) -> list[str]:
        try:
            codes = self.names.find(text)
        except LookupError:
            self._fault(row, "ambiguous_unit", f'several units are called "{text}": name it by its code')
            return []
        if not codes and text:
            self._fault(row, "unit_not_found", f'there is no unit "{text}"')
        return codes

    def _own(self, row: FileRow) -> Sequence[str]:
        """The units that the rater is, if any: a leader or a body that is not judged is none."""
        try:
            return self.names.find(row.rater) if row.rater else []
        except LookupError:
            return [row.rater]

    def _list_raters(self) -> None:
        for row in self.file.rows:
            for column in self.file.columns:
                if row.rater:
                    self._raters.setdefault(column, set()).add(row.rater)

    def _expected(self, column: str, code: str) -> set[str]:
        """Every rater of the file owes every other unit a score."""
        return {rater for rater in self._raters.get(column, set()) if code not in self._units_of(rater)}

    def _units_of(self, rater: str) -> Sequence[str]:
        try:
            return self.names.find(rater)
        except LookupError:
            return []

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """The rows to be kept, an empty score included: it says that the newest import knows none."""
        for row, code in self._found:
            for column, given in row.scores.items():
                yield {
                    "column_name": column,
                    "unit": code,
                    "rater": row.rater,
                    "given": given,
                    "out_of": self.file.out_of,
                    "expected": len(self._expected(column, code)) if row.rater else 0,
                    "unit_name": self.names.names[code],
                    "source": row.source,
                    "document": row.document,
                    "issued_on": row.issued_on,
                }

    def missing(self) -> Iterator[Missing]:
        """By column and unit."""
        given: dict[tuple[str, str], set[str]] = {}
        for row, code in self._found:
            for column, score in row.scores.items():
                own = given.setdefault((column, code), set())
                if score is not None and row.rater:
                    own.add(row.rater)
        for (column, code), raters in sorted(given.items()):
            lacking = self._expected(column, code) - raters
            if lacking:
                yield Missing(self.names.names[code], column, tuple(sorted(lacking)))
