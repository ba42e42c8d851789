"""Whoever decides about a request sees what agreeing does, and is told what became of it; then the next one opens."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest

from gridcase.clock import CHINA
from gridcase.web.pages.wording import minute_text
from tests.cases.test_appeals import closed
from tests.web_pages.visiting import Site, words_of

_OPEN = re.compile(r'data-case="(\w+)"')


@pytest.fixture
def site(kept_site: Site) -> Site:
    return kept_site


def _asked(site: Site, kind: str = "extension", **more: object) -> tuple[str, str]:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")
    answer = office.ask("officer_a", number, kind, reason="材料未到", **more)
    return number, answer.id


def _due(site: Site, number: str) -> str:
    run = site.office.case(number).runs.latest("handling")
    assert run is not None
    return minute_text(run.due_at)


def test_the_decider_sees_the_due_moment_before_and_after_an_extension(site: Site) -> None:
    number, request = _asked(site)
    before = _due(site, number)
    visitor = site.visitor("dispatcher")

    words = visitor.text(f"/desk?tab=to_decide&case={number}")

    told = re.search(
        r"现在到期 (\S+ \S+) （处置） 同意后到期 (\S+ \S+) （在现在的到期时刻上延 (\S+)，不因审批早晚而变）",
        words,
    )
    assert told is not None
    assert told[1] == before
    assert "最多 2 次，已同意 0 次，同意后还可 1 次" in words
    site.office.grant("dispatcher", number, request)
    assert told[2] == _due(site, number)


def test_an_extension_of_a_clock_that_is_over_is_told_as_that(site: Site) -> None:
    office = site.office
    number, request = _asked(site)
    run = office.case(number).runs.latest("handling")
    assert run is not None
    assert run.due_at is not None
    office.now = run.due_at + timedelta(minutes=5)
    office.walk(number, "handled", department="A")

    words = site.visitor("dispatcher").text(f"/desk?tab=to_decide&case={number}")

    assert "已完成， 超期" in words
    assert re.search(r"现在的阶段 \S+，不受此申请影响", words)
    assert "不因审批早晚而变），计为按期" in words
    office.grant("dispatcher", number, request)
    run = office.case(number).runs.latest("handling")
    assert run is not None
    assert run.on_time


def test_a_suspension_says_until_when_and_what_is_due_after_it(site: Site) -> None:
    office = site.office
    until = (office.now.astimezone(CHINA) + timedelta(days=5)).date()
    number, request = _asked(site, "suspension", until=until, photos=1)

    words = site.visitor("shift_supervisor").text(f"/desk?tab=to_decide&case={number}")

    told = re.search(r"恢复后到期 (\S+ \S+) （到时恢复的）", words)
    assert told is not None
    assert f"{until} 00:00 自动恢复，可提前恢复" in words
    office.grant("shift_supervisor", number, request)
    office.set(f"{until}T00:00:00+08:00")
    office.release_holds(number)
    assert _due(site, number) == told[1]


def test_a_void_says_that_the_case_ends(site: Site) -> None:
    number, _request = _asked(site, "void", document="函 1 号")

    words = site.visitor("shift_supervisor").text(f"/desk?tab=to_decide&case={number}")

    assert "同意后 案件作废，不能恢复 ，不计入应结案数 不同意 案件照常办理" in words


def test_why_nobody_can_agree_now_stands_at_the_decision(site: Site) -> None:
    office = site.office
    until = (office.now.astimezone(CHINA) + timedelta(days=1)).date()
    number, _request = _asked(site, "suspension", until=until, photos=1)
    office.tick(days=2)

    words = site.visitor("shift_supervisor").text(f"/cases/{number}")

    assert "现在不能同意" in words


def test_after_a_decision_the_next_opens_and_the_new_due_moment_is_told(site: Site) -> None:
    first, request = _asked(site)
    site.office.tick(1)
    second, _other = _asked(site)
    visitor = site.visitor("dispatcher")
    back = f"/desk?tab=to_decide&next={second}"

    answer = visitor.post(f"/cases/{first}/requests/{request}/grant?back={quote(back)}")

    page = visitor.get(answer.location).text
    found = _OPEN.search(page)
    assert found is not None
    assert found[1] == second
    assert f"{first} 延期申请已同意，处置到期改为 {_due(site, first)} 。下面是下一件。" in words_of(page)


def test_a_refusal_says_that_the_due_moment_stays_and_a_case_opened_elsewhere_stays_open(site: Site) -> None:
    number, request = _asked(site)
    visitor = site.visitor("dispatcher")

    answer = visitor.post(
        f"/cases/{number}/requests/{request}/refuse?back={quote('/desk?tab=open&next=1')}", opinion="照常办理"
    )

    assert answer.location == f"/desk?tab=open&case={number}"
    assert f"延期申请未同意，处置到期仍为 {_due(site, number)}" in visitor.text(answer.location)


def test_a_hold_that_ends_early_says_that_the_clock_runs_again(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")
    until = office.now.date() + timedelta(days=5)
    hold = office.ask("officer_a", number, "suspension", until=until, photos=1).id
    office.grant("shift_supervisor", number, hold)
    visitor = site.visitor("shift_supervisor")

    answer = visitor.post(f"/cases/{number}/requests/{hold}/release")

    told = f"挂账已结束，恢复计时，处置到期 {_due(site, number)}"
    assert told in visitor.text(answer.location)


def test_what_was_said_with_a_decision_stands_at_the_request(site: Site) -> None:
    office = site.office
    number = closed(office)
    asking = site.visitor("officer_a").text(f"/cases/{number}")
    assert "提交申诉" in asking
    assert "申请申诉" not in asking
    request = office.ask("officer_a", number, "appeal", reason="材料未到").id
    office.decide("forward", "dispatcher", number, request=request, opinion="情况属实")
    office.decide("refuse", "shift_supervisor", number, request=request, opinion="请先到现场查看")

    page = site.visitor("officer_a").get(f"/cases/{number}").text
    request_part = page.split('class="requests"')[1].split("</ul>")[0]

    assert re.search("转报 意见：情况属实 .*未同意 意见：请先到现场查看", words_of(request_part))


def test_a_reason_that_is_too_short_is_told_how_long_one_is(site: Site) -> None:
    number = site.office.walk(site.office.report(), "handling", department="A")

    refused = site.visitor("officer_a").post(f"/cases/{number}/requests", kind="extension", reason="缓")

    assert refused.status_code == 409
    assert "缺少必填内容：理由（至少两个字）" in words_of(refused.text)
