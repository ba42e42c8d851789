"""Where the usual way on is refused, the case says why and who can clear it; nobody is led to a denial instead."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.web_pages.visiting import Site, words_of

_MOVES = re.compile(r'<details class="(move[^"]*)" name="move" data-move( open)?>\s*<summary>([^<]+?) ?<')


@pytest.fixture
def site(kept_site: Site) -> Site:
    return kept_site


def _moves(page: str) -> dict[str, bool]:
    """The moves of a page in their order, and whether each lies open."""
    return {label: bool(is_open) for _class, is_open, label in _MOVES.findall(page)}


def _row(page: str, number: str) -> str:
    """The words of a row of the queue."""
    found = re.search(rf'(?s)<li class="desk-row[^>]*data-number="{number}".*?</li>', page)
    assert found is not None
    return words_of(found[0])


def test_a_call_accepted_without_confirmation_says_what_filing_waits_for(site: Site) -> None:
    office = site.office
    number = office.report("intake_operator", channel="hotline_12345")
    place = office.case(number).fields["cell"]
    intake = site.visitor("intake_operator").get(f"/desk?tab=reported&cell={place}&case={number}").text
    assert list(_moves(intake))[:2] == ["发核实", "受理"]
    assert _moves(intake) == {label: label == "发核实" for label in _moves(intake)}
    assert "此来源的案件核实存在后才能立案" in words_of(intake)
    assert "需核实" in _row(intake, number)

    office.move("intake_operator", number, "accept")

    desk = site.visitor("shift_supervisor").get(f"/desk?tab=accepted&cell={place}&case={number}").text
    words = words_of(desk)
    assert "立案：现在还不能办理 该来源的案件须先核实存在才能立案 受理员可以“发核实”" in words
    assert "来源 12345热线（需核实）" in words
    assert "需核实" in _row(desk, number)
    assert "立案" not in _moves(desk)
    assert _moves(desk)["不予立案"] is False
    # Whoever can clear it finds the way first on the case, the ending one marked as elsewhere.
    intake = site.visitor("intake_operator").get(f"/cases/{number}").text
    assert list(_moves(intake))[:2] == ["发核实", "并案"]
    assert re.search(r'class="move move-back" name="move" data-move>\s*<summary>并案<', intake)


def test_what_was_accepted_too_early_stands_in_a_queue_of_whoever_sends_it_out(site: Site) -> None:
    office = site.office
    numbers = [office.report("intake_operator", channel="hotline_12345") for _ in range(2)]
    plain = office.report()
    office.move("intake_operator", plain, "accept")
    intake, before = site.visitor("intake_operator"), _left(site)

    form = intake.text(f"/desk/bulk?trigger=accept&number={numbers[0]}&number={office.report()}")
    assert form.count("此来源的案件核实存在后才能立案") == 1
    for number in numbers:
        office.move("intake_operator", number, "accept")

    page = intake.get("/desk?tab=unconfirmed&sort=-reported_at").text
    assert _left(site) == before + 2
    assert all("需核实" in _row(page, number) and "已受理" in _row(page, number) for number in numbers)
    assert f'data-number="{plain}"' not in page
    office.move("intake_operator", numbers[0], "send_confirmation", inspector="inspector_2")
    office.walk(numbers[0], "accepted")
    assert office.case(numbers[0]).state == "accepted"
    assert _left(site) == before + 1
    for who in ("shift_supervisor", "dispatcher", "leader"):
        assert "待补核实" not in site.visitor(who).text("/cases")


def _left(site: Site) -> int:
    page = site.visitor("intake_operator").get("/cases?tab=all").text
    said = re.search(r'tab=unconfirmed".*?待补核实</span> <b class="tab-count">(\d+)<', page)
    assert said is not None
    return int(said[1])


def test_the_mark_goes_once_the_case_was_confirmed(site: Site) -> None:
    office = site.office
    number = office.report("intake_operator", channel="hotline_12345")
    place = office.case(number).fields["cell"]
    path = f"/desk?tab=accepted&cell={place}&case={number}"
    office.move("intake_operator", number, "send_confirmation", inspector="inspector_2")
    confirming = site.visitor("shift_supervisor").get(path.replace("accepted", "all")).text
    assert "需核实" in _row(confirming, number)

    office.walk(number, "accepted")

    desk = site.visitor("shift_supervisor").get(path).text
    assert office.case(number).state == "accepted"
    assert "需核实" not in _row(desk, number)
    assert "data-stopped" not in desk
    assert "（需核实）" not in words_of(desk)
    assert _moves(desk)["立案"] is True


def test_a_denial_is_never_laid_open_by_itself(site: Site) -> None:
    office = site.office
    number = office.report("intake_operator", channel="hotline_12345")
    office.move("intake_operator", number, "send_confirmation", inspector="inspector_2")
    office.move(
        "inspector_2", number, "confirm_absent", photos=1, lon=office.point[0], lat=office.point[1],
        coordinate_system="wgs84",
    )  # fmt: skip

    page = site.visitor("intake_operator").get(f"/cases/{number}").text

    assert "受理：现在还不能办理 最近一次核实结果为问题不存在" in words_of(page)
    assert "不予受理" in _moves(page)
    assert not any(_moves(page).values())


def test_a_feedback_that_waits_for_a_result_names_whoever_can_clear_it(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")
    assert _moves(site.visitor("officer_a").get(f"/cases/{number}").text)["处置反馈"]
    office.move("officer_a", number, "assign", handler="handler_a")

    words = site.visitor("officer_a").text(f"/cases/{number}")

    assert "处置反馈：现在还不能办理 尚有处置人员未提交结果" in words
    assert "处置人员可以“提交处置结果”" in words


def test_a_feedback_that_a_hold_refuses_names_the_hold_alone(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")
    office.grant("dispatcher", number, office.ask("officer_a", number, "extension").id)
    hold = office.ask(
        "officer_a", number, "suspension", until=office.now.date() + timedelta(days=5), photos=1
    )
    office.grant("shift_supervisor", number, hold.id)

    words = site.visitor("officer_a").text(f"/cases/{number}")

    assert "处置反馈：现在还不能办理 案件正在挂账或缓办" in words
    assert re.findall("可以提前恢复计时（(.+?)）", words) == ["挂账"]


def test_a_closing_that_waits_for_a_decision_names_who_decides(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")
    office.ask("officer_a", number, "void", reason="重复派遣", document="函 1 号")
    office.walk(number, "verified", department="A")

    words = site.visitor("shift_supervisor").text(f"/cases/{number}")

    assert "结案：现在还不能办理 尚有未决定的申请 值班长决定作废申请后可以办理" in words


def test_nothing_is_told_to_whom_the_state_does_not_wait(site: Site) -> None:
    number = site.office.report("intake_operator", channel="hotline_12345")
    site.office.move("intake_operator", number, "accept")

    assert "data-stopped" not in site.visitor("dispatcher").get(f"/cases/{number}").text
