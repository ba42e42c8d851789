"""What was typed and not sent at a desk stays in the tab, for the same person, until it is sent or cleared."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import choose_photo, make_move, move_form, opened
from tests.making import Office

pytestmark = pytest.mark.browser

_KEPT = "() => Object.keys(sessionStorage).filter((key) => key.startsWith('draft:')).length"


def test_a_half_written_opinion_outlives_a_reload_and_another_case_until_it_is_sent(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    number, other = office.walk(office.report(), "filed"), office.walk(office.report(), "filed")
    with opened(browser, base) as watched:
        page = watched.enter("dispatcher")
        watched.open(f"/desk?case={number}")
        form = move_form(page, "派遣")
        form.locator("[name=opinion]").fill("请今天清理")
        form.locator("[name=department]").select_option("A")
        watched.open(f"/desk?case={other}")
        expect(page.locator("[name=opinion]").first).to_have_value("")
        expect(page.locator(".draft-told")).to_have_count(0)
        watched.open(f"/desk?case={number}")
        page.reload()

        form = move_form(page, "派遣")
        expect(form.locator(".draft-told")).to_contain_text("已恢复您没有提交的内容。")
        expect(form.locator("[name=opinion]")).to_have_value("请今天清理")
        expect(form.locator("[name=department]")).to_have_value("A")
        watched.check("desk-draft")
        form.get_by_role("button", name="派遣", exact=True).click()
        expect(page.locator(f"[data-case='{number}']")).to_have_count(0)
        watched.open(f"/cases/{number}")
        assert page.evaluate(_KEPT) == 0
    assert office.case(number).entries[-1].opinion == "请今天清理"


def test_what_a_refusal_gave_back_is_kept_too_and_can_be_cleared(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    number = office.walk(office.report(), "handling")
    with opened(browser, base, size="phone") as watched:
        watched.expected.add(409)
        page = watched.enter("officer_a")
        watched.open(f"/cases/{number}")
        form = move_form(page, "处置反馈")
        form.locator("[name=measure]").fill("已清理")
        form.get_by_role("button", name="处置反馈", exact=True).click()
        expect(page.locator("[data-refusal]")).to_be_visible()
        choose_photo(move_form(page, "处置反馈"))

        page.reload()
        form = move_form(page, "处置反馈")
        expect(form.locator("[name=measure]")).to_have_value("已清理")
        expect(form.locator(".draft-told")).to_contain_text("照片请重新选择。")
        watched.check("phone-draft")
        form.get_by_role("button", name="清空").click()
        expect(form.locator("[name=measure]")).to_have_value("")
        expect(form.locator(".draft-told")).to_have_count(0)
        page.reload()
        expect(page.locator(".draft-told")).to_have_count(0)


def test_nobody_else_in_this_tab_sees_it_and_who_leaves_takes_it_along(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    number = office.report()
    with opened(browser, base) as watched:
        page = watched.enter("intake_operator")
        watched.open(f"/cases/{number}")
        move_form(page, "受理").locator("[name=opinion]").fill("属实")
        page.context.clear_cookies()
        watched.enter("leader")
        watched.open(f"/cases/{number}")
        expect(page.locator(".draft-told")).to_have_count(0)
        page.context.clear_cookies()
        watched.enter("intake_operator")
        watched.open(f"/cases/{number}")
        expect(move_form(page, "受理").locator("[name=opinion]")).to_have_value("属实")

        watched.leave()
        watched.enter("intake_operator")
        watched.open(f"/cases/{number}")
        expect(move_form(page, "受理").locator("[name=opinion]")).to_have_value("")
        assert page.evaluate(_KEPT) == 0
        make_move(page, "受理", "已受理，待立案")


def test_a_citizen_keeps_it_through_a_reload_and_the_next_one_does_not_find_it(
    browser: Browser, base: str, open_office: Office
) -> None:
    with opened(browser, base, size="phone", position=open_office.point) as watched:
        page = watched.open("/public/report")
        page.get_by_label("问题描述").fill("垃圾桶旁堆放生活垃圾")
        page.locator("[name=phone]").fill("13800138000")
        page.reload()
        expect(page.get_by_label("问题描述")).to_have_value("垃圾桶旁堆放生活垃圾")
        expect(page.locator("[name=phone]")).to_have_value("13800138000")
        watched.open("/public")
        page = watched.open("/public/report")
        expect(page.locator("[name=phone]")).to_have_value("")
        expect(page.locator(".draft-told")).to_have_count(0)
