"""An administrator reads a workflow, tries files and texts, and looks at settings and jobs in the browser."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from gridcase.resources import shipped_folder
from tests.browser.driving import SIZES, opened
from tests.jobs.test_node import job, node
from tests.making import Office

pytestmark = pytest.mark.browser

STANDARD = (shipped_folder() / "workflows" / "standard.toml").read_text(encoding="utf-8")
# The size of letters as they stand on the glass, and how far the picture goes beyond its box.
_LETTERS = """picture => {
  const scale = picture.getBoundingClientRect().width / picture.viewBox.baseVal.width;
  return Math.min(...[...picture.querySelectorAll('text')].map(
    text => parseFloat(getComputedStyle(text).fontSize) * scale));
}"""
_BEYOND = "picture => { const box = picture.closest('.scroll'); return box.scrollWidth - box.clientWidth; }"
_TOUCHING = """picture => {
  const boxes = [...picture.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([one, a], at) => boxes.slice(at + 1).forEach(([other, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && high > 5) found.push(one + ' / ' + other);
  }));
  return found;
}"""


def _choose(page: Page, text: str) -> None:
    page.locator('input[type="file"]').set_input_files(
        {"name": "standard-2.toml", "mimeType": "application/toml", "buffer": text.encode()}
    )
    page.get_by_role("button", name="检查", exact=True).click()


@pytest.mark.parametrize("size", SIZES)
def test_a_workflow_is_read_as_a_picture_and_a_file_is_tried(browser: Browser, base: str, size: str) -> None:
    with opened(browser, base, size=size) as watched:
        page = watched.enter("administrator")
        page.get_by_role("link", name="管理", exact=True).click()
        page.get_by_role("link", name="流程定义", exact=True).click()
        page.get_by_role("link", name="standard@1", exact=True).click()
        for language in ("中文", "English"):
            picture = page.locator("svg.ladder[role=img]")
            expect(picture).to_be_visible()
            # Letters are never drawn smaller than they are read; a narrow screen scrolls the box, not the page.
            assert picture.evaluate(_LETTERS) >= 12
            assert (picture.evaluate(_BEYOND) > 0) == (size == "phone")
            assert picture.evaluate(_TOUCHING) == []
            watched.check(f"{size}-definition-{language}")
            if language == "中文":
                page.get_by_text("外观", exact=True).click()
                page.get_by_role("button", name="English").click()
        page.locator("summary").first.click()
        page.get_by_role("button", name="中文").click()
        page.get_by_text("Mermaid 文本（可复制到文档）").click()
        expect(page.get_by_label("Mermaid 文本")).to_have_value(re.compile("stateDiagram-v2"))

        watched.open("/admin/definitions")
        _choose(page, STANDARD.replace('to = "handled"', 'to = "handeld"'))
        expect(page.get_by_role("alert")).to_contain_text("处错误，文件没有放入")
        expect(page.get_by_text('to = "handeld", nearest is "handled"')).to_have_count(2)
        watched.check(f"{size}-definition-faults")
        _choose(page, STANDARD.replace("version = 1", "version = 2").replace('"返工"', '"重新处置"'))
        expect(page.get_by_text("没有发现错误").first).to_be_visible()
        expect(page.locator("svg.ladder[role=img]").get_by_text("重新处置 · 派遣员")).to_have_count(1)
        watched.check(f"{size}-definition-tried")


@pytest.mark.parametrize("size", SIZES)
def test_texts_settings_and_jobs_are_looked_at(
    browser: Browser, base: str, open_office: Office, size: str
) -> None:
    def fail() -> None:
        raise OSError("磁盘已满")

    open_office.now += timedelta(minutes=5)
    node(open_office, job("release_holds", list[datetime]()), job("notices", [], fail)).tick()
    with opened(browser, base, size=size) as watched:
        page = watched.enter("administrator")
        watched.open("/admin")
        page.get_by_role("link", name="通知文字", exact=True).click()
        page.get_by_role("link", name="催办", exact=True).click()
        page.get_by_role("textbox", name="文字").fill("{{ to }}：请办理 {{ numbr }}")
        page.get_by_role("button", name="检查并预览").click()
        expect(page.get_by_text('nearest is "number"')).to_be_visible()
        page.get_by_role("textbox", name="文字").fill("{{ to }}：请办理 {{ number }}")
        page.get_by_role("button", name="检查并预览").click()
        expect(page.get_by_text("甲局：请办理 20261009000123").first).to_be_visible()
        watched.check(f"{size}-notice-tried")

        watched.open("/admin")
        page.get_by_role("link", name="生效的设置", exact=True).click()
        page.get_by_label("名称、数值或含义").fill("密码最少")
        page.get_by_role("button", name="应用").click()
        expect(page.get_by_role("row", name="min_length")).to_contain_text("10")
        expect(page.get_by_role("row", name="yellow")).to_have_count(0)
        watched.check(f"{size}-settings-found")

        watched.open("/admin")
        page.get_by_role("link", name="定时任务", exact=True).click()
        expect(page.get_by_role("row", name="把受理、并案、办结的结果告知反映人")).to_contain_text("上次失败")
        page.get_by_role("link", name="把受理、并案、办结的结果告知反映人").click()
        page.get_by_role("link", name="失败", exact=True).click()
        expect(page.get_by_text("OSError: 磁盘已满").first).to_be_visible()
        watched.check(f"{size}-job-failed")
