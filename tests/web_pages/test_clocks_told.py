"""The case page tells of each clock what it is counted by, and how one ended that nobody finished."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from gridcase.web.pages.arithmetic import unfinished
from tests.web_pages.visiting import Site


@pytest.fixture
def site(kept_site: Site) -> Site:
    return kept_site


@pytest.mark.parametrize(("unit", "is_urgent"), [("紧急工作时", True), ("4工作时", False)])
def test_working_hours_stand_beside_limits_that_are_counted_in_them(
    site: Site, unit: str, is_urgent: bool
) -> None:
    office = site.office
    category, condition = next(
        (category, condition)
        for category in office.book.catalogue.categories.values()
        for condition in category.conditions.values()
        if unit in condition.limit
    )
    number = office.report(
        kind=category.kind,
        main_code=category.main_code,
        sub_code=category.sub_code,
        component_code="1" if category.kind == "component" else "",
    )
    office.walk(number, "accepted")
    office.move("shift_supervisor", number, "file", condition_no=condition.no)

    for path in (f"/cases/{number}", f"/cases/{number}/file"):
        words = site.visitor("shift_supervisor").text(path)
        assert ("计时 昼夜连续 标准" in words) == is_urgent
        assert ("工作时段 08:00–12:00" in words) == (not is_urgent)


@pytest.mark.parametrize(("wait", "told"), [(10, "回退时已超期 10分"), (-10, "回退，未到期")])
def test_a_clock_that_ended_with_a_hand_back_says_whether_it_was_late_then(
    site: Site, wait: int, told: str
) -> None:
    office = site.office
    number = office.walk(office.report(), "dispatched", department="A")
    run = office.case(number).runs.latest("handling")
    assert run is not None
    assert run.due_at is not None
    office.now = run.due_at + timedelta(minutes=wait)
    office.move("officer_a", number, "hand_back", reason="不属本局", reason_code="not_ours")
    office.tick(30)
    office.move("dispatcher", number, "redispatch", department="B")

    words = site.visitor("dispatcher").text(f"/cases/{number}")

    assert told in words


def test_the_time_between_a_feedback_and_its_return_is_told_as_what_it_was(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handled", department="A")
    office.tick(3)
    office.move("shift_supervisor", number, "return_feedback", reason="照片不清楚")

    for path in (f"/cases/{number}", f"/cases/{number}/file"):
        assert re.search(
            r"暂停：\S+ \S+ 至 \S+ \S+，已反馈待核查", site.visitor("shift_supervisor").text(path)
        ), path


def test_a_run_that_goes_on_or_has_its_verdict_is_no_unfinished_one() -> None:
    run = {"ended": None, "on_time": None, "due": None, "holds": []}

    assert unfinished(run) is None
    assert unfinished({**run, "ended": "2026-10-09T09:00:00+08:00", "on_time": False}) is None
    ended = {**run, "ended": "2026-10-09T09:00:00+08:00", "due": "2026-10-09T08:59:00+08:00"}
    assert unfinished(ended) == {"is_handed_back": False, "late": 60}
