"""Administrators look after the people: posts, areas, passwords; the rules of flow.md 1 hold for every change."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gridcase.directory.credentials import make_token
from gridcase.directory.people import Actor
from gridcase.directory.queries import find_actor
from tests.web_pages.visiting import Site, Visitor, words_of

_OFFICE = "120104"


@pytest.fixture
def admin(site: Site) -> Visitor:
    return site.visitor("administrator")


def actor(site: Site, name: str) -> Actor | None:
    with site.office.database.reading() as connection:
        return find_actor(connection, site.office.district, name)


def save(visitor: Visitor, path: str, **typed: Any) -> TestResponse:
    return visitor.post(
        path, **{"display_name": "钱多", "area": _OFFICE, "department": "", "is_active": "yes", **typed}
    )


def test_somebody_new_gets_a_password_that_is_shown_once(site: Site, admin: Visitor) -> None:
    made = save(admin, "/admin/people", name="qian", roles=["intake_operator"])
    password = re.search(r'class="code-secret">([a-z0-9-]{19})<', made.text)
    assert password is not None

    entered = site.visitor().post("/sign-in", name="qian", password=password[1])
    again = admin.get("/admin/people/qian")

    assert entered.status_code == 302
    assert password[1] not in again.text
    found = actor(site, "qian")
    assert found is not None
    assert (found.display_name, found.roles, found.area) == ("钱多", ("intake_operator",), _OFFICE)
    assert "新增人员" in admin.text("/audit?act=user_added")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": "", "roles": ["leader"]}, "用户名"),
        ({"name": "qian", "roles": []}, "岗位"),
        ({"name": "leader", "roles": ["leader"]}, "已"),
        ({"name": "qian", "roles": ["dispatcher"], "department": "A"}, "管办分离"),
        ({"name": "qian", "roles": ["intake_operator", "dispatcher"]}, "岗位"),
        ({"name": "qian", "roles": ["leader"], "area": "999"}, "区域"),
        ({"name": "qian", "roles": ["king"]}, "岗位"),
    ],
)
def test_what_the_rules_forbid_is_told_and_nobody_is_added(
    site: Site, admin: Visitor, typed: dict[str, Any], told: str
) -> None:
    answer = save(admin, "/admin/people", **typed)

    assert answer.status_code in (403, 422)
    alert = answer.text.split('role="alert"')[1].split("</div>")[0]
    assert told in words_of(alert)
    assert actor(site, "qian") is None


def test_everything_that_is_wrong_is_told_at_once_each_at_its_field(site: Site, admin: Visitor) -> None:
    answer = save(
        admin, "/admin/people", name="张三 测试", roles=["department_officer", "handler"], area="和平"
    )

    assert answer.status_code == 422
    alert = words_of(answer.text.split('role="alert"')[1].split("</div>")[0])
    for told in (
        "用户名：可用汉字",
        "不能有空格和其他符号",
        "部门：专业部门、处置人员必须选部门",
        "区域代码：没有此区域",
    ):
        assert told in alert
    assert "缺少字段" not in answer.text
    invalid = re.findall(r'<(?:input|select) id="(u-[a-z]+)"[^>]*aria-invalid="true"', answer.text)
    assert invalid == ["u-name", "u-department", "u-area"]
    assert re.findall(r'id="(u-[a-z]+)"[^>]* autofocus', answer.text) == ["u-name"]
    for one in invalid:
        described = answer.text.split(f'id="{one}"')[1].split(">")[0]
        assert f"{one}-error" in described
        assert f'class="field-error" id="{one}-error"' in answer.text
    assert 'value="张三 测试"' in answer.text
    assert actor(site, "张三 测试") is None


def test_who_acts_for_a_department_has_one_until_they_leave(site: Site, admin: Visitor) -> None:
    refused = save(admin, "/admin/people/officer_a", roles=["department_officer"])
    kept = actor(site, "officer_a")
    left = save(admin, "/admin/people/officer_a", roles=["department_officer"], is_active="")

    assert "专业部门必须选部门" in words_of(refused.text)
    assert kept is not None
    assert kept.department == "A"
    assert (refused.status_code, left.status_code) == (422, 303)


def test_areas_are_offered_and_listed_by_name(site: Site, admin: Visitor) -> None:
    areas = site.office.book.geography.areas
    streets = areas.all_of_level("street")
    street = streets[0]
    community = next(area for area in areas.all_of_level("community") if area.parent == street.code)

    page = admin.get("/admin/people/new").text
    save(admin, "/admin/people/leader", roles=["leader"], area=community.code)

    offered = page.split('<datalist id="u-areas">')[1].split("</datalist>")[0]
    assert f'<option value="{street.code}">{street.name}</option>' in offered
    assert f'<option value="{community.code}">{street.name} {community.name}</option>' in offered
    assert f"{community.name} {community.code}" in words_of(admin.get("/admin/people?q=leader").text)


def test_a_change_of_posts_holds_from_the_next_click_on(site: Site, admin: Visitor) -> None:
    visitor = site.visitor("leader")
    assert visitor.get("/report").status_code == 403

    answer = save(admin, "/admin/people/leader", roles=["leader", "intake_operator"])

    assert answer.status_code == 303
    assert "已保存" in admin.text("/admin/people/leader")
    assert visitor.get("/report").status_code == 200


def test_who_leaves_is_out_at_once_by_session_and_by_token(site: Site, admin: Visitor) -> None:
    visitor = site.visitor("dispatcher")
    with site.office.database.transaction() as connection:
        token = make_token(connection, site.office.district, "dispatcher", now=site.office.now)
    ask = {"Authorization": f"Bearer {token}"}
    assert site.app.test_client().get("/api/v1/work", headers=ask).status_code == 200

    save(admin, "/admin/people/dispatcher", roles=["dispatcher"], is_active="")

    assert visitor.get("/cases").status_code == 302
    assert site.app.test_client().get("/api/v1/work", headers=ask).status_code == 401
    assert "停用" in admin.text("/admin/people?q=dispatcher")
    save(admin, "/admin/people/dispatcher", roles=["dispatcher"])
    # What was revoked stays so.
    assert site.app.test_client().get("/api/v1/work", headers=ask).status_code == 401


def test_the_last_administrator_stays_one(site: Site, admin: Visitor) -> None:
    others = [name for name in ("administrator_2", "administrator_3") if actor(site, name) is not None]
    assert others == []

    gone = save(admin, "/admin/people/administrator", roles=["administrator"], is_active="")
    other = save(admin, "/admin/people/administrator", roles=["leader"])

    assert (gone.status_code, other.status_code) == (403, 403)
    assert "至少要有一名在用的管理员" in other.text
    assert admin.get("/admin/people").status_code == 200


def test_a_reset_ends_every_session_of_the_person(site: Site, admin: Visitor) -> None:
    visitor = site.visitor("leader")

    answer = admin.post("/admin/people/leader/password")
    password = re.search(r'class="code-secret">([a-z0-9-]{19})<', answer.text)

    assert password is not None
    assert visitor.get("/rankings").status_code == 302
    assert site.visitor().post("/sign-in", name="leader", password=password[1]).status_code == 302


def test_people_are_found_by_name_and_role(site: Site, admin: Visitor) -> None:
    by_role = admin.text("/admin/people?role=dispatcher")

    assert "dispatcher" in by_role
    assert "officer_a" not in by_role.partition("状态")[2]
    assert "没有符合条件的人员" in admin.text("/admin/people?q=%25%25")
    assert admin.get("/admin/people/nobody").status_code == 404


@pytest.mark.parametrize("who", ["leader", "shift_supervisor", "officer_a", "inspector"])
def test_nobody_else_comes_near(site: Site, who: str) -> None:
    visitor = site.visitor(who)

    assert visitor.get("/admin/people").status_code == 403
    assert visitor.get("/admin/people/leader").status_code == 403
    for path in ("/admin/people", f"/admin/people/{who}"):
        assert save(visitor, path, name="x", roles=["administrator"]).status_code == 403
    for path in ("password", "unbind"):
        assert visitor.post(f"/admin/people/{who}/{path}").status_code == 403
    found = actor(site, who)
    assert found is not None
    assert "administrator" not in found.roles


@pytest.mark.parametrize(
    "name",
    ["new", ".", "..", "a/b", "leader\u200b", "\u202eredael", "a\x01b", "o'neil", "<b>", "ｌｅａｄｅｒ"],
)
def test_a_name_that_leads_to_no_page_or_looks_like_another_is_refused(kept_site: Site, name: str) -> None:
    answer = kept_site.visitor("administrator").post("/admin/people", name=name, roles=["leader"], area="")

    assert answer.status_code == 422
    assert actor(kept_site, name) is None


def test_nobody_is_made_the_system(kept_site: Site) -> None:
    admin = kept_site.visitor("administrator")
    more: dict[str, Any] = {"roles": ["administrator", "system"], "area": "", "is_active": "1"}

    answers = [
        admin.post("/admin/people", name="machine", roles=["system"], area=""),
        admin.post("/admin/people/administrator", **more),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert actor(kept_site, "machine") is None
    known = actor(kept_site, "administrator")
    assert known is not None
    assert known.roles == ("administrator",)
