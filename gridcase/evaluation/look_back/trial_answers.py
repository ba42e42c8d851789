"""The answer of a trial as JSON and as a table for people, both marked as no published result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gridcase.clock import CHINA
from gridcase.evaluation.answer import UNRANKED as UNRANKED_WORDS
from gridcase.evaluation.answer import formula_lines, json_text
from gridcase.evaluation.bulletin.comparing import change_of_scores
from gridcase.evaluation.frozen.heads import sha256_of
from gridcase.evaluation.look_back.answers import UNPUBLISHED, rank_text, risen_text
from gridcase.evaluation.look_back.replaying import OTHER_AS_OF, OTHER_MODE, RECORD
from gridcase.evaluation.look_back.standings import MonthTable, Standing
from gridcase.evaluation.look_back.trial import MonthTrial, UnitTrial, WhatIf
from gridcase.evaluation.look_back.trying import (
    BECOMES_RANKED,
    BECOMES_UNRANKED,
    FALLS,
    NOT_REPLAYED,
    OTHER_FORMULA,
    RISES,
    STAYS,
    UNRANKED,
    label_of_input,
)
from gridcase.evaluation.periods import moment_text
from gridcase.evaluation.schemes import Scheme
from gridcase.evaluation.text_table import text_table

NO_RESULT = "试算，不是发布结果"
MOVES = {
    RISES: "上升",
    FALLS: "下降",
    STAYS: "不变",
    BECOMES_UNRANKED: "不再排名",
    BECOMES_RANKED: "新列入排名",
    UNRANKED: "均不排名",
    NOT_REPLAYED: "未试算",
}
_WHYS = {
    OTHER_AS_OF: "试算方案的统计时刻与冻结时不同，按案件历史在试算方案的时刻重算，并计入更正认可的申诉",
    OTHER_MODE: "冻结记录按上报时刻选案，不含试算方案所需的更早上报的案件，按案件历史在冻结时的时刻重算，并计入更正认可的申诉",
    OTHER_FORMULA: "该月由另一版公式冻结，其数据行不能用现行公式试算",
}


def what_if_text(found: WhatIf, answer_format: str) -> str:
    """The answer as `json` or `table`."""
    return json_text(what_if_as_json(found)) if answer_format == "json" else _table(found)


def what_if_as_json(found: WhatIf) -> dict[str, Any]:
    """Scheme, and for each month old and new score, grade and rank of each unit, by new rank.

    `basis` is `record` (the rows kept in the frozen record) or `register` (the case history), null where the month
    could not be replayed; `why` says why a frozen month was not made from its own rows. `rise` are places won;
    `missing` are the inputs for want of which the new score or rank is unknown.
    """
    trial = found.trial
    return {
        "trial": True,
        "note": NO_RESULT,
        "of": trial.of,
        "scheme": trial.scheme.name,
        "version": trial.scheme.version,
        "scheme_sha256": sha256_of(trial.scheme.text),
        "from": trial.periods[0].name,
        "to": trial.periods[-1].name,
        "months": [_month(month) for month in found.months],
    }


def _month(month: MonthTrial) -> dict[str, Any]:
    return {
        "period": month.old.period,
        "frozen": month.old.amendment,
        "basis": month.basis,
        "why": month.why,
        "old": _made(month.old),
        "new": None if month.new is None else _made(month.new),
        "units": [_unit(unit, month) for unit in month.units],
        "rises": [unit.code for unit in month.moved(RISES)],
        "falls": [unit.code for unit in month.moved(FALLS)],
        "becomes_ranked": [unit.code for unit in month.moved(BECOMES_RANKED)],
        "becomes_unranked": [
            {
                "code": unit.code,
                "unranked": unit.new.unranked if unit.new else None,
                "missing": list(unit.missing),
            }
            for unit in month.moved(BECOMES_UNRANKED)
        ],
    }


def _made(table: MonthTable) -> dict[str, Any]:
    return {
        "scheme": table.scheme.name,
        "version": table.scheme.version,
        "formula_version": table.formula_version,
        "as_of": moment_text(table.as_of),
    }


def _unit(unit: UnitTrial, month: MonthTrial) -> dict[str, Any]:
    told: dict[str, Any] = {
        "unit": unit.name,
        "code": unit.code,
        "group": unit.group,
        "old": _standing(unit.old),
        "new": _standing(unit.new),
        "score_change": score_change(unit, month),
        "move": unit.move,
    }
    if unit.rise is not None:
        told["rise"] = unit.rise
    if unit.missing:
        told["missing"] = list(unit.missing)
    return told


def _standing(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    told = {name: getattr(standing, name) for name in ("score", "grade", "rank", "unranked")}
    return {name: value for name, value in told.items() if value is not None}


def score_change(unit: UnitTrial, month: MonthTrial) -> str:
    """What the scheme adds to the score in points, exact until it is printed; `—` without one of the two."""
    old, new = (standing.exact if standing is not None else None for standing in (unit.old, unit.new))
    printing = (month.new or month.old).scheme.printing
    return change_of_scores(new, old, printing).text


# --- for people -----------------------------------------------------------------------------------------------------


def _table(found: WhatIf) -> str:
    parts = [
        f"【{NO_RESULT}】{_named(found.trial.scheme)}，{found.trial.periods[0].name} 至 {found.trial.periods[-1].name}",
        "",
    ]
    for month in found.months:
        parts += [*_heading(month), _units_table(month), *moves_of(month), ""]
    return "\n".join([*parts, *formulas_of(found), f"{NO_RESULT}；没有写入任何记录。"]) + "\n"


def formulas_of(found: WhatIf) -> list[str]:
    """The formulas of the tried scheme as the last month that was replayed executed them; none without one."""
    last = next((month.replayed for month in reversed(found.months) if month.replayed is not None), None)
    return formula_lines(last.evaluation) if last is not None else []


def _named(scheme: Scheme) -> str:
    return f"{scheme.title} {scheme.name} 第 {scheme.version} 版"


def _heading(month: MonthTrial) -> Iterator[str]:
    yield f"{month.old.period}（{published_words(month.old)}）：{_named(month.old.scheme)}"
    yield basis_words(month)


def published_words(table: MonthTable) -> str:
    """`已发布`, `已发布，更正 2` or `未发布`."""
    if table.amendment is None:
        return UNPUBLISHED
    return f"已发布，更正 {table.amendment}" if table.amendment else "已发布"


def basis_words(month: MonthTrial) -> str:
    """What the month was replayed from, and at which T."""
    if month.new is None:
        return _WHYS[month.why or OTHER_FORMULA]
    as_of = month.new.as_of.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    if month.why is not None:
        return f"{_WHYS[month.why]}；截至 {as_of}"
    return f"依据{'冻结记录保存的数据行' if month.basis == RECORD else '案件历史'}；截至 {as_of}"


def _units_table(month: MonthTrial) -> str:
    header = ["分组", "单位", "原得分", "试算得分", "差", "原等级", "试算等级", "原排名", "试算排名", "变化"]
    rows = []
    for unit in month.units:
        old, new = unit.old, unit.new
        rows.append(
            [
                unit.group,
                unit.name,
                (old.score if old is not None else None) or "",
                (new.score if new is not None else None) or "",
                score_change(unit, month),
                (old.grade if old is not None else None) or "",
                (new.grade if new is not None else None) or "",
                _place(old),
                _place(new),
                risen_text(unit.rise) if unit.rise is not None else MOVES[unit.move],
            ]
        )
    return text_table(header, rows, left=2)


def _place(standing: Standing | None) -> str:
    return "" if standing is None else rank_text(standing.rank, standing.unranked)


def moves_of(month: MonthTrial) -> list[str]:
    """Who rises, who falls, who is ranked anew, who no longer and why: a line each, none where there is nobody."""
    lines = []
    for move in (RISES, FALLS, BECOMES_RANKED):
        units = month.moved(move)
        if units:
            lines.append(f"{MOVES[move]}：{'、'.join(_moved(unit) for unit in units)}")
    scheme = (month.new or month.old).scheme
    alike: dict[tuple[str, str], list[str]] = {}
    for unit in month.moved(BECOMES_UNRANKED, UNRANKED):
        if unit.missing or unit.move == BECOMES_UNRANKED:
            alike.setdefault((unit.move, why_unranked(unit, scheme)), []).append(unit.name)
    return [*lines, *(f"{MOVES[move]}：{'、'.join(names)}（{why}）" for (move, why), names in alike.items())]


def _moved(unit: UnitTrial) -> str:
    places: Sequence[str] = [_place(unit.old), _place(unit.new)]
    return f"{unit.name}（{' → '.join(place for place in places if place)}）"


def why_unranked(unit: UnitTrial, scheme: Scheme) -> str:
    """Why a unit has no rank by the tried scheme, with the inputs that are missing."""
    if scheme.ranking is None:
        return "方案不排名"
    if unit.new is None:
        return "无案件"
    reason = UNRANKED_WORDS.get(unit.new.unranked or "", "")
    missing = "、".join(label_of_input(scheme, column) for column in unit.missing)
    return f"{reason}：{missing}" if missing else reason
