"""Administrators keep the departments: named, moved, closed, never deleted; what cases name goes on handling them."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from gridcase.directory.departments import DepartmentRow, department_row
from tests.web_pages.visiting import Site, Visitor, words_of


@pytest.fixture
def site(both_sites: Site) -> Site:
    return both_sites


@pytest.fixture
def admin(site: Site) -> Visitor:
    return site.visitor("administrator")


def row(site: Site, code: str) -> DepartmentRow:
    with site.office.database.reading() as connection:
        return department_row(connection, site.office.district, code)


def save(visitor: Visitor, path: str, **typed: Any) -> TestResponse:
    return visitor.post(path, **{"kind": "handling", "is_active": "yes", **typed})


def test_a_department_is_added_renamed_moved_and_closed_with_each_step_in_the_audit(
    site: Site, admin: Visitor
) -> None:
    street = "120104001"
    assert admin.post("/admin/organisations", code="G", name="集团").status_code == 303
    made = save(admin, "/admin/departments", code="N", name="新局", organisation="G", group="一组")
    assert made.status_code == 303
    assert row(site, "N") == DepartmentRow("N", "新局", "handling", None, "G", "一组")

    site.office.tick()
    save(admin, "/admin/departments/N", name="新城管局", kind="street", area=street, group="二组")
    assert row(site, "N") == DepartmentRow("N", "新城管局", "street", street, None, "二组")
    assert "已保存" in admin.text("/admin/departments/N")
    site.office.tick()
    save(
        admin, "/admin/departments/N", name="新城管局", kind="street", area=street, group="二组", is_active=""
    )

    assert not row(site, "N").is_active
    assert "停用" in admin.text("/admin/departments?q=新城管").partition("状态")[2]
    told = admin.text("/audit?subject=N")
    assert "name: 新局 -> 新城管局" in told
    assert "is_active: True -> False" in told
    assert "N 新局 / handling / G / 一组" in told
    # What is saved as it was is no change.
    save(
        admin, "/admin/departments/N", name="新城管局", kind="street", area=street, group="二组", is_active=""
    )
    assert admin.text("/audit?subject=N&act=department_changed").count("修改部门") == 2


def test_a_closed_department_gets_no_case_and_finishes_those_in_its_hands(site: Site, admin: Visitor) -> None:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")
    other = office.walk(office.report(), "filed")

    save(admin, "/admin/departments/A", name="甲局", is_active="")
    refused = site.visitor("dispatcher").move(other, "dispatch", department="A")
    done = site.visitor("officer_a").move(number, "give_feedback", photos=1, measure="清理完毕")

    assert refused.status_code == 409
    assert done.status_code == 303
    assert "甲局" in site.visitor("leader").text(f"/cases/{number}")


@pytest.mark.parametrize(
    ("path", "typed", "told"),
    [
        ("", {"code": "", "name": "新局"}, "编码"),
        ("", {"code": "a b", "name": "新局"}, "编码"),
        ("", {"code": "..", "name": "新局"}, "编码"),
        ("", {"code": "a\u200b", "name": "新局"}, "编码"),
        ("", {"code": "A", "name": "新局"}, "已被使用"),
        ("", {"code": "N", "name": "\u3000"}, "名称"),
        ("", {"code": "N", "name": "新局", "kind": "army"}, "性质"),
        ("", {"code": "N", "name": "新局", "area": "999"}, "区域"),
        ("", {"code": "N", "name": "新局", "organisation": "none"}, "没有此单位"),
        ("", {"code": "N", "name": "局" * 201}, "名称"),
        ("/Z", {"name": "监督中心", "kind": "handling"}, "管办分离"),
        ("/A", {"name": "甲局", "kind": "centre"}, "另建新部门"),
        ("/A", {"name": ""}, "名称"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_changes(
    kept_site: Site, path: str, typed: dict[str, Any], told: str
) -> None:
    office = kept_site.office
    office.walk(office.report(), "dispatched", department="A")
    before = office.rows("department")

    answer = save(kept_site.visitor("administrator"), f"/admin/departments{path}", **typed)

    assert answer.status_code in (403, 422)
    assert told in words_of(answer.text.split('role="alert"')[1].split("</div>")[0])
    assert office.rows("department") == before


def test_an_organisation_that_is_there_already_is_told_in_its_form(kept_site: Site) -> None:
    admin = kept_site.visitor("administrator")
    admin.post("/admin/organisations", code="TWICE", name="一")

    again = admin.post("/admin/organisations", code="TWICE", name="二")

    assert again.status_code == 422
    assert "已被使用" in words_of(again.text.split('role="alert"')[1].split("</div>")[0])
    assert admin.get("/admin/departments/NOBODY").status_code == 404
