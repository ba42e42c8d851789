"""A whole case through pages alone: inspectors on the phone, the centre and the department at the desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import Watched, choose_photo, make_move, move_form, opened
from tests.making import Office

pytestmark = pytest.mark.browser


def test_a_case_goes_from_the_report_to_the_closing_through_pages_alone(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    with (
        opened(browser, base, size="phone", position=office.point) as phone,
        opened(browser, base) as desk,
    ):
        number = _report(phone)
        _file_and_dispatch(desk, office, number)
        _handle(desk, office, number)
        _fail_once(phone, desk, office, number)
        _close(phone, desk, office, number)

        case = office.case(number)
        assert [entry.step.trigger for entry in case.entries] == [
            "report", "accept", "file", "dispatch", "receive", "request", "grant", "give_feedback",
            "send_verification", "verify_fail", "rework", "receive", "give_feedback", "send_verification",
            "verify_pass", "close",
        ]  # fmt: skip
        assert case.counters["rework_count"] == 1
        assert case.counters["extension_count"] == 1


def _report(phone: Watched) -> str:
    page = phone.enter("inspector")
    page.get_by_role("link", name="上报", exact=True).click()
    choose_photo(page.locator("form[data-key=report]"))
    page.locator(".category-search").fill("垃圾")
    expect(page.locator("[name=category]")).to_have_value("")  # several fit: the person chooses
    page.locator(".category-search").fill("暴露生活垃圾")
    expect(page.locator("[name=category]")).to_have_value("event/01/10")
    page.locator("[name=description]").fill("垃圾桶旁堆放生活垃圾")
    page.get_by_role("button", name="取当前定位").click()
    expect(page.locator("[name=lon]")).not_to_have_value("")
    page.locator("[name=address]").fill("红旗路 8 号")
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.locator(".notice-good")).to_contain_text("已上报，案件编号")
    number = re.search(r"/cases/(\d+)", page.url)
    assert number is not None
    phone.leave()
    return number[1]


def _open(desk: Watched, who: str, office: Office, number: str) -> Page:
    """Sign in and open the case from the queue in which it waits."""
    page = desk.enter(who)
    office.tick(2)
    page.get_by_role("link", name=number).click()
    expect(page.locator(".case-number")).to_have_text(number)
    return page


def _file_and_dispatch(desk: Watched, office: Office, number: str) -> None:
    page = _open(desk, "intake_operator", office, number)
    make_move(page, "受理", "已受理，待立案", opinion="属实")
    desk.leave()
    page = _open(desk, "shift_supervisor", office, number)
    make_move(page, "立案", "已立案，待派遣", condition_no="1")
    desk.leave()
    page = _open(desk, "dispatcher", office, number)
    make_move(page, "派遣", "已派遣，待接收", department="A", opinion="请尽快清理")
    desk.leave()


def _handle(desk: Watched, office: Office, number: str) -> None:
    page = _open(desk, "officer_a", office, number)
    make_move(page, "接收", "处置中")
    form = move_form(page, "申请延期")
    form.locator("[name=reason]").fill("清运车辆检修")
    form.get_by_role("button", name="提交延期申请").click()
    expect(page.locator(".request")).to_contain_text("待决定")
    desk.leave()
    page = desk.enter("dispatcher")
    desk.open(f"/cases/{number}")
    page.get_by_role("button", name="同意延期", exact=True).click()
    expect(page.locator(".request")).to_contain_text("已同意")
    expect(page.locator(".sums .extension")).to_contain_text("申请延期，已同意")
    desk.leave()
    page = _open(desk, "officer_a", office, number)
    _give_feedback(page)
    desk.leave()


def _give_feedback(page: Page) -> None:
    choose_photo(move_form(page, "处置反馈"), shade=200)
    make_move(page, "处置反馈", "已反馈，待核查", measure="已清运并冲洗")


def _send_verification(desk: Watched, office: Office, number: str) -> None:
    page = _open(desk, "intake_operator", office, number)
    make_move(page, "发核查", "核查中", inspector="inspector_2")
    desk.leave()


def _fail_once(phone: Watched, desk: Watched, office: Office, number: str) -> None:
    _send_verification(desk, office, number)
    page = _open(phone, "inspector_2", office, number)
    form = move_form(page, "核查不通过")
    choose_photo(form, shade=30)
    form.get_by_role("button", name="取当前定位").click()
    expect(form.locator("[name=lon]")).not_to_have_value("")
    make_move(page, "核查不通过", "核查未通过，待返工", reason="仍有残留垃圾")
    phone.leave()
    page = _open(desk, "dispatcher", office, number)
    make_move(page, "返工", "已派遣，待接收", reason="请清理残留")
    desk.leave()


def _close(phone: Watched, desk: Watched, office: Office, number: str) -> None:
    page = _open(desk, "officer_a", office, number)
    make_move(page, "接收", "处置中")
    _give_feedback(page)
    desk.leave()
    _send_verification(desk, office, number)
    page = _open(phone, "inspector_2", office, number)
    form = move_form(page, "核查通过")
    choose_photo(form, shade=60)
    form.get_by_role("button", name="取当前定位").click()
    expect(form.locator("[name=lon]")).not_to_have_value("")
    make_move(page, "核查通过", "核查通过，待结案")
    page = _open(desk, "shift_supervisor", office, number)
    make_move(page, "结案", "结案", ticked="1")
    expect(page.locator(".case-main")).to_contain_text("正常结案")
    expect(page.locator(".timeline .step").first).to_contain_text("结案")
    desk.check("journey-closed")
