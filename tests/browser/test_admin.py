"""An administrator takes over rules and a calendar in the browser: faults, preview, confirmation, and what is then in force."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import SIZES, opened
from tests.making import Office
from tests.web_pages.uploading import CALENDAR_HEADER, RULES_HEADER

pytestmark = pytest.mark.browser


def _file(name: str, text: str) -> dict[str, str | bytes]:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


@pytest.mark.parametrize("size", SIZES)
def test_rules_and_a_calendar_are_taken_over(
    browser: Browser, base: str, open_office: Office, size: str
) -> None:
    department = {"desk": "B", "phone": "S"}[size]
    open_office.walk(open_office.report(), "dispatched", department="A")
    with opened(browser, base, size=size) as watched:
        page = watched.enter("administrator")
        page.get_by_role("link", name="管理", exact=True).click()
        watched.check(f"{size}-admin")
        page.get_by_role("link", name="责任规则", exact=True).click()
        page.get_by_role("link", name="导入规则").click()

        watched.expected.add(422)
        page.get_by_label("CSV 文件").set_input_files(_file("rules.csv", f"{RULES_HEADER},,,,NOBODY,,x,,,\n"))  # type: ignore[arg-type]
        page.get_by_role("button", name="上传并预览").click()
        expect(page.get_by_role("alert")).to_contain_text("文件有 2 处错误，没有写入")
        expect(page.get_by_role("cell", name="没有部门“NOBODY”")).to_be_visible()
        watched.check(f"{size}-admin-faults")

        lines = f",,,,A,,,,,兜底\nevent,01,10,,{department},,5,,,垃圾\nevent,02,,,S,,,2027-01-01,,明年起\n"
        page.get_by_label("CSV 文件").set_input_files(_file("rules.csv", RULES_HEADER + lines))  # type: ignore[arg-type]
        page.get_by_role("button", name="上传并预览").click()
        expect(page.get_by_role("heading", name="预览：确认后正好写入这些")).to_be_visible()
        watched.check(f"{size}-admin-preview")
        page.get_by_role("link", name="用新规则回放上月的派遣").click()
        page.get_by_role("textbox", name="周期").fill("2026-10")
        page.get_by_role("button", name="应用").click()
        expect(page.get_by_role("region", name="去别的部门的派遣")).to_contain_text("暴露生活垃圾")
        watched.check(f"{size}-admin-replay")
        page.get_by_role("link", name="← 导入预览").click()
        page.get_by_role("button", name="确认导入").click()
        expect(page.get_by_text("已导入，现在起按新的办理。")).to_be_visible()
        watched.check(f"{size}-admin-rules")
        rows = open_office.rows("responsibility_rule")
        assert sorted(row["department"] for row in rows) == sorted(["A", department, "S"])

        page.get_by_role("link", name="空白和冲突").click()
        expect(page.get_by_text("没有空白和冲突")).to_be_visible()
        events_alone = _file("rules.csv", f"{RULES_HEADER}event,,,,A,,,,,\n")
        watched.open("/admin/import/rules")
        page.get_by_label("CSV 文件").set_input_files(events_alone)  # type: ignore[arg-type]
        page.get_by_role("button", name="上传并预览").click()
        page.get_by_role("link", name="导入后的空白和冲突").click()
        page.get_by_role("link", name="无责任部门").click()
        expect(page.get_by_role("row").nth(1)).to_contain_text("无责任部门")
        watched.check(f"{size}-admin-gaps")
        page.get_by_role("row").nth(1).get_by_role("link").click()
        expect(page.get_by_text("即全部")).to_be_visible()

        watched.open("/admin/import/calendar")
        days = f"2027-10-01,holiday,国庆节\n2027-10-09,workday,国庆节{size}\n"
        page.get_by_label("CSV 文件").set_input_files(_file("2027.csv", CALENDAR_HEADER + days))  # type: ignore[arg-type]
        page.get_by_role("button", name="上传并预览").click()
        page.get_by_role("button", name="确认导入").click()
        watched.open("/admin/calendar?year=2027")
        expect(page.get_by_title(f"国庆节{size}")).to_have_text("9班")
        watched.check(f"{size}-admin-calendar")
