"""Answers of the phone that the site does not take: told at their task, kept until the person decides."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from gridcase.clock import CHINA
from tests.browser.breaking import Line
from tests.browser.phoning import expect_counts, fill_in_confirmation, phone, shoot_screen
from tests.making import Office, jpeg

pytestmark = pytest.mark.browser


def test_an_answer_that_was_not_taken_is_told_as_such_at_its_task(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    number = office.walk(office.report("inspector_2", sub_code="05"), "accepted")
    office.move("intake_operator", number, "send_confirmation", inspector="inspector")
    with phone(browser, line, office) as (_context, page, _errors):
        page.goto(f"{line.base}/phone/tasks")
        task = page.locator(f'[data-number="{number}"]')
        form = fill_in_confirmation(task)
        line.is_down = True
        form.get_by_role("button", name="核实属实").click()
        expect(task).to_contain_text("已存入待发")
        office.move("intake_operator", number, "reassign", inspector="inspector_2", reason="临时换班")
        line.is_down = False
        page.evaluate("dispatchEvent(new Event('online'))")

        expect(task).to_contain_text("没有被接收")
        expect(task).not_to_contain_text("已存入待发")
        task.get_by_role("link", name="没有被接收").click()
        stuck = page.locator("[data-waiting] > li.is-blocked")
        expect(stuck).to_contain_text("这一条不用再发")
        expect(stuck.get_by_role("link", name=number)).to_be_visible()
        expect(stuck.get_by_role("button", name="再发一次")).to_have_count(0)
        expect(stuck.get_by_role("button", name="放弃")).to_be_visible()


def test_an_answer_that_another_one_was_quicker_with_is_told_since_when(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    number = office.walk(office.report("inspector_2", sub_code="05"), "accepted")
    office.move("intake_operator", number, "send_confirmation", inspector="inspector")
    with phone(browser, line, office) as (_context, page, _errors):
        page.goto(f"{line.base}/phone/tasks")
        task = page.locator(f'[data-number="{number}"]')
        form = fill_in_confirmation(task)
        line.is_down = True
        form.get_by_role("button", name="核实属实").click()
        expect(task).to_contain_text("已存入待发")
        # From another phone of the same person.
        office.move("inspector", number, "confirm", **office.records("confirm"))
        line.is_down = False
        page.goto(f"{line.base}/phone/outbox")
        page.locator("[data-send]").click()

        stuck = page.locator("[data-waiting] > li.is-blocked")
        since = office.case(number).entries[-1].step.at.astimezone(CHINA)
        expect(stuck).to_contain_text(f"{since:%m-%d %H:%M} 张三 已办理本案。 这一条不用再发")
        expect(stuck).not_to_contain_text("409")
        expect(stuck.get_by_role("button", name="再发一次")).to_have_count(0)
        shoot_screen(page, "phone-overtaken")


def test_what_the_site_refuses_stays_until_the_person_decides(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    number = office.walk(office.report("inspector_2", sub_code="08"), "accepted")
    office.move("intake_operator", number, "send_confirmation", inspector="inspector")
    with phone(browser, line, office) as (_context, page, _errors):
        page.goto(f"{line.base}/phone/tasks")
        task = page.locator(f'[data-number="{number}"]')
        task.locator("summary", has_text="核实不属实").click()
        form = task.locator("form").last
        photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(168)}
        form.locator("input[type=file]").set_input_files(photo)
        expect(form.locator(".thumb")).to_have_count(1)
        line.is_down = True
        form.get_by_role("button", name="核实不属实").click()
        expect_counts(page, 1)
        # Meanwhile the centre gives the task to somebody else.
        office.move("intake_operator", number, "reassign", inspector="inspector_2", reason="临时换班")

        line.is_down = False
        page.goto(f"{line.base}/phone/outbox")
        page.locator("[data-send]").click()
        expect(page.locator(".why")).to_contain_text("任务未分派给本人")
        by = office.case(number).entries[-1]
        since = f"{by.step.at.astimezone(CHINA):%m-%d %H:%M} {by.actor_name}"
        expect(page.locator(".is-blocked")).to_contain_text(f"{since} 已收回或改派这项任务。 这一条不用再发")
        page.reload()
        expect(page.locator(".why")).to_contain_text("任务未分派给本人")
        expect_counts(page, 1)
        shoot_screen(page, "phone-refused")
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="放弃").click()
        expect_counts(page, 0)
    assert office.case(number).state == "confirming"
