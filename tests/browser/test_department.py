"""Department and handler in Chromium: a case from receipt to feedback at both sizes, and a handler whose line breaks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.breaking import Line
from tests.browser.driving import _VIOLATIONS, SIZES, Watched, choose_photo, move_form, opened, press
from tests.browser.phoning import WIDE, expect_counts, expect_soon, send_until_empty
from tests.making import Office, jpeg

pytestmark = pytest.mark.browser


def photo(shade: int) -> dict[str, object]:
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(shade)}


@pytest.mark.parametrize("size", SIZES)
def test_a_case_goes_from_receipt_to_feedback_beside_the_list_or_on_its_own_page(
    browser: Browser, base: str, open_office: Office, size: str
) -> None:
    office = open_office
    number = office.walk(office.report(address="红旗路 8 号"), "dispatched", department="A")
    other = office.walk(office.report(address="南丰路 2 号"), "handling", department="A")
    with opened(browser, base, size=size) as watched:
        page = watched.enter("officer_a")
        expect(page).to_have_url(f"{base}/department/desk")
        case = page.locator(f'[data-case="{number}"]')
        expect(page.locator(f'[data-row][data-number="{number}"]')).to_contain_text("接收")
        watched.check(f"department-{size}-inbox")
        page.locator(f'[data-row][data-number="{number}"] a').click()
        expect(case).to_be_visible()
        # On a phone the case is a page of its own, on a desk it lies beside the list.
        expect(page.locator(".desk-rows")).to_be_visible(visible=size == "desk")
        expect(page.locator(".to-list")).to_be_visible(visible=size == "phone")
        move_form(page, "接收").get_by_role("button", name="接收").click()
        expect(page.locator(".notice-good")).to_contain_text("处置中")
        form = move_form(page, "指派处置人员")
        form.locator("[name=handler]").select_option("handler_a")
        form.get_by_role("button", name="指派处置人员").click()
        expect(case.locator(".case-status")).to_contain_text("handler_a")
        office.move("handler_a", number, "submit_result", photos=1)
        page.reload()
        rules = move_form(page, "申请延期").locator(".terms")
        expect(rules).to_contain_text("还可 2 次")
        expect(page.locator("#worth-title")).to_be_visible()
        expect(page.locator("#deadline .sums")).to_be_visible()
        watched.check(f"department-{size}-case")
        form = move_form(page, "处置反馈")
        form.locator("[name=measure]").fill("已清理")
        choose_photo(form, 91)
        form.get_by_role("button", name="处置反馈").click()
        expect(page.locator(".notice-good")).to_contain_text(f"{number} 已办理")
        # The turn is over: the next case opens at the desk, the list at the phone.
        expect(page.locator(".desk-rows")).to_be_visible()
        expect(page.locator(f'[data-row][data-number="{number}"]')).to_have_count(0)
        page.get_by_role("link", name="按对本月成绩的影响").click()
        expect(page.locator(f'[data-row][data-number="{other}"] .worth-short')).to_contain_text("处置并结案")
    assert office.case(number).state == "handled"


def test_the_keyboard_works_as_at_the_centre_desk(browser: Browser, base: str, open_office: Office) -> None:
    office = open_office
    numbers = [office.walk(office.report(), "dispatched", department="B") for _ in range(2)]
    with opened(browser, base) as watched:
        page = watched.enter("officer_b")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", numbers[0])
        press(page, "n")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", numbers[1])
        press(page, "k")
        press(page, "Enter")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", numbers[0])
        press(page, "1")
        press(page, "Control+Enter")
        expect(page.locator(".notice-good")).to_contain_text("处置中")
        watched.settle()
        press(page, "]")
        expect(page.locator('.tab[aria-current="true"]')).to_contain_text("待接收")
        press(page, "?")
        expect(page.get_by_role("dialog")).to_be_visible()
    assert office.case(numbers[0]).state == "handling"


def test_several_photos_are_taken_one_after_the_other_on_a_phone(
    browser: Browser, base: str, open_office: Office
) -> None:
    number = open_office.walk(open_office.report(), "handling", department="S")
    context = browser.new_context(viewport=WIDE, locale="zh-CN", has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    Watched(page, base).enter("officer_s")
    page.goto(f"{base}/department/desk?case={number}")
    form = move_form(page, "处置反馈")
    for shade in (101, 102):
        with page.expect_file_chooser() as chooser:
            form.get_by_role("button", name="拍照").click()
        chooser.value.set_files(photo(shade))  # type: ignore[arg-type]
    expect(form.locator(".previews img")).to_have_count(2)
    form.locator("[name=measure]").fill("已清理")
    form.get_by_role("button", name="处置反馈").click()
    expect(page.locator(".notice-good")).to_be_visible()
    context.close()
    kinds = [row["kind"] for row in open_office.rows("photo", number)]
    assert kinds.count("after") == 2


def test_what_a_handler_typed_survives_a_reload_and_a_broken_line(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    number = office.walk(office.report(address="黄河道 20 号"), "handling", department="A")
    office.move("officer_a", number, "assign", handler="handler_a2", opinion="带上清洁车")
    context = browser.new_context(viewport=WIDE, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    context.add_init_script(_VIOLATIONS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    watched = Watched(page, line.base)
    watched.enter("handler_a2")
    expect(page).to_have_url(f"{line.base}/handler/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    card = page.locator(f'[data-number="{number}"]')
    expect(card).to_contain_text("部门交代：带上清洁车")
    expect(card.locator(".thumb img").first).to_be_visible()
    expect(card.get_by_role("link", name="导航")).to_have_attribute("href", f"geo:{_point(office, number)}")
    assert watched.faults("handler-tasks") == []
    card.locator("summary", has_text="提交处置结果").click()
    card.get_by_role("button", name="提交处置结果").click()
    expect(card.locator("[role=alert]").first).to_contain_text("请先拍一张照片")
    card.locator("[name=measure]").fill("已清理两车")
    inputs = card.locator("form").first.locator("input[type=file]")
    for at, shade in enumerate((111, 112)):
        inputs.nth(at).set_input_files(photo(shade))  # type: ignore[arg-type]
        expect(card.locator("form").first.locator(".thumb")).to_have_count(at + 1)
        expect(card.locator("[role=alert]").first).to_have_text("")

    line.is_down = True
    page.reload()
    # What was begun is open.
    expect(card.locator("[name=measure]")).to_be_visible()
    expect(card.locator("[name=measure]")).to_have_value("已清理两车")
    expect(card.locator("form").first.locator(".thumb")).to_have_count(2)
    card.get_by_role("button", name="提交处置结果").click()
    expect(card).to_contain_text("已存入待发")
    expect_counts(page, 1)

    line.is_down = False
    page.goto(f"{line.base}/handler/outbox")
    send_until_empty(page)
    page.goto(f"{line.base}/handler/")
    expect(page.locator("[data-handed-in]")).to_contain_text(number)
    expect(card).to_have_count(0)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    assert errors == []
    assert page.evaluate("window.violations") == []
    context.close()
    last = office.case(number).entries[-1].step
    assert (last.trigger, last.data["measure"], len(last.data["photos"])) == (
        "submit_result",
        "已清理两车",
        2,
    )


def _point(office: Office, number: str) -> str:
    fields = office.case(number).fields
    here = f"{fields['lat']},{fields['lon']}"
    return f"{here}?q={here}(%E9%BB%84%E6%B2%B3%E9%81%93%2020%20%E5%8F%B7)"


def test_a_declined_task_leaves_the_list_once_the_site_knows(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    number = office.walk(office.report(), "handling", department="B")
    office.move("officer_b", number, "assign", handler="handler_b")
    context = browser.new_context(viewport=WIDE, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    Watched(page, base).enter("handler_b")
    card = page.locator(f'[data-number="{number}"]')
    card.locator("summary", has_text="谢绝指派").click()
    card.locator("[name=reason]").fill("不在本班组片区")
    card.get_by_role("button", name="谢绝指派").click()
    expect(card).to_have_count(0)
    expect(page.locator("[data-fate]")).to_contain_text("已送达。")
    expect_soon(page, lambda: office.case(number).assignments[-1].state == "declined")
    context.close()
