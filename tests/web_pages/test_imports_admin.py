"""Imports by upload: a preview changes nothing, a confirmation applies what was seen and nothing else, faults have lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gridcase.cases import import_kinds
from gridcase.cases.upload_text import MOST_BYTES
from tests.web_pages.uploading import (
    CALENDAR_HEADER,
    CATEGORIES_HEADER,
    RULES_HEADER,
    confirm,
    faults,
    seen,
    upload,
)
from tests.web_pages.visiting import Site, Visitor, words_of

STANDARD = "yuncheng-2026"
GOOD = {
    "rules": f"{RULES_HEADER},,,,A,,,,,兜底\nevent,01,10,,B,,1,2027-01-01,,\n",
    "calendar": f"{CALENDAR_HEADER}2027-10-01,holiday,国庆节\n2027-10-09,workday,国庆节\n",
    "categories": f"{CATEGORIES_HEADER}{STANDARD},event,01,市容环境,10,暴露垃圾,1,有垃圾,没有垃圾,3工作日\n",
}
TABLE = {
    "rules": ("responsibility_rule", "rules_imported"),
    "calendar": ("calendar_day", "calendar_imported"),
    "categories": ("category_condition", "categories_imported"),
}
KINDS = sorted(GOOD)


@pytest.fixture
def site(both_sites: Site) -> Site:
    return both_sites


def stored(site: Site, kind: str) -> list[dict[str, Any]]:
    return site.office.rows(TABLE[kind][0])


def audited(site: Site, kind: str) -> list[str]:
    return [row["subject"] for row in site.office.rows("audit_entry") if row["act"] == TABLE[kind][1]]


def test_a_preview_changes_nothing_and_a_confirmation_writes_it_once(site: Site) -> None:
    admin = site.visitor("administrator")
    for kind in KINDS:
        before = stored(site, kind)

        assert upload(admin, kind, GOOD[kind], name="../tables/next.csv").status_code == 303
        page = admin.text(f"/admin/import/{kind}")
        assert "next.csv" in page
        assert "确认后正好写入这些" in page
        assert stored(site, kind) == before
        assert audited(site, kind) == []
        shown = seen(admin, kind)
        done = confirm(admin, kind, shown)

        assert done.status_code == 303
        assert "已导入" in admin.text(done.location)
        assert stored(site, kind) != before
        assert len(stored(site, kind)) == GOOD[kind].count("\n") - 1
        (told,) = audited(site, kind)
        assert told.startswith("next.csv +")
        # The button pressed twice: the second press finds nothing to confirm.
        again = confirm(admin, kind, shown)
        assert again.status_code == 409
        assert "没有写入" in words_of(again.text)
        assert len(audited(site, kind)) == 1
        # What is in force, as a file that is uploaded again, changes nothing.
        file = admin.get(f"/admin/import/{kind}/in-force.csv")
        assert file.headers["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
        upload(admin, kind, file.data)
        assert "与在用的完全一样" in admin.text(f"/admin/import/{kind}")
        assert seen(admin, kind) == {}


def test_what_another_changed_meanwhile_is_said_instead_of_applied(site: Site) -> None:
    admin = site.visitor("administrator")
    site.office.add_user("second", "administrator")
    other = site.visitor("second")
    upload(admin, "rules", GOOD["rules"])
    shown = seen(admin, "rules")
    upload(other, "rules", f"{RULES_HEADER},,,,B,,,,,\n")
    assert confirm(other, "rules").status_code == 303

    late = confirm(admin, "rules", shown)

    assert late.status_code == 409
    assert "在用的数据已被更改" in words_of(late.text)
    assert [row["department"] for row in stored(site, "rules")] == ["B"]
    # The page shows the new preview, which can be confirmed.
    assert confirm(admin, "rules").status_code == 303
    assert sorted(row["department"] for row in stored(site, "rules")) == ["A", "B"]


def test_another_upload_of_the_same_person_is_not_applied_unseen(site: Site) -> None:
    admin = site.visitor("administrator")
    upload(admin, "rules", GOOD["rules"])
    shown = seen(admin, "rules")
    upload(admin, "rules", f"{RULES_HEADER},,,,B,,,,,\n")

    answer = confirm(admin, "rules", shown)

    assert answer.status_code == 409
    assert "待确认的文件已更换" in words_of(answer.text)
    assert stored(site, "rules") == []
    assert admin.post("/admin/import/rules/discard").status_code == 303
    assert "已放弃" in admin.text("/admin/import/rules")
    assert confirm(admin, "rules", shown).status_code == 409


def test_a_file_that_no_longer_fits_is_told_with_its_line(site: Site) -> None:
    admin = site.visitor("administrator")
    upload(admin, "rules", f"{RULES_HEADER},,,,A,,,,,\n,,,,N,,,,,\n")
    admin.post("/admin/departments", code="N", name="新局", kind="handling")
    upload(admin, "rules", f"{RULES_HEADER},,,,A,,,,,\n,,,,N,,,,,\n")
    shown = seen(admin, "rules")
    admin.post("/admin/departments/N", name="新局", kind="centre", is_active="yes")

    page, answer = admin.get("/admin/import/rules"), confirm(admin, "rules", shown)

    assert (page.status_code, answer.status_code) == (422, 422)
    assert faults(answer) == [["3", "—", "N 是监督中心内设机构，不承办案件"]]
    assert stored(site, "rules") == []


def test_a_server_that_is_lost_in_the_middle_leaves_nothing_half_written(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = site.visitor("administrator")

    def lost(*_args: object, **_kwargs: object) -> None:
        raise OSError("gone")

    for kind in KINDS:
        upload(admin, kind, GOOD[kind])
        before, shown, facts = stored(site, kind), seen(admin, kind), site.office.rows("site_fact")

        # After the rows are written, before the audit is told.
        with monkeypatch.context() as patch:
            patch.setattr("gridcase.cases.table_imports.note", lost)
            assert confirm(admin, kind, shown).status_code == 500
        assert stored(site, kind) == before
        assert site.office.rows("site_fact") == facts

        assert confirm(admin, kind, shown).status_code == 303
        assert stored(site, kind) != before


# --- files that are none -------------------------------------------------------------------------------------


@pytest.fixture
def plain_site(shared_site: Site) -> Iterator[Site]:
    before = [stored(shared_site, kind) for kind in KINDS]
    yield shared_site
    assert [stored(shared_site, kind) for kind in KINDS] == before
    assert shared_site.office.rows("import_draft") == []


@pytest.fixture
def admin(plain_site: Site) -> Visitor:
    return plain_site.visitor("administrator")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", ["—", "—", "文件是空的"]),
        (b" \r\n\r\n", ["—", "—", "文件是空的"]),
        ("表头\n第二行".encode("gb18030"), ["1", "—", "文件编码是 GBK，请另存为“CSV UTF-8（逗号分隔）”"]),
        ("a,b\n".encode("utf-16"), ["—", "—", "文件编码是 UTF-16，请另存为“CSV UTF-8（逗号分隔）”"]),
        (b"a,b\n\xff\xff", ["2", "—", "文件编码不是 UTF-8，请另存为“CSV UTF-8（逗号分隔）”"]),
        (b"a,b\n1,\0\n", ["2", "—", "含有空字符（NUL），不是文本文件"]),
        (b"PK\x03\x04workbook", ["—", "—", "这是 Excel 工作簿，请在 Excel 中另存为“CSV UTF-8（逗号分隔）”"]),
        (b"a" * (MOST_BYTES + 1), ["—", "—", "文件超过 4 MB"]),
    ],
    ids=["empty", "blank", "gbk", "utf-16", "no-utf-8", "nul", "workbook", "huge"],
)
def test_a_file_that_is_no_table_is_told_with_what_would_be_right(
    admin: Visitor, kind: str, content: bytes, fault: list[str]
) -> None:
    answer = upload(admin, kind, content)

    assert answer.status_code == 422
    assert faults(answer) == [fault]


@pytest.mark.parametrize(
    "page", ["http://localhost/admin/import/rules?all=1", "http://elsewhere.example/x", ""]
)
def test_a_request_above_the_setting_is_told_and_leads_back(admin: Visitor, page: str) -> None:
    most = admin.office.book.settings.server.max_body_bytes

    answer = admin.client.post(
        "/admin/import/rules",
        data=b"-" * (most + 1),
        content_type="multipart/form-data; boundary=part",
        headers={"Referer": page},
    )

    assert answer.status_code == 413
    assert f"发送的内容过大，一次最多 {most // 1048576} MB" in answer.text
    assert ('href="/admin/import/rules?all=1">返回上一页' in answer.text) == ("localhost" in page)
    assert 'class="bar-nav"' in answer.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_header_is_told_column_by_column(admin: Visitor, kind: str) -> None:
    answer = upload(admin, kind, GOOD[kind].replace(",", ";", 1))

    assert answer.status_code == 422
    told = faults(answer)
    assert all(line == "1" for line, _column, _text in told)
    assert any("表头缺少列" in text for _line, _column, text in told)


@pytest.mark.parametrize(
    ("kind", "lines", "told"),
    [
        (
            "rules",
            (
                "thing,,,,A,,,,,", ",01,,,A,,,,,", "event,,,120199,A,,,,,", "event,,,,AA,,,,,", "event,,,,Z,,,,,",
                "event,,,,A,,high,,,", "event,,,,A,,,2026-2-1,,", "event,,,,A,,,2026-02-30,,",
                "event,,,,A,,,2026-10-02,2026-10-02,", "event,,,,A", "event,,,,B,,,,,", "event,,,,B,,5,,,",
                f"event,,,,B,{'长' * 101},5,,,",
            ),
            {
                "2": "分类目录中没有 thing", "3": "填小类须填大类，填大类须填部件或事件", "4": "没有区域、单元网格或责任网格“120199”",
                "5": "没有部门“AA”，最接近的是“A”；填部门编码", "6": "Z 是监督中心内设机构，不承办案件",
                "7": "优先级“high”不是六位以内的整数", "8": "valid_from：“2026-2-1”不是日期，应写作 2026-07-01",
                "9": "valid_from：“2026-02-30”这一天不存在", "10": "失效日期 2026-10-02 应晚于生效日期 2026-10-02",
                "11": "本行有 5 个字段，表头有 10 个", "13": "与前面某一行是同一条规则",
                "14": "owner 超过 100 个字符，或含有不可见的字符",
            },
        ),
        (
            "calendar",
            ("2027-1-1,holiday,元旦", "2027-01-02,holidays,元旦", "2027-01-03,workday,a", "2027-01-03,workday,b",
             f"2027-01-04,workday,{'长' * 101}"),
            {
                "2": "日期“2027-1-1”应写作 2026-10-01，年份 1900 至 2299", "3": "“holidays”应为 holiday（放假）或 workday（调休上班）",
                "5": "2027-01-03 列了两次", "6": f"名称“{'长' * 40}…”超过 100 个字符，或含有不可见的字符",
            },
        ),
        (
            "categories",
            (
                f"{STANDARD},thing,01,市容,10,垃圾,1,有,无,3工作日", f"{STANDARD},event,1,市容,10,垃圾,1,有,无,3工作日",
                f"{STANDARD},event,01,市容,1,垃圾,1,有,无,3工作日", f"{STANDARD},event,01,市容,10,垃圾,0,有,无,3工作日",
                f"{STANDARD},event,01,市容,10,垃圾,1,有,无,三天", f"{STANDARD},event,01,市容,10,垃圾,1,有,无,3天",
                f"{STANDARD},event,01,市容,10,垃圾,1,有,无,0工作时", f"{STANDARD},event,01,市容,10,垃圾,1,有,无,1.5工作日",
                f"{STANDARD},event,01,市容,10,垃圾,1,有,无,99999工作日", f"{STANDARD},event,01,市貌,11,废物,1,有,无,3工作日",
                f"{STANDARD},event,01,市容,12,,1,有,无,3工作日",
            ),
            {
                "2": "“thing”应为 component（部件）或 event（事件）", "3": "“1”不是两位数字的代码", "4": "“1”不是两位或三位数字的代码",
                "5": "“0”不是 1 到 9999 的整数", "6": "时限“三天”应以数字开头，如 4工作时",
                "7": "时限“3天”的单位应为 紧急工作时、紧急工作日、自然日、工作时、工作日 之一，或在上传时说明怎样读：天=工作时",
                "8": "时限“0工作时”应大于 0", "9": "时限“1.5工作日”：只有以时为单位的可以有小数，最多两位",
                "10": "时限“99999工作日”不得超过 9999", "11": "event/01 在第 4 行叫“市容”，这里叫“市貌”", "12": "不能为空",
            },
        ),
    ],
    ids=["rules", "calendar", "categories"],
)  # fmt: skip
def test_every_fault_is_told_in_chinese_with_its_line(
    admin: Visitor, kind: str, lines: tuple[str, ...], told: dict[str, str]
) -> None:
    header = {"rules": RULES_HEADER, "calendar": CALENDAR_HEADER, "categories": CATEGORIES_HEADER}[kind]

    answer = upload(admin, kind, header + "\n".join(lines))

    assert answer.status_code == 422
    assert {line: text for line, _column, text in faults(answer)} == told
    assert "没有写入" in words_of(answer.text)


def test_words_of_limits_are_read_as_was_said(site: Site) -> None:
    admin = site.visitor("administrator")
    text = GOOD["categories"].replace("3工作日", "3天")

    wrong = upload(admin, "categories", text, units="天=周")
    assert wrong.status_code == 422
    assert "时限的读法" in words_of(wrong.text.split('role="alert"')[1].split("</div>")[0])
    assert upload(admin, "categories", text, units="天=工作日\n小时=工作时").status_code == 303
    confirm(admin, "categories")

    (row,) = stored(site, "categories")
    assert (row["limit_text"], row["limit_note"]) == ("3工作日", "3天")


def test_a_form_without_a_file_and_a_kind_that_is_none_are_told(admin: Visitor) -> None:
    assert admin.post("/admin/import/rules").status_code == 422
    for path in ("", "/in-force.csv"):
        assert admin.get(f"/admin/import/people{path}").status_code == 404
    for path in ("", "/confirm", "/discard"):
        assert admin.post(f"/admin/import/people{path}").status_code == 404
    assert import_kinds.import_of("people", admin.office.installation.site) is None
