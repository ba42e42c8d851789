"""`GET /rankings/{period}/{of}/cases`: the cases behind a number, for those who may see them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.calling import Caller


@pytest.fixture
def month(lone_caller: Caller) -> Caller:
    office = lone_caller.office
    for department in "AAB":
        office.walk(office.report(), "closed", department=department)
    office.set("2026-11-02T09:00")
    return lone_caller


def cases(caller: Caller, who: str, query: str, *, of: str = "departments") -> tuple[int, Any]:
    return caller.get(who, f"/rankings/2026-10/{of}/cases?{query}")


def test_the_cases_of_a_number_add_up_to_that_of_the_ranking(month: Caller) -> None:
    _status, ranking = month.get("leader", "/rankings/2026-10/departments")
    counts = next(unit["counts"] for unit in ranking["units"] if unit["code"] == "A")

    status, answer = cases(month, "leader", "unit=甲局&count=closed_count")

    assert status == 200
    assert answer["value"] == counts["closed_count"] == sum(item["value"] for item in answer["items"]) == 2
    assert (answer["unit"], answer["code"], answer["as_of"]) == ("甲局", "A", ranking["as_of"])
    assert (answer["hidden_count"], answer["next"]) == (0, None)


def test_pages_follow_each_other(month: Caller) -> None:
    _status, first = cases(month, "leader", "unit=A&count=closed_count&limit=1")
    _status, second = cases(month, "leader", f"unit=A&count=closed_count&limit=1&after={first['next']}")

    numbers = [item["number"] for page in (first, second) for item in page["items"]]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 2
    assert second["next"] is None


def test_whoever_may_not_see_a_case_is_told_how_many_there_are(month: Caller) -> None:
    status, answer = cases(month, "officer_b", "unit=A&count=closed_count")

    assert (status, answer["value"], answer["items"], answer["hidden_count"]) == (200, 2, [], 2)


def test_the_work_of_people_is_not_for_departments(month: Caller) -> None:
    status, answer = cases(
        month, "shift_supervisor", "unit=dispatcher&count=dispatched_count", of="dispatchers"
    )
    assert (status, answer["value"]) == (200, 3)

    for path in (
        "/rankings/2026-10/dispatchers",
        "/rankings/2026-10/dispatchers/cases?unit=a&count=filed_count",
    ):
        refused, problem = month.get("officer_a", path)
        assert (refused, problem["code"]) == (403, "role_missing")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("unit=Q&count=closed_count", "unit_not_found"),
        ("unit=A&count=closed", "unknown_count"),
        ("unit=A", "missing_field"),
        ("unit=A&count=closed_count&scheme=nothing", "unknown_scheme"),
        ("unit=A&count=closed_count&limit=0", "bad_value"),
    ],
)
def test_a_number_that_cannot_be_is_422(month: Caller, query: str, code: str) -> None:
    status, problem = cases(month, "leader", query)

    assert status == 422
    assert code in (problem["code"], *(error["code"] for error in problem.get("errors", ())))
