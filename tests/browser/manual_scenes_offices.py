"""What each role does in the manual, with the pictures that come of it: departments, administrators."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.driving import move_form, send_move
from tests.browser.manual_scenes import SCENES, scene
from tests.browser.studio import PlayedOffice, Studio

__all__ = ["SCENES"]

# --- departments ----------------------------------------------------------------------------------------------


@scene("department-desk", "department-extension", "department-handback", "department-assign", "department-month")
def work_at_the_desk_of_the_department(studio: Studio) -> None:
    number = _dispatch_one(studio.office)
    with studio.visit("department_officer") as watched:
        page = watched.open("/department/desk")
        expect(page.locator("[data-case]")).to_be_visible()
        page.wait_for_load_state("networkidle")
        studio.take("department-desk", page)
        watched.open(f"/department/desk?case={number}")
        send_move(page, "接收")
        expect(page.locator(".notice-good")).to_contain_text("处置中")
        watched.open(f"/department/desk?case={number}")
        page.set_viewport_size({"width": 1280, "height": 1500})  # a form that is longer than the screen
        move_form(page, "申请延期")
        studio.take("department-extension", page.locator("details.move[open]"))
        move_form(page, "回退")
        studio.take("department-handback", page.locator("details.move[open]"))
        move_form(page, "指派处置人员").locator("[name=handler]").select_option("handler")
        studio.take("department-assign", page.locator("details.move[open]"))
        page.get_by_role("button", name="指派处置人员", exact=True).click()
        expect(page.locator(".notice-good")).to_contain_text(number)
        page.set_viewport_size({"width": 1280, "height": 800})
        watched.open("/department")
        page.wait_for_load_state("networkidle")
        studio.take("department-month", page)


@scene("handler-tasks", "handler-submit")
def handle_at_the_phone(studio: Studio) -> None:
    with studio.visit("handler", size="phone") as watched:
        page = watched.open("/handler")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        task = page.locator("[data-tasks] > li").first
        expect(task.locator(".thumb img").first).to_be_visible()
        studio.take("handler-tasks", page)
        task.get_by_text("提交处置结果", exact=True).first.click()
        form = task.locator("details[open] form")
        form.locator("input[type=file]").first.set_input_files(studio.photo("after"))
        expect(form.locator(".thumb")).to_have_count(1)
        form.locator("[name=measure]").fill("已清运垃圾并冲洗路面")
        task.locator("details[open]").scroll_into_view_if_needed()
        studio.take("handler-submit", page)
        form.get_by_role("button", name="提交处置结果").click()
        expect(page.locator("[data-handed-in] li")).to_have_count(1)
        expect(page.locator("[data-count]")).to_have_text("0 条待发，0 条丢失")


def _dispatch_one(office: PlayedOffice) -> str:
    """A case that waits for the department of the first officer."""
    number = office.report("inspector5", sub_code="10", description="路口垃圾桶满溢", address="长江道 40 号")
    for who, trigger, records in (
        ("intake_operator", "accept", {}),
        ("shift_supervisor", "file", {"condition_no": 1, "duplicates_seen": True}),
        ("dispatcher", "dispatch", {"department": "HW", "opinion": "请尽快清运"}),
    ):
        office.tick(2)
        office.move(who, number, trigger, **records)
    office.tick(5)
    return number
