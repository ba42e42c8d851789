"""What is published of a frozen record: the answers of `rank`, ready to be handed out, with both values of what was amended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridcase.evaluation.answer import UNRANKED, Changes, csv_text, json_text, table_text
from gridcase.evaluation.formula import FORMULA_VERSION
from gridcase.evaluation.frozen.heads import Cell, Head
from gridcase.evaluation.periods import moment_text
from gridcase.evaluation.rank import RankAnswer, notes_of, rank_as_json
from gridcase.evaluation.score_values import ScoreRow

JSON, CSV, TABLE = "json", "csv", "table"
_ABSENT = "—"


@dataclass(frozen=True, slots=True)
class Seal:
    """What the answers say of a record (`amendment` 0) or of an amendment."""

    amendment: int
    at: datetime
    by: str
    inputs_sha256: str
    previous_sha256: str | None
    ref: str | None = None
    reason: str | None = None
    cells: tuple[Cell, ...] = ()
    totals: tuple[Cell, ...] = ()


def seal_of(head: Head) -> Seal:
    """What the answers say of a stored record."""
    names = ("amendment", "at", "by", "inputs_sha256", "previous_sha256", "ref", "reason", "cells", "totals")
    return Seal(**{name: getattr(head, name) for name in names})


def published(answer: RankAnswer, seals: Sequence[Seal], rows: Sequence[ScoreRow]) -> dict[str, str]:
    """The answers by format after the last of `seals`: the record, then its amendments in order.

    `rows` are the imported scores that were used: the answers name their versions.
    """
    versions = _versions(rows)
    units, totals = _marks(seals, "cells"), _marks(seals, "totals")
    told = rank_as_json(answer)
    for unit in told["units"]:
        if unit["code"] in units:
            unit["amended"] = units[unit["code"]]
    for total in told["totals"]:
        if total["group"] in totals:
            total["amended"] = totals[total["group"]]
    told |= {
        "frozen": seals[-1].amendment,
        "formula_version": FORMULA_VERSION,
        "inputs_sha256": seals[-1].inputs_sha256,
        "previous_sha256": seals[-1].previous_sha256,
        "frozen_at": moment_text(seals[0].at),
        "frozen_by": seals[0].by,
        "score_versions": versions,
        "amendments": [_as_json(seal) for seal in seals[1:]],
    }
    changes = Changes([units.get(unit.code, {}) for unit in answer.judged], totals)
    notes = [*notes_of(answer), *_score_notes(versions), *_notes(seals)]
    return {
        JSON: json_text(told),
        CSV: csv_text(answer.evaluation),
        TABLE: table_text(answer.evaluation, notes=notes, changes=changes),
    }


def _as_json(seal: Seal) -> dict[str, Any]:
    return {
        "amendment": seal.amendment,
        "ref": seal.ref,
        "reason": seal.reason,
        "by": seal.by,
        "at": moment_text(seal.at),
        "inputs_sha256": seal.inputs_sha256,
        "previous_sha256": seal.previous_sha256,
        "cells": [
            {"unit": cell.unit, "code": cell.code, "field": cell.field, "old": cell.old, "new": cell.new}
            for cell in seal.cells
        ],
        "totals": [
            {"group": cell.unit, "field": cell.field, "old": cell.old, "new": cell.new}
            for cell in seal.totals
        ],
    }


def _versions(rows: Sequence[ScoreRow]) -> dict[str, list[int]]:
    """Column -> the imports whose scores were used."""
    columns = sorted({row.column for row in rows})
    return {column: sorted({row.version for row in rows if row.column == column}) for column in columns}


def _score_notes(versions: Mapping[str, Sequence[int]]) -> Iterator[str]:
    for column, used in versions.items():
        yield f"外部成绩 {column}：第 {'、'.join(map(str, used))} 次导入"


def _notes(seals: Sequence[Seal]) -> Iterator[str]:
    first, last = seals[0], seals[-1]
    yield f"已冻结：{moment_text(first.at)}，{first.by}；公式第 {FORMULA_VERSION} 版"
    for seal in seals[1:]:
        yield f"更正 {seal.amendment}：申诉 {seal.ref}，{seal.reason}（{moment_text(seal.at)}，{seal.by}），改动 {len(seal.cells)} 处"
    yield f"输入数据 SHA-256：{last.inputs_sha256}"


def _marks(seals: Sequence[Seal], kind: str) -> dict[str, dict[str, str]]:
    """By unit code, or by group for totals: field -> both values of the last amendment that changed it."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for seal in seals[1:]:
        for cell in getattr(seal, kind):
            key = cell.code if kind == "cells" else cell.unit
            values = f"{_shown(cell.old)} → {_shown(cell.new)}"
            found[key][cell.field] = f"{values} (更正 {seal.amendment}, 申诉 {seal.ref})"
    return dict(found)


def _shown(value: str | None) -> str:
    return _ABSENT if value is None else UNRANKED.get(value, value)


# --- the cells of the published table -----------------------------------------------------------------------------


def cells_of(told: Mapping[str, Any]) -> dict[tuple[str, str, str], str]:
    """Every value of the units of an answer in JSON: code, unit, field -> text."""
    return {
        (unit["code"], unit["unit"], field): value for unit in told["units"] for field, value in _fields(unit)
    }


def totals_of(told: Mapping[str, Any]) -> dict[tuple[str, str, str], str]:
    """Every value of the sums of an answer in JSON, under the name of the group."""
    return {("", total["group"], field): value for total in told["totals"] for field, value in _fields(total)}


def _fields(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part in ("counts", "rates", "scores"):
        for name, value in entry.get(part, {}).items():
            yield name, str(value)
    for name in ("score", "grade", "rank", "unranked"):
        if name in entry:
            yield name, str(entry[name])


def changed_cells(
    old: Mapping[tuple[str, str, str], str], new: Mapping[tuple[str, str, str], str]
) -> tuple[Cell, ...]:
    """The values that differ, in the order of the new answer, those that are gone last."""
    keys = dict.fromkeys((*new, *old))
    return tuple(
        Cell(*key, old=old.get(key), new=new.get(key)) for key in keys if old.get(key) != new.get(key)
    )
