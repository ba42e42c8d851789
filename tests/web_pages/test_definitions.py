"""Administrators read the workflow definitions: versions with their cases, picture, tables, faults, differences."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from gridcase.engine import diagram
from gridcase.resources import shipped_folder
from gridcase.web.pages.english import is_chinese
from gridcase.web.pages.look import COOKIE
from tests.making import make_office
from tests.web_pages.visiting import Site, Visitor, words_of

STANDARD = (shipped_folder() / "workflows" / "standard.toml").read_text(encoding="utf-8")


@pytest.fixture
def admin(kept_site: Site) -> Visitor:
    return kept_site.visitor("administrator")


def send(visitor: Visitor, text: str | bytes, name: str = "standard.toml") -> TestResponse:
    content = text if isinstance(text, bytes) else text.encode()
    data = {"csrf_token": visitor.token(), "file": (io.BytesIO(content), name)}
    return visitor.client.post("/admin/definitions/check", data=data, content_type="multipart/form-data")


def test_versions_tell_where_their_cases_stand(both_sites: Site) -> None:
    office = both_sites.office
    for state in ("accepted", "handling"):
        office.walk(office.report(), state)

    page = both_sites.visitor("administrator").get("/admin/definitions").text

    row = words_of(page.split("standard@1</a>")[1].split("</tr>")[0])
    assert row == "标准案件 接收新案件 缺省流程 2 已受理，待立案 1 处置中 1"
    assert "没有发现错误" in page
    assert "gridcase workflow migrate" in page


def test_a_version_is_shown_as_picture_as_text_and_as_tables(admin: Visitor) -> None:
    page = admin.get("/admin/definitions/standard/1").text
    words = words_of(page)

    picture = page.split('<svg class="ladder" role="img"')[1].split("</svg>")[0]
    assert "已上报，待受理" in picture
    assert "返工 · 派遣员" in picture
    definition = admin.office.book.flows.get("standard", 1)
    assert words_of(diagram(definition)).replace("--> ", "--&gt; ")[:60] in " ".join(page.split())
    assert "处置反馈 give_feedback" in words
    assert "缺少规定种类的照片 has_photo:after" in words
    assert "立案条件的处置时限" in words
    assert "派遣员、值班长" in words
    assert "style=" not in page
    assert admin.get("/admin/definitions/standard/9").status_code == 404
    assert admin.get("/admin/definitions/nothing/1").status_code == 404


@pytest.mark.parametrize("path", ["", "/two_level/1", "/compare?old=standard@1&new=two_level@1"])
def test_in_english_no_word_of_the_shipped_workflows_is_left_in_chinese(kept_site: Site, path: str) -> None:
    visitor = kept_site.visitor("administrator")
    visitor.client.set_cookie(COOKIE, "auto.normal.en")

    page = visitor.get(f"/admin/definitions{path}").text.split("<main")[1].split("</main>")[0]

    # The text to copy and the values of a file stay as files tell them.
    page = re.sub(r"(?s)<textarea.*?</textarea>|<code>.*?</code>", "", page)
    assert "Workflows" in page
    assert [text for text in words_of(page).split() if is_chinese(text)] == []


def test_two_versions_are_compared(admin: Visitor) -> None:
    words = admin.text("/admin/definitions/compare?old=standard@1&new=two_level@1")

    assert "原来 现在" in words
    assert "改动 流程 standard name standard two_level" in words
    assert "内容相同" in admin.text("/admin/definitions/compare?old=standard@1&new=standard@1")
    for wrong in ("old=standard&new=standard@1", "old=standard@1", "old=standard@x&new=standard@1"):
        assert admin.get(f"/admin/definitions/compare?{wrong}").status_code == 404


def test_a_sound_file_is_drawn_and_compared_and_nothing_is_put_in(admin: Visitor) -> None:
    text = STANDARD.replace("version = 1", "version = 2").replace('label = "返工"', 'label = "重新处置"')

    words = words_of(send(admin, text, "standard-2.toml").text)

    assert "没有发现错误 文件没有放入，系统没有任何改变。" in words
    assert "与现行 standard@1 的差异" in words
    assert "label 返工 重新处置" in words
    assert "重新处置 · 派遣员" in words
    assert admin.get("/admin/definitions/standard/2").status_code == 404


def test_every_fault_of_a_file_is_told_with_its_place_and_the_nearest_name(admin: Visitor) -> None:
    text = STANDARD.replace('roles = ["dispatcher"]', 'roles = ["dispacher"]', 1).replace(
        '"limit_filed"', '"limit_fild"'
    )

    words = words_of(send(admin, text).text)

    assert "发现" in words
    assert "workflows/standard.toml" in words
    assert 'nearest is "dispatcher"' in words
    assert 'nearest is "limit_filed"' in words
    assert "没有此条件 unknown_guard" in words
    assert "没有此岗位" in words


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "", "没有选择文件"),
        (b"", "empty.toml", "缺少必需的项"),
        (b"\xff\xfe", "odd.toml", "文件无法读取"),
        (b"a = " + b"[" * 5000, "deep.toml", "文件无法读取"),
        (b"x" * (256 * 1024 + 1), "large.toml", "文件过大"),
        (b"<script>alert(1)</script>", "<script>.toml", "文件无法读取"),
    ],
)
def test_a_file_that_is_no_definition_is_refused_in_words(
    admin: Visitor, content: bytes, name: str, told: str
) -> None:
    answer = send(admin, content, name)

    assert answer.status_code == 200
    assert told in words_of(answer.text)
    assert "<script>" not in answer.text.replace('<script type="module"', "")


def test_a_text_changed_under_its_version_is_told_of_the_file_and_of_the_site(
    tmp_path: Path, quick_geo: Path, filled_sqlite: Path
) -> None:
    shutil.copyfile(filled_sqlite, tmp_path / "gridcase.db")
    office = make_office(f"sqlite:///{tmp_path / 'gridcase.db'}", tmp_path, geo=quick_geo)
    office.report()
    site = Site(office)
    admin = site.visitor("administrator")

    words = words_of(send(admin, STANDARD.replace("结案", "完结")).text)

    assert "流程已改动但版本号未增加 version_not_raised" in words
    office.database.close()


@pytest.mark.parametrize("who", ["leader", "shift_supervisor", "officer_a", "inspector"])
def test_nobody_else_reads_definitions(kept_site: Site, who: str) -> None:
    visitor = kept_site.visitor(who)

    for path in ("", "/standard/1", "/nothing/1", "/compare?old=standard@1&new=standard@1"):
        assert visitor.get(f"/admin/definitions{path}").status_code == 403
    assert send(visitor, STANDARD).status_code == 403
    assert kept_site.visitor().get("/admin/definitions").status_code == 302
