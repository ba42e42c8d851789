"""Texts of refusals: both languages, filled from the data, the site's words before the shipped ones."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gridcase.errors import DefinitionError, Invalid, NotFound, Reason, Refused
from gridcase.resources import SiteFolder
from gridcase.web.errors import plain, problem_of
from gridcase.web.messages import Messages, load_messages, shown

TEXTS = Messages(
    {
        "outside_grid": {
            "zh": "最近的网格 {nearest_cell} 距离 {distance_m} 米",
            "en": "nearest is {nearest_cell}",
        },
        "bad_value": {"zh": "内容不符合要求", "en": "The value does not fit."},
        "expected_choice": {"zh": "应为下列之一", "en": "It should be one of these."},
        "wrong_state": {"zh": "当前状态不能办理", "en": "Wrong state."},
        "refused": {"zh": "流程不允许", "en": "Not allowed."},
        "not_held": {"zh": "正在挂账", "en": "It is held."},
    }
)


def test_a_text_is_filled_from_the_data() -> None:
    data = {"nearest_cell": "120104001001001", "distance_m": 12.5}

    assert TEXTS.text("outside_grid", "zh", data) == "最近的网格 120104001001001 距离 12.5 米"
    assert TEXTS.text("outside_grid", "en", data) == "nearest is 120104001001001"


def test_what_the_data_lack_is_a_dash_and_an_unknown_code_its_own_text() -> None:
    assert TEXTS.text("outside_grid", "zh") == "最近的网格 — 距离 — 米"
    assert TEXTS.text("never_heard", "zh") == "never_heard"


def test_braces_of_a_text_reach_no_attribute() -> None:
    assert Messages({"x": {"zh": "{a.__class__}"}}).text("x", "zh", {"a": 1}) == "—"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (None, "—", "—"),
        (["a", "b"], "a、b", "a, b"),
        (datetime(2026, 10, 9, 1, tzinfo=UTC), "2026-10-09 09:00:00", "2026-10-09 09:00:00"),
        (date(2026, 10, 9), "2026-10-09", "2026-10-09"),
        (3, "3", "3"),
    ],
)
def test_values_are_shown_as_people_read_them(value: object, zh: str, en: str) -> None:
    assert (shown(value, "zh"), shown(value, "en")) == (zh, en)


def test_a_refusal_with_several_reasons_tells_all_of_them() -> None:
    problem = problem_of(Refused([Reason("wrong_state"), Reason("not_held")]), TEXTS, "zh")

    assert (problem.status, problem.code, problem.title) == (409, "refused", "流程不允许")
    assert problem.detail == "当前状态不能办理；正在挂账"
    assert [reason["code"] for reason in problem.members["reasons"]] == ["wrong_state", "not_held"]


def test_a_faulty_field_tells_what_may_stand_there() -> None:
    error = Invalid("bad_value", field="kind", expected="choice", choices=["event", "component"])

    problem = problem_of(error, TEXTS, "en")

    assert problem.members["errors"][0]["field"] == "kind"
    assert problem.detail == "kind: The value does not fit. It should be one of these. (event, component)"


def test_data_cannot_take_the_place_of_the_members_of_a_problem() -> None:
    document = problem_of(NotFound("not_held", status=200, title="y", case="1"), TEXTS, "zh").document()

    assert (document["status"], document["title"], document["case"]) == (404, "正在挂账", "1")


def test_values_that_json_lacks_are_told_as_texts() -> None:
    found = plain(
        {"at": datetime(2026, 10, 9, 1, tzinfo=UTC), "on": date(2026, 10, 9), "all": (1, None, object)}
    )

    assert found["at"] == "2026-10-09T09:00:00+08:00"
    assert found["on"] == "2026-10-09"
    assert found["all"][:2] == [1, None]


def test_a_faulty_catalogue_of_a_site_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "messages.toml").write_text("[x\n", encoding="utf-8")

    with pytest.raises(DefinitionError, match=r"messages\.toml"):
        load_messages(SiteFolder(tmp_path))
