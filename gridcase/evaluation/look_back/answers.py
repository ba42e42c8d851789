"""The look-back as JSON and as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from gridcase.evaluation.answer import UNRANKED, json_text
from gridcase.evaluation.bulletin.comparing import Change
from gridcase.evaluation.look_back.looking import Column, Earlier, LookBack, Row, UnitCell
from gridcase.evaluation.periods import moment_text
from gridcase.evaluation.text_table import text_table

# Why the figures of two months may not be set against each other, in the words of people.
DIFFERS = {
    "scheme": "方案不同",
    "version": "方案版本不同",
    "scheme_text": "方案文本有改动而版本未变",
    "formula_version": "公式版本不同",
}
UNPUBLISHED = "未发布"


def look_back_text(found: LookBack, answer_format: str) -> str:
    """The look-back as `json` or `table`."""
    return json_text(look_back_as_json(found)) if answer_format == "json" else _table(found)


def look_back_as_json(found: LookBack) -> dict[str, Any]:
    """Months (the newest last) and units with their cells; differences in points, `—` without an earlier figure.

    A month has `frozen`: the number of its last amendment, `null` = 未发布; a cell of a unit that was not judged in the
    month has only its `period`; `risen` are places won, absent where one of the two ranks is.
    """
    return {
        "of": found.of,
        "rates": [{"rate": name, "label": label} for name, label in found.rates.items()],
        "months": [_month(column) for column in found.columns],
        "units": [
            {
                "unit": row.name,
                "code": row.code,
                "group": row.group,
                "months": [_cell(cell) for cell in row.cells],
            }
            for row in found.rows
        ],
    }


def _month(column: Column) -> dict[str, Any]:
    table = column.table
    return {
        "period": table.period,
        "from": moment_text(table.start),
        "to": moment_text(table.end),
        "as_of": moment_text(table.as_of),
        "frozen": table.amendment,
        "scheme": table.scheme.name,
        "version": table.scheme.version,
        "formula_version": table.formula_version,
        "month_before": _earlier(column.month_before),
        "year_before": _earlier(column.year_before),
        "differs_from_next": list(column.differs_from_next),
    }


def _earlier(earlier: Earlier | None) -> dict[str, Any] | None:
    if earlier is None:
        return None
    return {"period": earlier.period, "frozen": earlier.amendment, "differs": list(earlier.differs)}


def _cell(cell: UnitCell) -> dict[str, Any]:
    standing = cell.standing
    if standing is None:
        return {"period": cell.period}
    told: dict[str, Any] = {"period": cell.period}
    for name in ("score", "grade", "rank", "unranked"):
        value = getattr(standing, name)
        if value is not None:
            told[name] = value
    told["score_change"] = _changes(cell.score_month, cell.score_year)
    if cell.risen is not None:
        told["risen"] = cell.risen
    told["rates"] = {
        name: {"value": rate.text, **_changes(rate.month, rate.year)}
        for name, rate in cell.rates.items()
        if rate.text is not None
    }
    if standing.amended:
        told["amended"] = dict(standing.amended)
    return told


def _changes(month: Change, year: Change) -> dict[str, str]:
    return {"month": month.text, "year": year.text}


# --- for people -----------------------------------------------------------------------------------------------------


def _table(found: LookBack) -> str:
    header = ["单位", "月份", "得分", "较上月", "较去年同月", "等级", "排名", "名次变化"]
    for label in found.rates.values():
        header += [label, "较上月", "较去年同月"]
    header.append("标记")
    rows: list[list[str]] = []
    for row in found.rows:
        rows += _rows(row, found.columns, list(found.rates))
    notes = [*notes_of(found), *_amendments(found)]
    return "\n".join([text_table(header, rows, left=2), "", *notes]) + "\n"


def _rows(row: Row, columns: Sequence[Column], rates: Sequence[str]) -> Iterator[list[str]]:
    name = f"{row.group} {row.name}".strip()
    for cell, column in zip(row.cells, columns, strict=True):
        standing = cell.standing
        mark = "" if column.table.is_frozen else UNPUBLISHED
        if column.differs_from_next:
            mark = f"{mark} ▽".strip()
        if standing is None:
            yield [name, cell.period, *[""] * (6 + 3 * len(rates)), mark]
            continue
        line = [
            name,
            cell.period,
            standing.score or "",
            cell.score_month.text,
            cell.score_year.text,
            standing.grade or "",
            rank_text(standing.rank, standing.unranked),
            risen_text(cell.risen),
        ]
        for rate in rates:
            own = cell.rates[rate]
            line += [own.text or "", own.month.text, own.year.text]
        yield [*line, mark]


def rank_text(rank: int | None, unranked: str | None) -> str:
    """The rank, or why there is none."""
    return str(rank) if rank is not None else UNRANKED.get(unranked or "", "")


def risen_text(risen: int | None) -> str:
    """`↑2`, `↓1`, `0`; `—` where there is nothing to compare."""
    if risen is None:
        return "—"
    return f"↑{risen}" if risen > 0 else f"↓{-risen}" if risen < 0 else "0"


def notes_of(found: LookBack) -> list[str]:
    """What a reader must know: what is not published, where the rules changed, what differences are."""
    notes = [
        "率和得分的差为百分点或分的差，只与已冻结的月份比较；没有可比的冻结数据为 —。",
    ]
    open_months = [column.table.period for column in found.columns if not column.table.is_frozen]
    if open_months:
        notes.append(f"{UNPUBLISHED}：{'、'.join(open_months)}")
    for this, following in pairwise(found.columns):
        if this.differs_from_next:
            notes.append(
                f"▽ {this.table.period} 与 {following.table.period} 口径不同，升降不能直接比较：{why(this, following)}"
            )
    return notes


def why(this: Column, following: Column) -> str:
    """How two neighbouring months were made by different rules."""
    one, other = this.table, following.table
    told = []
    for code in this.differs_from_next:
        values: Mapping[str, str] = {
            "scheme": f"{one.scheme.name} → {other.scheme.name}",
            "version": f"{one.scheme.name} 第 {one.scheme.version} 版 → 第 {other.scheme.version} 版",
            "scheme_text": one.scheme.name,
            "formula_version": f"第 {one.formula_version} 版 → 第 {other.formula_version} 版",
        }
        told.append(f"{DIFFERS[code]}（{values[code]}）")
    return "，".join(told)


def _amendments(found: LookBack) -> Iterator[str]:
    """Both values of every figure shown that an amendment changed."""
    labels = {"score": "得分", "grade": "等级", "rank": "排名", "unranked": "排名", **found.rates}
    for row in found.rows:
        for cell in row.cells:
            amended = cell.standing.amended if cell.standing is not None else {}
            for name, label in labels.items():
                if name in amended:
                    yield f"{cell.period} {row.name} {label} {amended[name]}"
