"""What each role does in the manual, with the pictures that come of it: departments, administrators."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.driving import move_form, send_move
from tests.browser.manual_scenes import SCENES, scene
from tests.browser.studio import PlayedOffice, Studio
from tests.house.repository import ROOT

__all__ = ["SCENES"]

# --- departments ----------------------------------------------------------------------------------------------


@scene(
    "department-desk", "department-extension", "department-handback", "department-assign", "department-month"
)
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


# --- what several roles read ----------------------------------------------------------------------------------


@scene("centre-deadline", "leader-ranking")
def read_a_case_and_a_ranking(studio: Studio) -> None:
    number = next(row["number"] for row in studio.office.rows("cases") if row["state"] == "handling")
    with studio.visit("shift_supervisor") as watched:
        page = watched.open(f"/cases/{number}")
        page.set_viewport_size({"width": 1280, "height": 1500})
        studio.take("centre-deadline", page.locator("#deadline"), height=700)
    with studio.visit("leader") as watched:
        page = watched.open("/rankings?of=departments&period=2026-10")
        page.wait_for_load_state("networkidle")
        studio.take("leader-ranking", page)


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


# --- administrators -------------------------------------------------------------------------------------------


def _lay_elsewhere(page: Page, folder: Path) -> None:
    """Tell the folder of a city's server on the page, rather than the one in which this site happens to lie."""
    page.locator("p, td").filter(has_text=str(folder)).evaluate_all(
        "(found, here) => found.forEach(each => { each.innerHTML = each.innerHTML.replaceAll(here, '/srv/gridcase'); })",
        str(folder),
    )


@scene(
    "admin-home",
    "admin-person",
    "admin-password",
    "admin-import",
    "admin-rules",
    "admin-calendar",
    "admin-workflow",
    "admin-notice",
    "admin-settings",
    "admin-jobs",
    "admin-audit",
)
def administer(studio: Studio) -> None:
    with studio.visit("administrator") as watched:
        page = watched.page
        page.get_by_role("link", name="管理", exact=True).click()
        studio.take("admin-home", page)
        watched.open("/admin/people/new")
        page.get_by_label("用户名").fill("wangfang")
        page.get_by_label("姓名").fill("王芳")
        page.get_by_label("处置人员").check()
        page.get_by_label("部门", exact=True).select_option("HW")
        studio.take("admin-person", page.locator(".narrow"), height=1150)
        page.get_by_role("button", name="保存").click()
        # The new password is another one each time.
        told = page.locator(".code-secret")
        told.evaluate("element => { element.textContent = 'xxxx-xxxx-xxxx'; }")
        studio.take("admin-password", page, height=420)
        watched.open("/admin/import/rules")
        with page.expect_download() as coming:
            page.get_by_role("link", name="下载在用的文件").click()
        rules = coming.value.path().read_text(encoding="utf-8-sig").rstrip("\n").replace("\r", "")
        changed = f"{rules}\nevent,01,29,,ZF,,9,2026-12-01,,十二月起由执法支队负责\n".encode()
        page.get_by_label("CSV 文件").set_input_files(
            {"name": "rules.csv", "mimeType": "text/csv", "buffer": changed}
        )
        page.get_by_role("button", name="上传并预览").click()
        expect(page.get_by_role("heading", name="预览：确认后正好写入这些")).to_be_visible()
        studio.take("admin-import", page)
        page.get_by_role("button", name="确认导入").click()
        expect(page.get_by_text("已导入，现在起按新的办理。")).to_be_visible()
        studio.take("admin-rules", page)
        watched.open("/admin/calendar?year=2026")
        studio.take("admin-calendar", page)
        watched.open("/admin/definitions/standard/1")
        page.locator("#picture-title").scroll_into_view_if_needed()
        studio.take("admin-workflow", page)
        watched.open("/admin/notices/reminder")
        _lay_elsewhere(page, ROOT)
        studio.take("admin-notice", page)
        watched.open("/admin/settings")
        _lay_elsewhere(page, Path(studio.office.database.url.database or "").parent)
        studio.take("admin-settings", page, height=620)
        watched.open("/admin/jobs")
        studio.take("admin-jobs", page, height=700)
        watched.open("/audit")
        studio.take("admin-audit", page, height=620)
