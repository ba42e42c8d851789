"""What goes beside the flow through pages alone: an order and its reply, a reminder, a finding, a call-back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.driving import SIZES, Watched, move_form, opened
from tests.making import Office

pytestmark = pytest.mark.browser


def fill_in(form: Locator, button: str, told: str, **fields: str) -> None:
    """Fill in a form by field names, send it, and read that it was done."""
    page = form.page
    for name, value in fields.items():
        control = form.locator(f'[name="{name}"]').first
        kind = control.evaluate("element => element.type || element.tagName")
        if kind == "radio":
            form.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "select-one":
            control.select_option(value)
        else:
            control.fill(value)
    form.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".notice-good")).to_have_text(told)


def come_in(watched: Watched, who: str, number: str) -> Page:
    page = watched.enter(who)
    watched.open(f"/cases/{number}")
    return page


def show_all(watched: Watched, name: str) -> None:
    """Open every form, as they may be, and look at the page."""
    watched.page.evaluate(
        "document.querySelectorAll('details').forEach((d) => { d.removeAttribute('name'); d.open = true; })"
    )
    watched.check(name)


@pytest.mark.parametrize("size", SIZES)
def test_the_centre_urges_finds_and_calls_back_through_pages_alone(
    browser: Browser, base: str, open_office: Office, size: str
) -> None:
    office = open_office
    number = office.walk(office.report(reporter={"name": "王五", "phone": "13900000000"}), "handling")
    by = f"{office.now.astimezone():%Y}-12-31T12:00"
    with opened(browser, base, size=size) as watched:
        page = come_in(watched, "shift_supervisor", number)
        show_all(watched, f"{size}-beside-supervisor")
        page.reload()
        fill_in(
            move_form(page, "督办"), "下达督办单", "督办单已下达。",
            to="department:A", level="2", reply_by=by, text="请今日办结",
        )  # fmt: skip
        fill_in(move_form(page, "催办"), "发出催办", "已催办，通知已发出。", text="市民再次来电")
        fill_in(move_form(page, "认定"), "作出认定", "认定已记录。", kind="faked", reason="照片与现场不符")
        watched.leave()
        page = come_in(watched, "officer_a", number)
        watched.check(f"{size}-beside-officer")
        order = page.locator(".request").filter(has_text="DB20")
        fill_in(order.locator("form"), "回复督办单", "督办单已回复。", text="车辆已到场")
        watched.leave()
        page = come_in(watched, "shift_supervisor_2", number)
        finding = page.locator(".request").filter(has_text="虚假处置")
        fill_in(finding.locator("form"), "撤销认定", "认定已撤销。", reason="复查属实")
        watched.leave()
        office.walk(number, "closed")
        page = come_in(watched, "intake_operator", number)
        show_all(watched, f"{size}-beside-call-back")
        page.reload()
        fill_in(move_form(page, "回访"), "登记回访", "回访已记录。", satisfied="yes", opinion="很快")
        watched.check(f"{size}-beside-told")

    steps = [entry.step.trigger for entry in office.case(number).entries]
    beside = ("supervise", "remind", "find", "reply_supervision", "revoke_finding", "call_back")
    assert [step for step in steps if step in beside] == list(beside)


def test_a_refused_order_keeps_its_words_and_is_read_out(
    browser: Browser, base: str, open_office: Office
) -> None:
    number = open_office.walk(open_office.report(), "handling")
    with opened(browser, base, size="phone") as watched:
        watched.expected.add(409)
        page = come_in(watched, "leader", number)
        form = move_form(page, "督办")
        form.locator("[name=text]").fill("请今日办结")
        form.locator("[name=reply_by]").fill("2026-01-01T09:00")

        form.get_by_role("button", name="下达督办单").click()

        refusal = page.locator("[data-refusal]")
        expect(refusal).to_contain_text("回复期限须晚于现在")
        expect(refusal).to_be_focused()
        expect(page.locator("form[data-key='beside:supervise'] [name=text]")).to_have_value("请今日办结")
        watched.check("phone-beside-refused")
