"""What each role does in the manual, with the pictures that come of it: the door, citizens, inspectors, the centre."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
from playwright.sync_api import Page, expect

from tests.browser.breaking import line_to
from tests.browser.studio import PlayedOffice, Studio, fill_sign_in

Scene = Callable[[Studio], None]
# Each scene with the pictures that it makes, in the order in which they are played.
SCENES: list[tuple[Scene, tuple[str, ...]]] = []


def scene(*pictures: str) -> Callable[[Scene], Scene]:
    """Mark a scene with the names of its pictures."""

    def mark(play: Scene) -> Scene:
        SCENES.append((play, pictures))
        return play

    return mark


# --- the door -------------------------------------------------------------------------------------------------


@scene("account-sign-in", "account-look", "account-own", "account-device", "account-code", "account-english")
def come_in_and_look_after_the_account(studio: Studio) -> None:
    with studio.visit() as watched:
        page = watched.open("/sign-in")
        fill_sign_in(page, "dispatcher2")
        studio.take("account-sign-in", page, height=470)
        studio.sign_in(watched, "dispatcher2")
        page.get_by_text("外观", exact=True).click()
        studio.take("account-look", page, height=300)
        page.get_by_role("button", name="大字").click()
        expect(page.locator("html")).to_have_class("text-large")
        page.get_by_text("外观", exact=True).click()
        page.get_by_role("button", name="标准").click()
        page.locator(".bar-account").click()
        studio.take("account-own", page)
        page.get_by_role("button", name="绑定验证器").click()
        panel = page.get_by_role("region", name="验证器")
        expect(panel.locator(".code-picture")).to_be_visible()
        secret = panel.locator(".code-secret").inner_text()
        panel.get_by_label("验证码").fill(_code(studio, secret))
        panel.get_by_role("button", name="绑定").click()
        expect(page.get_by_role("region", name="验证器")).to_contain_text("已绑定")
        studio.take("account-device", page.get_by_role("region", name="验证器"))
        watched.leave()
        studio.office.tick(1)
        fill_sign_in(page, "dispatcher2")
        page.get_by_role("button", name="登录").click()
        page.get_by_role("textbox", name="验证码").fill("123456")
        studio.take("account-code", page, height=400)
        page.get_by_role("textbox", name="验证码").fill(_code(studio, secret))
        page.get_by_role("button", name="登录").click()
        page.get_by_text("外观", exact=True).click()
        page.get_by_role("button", name="English").click()
        watched.open("/desk")
        expect(page.locator(".bar-nav")).to_contain_text("Cases")
        page.wait_for_load_state("networkidle")
        studio.take("account-english", page, height=420)


def _code(studio: Studio, secret: str) -> str:
    """What the device shows at this moment."""
    return pyotp.TOTP(secret).at(studio.office.now)


# --- citizens -------------------------------------------------------------------------------------------------


@scene("citizen-home", "citizen-report", "citizen-made", "citizen-follow")
def report_and_follow_as_a_citizen(studio: Studio) -> None:
    with studio.visit(size="phone") as watched:
        page = watched.open("/public")
        studio.take("citizen-home", page, height=480)
        page.get_by_role("link", name="反映问题").click()
        form = page.locator("form[data-key=public]")
        form.locator("input[type=file]").set_input_files(studio.photo("before"))
        page.locator(".category-search").fill("暴露生活垃圾")
        page.get_by_label("问题描述").fill("小区门口垃圾桶旁堆放生活垃圾，有异味")
        page.get_by_role("button", name="取当前定位").click()
        expect(page.locator("[name=lon]")).not_to_have_value("")
        page.get_by_label("地址").fill("红旗路 8 号门前")
        page.get_by_label("电话（可不填）").fill("13800001234")
        page.wait_for_load_state("networkidle")
        studio.take("citizen-report", page.locator(".narrow"), height=1100)
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.get_by_role("heading", name="已提交")).to_be_visible()
        studio.take("citizen-made", page, height=480)
        page.get_by_role("button", name="查看进度").click()
        expect(page.locator("ol.brief")).to_contain_text("正在核实")
        studio.take("citizen-follow", page, height=560)


# --- inspectors -----------------------------------------------------------------------------------------------


@scene("inspector-report", "inspector-near", "inspector-sent", "inspector-area")
def report_at_the_phone(studio: Studio) -> None:
    with studio.visit("inspector", size="phone") as watched:
        page = watched.open("/phone/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        expect(page.locator("[data-place] [data-told]").first).to_contain_text("单元网格")
        page.locator("[data-photos=before] input[type=file]").set_input_files(studio.photo("before"))
        expect(page.locator("[data-photos=before] .thumb")).to_have_count(1)
        _choose(page, "blshlj", "暴露生活垃圾")
        expect(page.locator("[data-near] li").first).to_contain_text("暴露生活垃圾")
        page.evaluate("window.scrollTo(0, 0)")
        studio.take("inspector-report", page)
        page.locator("[data-near]").scroll_into_view_if_needed()
        studio.take("inspector-near", page)
        _choose(page, "dlbj", "道路不洁")
        page.locator("[data-submit]").click()
        expect(page.locator("[data-result]")).to_contain_text("已送达，案件编号")
        expect(page.locator("[data-count]")).to_have_text("0 条待发，0 条丢失")
        studio.take("inspector-sent", page, height=420)
        page.get_by_role("link", name="辖区").click()
        expect(page.locator("[data-here]")).to_contain_text("我的位置")
        studio.take("inspector-area", page)


def _choose(page: Page, typed: str, name: str) -> None:
    page.locator("[data-category] input").fill(typed)
    page.locator(".chip", has_text=name).first.click()


@scene("inspector-tasks", "inspector-verify", "inspector-outbox")
def do_tasks_with_and_without_a_line(studio: Studio) -> None:
    number = _give_tasks(studio.office)
    with line_to(studio.base) as line, studio.visit("inspector", size="phone", over=line.base) as watched:
        page = watched.open("/phone/tasks")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        task = page.locator(f'[data-number="{number}"]')
        expect(task.locator(".thumb img").first).to_be_visible()
        expect(page.locator("[data-tasks] .thumb img")).to_have_count(3)
        studio.take("inspector-tasks", page)
        task.locator("summary", has_text="核查通过").click()
        form = task.locator("details[open] form")
        form.locator("input[type=file]").set_input_files(studio.photo("verification"))
        expect(form.locator(".thumb")).to_have_count(1)
        task.locator("details[open]").scroll_into_view_if_needed()
        studio.take("inspector-verify", page)
        form.get_by_role("button", name="核查通过").click()
        expect(task).to_have_count(0)
        expect(page.locator("[data-count]")).to_have_text("0 条待发，0 条丢失")
        line.is_down = True
        page.get_by_role("link", name="上报").click()
        page.locator("[data-photos=before] input[type=file]").set_input_files(studio.photo("before"))
        expect(page.locator("[data-photos=before] .thumb")).to_have_count(1)
        _choose(page, "ldzl", "绿地脏乱")
        page.locator("[data-submit]").click()
        expect(page.locator("[data-count]")).to_have_text("1 条待发，0 条丢失")
        page.get_by_role("link", name="待发", exact=True).click()
        expect(page.locator("[data-waiting] > li")).to_have_count(1)
        # The id that the phone made is in the signature: it is another one each time.
        page.locator("[data-receipts] code").evaluate_all(
            "codes => codes.forEach((code) => { code.textContent = 'a96deda18a7ff38a'; })"
        )
        studio.take("inspector-outbox", page)
        line.is_down = False
        watched.errors = [error for error in watched.errors if "net::ERR_" not in error]
        page.locator("[data-send]").click()
        expect(page.locator("[data-count]")).to_have_text("0 条待发，0 条丢失")


def _give_tasks(office: PlayedOffice) -> str:
    """Two tasks for the inspector: to confirm what the citizen reported, and to verify a case that was handled."""
    asked = next(row["number"] for row in office.rows("cases") if row["address"] == "红旗路 8 号门前")
    office.move(
        "intake_operator", asked, "send_confirmation", inspector="inspector", question="是否仍有垃圾堆放"
    )
    handled = _walk(
        office,
        office.report(
            "inspector5", sub_code="14", description="人行道有渣土遗撒", address="红旗路 21 号门前"
        ),
        "HW",
    )
    office.move(
        "intake_operator", handled, "send_verification", inspector="inspector", question="请对准原位置拍照"
    )
    return handled


def _walk(office: PlayedOffice, number: str, department: str) -> str:
    """Bring a case that was reported to its feedback."""
    officer = next(
        name
        for name, actor in office.people.items()
        if actor.department == department and actor.has_role("department_officer")
    )
    for who, trigger, records in (
        ("intake_operator", "accept", {}),
        ("shift_supervisor", "file", {"condition_no": 1, "duplicates_seen": True}),
        ("dispatcher", "dispatch", {"department": department}),
        (officer, "receive", {}),
        (officer, "give_feedback", {"measure": "已清扫", "photos": 1}),
    ):
        office.tick(6)
        office.camera = "after"
        office.move(who, number, trigger, **records)
    office.camera = "before"
    return number


# --- the centre -----------------------------------------------------------------------------------------------


@scene("centre-desk", "centre-accept", "centre-call")
def take_in_at_the_desk(studio: Studio) -> None:
    with studio.visit("intake_operator") as watched:
        page = watched.open("/desk")
        expect(page.locator("[data-case]")).to_be_visible()
        page.wait_for_load_state("networkidle")
        studio.take("centre-desk", page)
        page.keyboard.press("1")
        studio.take("centre-accept", page.locator("details.move[open]"))
        page.set_viewport_size({"width": 1280, "height": 1700})  # a form that is longer than the screen
        watched.open("/report")
        page.locator("[name=reporter_phone]").fill("13800001234")
        expect(page.locator("[data-calls]")).to_contain_text("暴露生活垃圾")
        page.locator("[name=address]").fill("红旗路")
        expect(page.locator("[data-place]").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        studio.take("centre-call", page.locator(".narrow"))


@scene("centre-dispatch", "centre-keys", "centre-bulk", "centre-done")
def dispatch_with_the_keyboard(studio: Studio) -> None:
    _fill_the_queue(studio.office)
    with studio.visit("dispatcher") as watched:
        page = watched.open("/desk")
        expect(page.locator(".suggestion")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("s")
        expect(page.get_by_role("button", name="派遣", exact=True)).to_be_focused()
        page.wait_for_load_state("networkidle")
        studio.take("centre-dispatch", page)
        page.keyboard.press("?")
        studio.take("centre-keys", page.get_by_role("dialog"))
        page.keyboard.press("Escape")
        for key in ("x", "j", "j", "Shift+X", "b"):
            page.keyboard.press(key)
        expect(page.get_by_role("heading", name="批量办理：派遣")).to_be_visible()
        studio.take("centre-bulk", page)
        page.get_by_role("button", name="派遣 3 件").click()
        expect(page.locator(".notice-good")).to_contain_text("已办理 3 件")
        studio.take("centre-done", page, height=520)


def _fill_the_queue(office: PlayedOffice) -> None:
    """Some filed cases that wait for their department."""
    places = (
        ("10", "垃圾桶满溢，垃圾散落在外", "红旗路 30 号"),
        ("12", "路面有油污", "红旗路 46 号"),
        ("17", "绿地内有枯枝落叶", "长江道 5 号"),
        ("29", "夜间露天烧烤，油烟扰民", "长江道 18 号"),
    )
    for sub_code, description, address in places:
        number = office.report("inspector5", sub_code=sub_code, description=description, address=address)
        office.tick(3)
        office.move("intake_operator", number, "accept")
        office.tick(3)
        office.move("shift_supervisor", number, "file", condition_no=1, duplicates_seen=True)


# --- leaders --------------------------------------------------------------------------------------------------


@scene("leader-overview", "leader-cases", "leader-wall", "leader-phone")
def look_as_a_leader(studio: Studio) -> None:
    with studio.visit("leader") as watched:
        page = watched.page
        expect(page.get_by_role("heading", name="在好转吗")).to_be_visible()
        studio.take("leader-overview", page)
        page.locator(".lead-how .r-open").first.click()
        expect(page.get_by_text("各行之和即为")).to_be_visible()
        studio.take("leader-cases", page, height=520)
        page.set_viewport_size({"width": 1280, "height": 720})
        watched.open("/leader/wall")
        expect(page.locator("[data-state]")).to_contain_text("数字")
        studio.take("leader-wall", page)
    with studio.visit("leader", size="phone") as watched:
        expect(watched.page.locator(".lead-better")).to_be_visible()
        studio.take("leader-phone", watched.page)
