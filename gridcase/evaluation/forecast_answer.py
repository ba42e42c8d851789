"""A forecast as JSON or as sentences and a table for people (evaluation.md 12)."""

from __future__ import annotations

from typing import Any

from gridcase.clock import CHINA
from gridcase.evaluation.answer import UNRANKED, formula_lines, json_text
from gridcase.evaluation.forecast import Forecast, Prospect, Standing
from gridcase.evaluation.forecast_cases import OpenCase
from gridcase.evaluation.periods import moment_text
from gridcase.evaluation.text_table import text_table

FORMATS = ("json", "table")
# What an open case is: the code in JSON and its words.
STANDINGS = {
    "open_in_time": "未到期，待处置",
    "handled": "已处置，待核查结案",
    "overdue": "已超期，待处置",
    "handled_overdue": "已处置，处置期限已过，待核查结案",
}


def forecast_text(found: Forecast, answer_format: str) -> str:
    """The forecast in one of the `FORMATS`, ended by a line break."""
    return json_text(forecast_as_json(found)) if answer_format == "json" else _table(found)


def standing_of(case: OpenCase) -> str:
    """What an open case is: a key of `STANDINGS`."""
    if case.is_handled:
        return "handled_overdue" if case.is_overdue else "handled"
    return "overdue" if case.is_overdue else "open_in_time"


def score_of(found: Prospect, standing: Standing) -> str | None:
    """The printed score of a standing; None when there is none."""
    value = standing.score.value if standing.score is not None else None
    return None if value is None else found.answer.evaluation.printing.number(value)


def forecast_as_json(found: Forecast) -> dict[str, Any]:
    """Plain JSON values by name; moments in `+08:00`. `needed` is absent when no rank was asked for."""
    request, scheme = found.answer.request, found.answer.request.scheme
    answer: dict[str, Any] = {
        "unit": found.unit.name,
        "code": found.unit.code,
        "group": found.unit.group,
        "period": request.period.name,
        "from": moment_text(request.period.start),
        "to": moment_text(request.period.end),
        "as_of": moment_text(found.answer.as_of),
        "of": request.of,
        "scheme": scheme.name,
        "version": scheme.version,
        "ranked_units": found.group_size,
        "others": "held_still",
        "now": _standing(found, found.now),
        "open_cases": [_case(case) for case in found.cases],
        "steps": [{"close": reach.count, **_standing(found, reach.standing)} for reach in found.reaches],
        "all_closed": _standing(found, found.all_closed),
        "nothing_done": _standing(found, found.idle),
    }
    if found.wanted is None:
        return answer
    needed = found.needed
    answer["wanted_rank"] = found.wanted
    answer["reached"] = needed is not None
    if needed is not None:
        closed = [case.number for case in found.cases[: needed.count]]
        answer["needed"] = {"close": needed.count, **_standing(found, needed.standing), "cases": closed}
    return answer


def _standing(found: Forecast, standing: Standing) -> dict[str, Any]:
    told: dict[str, Any] = {"rank": standing.rank}
    if standing.place is not None and standing.place.unranked is not None:
        told["unranked"] = standing.place.unranked
    score = score_of(found, standing)
    return told if score is None else {**told, "score": score}


def _case(case: OpenCase) -> dict[str, Any]:
    due_at = None if case.due_at is None else moment_text(case.due_at)
    return {"number": case.number, "due_at": due_at, "standing": standing_of(case)}


# --- for people ------------------------------------------------------------------------------------------------


def sentences(found: Forecast) -> list[str]:
    """The forecast in sentences: where the unit stands, what would bring it further, what comes of doing nothing."""
    period, at = found.answer.request.period, found.answer.as_of.astimezone(CHINA)
    group = f"{found.unit.group} " if found.unit.group else ""
    lines = [
        f"{found.unit.name} {period.name}：{group}{found.group_size} 个单位中，现在{_place(found, found.now)}。"
    ]
    lines.append(_reach_line(found) if found.wanted is not None else _steps_line(found))
    end = period.end.astimezone(CHINA)
    lines.append(f"如果到周期结束 {end:%Y-%m-%d %H:%M} 不再办理任何案件，{_place(found, found.idle)}。")
    lines.append(f"假定其他单位的数字保持 {at:%Y-%m-%d %H:%M} 时的样子 (other units held still)。")
    return lines


def _reach_line(found: Forecast) -> str:
    needed = found.needed
    if found.is_beyond:
        return f"参加排名的有 {found.group_size} 个单位，没有第 {found.wanted} 名；现在{_place(found, found.now)}。"
    if needed is None:
        count = len(found.cases)
        if not count:
            return f"无法达到第 {found.wanted} 名：没有可以办结的案件。"
        return f"无法达到第 {found.wanted} 名：全部 {count} 件未结案件都办结，也只能{_place(found, found.all_closed)}。"
    if needed.count == 0:
        return f"已达到第 {found.wanted} 名。"
    return f"办结下列前 {needed.count} 件，即可{_place(found, needed.standing)}。"


def _steps_line(found: Forecast) -> str:
    if not found.reaches:
        return "办结未结案件不会使名次上升。" if found.cases else "没有办结后能改变名次的未结案件。"
    steps = [f"前 {reach.count} 件，{_place(found, reach.standing)}" for reach in found.reaches]
    return f"按下列顺序办结：{'；'.join(steps)}。"


def _place(found: Forecast, standing: Standing) -> str:
    score = score_of(found, standing)
    told = f"（得分 {score}）" if score is not None else ""
    if standing.rank is not None:
        return f"排第 {standing.rank} 名{told}"
    reason = UNRANKED.get(standing.place.unranked or "", "") if standing.place is not None else ""
    return f"不参加排名（{reason}）"


def _table(found: Forecast) -> str:
    shown = found.cases if found.needed is None else found.cases[: found.needed.count]
    rows = [
        [str(place), case.number, _due(case), STANDINGS[standing_of(case)]]
        for place, case in enumerate(shown, start=1)
    ]
    table = ["", text_table(["序号", "案件", "到期", "情况"], rows, left=4)] if rows else []
    notes = formula_lines(found.answer.evaluation)[-1:]
    return "\n".join([*sentences(found), *table, "", *notes, "预测，未发布"]) + "\n"


def _due(case: OpenCase) -> str:
    return "—" if case.due_at is None else f"{case.due_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
