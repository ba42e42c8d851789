"""What makes a day's work bearable: the keyboard, and refusals that lose nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import Watched, choose_photo, make_move, move_form, opened
from tests.making import Office

pytestmark = pytest.mark.browser


def test_the_dispatcher_works_by_keyboard_alone(browser: Browser, base: str, open_office: Office) -> None:
    office = open_office
    first, second, third = (office.walk(office.report(), "filed") for _ in range(3))
    with opened(browser, base) as watched:
        page = watched.enter("dispatcher")
        watched.open("/cases?tab=filed")
        chosen = page.locator("tr.chosen")
        page.keyboard.press("j")
        expect(chosen).to_contain_text(first)
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(chosen).to_contain_text(third)
        page.keyboard.press("k")
        expect(chosen).to_contain_text(second)
        page.keyboard.press("Enter")
        expect(page.locator(".case-number")).to_have_text(second)
        page.wait_for_load_state()

        page.keyboard.press("1")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("请清理")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".case-state")).to_have_text("已派遣，待接收")
        page.wait_for_load_state()
        page.keyboard.press("n")
        expect(page.locator(".case-number")).to_have_text(first)
        page.wait_for_load_state()
        page.keyboard.press("u")
        expect(page.locator("tbody tr")).to_have_count(2)
        page.wait_for_load_state()
        page.keyboard.press("/")
        page.keyboard.type(third)
        page.keyboard.press("Enter")
        expect(page.locator("tbody tr")).to_have_count(1)
        page.wait_for_load_state()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()

    case = office.case(second)
    assert (case.department, case.entries[-1].opinion) == ("A", "请清理")


def test_what_was_typed_and_the_chosen_photo_outlive_a_refusal(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    number = office.walk(office.report(), "handling")
    with opened(browser, base) as watched:
        watched.expected.add(409)
        page = watched.enter("officer_a")
        watched.open(f"/cases/{number}")
        form = move_form(page, "处置反馈")
        choose_photo(form)
        expect(form.locator(".previews img")).to_have_count(1)
        form.locator("[name=measure]").fill("已清理")
        office.move("officer_a2", number, "assign", handler="handler_a")
        office.move("officer_a2", number, "revoke_assignment")

        form.get_by_role("button", name="处置反馈", exact=True).click()

        expect(page.locator("[data-refusal]")).to_contain_text("officer_a2 已办理“撤回指派”")
        form = move_form(page, "处置反馈")
        expect(form.locator("[name=measure]")).to_have_value("已清理")
        expect(form.locator(".previews img")).to_have_count(1)
        make_move(page, "处置反馈", "已反馈，待核查")
    assert [row["kind"] for row in office.rows("photo", number)].count("after") == 1


def test_every_reason_stands_beside_the_form_and_is_focused(
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

        refusal = page.locator("[data-refusal]")
        expect(refusal).to_contain_text("缺少规定种类的照片")
        expect(refusal).to_be_focused()
        expect(page.locator("[name=measure]")).to_have_value("已清理")
        watched.check("phone-refusal")


def test_a_network_that_is_away_loses_nothing_and_the_second_sending_makes_one_step(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    number = office.report()
    with opened(browser, base) as watched:
        page = watched.enter("intake_operator")
        watched.open(f"/cases/{number}")
        form = move_form(page, "受理")
        form.locator("[name=opinion]").fill("属实")
        page.context.set_offline(True)
        form.get_by_role("button", name="受理", exact=True).click()
        expect(page.locator("[data-refusal]")).to_contain_text("没有送达")
        expect(form.locator("[name=opinion]")).to_have_value("属实")
        page.context.set_offline(False)
        watched.errors = [error for error in watched.errors if "ERR_INTERNET_DISCONNECTED" not in error]

        make_move(page, "受理", "已受理，待立案")

    assert [entry.step.trigger for entry in office.case(number).entries] == ["report", "accept"]


def test_a_session_that_ended_while_typing_is_told_without_losing_the_words(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    number = office.report()
    with opened(browser, base) as watched:
        watched.expected.add(401)
        page = watched.enter("intake_operator")
        watched.open(f"/cases/{number}")
        form = move_form(page, "受理")
        form.locator("[name=opinion]").fill("属实，请尽快办理")
        office.tick(hours=30)

        form.get_by_role("button", name="受理", exact=True).click()

        refusal = page.locator("[data-refusal]")
        expect(refusal).to_contain_text("登录已过期")
        # Told once.
        expect(refusal.get_by_text("请先登录", exact=True)).to_have_count(1)
        expect(form.locator("[name=opinion]")).to_have_value("属实，请尽快办理")

        # Signed in again beside it, the same words go.
        with page.expect_popup() as opened_beside:
            refusal.get_by_role("link").click()
        beside = opened_beside.value
        Watched(beside, base).enter("intake_operator")
        beside.close()
        make_move(page, "受理", "已受理，待立案")

    assert office.case(number).entries[-1].opinion == "属实，请尽快办理"


def test_what_one_person_wrote_is_not_sent_in_the_name_of_another(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    number = office.report()
    with opened(browser, base) as watched:
        watched.expected.add(403)
        page = watched.enter("intake_operator")
        watched.open(f"/cases/{number}")
        form = move_form(page, "受理")
        form.locator("[name=opinion]").fill("属实")
        beside = Watched(page.context.new_page(), base)
        beside.open("/cases")
        beside.page.get_by_role("button", name="退出").click()
        beside.enter("dispatcher")

        form.get_by_role("button", name="受理", exact=True).click()

        expect(page.locator("[data-refusal]")).to_contain_text("现在登录的是")
        expect(form.locator("[name=opinion]")).to_have_value("属实")
    assert office.case(number).state == "reported"


def test_a_click_on_the_map_places_a_report(browser: Browser, base: str, open_office: Office) -> None:
    with opened(browser, base) as watched:
        page = watched.enter("intake_operator")
        watched.open("/report")
        area = page.locator(".point-map.leaflet-container")
        expect(area.locator("canvas")).to_be_visible()
        box = area.bounding_box()
        assert box is not None

        page.mouse.click(box["x"] + box["width"] * 0.48, box["y"] + box["height"] * 0.4)

        expect(page.locator("[data-point-told]")).to_contain_text("街道")
        lon = float(page.locator("[name=lon]").input_value())
        lat = float(page.locator("[name=lat]").input_value())
        place = open_office.book.geography.locate(lon, lat, crs="wgs84", on=open_office.now.date())
        expect(page.locator("[data-point-told]")).to_contain_text(place.cell)


def test_the_map_for_a_place_names_its_streets_and_close_by_its_communities(
    browser: Browser, base: str, open_office: Office
) -> None:
    areas = open_office.book.geography.areas
    streets, communities = (
        {area.name for area in areas.all_of_level(level)} for level in ("street", "community")
    )
    with opened(browser, base) as watched:
        page = watched.enter("intake_operator")
        watched.open("/report")
        names = page.locator(".point-map .street-name")
        expect(names.first).to_be_visible()
        assert set(names.all_text_contents()) <= streets
        watched.check("report-map-named")

        for _ in range(4):
            page.locator(".point-map .leaflet-control-zoom-in").click()
            page.wait_for_timeout(400)

        expect(names.filter(has_text="社区").first).to_be_attached()
        assert set(names.all_text_contents()) <= communities
        watched.shoot("report-map-near")

        page = watched.open("/public/report")
        expect(page.locator(".point-map .street-name").first).to_be_visible()
        assert set(page.locator(".point-map .street-name").all_text_contents()) <= streets
        watched.check("public-map-named")


def test_the_demo_clock_runs_on_while_a_page_stays_open(
    browser: Browser, base: str, open_office: Office
) -> None:
    with opened(browser, base) as watched:
        page = watched.page
        page.clock.install()
        watched.enter("leader")
        clock = page.locator("[data-demo-clock]")
        before = clock.inner_text()

        page.clock.run_for(120_000)

        assert clock.inner_text() > before
