"""Imports on-site checks: the lines as they are, the score of each unit, the slips of findings, and `site_score` anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, insert

from gridcase.cases.steps import dump_json
from gridcase.config.onsite import Onsite
from gridcase.db import table_of
from gridcase.errors import DefinitionError, Fault
from gridcase.evaluation.onsite.files import DUST, EXAM, LAMPS, CheckFile, CheckLine
from gridcase.evaluation.onsite.models import ExamSlip, OnsiteCheck
from gridcase.evaluation.onsite.scores import (
    INTACT,
    MAIN,
    OTHER,
    DustSample,
    ExamLine,
    LampCheck,
    dust_score,
    exam_score,
    lamp_score,
    site_score,
)
from gridcase.evaluation.score_imports import Sender, open_version, write_rows
from gridcase.evaluation.score_queries import newest_scores
from gridcase.evaluation.score_units import unit_names
from gridcase.evaluation.score_values import scores_of

COLUMNS = {DUST: "dust_score", LAMPS: "lamp_score", EXAM: "exam_score"}
SITE = "site_score"
_SOURCE = "现场考评"


@dataclass(frozen=True, slots=True)
class ImportedChecks:
    """What an import kept: its version, the scores by unit code (None = not all items were examined), its slips."""

    version: int
    scores: Mapping[str, Fraction | None]
    slip_count: int


@dataclass(frozen=True, slots=True)
class _Known:
    """A line whose unit is known."""

    code: str
    name: str
    line: CheckLine


def import_checks(
    connection: Connection, file: CheckFile, sender: Sender, *, settings: Onsite
) -> ImportedChecks:
    """Keep a file of checks as the next version of the period's scores, or nothing of it.

    Raises DefinitionError with every fault: `unit_not_found`, `ambiguous_unit`.
    """
    lines = _known(connection, file, sender)
    by_unit: dict[str, list[_Known]] = {}
    for known in lines:
        by_unit.setdefault(known.code, []).append(known)
    scores = {code: _score(file, own, settings) for code, own in by_unit.items()}
    version = open_version(connection, sender, file.name)
    rows = [
        _score_row(COLUMNS[file.kind], by_unit[code], value, document=file.name)
        for code, value in scores.items()
    ]
    write_rows(connection, sender, rows, version=version)
    refresh_site_score(connection, sender, settings, version=version)
    passed = [_passed(known.line, settings) for known in lines]
    _keep_lines(connection, file, sender, version=version, lines=list(zip(lines, passed, strict=True)))
    slips = list(_slips(file, lines))
    if slips:
        key = {"district": sender.district, "period": sender.period, "version": version}
        connection.execute(insert(table_of(ExamSlip)), [{**key, **slip} for slip in slips])
    return ImportedChecks(version, scores, len(slips))


def _known(connection: Connection, file: CheckFile, sender: Sender) -> list[_Known]:
    names = unit_names(connection, sender.district)
    faults: list[Fault] = []
    found: list[_Known] = []
    for line in file.lines:
        place = f"line {line.line}"
        try:
            codes = names.find(line.unit)
        except LookupError:
            text = f'several units are called "{line.unit}": name it by its code'
            faults.append(Fault(file.name, place, "ambiguous_unit", text))
            continue
        if not codes:
            faults.append(Fault(file.name, place, "unit_not_found", f'there is no unit "{line.unit}"'))
        found += [_Known(code, names.names[code], line) for code in codes]
    if faults:
        raise DefinitionError(faults)
    return found


def _score(file: CheckFile, lines: Iterable[_Known], settings: Onsite) -> Fraction | None:
    checks = [known.line.check for known in lines]
    if file.kind == DUST:
        return dust_score([each for each in checks if isinstance(each, DustSample)], settings.dust_limits)
    if file.kind == LAMPS:
        targets = {MAIN: settings.main_lit, OTHER: settings.other_lit, INTACT: settings.intact}
        return lamp_score([each for each in checks if isinstance(each, LampCheck)], targets)
    items = file.sheet.items if file.sheet is not None else ()
    return exam_score([each for each in checks if isinstance(each, ExamLine)], items)


def _score_row(
    column: str, lines: Sequence[_Known], value: Fraction | None, *, document: str
) -> dict[str, Any]:
    return {
        "column_name": column,
        "unit": lines[0].code,
        "unit_name": lines[0].name,
        "document": document,
        "issued_on": max(known.line.check.checked_on for known in lines),
        **_exactly(value),
    }


def _exactly(value: Fraction | None) -> dict[str, Any]:
    """A score as `given` out of `out_of`, so that no digit is lost."""
    return {
        "given": None if value is None else str(value.numerator),
        "out_of": str(100 * (value.denominator if value is not None else 1)),
        "rater": "",
        "expected": 0,
        "source": _SOURCE,
    }


def refresh_site_score(connection: Connection, sender: Sender, settings: Onsite, *, version: int) -> None:
    """Make `site_score` anew from the newest parts, in the version that brought one of them.

    Parts are those that the settings weigh and that anything was imported of; a unit that lacks one is unknown.
    """
    rows = newest_scores(connection, sender.district, sender.period)
    weights = {
        column: weight
        for column, weight in weights_of(settings).items()
        if any(row.column == column for row in rows)
    }
    if not weights:
        return
    parts = scores_of(rows)
    newest = {row.unit: row for row in sorted(rows, key=lambda row: row.version) if row.column in weights}
    made = [
        {
            "column_name": SITE,
            "unit": code,
            "unit_name": row.unit_name,
            "document": " ".join(sorted(weights)),
            "issued_on": row.issued_on,
            **_exactly(site_score(parts.get(code, {}), weights)),
        }
        for code, row in sorted(newest.items())
    ]
    write_rows(connection, sender, made, version=version)


def weights_of(settings: Onsite) -> dict[str, Decimal]:
    """The columns that `site_score` is made of with their weights, those of weight 0 left out."""
    own = {
        "dust_score": settings.dust_weight,
        "lamp_score": settings.lamp_weight,
        "exam_score": settings.exam_weight,
    }
    return {column: weight for column, weight in own.items() if weight}


def _passed(line: CheckLine, settings: Onsite) -> bool | None:
    """The verdict on a dust sample; other checks have none of their own."""
    return line.check.passes(settings.dust_limits) if isinstance(line.check, DustSample) else None


def _keep_lines(
    connection: Connection,
    file: CheckFile,
    sender: Sender,
    *,
    version: int,
    lines: Sequence[tuple[_Known, bool | None]],
) -> None:
    key = {"district": sender.district, "period": sender.period, "version": version, "kind": file.kind}
    rows = [
        {
            **key,
            "no": no,
            "unit": known.code,
            "checked_on": known.line.check.checked_on,
            "passed": passed,
            "fields": dump_json({"file": file.name, "line": known.line.line, **known.line.fields}),
        }
        for no, (known, passed) in enumerate(lines, start=1)
    ]
    if rows:
        connection.execute(insert(table_of(OnsiteCheck)), rows)


def _slips(file: CheckFile, lines: Sequence[_Known]) -> Iterator[dict[str, Any]]:
    """A finding becomes a slip: until when it is to be put right; answer and recheck come later."""
    for no, known in enumerate(lines, start=1):
        check, fields = known.line.check, known.line.fields
        item = file.sheet.item(check.item) if file.sheet is not None and isinstance(check, ExamLine) else None
        if file.sheet is None or item is None or not isinstance(check, ExamLine) or not check.found:
            continue
        yield {
            "no": no,
            "unit": known.code,
            "sheet": file.sheet.name,
            "item": item.code,
            "place": fields["place"],
            "finding": fields.get("finding", ""),
            "photo": fields.get("photo", ""),
            "found_count": check.found,
            "deadline_on": check.checked_on + timedelta(days=item.days),
        }
