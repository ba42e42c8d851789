"""The inspector's work at the phone: tasks with the old photo over the camera, joining, plain http, every page in order."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.breaking import Line
from tests.browser.driving import _VIOLATIONS, FLAGS, Watched, chromium, watch
from tests.browser.phoning import (
    KEPT,
    WIDE,
    bare_phone,
    expect_counts,
    expect_soon,
    fill_in_confirmation,
    nth_point,
    phone,
    send_until_empty,
    shoot_screen,
    take_photo,
)
from tests.making import Office, jpeg

pytestmark = pytest.mark.browser

# The camera takes its time: `show_view` lets it begin.
_LATE_VIEW = """
const begun = new Promise((resolve) => { window.show_view = resolve; });
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = async function () { await begun; return play.call(this); };
"""
# A large photo and a position under trees take a moment, once `slow` names them: `go_on` tells that it is over.
_SLOW_PHONE = """
window.slow = [];
const held = { photo: [], place: [] };
const until = (name) => new Promise((resolve) => { slow.includes(name) ? held[name].push(resolve) : resolve(); });
window.go_on = (name) => held[name].forEach((resolve) => resolve());
const read = Blob.prototype.arrayBuffer;
File.prototype.arrayBuffer = async function () { await until("photo"); return read.call(this); };
const find = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
navigator.geolocation.getCurrentPosition = async (...told) => { await until("place"); find(...told); };
"""
# What sticks to an edge of the screen lies over half a button somewhere, which axe takes for its size.
_UNSTUCK = """
for (const each of document.querySelectorAll("body *"))
  if (["sticky", "fixed"].includes(getComputedStyle(each).position)) each.style.position = "static";
"""


def test_tasks_are_done_without_a_line_and_on_the_spot_work_goes_in_order(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    confirming = office.walk(office.report("inspector_2", sub_code="05"), "accepted")
    office.move(
        "intake_operator", confirming, "send_confirmation", inspector="inspector", question="是否占压盲道"
    )
    before = len(office.rows("cases"))
    with phone(browser, line, office) as (_context, page, _errors):
        page.goto(f"{line.base}/phone/tasks")
        task = page.locator(f'[data-number="{confirming}"]')
        expect(task).to_contain_text("要求：是否占压盲道")
        fields = office.case(confirming).fields
        community = office.book.geography.areas.find(fields["community"])
        assert community is not None
        expect(task.locator(".task-address")).to_contain_text(community.name)
        expect(task).to_contain_text(f"单元网格 {fields['cell']}")
        lon_lat = f"{fields['lat']},{fields['lon']}"
        expect(task.get_by_role("link", name="导航")).to_have_attribute("href", re.compile(f"^geo:{lon_lat}"))
        expect(task.get_by_role("link", name="看地图")).to_have_attribute(
            "href", f"/map?cell={fields['cell']}"
        )
        expect(task.locator(".thumb img").first).to_be_visible()
        line.is_down = True
        page.reload()
        expect(page.locator("[data-told]").first).to_contain_text("显示上次保存的")
        expect(task.locator(".thumb img").first).to_be_visible()

        form = fill_in_confirmation(task)
        form.get_by_role("button", name="核实属实").click()
        expect(task).to_contain_text("已存入待发")

        page.goto(f"{line.base}/phone")
        _fill_in_report(page)
        page.get_by_text("已当场处置").click()
        after = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(182)}
        page.locator("[data-photos=after] input[type=file]").set_input_files(after)
        page.get_by_label("处置措施").fill("已清理")
        page.locator("[data-submit]").click()
        expect(page.locator("[data-result]")).to_contain_text(KEPT)
        expect_counts(page, 3)

        line.is_down = False
        page.goto(f"{line.base}/phone/outbox")
        send_until_empty(page)
    assert office.case(confirming).state == "accepted"
    assert office.case(confirming).entries[-1].step.trigger == "confirm"
    (made,) = office.rows("cases")[before:]
    assert made["state"] == "self_closed"
    assert sorted(row["kind"] for row in office.rows("photo", made["number"])) == ["after", "before"]


def test_a_second_tap_takes_nothing_back_of_what_the_first_one_was_told(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    with phone(browser, line, office) as (_context, page, _errors):
        _fill_in_report(page)
        button = page.locator("[data-submit]")
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box is not None
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.click(*middle)
        expect(page.locator("[data-result]")).to_be_visible()
        # Wherever the page has moved: the finger meant the button.
        page.mouse.click(*middle)
        button.evaluate("(button) => button.form.requestSubmit()")

        expect(page.locator("[data-result]")).to_contain_text("已送达")
        expect(page.locator(".chip[aria-pressed=true]")).to_have_count(0)
        assert page.url == f"{line.base}/phone"
        # A moment later the button is a button again.
        button.click()
        expect(page.locator("[data-result]")).to_contain_text("请先拍一张照片")
    assert len(office.rows("cases")) == before + 1


def test_a_half_filled_answer_is_kept_for_its_task_and_not_for_the_next_round(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    numbers = []
    for sub_code in ("05", "06"):
        numbers.append(office.walk(office.report("inspector_2", sub_code=sub_code), "accepted"))
        office.move("intake_operator", numbers[-1], "send_confirmation", inspector="inspector")
    with phone(browser, line, office) as (_context, page, _errors):
        page.goto(f"{line.base}/phone/tasks")
        task, other = (page.locator(f'[data-number="{number}"]') for number in numbers)
        form = fill_in_confirmation(task)
        form.get_by_text("手工填写坐标").click()
        form.get_by_label("经度").fill("117.2")
        form.get_by_label("经度").blur()
        line.is_down = True
        page.reload()
        # It is open again where it was begun, and nowhere else.
        expect(form.locator(".thumb")).to_have_count(1)
        expect(form.locator("[name=result]")).to_have_value("present")
        expect(form.get_by_label("经度")).to_be_visible()
        expect(form.get_by_label("经度")).to_have_value("117.2")
        expect(other.locator("details[open] form")).to_have_count(0)
        shoot_screen(page, "phone-task-kept")

        # Whoever types in it goes on typing while another one is put into the outbox.
        other.locator("summary", has_text="核实属实").click()
        other.locator("[name=result]").first.select_option("present")
        photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(220)}
        other.locator("input[type=file]").first.set_input_files(photo)
        expect(other.locator(".thumbs[data-thumbs] .thumb")).to_have_count(1)
        typing = form.get_by_label("纬度")
        other.locator("form").first.evaluate(
            "(form, field) => { field.focus(); form.requestSubmit(); }", typing.element_handle()
        )
        expect(other).to_contain_text("已存入待发")
        expect(typing).to_be_focused()
        form.get_by_label("经度").fill("")

        # The task goes to somebody else and comes back: what was begun was an answer to the one before.
        line.is_down = False
        office.tick(5)
        for inspector in ("inspector_2", "inspector"):
            office.move("intake_operator", numbers[0], "reassign", inspector=inspector, reason="临时换班")
            office.tick(5)
        page.reload()
        task.locator("summary", has_text="核实属实").click()
        expect(form.locator("[name=result]")).to_have_value("")
        expect(form.locator(".thumb")).to_have_count(0)


def _fill_in_report(page: Page) -> None:
    """Photo and category, each told to be missing until it is there."""
    page.locator("[data-submit]").click()
    expect(page.locator("[data-result]")).to_have_text("请先拍一张照片。 请选择类别。")
    take_photo(page, 181)
    expect(page.locator("[data-result]")).to_have_text("请选择类别。")
    page.locator("[data-category] input").fill("暴露生活")
    page.locator(".chip", has_text="暴露生活垃圾").first.click()
    expect(page.locator("[data-result]")).to_be_hidden()


def test_a_photo_is_added_to_the_open_case_near_by_instead_of_a_second_case(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    number = office.report(sub_code="07")
    name = office.case(number).fields["sub_name"]
    before = len(office.rows("cases"))
    with phone(browser, line, office) as (_context, page, _errors):
        take_photo(page, 190)
        page.locator("[data-category] input").fill(name)
        page.locator(".chip", has_text=name).first.click()
        plan = page.locator("[data-place] svg")
        for _ in range(3):
            plan.press("ArrowRight")
        expect(page.locator("[data-place] [data-told]").first).to_contain_text("图钉移动了 6 米")
        near = page.locator("[data-near] li", has_text=name).first
        expect(near).to_contain_text("6 米")
        near.scroll_into_view_if_needed()
        shoot_screen(page, "phone-near")
        near.get_by_role("button").click()
        expect(page.locator("[data-result]")).to_contain_text(KEPT)
        expect_soon(page, lambda: len(office.rows("photo", number)) == 2)
        expect_counts(page, 0)
    assert len(office.rows("cases")) == before
    assert {row["kind"] for row in office.rows("photo", number)} == {"before", "other"}


def test_a_report_goes_on_when_its_photo_is_read_and_its_place_is_found(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    with phone(browser, line, office) as (_context, page, _errors):
        page.add_init_script(_SLOW_PHONE)
        page.goto(f"{line.base}/phone/")
        expect(page.locator("[data-place] [data-told]").first).to_contain_text("单元网格")
        page.evaluate("window.slow = ['photo', 'place']")
        # The place of the first one is known; the second one is somewhere else.
        for place in ("known", "sought"):
            page.locator("[data-category] input").fill("暴露生活")
            page.locator(".chip", has_text="暴露生活垃圾").first.click()
            photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(183 + len(place))}
            page.locator("[data-photos=before] input[type=file]").set_input_files(photo)
            page.locator("[data-submit]").click()
            expect(page.locator("[data-submit]")).to_be_disabled()
            page.evaluate("window.go_on('photo')")
            if place == "sought":
                expect(page.locator("[data-result]")).to_have_text("正在定位……")
                page.evaluate("window.go_on('place')")
            expect(page.locator("[data-result]")).to_contain_text(KEPT)
        expect_soon(page, lambda: len(office.rows("cases")) == before + 2)


def test_the_old_photo_lies_over_the_camera_like_a_veil(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    number = office.walk(office.report("inspector_2", sub_code="06"), "handled")
    office.move("intake_operator", number, "send_verification", inspector="inspector")
    flags = [*FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with (
        browser.browser_type.launch(executable_path=chromium(), args=flags) as own,
        phone(own, line, office) as (context, page, _errors),
    ):
        page.add_init_script(_LATE_VIEW)
        page.goto(f"{line.base}/phone/tasks")
        task = page.locator(f'[data-number="{number}"]')
        expect(task.locator(".thumb img").first).to_be_visible()
        task.locator("summary", has_text="核查通过").click()
        form = task.locator("form").first
        form.get_by_role("button", name="拍照对比").click()
        # What is pressed before there is a view would be lost.
        expect(page.locator("[data-shoot]")).to_be_disabled()
        page.evaluate("window.show_view()")
        veil = page.locator("[data-camera] [data-old]")
        expect(veil).to_have_css("opacity", "0.45")
        page.locator("[data-veil]").fill("80")
        expect(veil).to_have_css("opacity", "0.8")
        shoot_screen(page, "phone-camera")
        page.locator("[data-shoot]").click()
        expect(form.locator(".thumb")).to_have_count(1)
        context.set_offline(True)
        form.get_by_role("button", name="核查通过").click()
        expect(task).to_contain_text("已存入待发")
        expect(task.locator("form")).to_have_count(0)
        context.set_offline(False)
        expect_soon(page, lambda: office.case(number).state == "verified")
        expect_counts(page, 0)
        expect(task).to_have_count(0)
        expect(page.locator("[data-fate]")).to_contain_text(re.compile(f"核查通过：.* {number} 已送达。"))
        shoot_screen(page, "phone-fate-task")
    assert office.case(number).state == "verified"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_phone_is_in_order(
    browser: Browser, base: str, open_office: Office, scheme: str
) -> None:
    office = open_office
    office.point = nth_point(office, 5 if scheme == "dark" else 3)
    number = office.walk(office.report("inspector_2", description="人行道铺装破损，" * 67), "handled")
    office.move("intake_operator", number, "send_verification", inspector="inspector", same_time=True)
    context = browser.new_context(
        viewport=WIDE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if scheme == "dark" else "light",
        geolocation={"longitude": office.point[0], "latitude": office.point[1], "accuracy": 12},
        permissions=["geolocation", "camera"],
    )
    context.add_init_script(_VIOLATIONS)
    watched = watch(context, base)
    page = watched.enter("inspector")
    watched.open("/phone")
    expect(page.locator("[data-place] [data-told]").first).to_contain_text("单元网格")
    expect(page.locator(".chip").first).to_be_visible()
    take_photo(page, 200)
    page.locator(".chip", has_text="暴露生活垃圾").first.click()
    expect(page.locator("[data-near] li").first).to_contain_text("暴露生活垃圾")
    shoot_screen(page, f"phone-first-screen-{scheme}")
    page.evaluate(_UNSTUCK)
    watched.check(f"phone-report-{scheme}")
    watched.open("/phone/tasks")
    expect(page.locator("[data-tasks] .thumb img").first).to_be_visible()
    text, more = page.locator(".fold-text").first, page.locator(".fold-more > summary").first
    height = "each => each.getBoundingClientRect().height"
    assert text.evaluate(height) < 110
    more.press("Enter")
    assert text.evaluate(height) > 500
    more.press("Enter")
    page.locator("summary", has_text="核查通过").first.click()
    watched.check(f"phone-tasks-{scheme}")
    watched.open("/phone/area")
    expect(page.locator("[data-here]")).to_contain_text("单元网格")
    watched.check(f"phone-area-{scheme}")
    watched.open("/phone/month")
    expect(page.locator("[data-figures] dd").first).to_be_visible()
    watched.check(f"phone-month-{scheme}")
    watched.open("/phone/outbox")
    expect(page.locator("[data-empty]")).to_be_visible()
    watched.check(f"phone-outbox-{scheme}")
    context.close()
    assert watched.errors == []


def test_on_plain_http_the_page_says_what_is_missing_and_sends_all_the_same(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    # Of the addresses of this machine, browsers trust only 127.0.0.1 without https.
    plain = line.base.replace("127.0.0.1", "0.0.0.0")
    context = browser.new_context(viewport=WIDE, locale="zh-CN")
    page = context.new_page()
    Watched(page, plain).enter("inspector")
    page.goto(f"{plain}/phone")

    assert page.evaluate("[window.isSecureContext, typeof crypto.subtle, 'serviceWorker' in navigator]") == [
        False, "undefined", False,
    ]  # fmt: skip
    expect(page.locator('[data-notice="lack"]')).to_contain_text("普通 http 连接")
    expect(page.locator("[data-place] [data-told]").first).to_contain_text("浏览器不提供定位")
    take_photo(page, 170)
    page.locator("[data-place] summary").click()
    lon, lat = office.point
    page.get_by_label("经度").fill(str(lon))
    page.get_by_label("纬度").fill(str(lat))
    page.get_by_label("坐标系").select_option("wgs84")
    page.locator("[data-category] input").fill("ffxgg")
    page.locator(".chip", has_text="非法小广告").first.click()
    page.locator("[data-submit]").click()
    expect(page.locator("[data-result]")).to_contain_text(KEPT)
    expect_soon(page, lambda: len(office.rows("cases")) == before + 1)
    expect_counts(page, 0)

    (made,) = office.rows("cases")[before:]
    assert made["sub_name"] == "非法小广告"
    context.close()


def test_without_a_position_the_own_cells_are_shown_and_a_pin_is_set_on_them(
    browser: Browser, base: str, open_office: Office
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    with bare_phone(browser, office, is_found=False) as page:
        watched = Watched(page, base)
        watched.enter("inspector")
        watched.open("/phone/area")
        expect(page.locator(".cell-own").nth(1)).to_be_visible()
        # All of them lie on the screen.
        assert _cells_outside(page) == []
        shoot_screen(page, "phone-area-nowhere")
        watched.open("/phone/")
        told = page.locator("[data-place] [data-told]").first
        expect(told).to_contain_text("请在图上点出位置")
        expect(page.locator(".cell-own").nth(1)).to_be_visible()
        assert _cells_outside(page) == []
        shoot_screen(page, "phone-overview")
        page.evaluate(_UNSTUCK)
        watched.check("phone-nowhere")
        plan = page.locator("[data-place] svg")
        box = plan.bounding_box()
        assert box is not None
        plan.click(position={"x": box["width"] / 2 - 20, "y": box["height"] / 2})
        expect(told).to_contain_text("单元网格")
        expect(plan.locator(".pin")).to_have_count(1)
        cell = told.inner_text()
        plan.press("ArrowUp")
        expect(told).to_contain_text(cell.split(" · ")[1])
        shoot_screen(page, "phone-pinned")
        take_photo(page, 210)
        page.locator("[data-category] input").fill("暴露生活")
        page.locator(".chip", has_text="暴露生活垃圾").first.click()
        page.locator("[data-submit]").click()
        expect(page.locator("[data-result]")).to_contain_text(KEPT)
        expect_soon(page, lambda: len(office.rows("cases")) == before + 1)
    (made,) = office.rows("cases")[before:]
    assert made["cell"] in cell
    assert office.case(made["number"]).fields.get("uncertainty_m") is None


def _cells_outside(page: Page) -> list[str]:
    """The own cells that lie over the side of the map."""
    found: list[str] = page.evaluate("""() => {
        const out = document.querySelector(".plan svg").getBoundingClientRect();
        const is_in = (box) => box.left >= out.left - 1 && box.right <= out.right + 1 && box.top >= out.top - 1 && box.bottom <= out.bottom + 1;
        return [...document.querySelectorAll(".cell-own")].filter((each) => !is_in(each.getBoundingClientRect())).map((each) => each.getAttribute("d"));
    }""")
    return found
