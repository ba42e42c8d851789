"""The centre desk in Chromium: a case filed, dispatched and closed by keyboard alone; panes that need no page scroll."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import opened, press
from tests.cases.ruling import give_rules, rule
from tests.making import Office

pytestmark = pytest.mark.browser

_SCROLL = "document.documentElement.scrollHeight - document.documentElement.clientHeight"


def stands_on(page: Page) -> str:
    """What the keyboard stands on, by its tag."""
    return str(page.evaluate("document.activeElement.tagName"))


def test_a_case_is_filed_dispatched_and_closed_by_keyboard_alone(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    give_rules(office, rule("B", "event/01/10"))
    first = office.walk(office.report(address="红旗路 8 号"), "accepted")
    office.tick(1)
    second = office.walk(office.report(address="南丰路 2 号"), "accepted")
    with opened(browser, base) as watched:
        page = watched.enter("shift_supervisor")
        watched.open("/desk?tab=accepted")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", first)
        assert stands_on(page) == "A"
        assert page.evaluate(_SCROLL) <= 0
        press(page, "1", "Space", "Control+Enter")
        expect(page.locator("[data-refusal]")).to_be_focused()
        seen = page.locator("details.move[open] [name=duplicates_seen]")
        while not seen.evaluate("element => element === document.activeElement"):
            press(page, "Tab")
        press(page, "Space", "Control+Enter")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", second)
        expect(page.locator(".notice-good")).to_contain_text(f"{first} 已办理")
        assert office.case(first).state == "filed"
        watched.expected.add(409)
        watched.errors = [error for error in watched.errors if not error.startswith("409 ")]
        watched.errors = [error for error in watched.errors if "status of 409" not in error]
        watched.settle()
        watched.leave()

        page = watched.enter("dispatcher")
        watched.open("/desk")
        expect(page.locator(".suggestion")).to_contain_text("乙局")
        press(page, "s", "Enter")
        expect(page.locator(".notice-good")).to_contain_text("已派遣，待接收")
        assert office.case(first).department == "B"
        office.walk(first, "verified", department="B")
        press(page, "?")
        expect(page.get_by_role("dialog")).to_be_visible()
        press(page, "Escape", "/")
        page.keyboard.type(first)
        press(page, "Enter")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", first)
        watched.settle()
        watched.leave()

        page = watched.enter("shift_supervisor")
        watched.open("/desk?tab=verified")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", first)
        press(page, "1")
        while page.locator("details.move[open] [name=ticked]:not(:checked)").count():
            press(page, "Tab")
            on = page.evaluate("document.activeElement.name")
            if on == "ticked":
                press(page, "Space")
        press(page, "Control+Enter")
        expect(page.locator(".notice-good")).to_contain_text("现在的状态：结案")
        watched.check("desk-closed")
    assert office.case(first).state == "closed"


def test_what_is_kept_at_the_desk_comes_and_goes_beside_what_is_typed(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    number = office.walk(office.report(address="大港路 4 号"), "filed")
    with opened(browser, base) as watched:
        page = watched.enter("dispatcher")
        watched.open(f"/desk?tab=filed&case={number}")
        opinion = page.locator("details.move[open] [name=opinion]")
        opinion.fill("已电话联系")
        phrases, filters = page.locator("[data-kept=phrases]"), page.locator("[data-kept=filters]")
        phrases.locator("summary").click()
        for text in ("请今日处置", "请回复来电人"):
            phrases.locator("[name=text]:visible").fill(text)
            phrases.get_by_role("button", name="添加", exact=True).click()
            expect(phrases.get_by_role("button", name=text, exact=True)).to_be_visible()
        expect(phrases.locator("summary")).to_be_focused()
        phrases.get_by_role("button", name="删除常用语 请今日处置").click()
        expect(phrases.locator("[data-phrase]")).to_have_text(["请回复来电人"])
        filters.locator("summary").click()
        filters.locator("[name=name]:visible").fill("待派遣")
        filters.get_by_role("button", name="保存").click()
        expect(filters.get_by_role("link", name="待派遣")).to_be_visible()
        filters.get_by_role("button", name="删除筛选 待派遣").click()
        expect(filters.get_by_role("link")).to_have_count(0)
        phrases.locator("[data-phrase]").click()
        expect(opinion).to_have_value("已电话联系，请回复来电人")
        watched.check("desk-kept")
        phrases.get_by_role("button", name="删除常用语 请回复来电人").click()
        expect(phrases.locator("[data-phrase]")).to_have_count(0)


def test_counts_keep_up_and_nothing_that_was_typed_is_lost(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    office.add_user("colleague", "dispatcher")
    first, second = (office.walk(office.report(address="黄河道 20 号"), "filed") for _ in range(2))
    with opened(browser, base) as watched:
        page = watched.enter("dispatcher")
        page.clock.install()
        watched.open(f"/desk?tab=filed&case={second}")
        count = page.locator('[data-queue="filed"] [data-count="count"]')
        before = int(count.inner_text())
        opinion = page.locator("details.move[open] [name=opinion]")
        opinion.fill("已电话联系")
        page.locator(f'[data-desk-queue] input[value="{second}"]').check()
        office.move("colleague", first, "dispatch", department="A")
        page.clock.run_for(16_000)
        expect(count).to_have_text(str(before - 1))
        office.move("colleague", second, "dispatch", department="A")
        page.clock.run_for(16_000)
        expect(page.locator("[data-changed]")).to_contain_text("colleague “派遣”")
        press(page, "Escape", "r")
        expect(page.locator(f'[data-row][data-number="{first}"]')).to_have_count(0)
        expect(opinion).to_have_value("已电话联系")


def test_a_caller_is_known_and_the_address_is_found_on_the_form(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    number = office.report(
        "intake_operator", address="保山道 12 号", reporter={"name": "李四", "phone": "13800001234"}
    )
    with opened(browser, base) as watched:
        page = watched.enter("intake_operator")
        watched.open("/report")
        page.locator("[name=reporter_phone]").fill("13800001234")
        expect(page.locator("[data-calls]")).to_contain_text(number)
        page.locator("[name=address]").fill("保山道")
        page.locator("[data-place]").first.click()
        expect(page.locator("[name=address]")).to_have_value("保山道 12 号")
        expect(page.locator("[name=lon]")).to_have_value(f"{office.case(number).fields['lon']:.7f}")
        watched.check("desk-call")


def test_several_rows_are_ticked_and_dispatched_at_once_with_phrases_at_hand(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    numbers = [office.walk(office.report(address="长江道 1 号"), "filed") for _ in range(3)]
    with opened(browser, base) as watched:
        page = watched.enter("dispatcher")
        watched.open("/desk?q=长江道")
        page.get_by_text("添加常用语").click()
        page.locator("#phrase-text").fill("请尽快处置")
        page.get_by_role("button", name="添加", exact=True).click()
        expect(page.locator("[data-phrase]", has_text="请尽快处置")).to_be_visible()
        press(page, "p", "Enter")
        expect(page.locator("details.move[open] [name=opinion]")).to_have_value("请尽快处置")
        watched.open("/desk?tab=filed&sort=-reported_at")
        expect(page.locator("[data-case]")).to_have_attribute("data-case", numbers[2])
        press(page, "x", "j", "j", "Shift+X")
        expect(page.locator("[data-ticked]")).to_have_text("3")
        press(page, "b")
        page.locator("[data-all-of]").select_option("A")
        page.get_by_role("button", name="派遣 3 件").click()
        expect(page.locator(".notice-good")).to_contain_text("已办理 3 件")
        watched.check("desk-done")
    assert {office.case(number).state for number in numbers} == {"dispatched"}


def test_a_case_is_taken_out_of_the_form_for_several_and_keeps_its_place(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    first, second = (office.walk(office.report(), "filed") for _ in range(2))
    with opened(browser, base) as watched:
        page = watched.enter("dispatcher")
        watched.open(f"/desk/bulk?trigger=dispatch&number={first}&number={second}")
        assert stands_on(page) == "SELECT"
        for number in (first, second):
            page.get_by_role("checkbox", name=f"办理 {number}").uncheck()
        expect(page.locator("[data-many-send]")).to_be_disabled()
        page.get_by_role("checkbox", name=f"办理 {first}").check()
        page.locator(f"[id='d-{first}']").select_option("A")
        watched.check("desk-many")
        expect(page.get_by_role("button", name="派遣 1 件")).to_be_enabled()
        page.locator("[name=opinion]").focus()
        press(page, "Control+Enter")
        expect(page.locator(".notice-good")).to_contain_text("已办理 1 件")
        assert [office.case(number).state for number in (first, second)] == ["dispatched", "filed"]


def test_the_pane_of_the_work_is_the_widest_in_large_type_too_and_a_long_description_leaves_room(
    browser: Browser, base: str, open_office: Office
) -> None:
    number = open_office.report(description="井盖破损，行人经过有危险。" * 45)
    open_office.walk(number, "handling", department="A")
    with opened(browser, base) as watched:
        for who, path in (("officer_a", "/department/desk?"), ("dispatcher", "/desk?tab=open&")):
            page = watched.enter(who)
            watched.open(f"{path}case={number}")
            page.evaluate("document.documentElement.classList.add('text-large')")
            boxes = [pane.bounding_box() for pane in page.locator(".desk-panes .pane").all()]
            wide, high = zip(*((box["width"], box["height"]) for box in boxes if box), strict=True)
            assert wide[1] > max(wide[0], wide[2])
            assert min(high) > 560
            state = page.locator(".case-status").bounding_box()
            assert state is not None
            assert state["y"] < 720
            page.get_by_text("展开").click()
            unfolded = page.locator(".case-status").bounding_box()
            assert unfolded is not None
            assert unfolded["y"] > state["y"] + 200
            page.evaluate("document.documentElement.classList.remove('text-large')")
            watched.leave()
