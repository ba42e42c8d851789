"""Signing in and out: by password everywhere, by a click on a demo database only."""

from __future__ import annotations

import pytest

from gridcase.directory.credentials import hash_password
from gridcase.directory.service import DEMO_MARK, set_password, set_site_fact
from gridcase.web.context import SESSION_COOKIE
from tests.web_pages.visiting import Site, words_of

_PASSWORD = "夜班-9-紫光"


def _give_password(site: Site, name: str) -> None:
    with site.office.database.transaction() as connection:
        set_password(connection, site.office.district, name, password_hash=hash_password(_PASSWORD))


def _make_demo(site: Site) -> None:
    with site.office.database.transaction() as connection:
        set_site_fact(connection, site.office.district, DEMO_MARK, value="yes")


def test_the_way_to_the_sign_in_page_tells_the_length_that_it_has(site: Site) -> None:
    answer = site.visitor().get("/cases")

    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/cases")
    assert int(answer.headers["Content-Length"]) == len(answer.data) > 0


def test_who_gives_the_right_password_gets_a_session_that_scripts_cannot_read(site: Site) -> None:
    _give_password(site, "dispatcher")
    visitor = site.visitor()

    answer = visitor.post("/sign-in", name="dispatcher", password=_PASSWORD, next="/rankings")

    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(SESSION_COOKIE))
    assert (answer.status_code, answer.location) == (302, "/rankings")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "派遣员" in visitor.text("/rankings")


def test_the_session_travels_by_https_alone_where_the_site_is_https(site: Site) -> None:
    _give_password(site, "dispatcher")
    client = site.app.test_client()
    page = client.get("/sign-in", base_url="https://grid.example").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]

    answer = client.post(
        "/sign-in",
        data={"csrf_token": token, "name": "dispatcher", "password": _PASSWORD},
        base_url="https://grid.example",
        headers={"Referer": "https://grid.example/sign-in"},
    )

    assert any("Secure" in line for line in answer.headers.getlist("Set-Cookie") if SESSION_COOKIE in line)


def test_a_wrong_password_opens_nothing_and_keeps_the_name(site: Site) -> None:
    _give_password(site, "dispatcher")

    answer = site.visitor().post("/sign-in", name="dispatcher", password="falsch")

    assert answer.status_code == 401
    assert "用户名或密码错误" in answer.text
    assert 'value="dispatcher"' in answer.text
    assert not any(SESSION_COOKIE in line for line in answer.headers.getlist("Set-Cookie"))


def test_an_unknown_user_reads_the_same_as_a_wrong_password(site: Site) -> None:
    answer = site.visitor().post("/sign-in", name="nobody\0", password="x")

    assert answer.status_code == 401
    assert "用户名或密码错误" in answer.text


def test_a_form_without_its_token_is_refused(site: Site) -> None:
    _give_password(site, "dispatcher")

    answer = site.visitor().post("/sign-in", name="dispatcher", password=_PASSWORD, token="")

    assert answer.status_code == 403
    assert "页面已过期" in answer.text


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""]
)
def test_after_signing_in_nobody_is_sent_to_another_site(site: Site, onward: str) -> None:
    _give_password(site, "dispatcher")

    answer = site.visitor().post("/sign-in", name="dispatcher", password=_PASSWORD, next=onward)

    assert answer.location == "/"


def test_each_post_begins_with_the_page_made_for_it_and_others_with_the_cases(site: Site) -> None:
    assert site.visitor("leader").get("/").location == "/leader"
    assert site.visitor("administrator").get("/").location == "/admin"
    assert site.visitor("dispatcher").get("/").location == "/desk"
    assert site.visitor("inspector").get("/").location == "/phone/"


def test_signing_out_ends_the_session_itself(site: Site) -> None:
    visitor, other = site.visitor("dispatcher"), site.visitor()
    cookie = visitor.client.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    other.client.set_cookie(SESSION_COOKIE, cookie.value)
    assert other.get("/cases").status_code == 200

    visitor.post("/sign-out")

    assert other.get("/cases").location == "/sign-in?next=/cases"


def test_a_demo_database_lists_one_person_a_role_and_lets_each_in_by_a_click(site: Site) -> None:
    _make_demo(site)
    visitor = site.visitor()
    page = visitor.text("/sign-in")

    answer = visitor.post("/sign-in/demo", name="officer_a", next="/cases")

    assert "演示时间" in page
    for label in ("监督员", "受理员", "值班长", "派遣员", "专业部门", "处置人员", "领导", "管理员"):
        assert label in page
    assert answer.location == "/cases"
    assert "甲局" in visitor.text("/cases")


def test_a_real_database_lists_nobody_and_has_no_door_without_a_password(site: Site) -> None:
    visitor = site.visitor()
    page = visitor.text("/sign-in")

    answer = visitor.post("/sign-in/demo", name="dispatcher")

    assert "演示" not in page
    assert "dispatcher" not in page
    assert answer.status_code == 404
    assert not any(SESSION_COOKIE in line for line in answer.headers.getlist("Set-Cookie"))


def test_an_unknown_person_has_no_door_on_a_demo_database_either(site: Site) -> None:
    _make_demo(site)

    assert site.visitor().post("/sign-in/demo", name="nobody").status_code == 404


def test_whoever_is_signed_in_is_not_asked_again(site: Site) -> None:
    assert site.visitor("dispatcher").get("/sign-in?next=/map").location == "/map"


def test_a_session_that_is_over_leads_to_the_form_and_back(site: Site) -> None:
    visitor = site.visitor("dispatcher")
    site.office.tick(hours=30)

    answer = visitor.get("/cases?tab=open&q=红旗路")

    assert answer.location.startswith("/sign-in?next=/cases?tab%3Dopen")
    assert "登录" in words_of(visitor.client.get(answer.location).text)
