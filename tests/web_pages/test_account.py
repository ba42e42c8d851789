"""My account: password, devices, second factor; what is done there is written down for administrators."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from werkzeug.test import TestResponse

from gridcase.directory.audit import Wanted, entries
from gridcase.directory.credentials import hash_password
from gridcase.directory.service import set_password
from gridcase.web.context import SESSION_COOKIE
from tests.web_pages.visiting import Site, Visitor, words_of

_OLD, _NEW = "夜班-9-紫光-灯", "白班-7-朝霞-桥梁"


@pytest.fixture
def home(site: Site) -> Site:
    """A site whose dispatcher has a password."""
    with site.office.database.transaction() as connection:
        set_password(connection, site.office.district, "dispatcher", password_hash=hash_password(_OLD))
    return site


def change(visitor: Visitor, **typed: str) -> TestResponse:
    return visitor.post("/account/password", **{"old": _OLD, "new": _NEW, "again": _NEW, **typed})


def may_enter(site: Site, password: str) -> bool:
    return site.visitor().post("/sign-in", name="dispatcher", password=password).status_code == 302


def audited(site: Site) -> str:
    with site.office.database.reading() as connection:
        return " ".join(
            entry.act for _id, entry in entries(connection, site.office.district, Wanted(), limit=50)
        )


def ask_for_codes(site: Site, how: str) -> None:
    settings = site.office.installation.book.settings
    object.__setattr__(settings, "sign_in", dataclasses.replace(settings.sign_in, second_factor=how))


# --- password -------------------------------------------------------------------------------------------------


def test_a_new_password_ends_every_other_session(home: Site) -> None:
    mine, other = home.visitor("dispatcher"), home.visitor("dispatcher")

    answer = change(mine)

    assert (answer.status_code, answer.location) == (303, "/account")
    assert "密码已修改" in mine.text("/account")
    assert other.get("/account").status_code == 302
    assert (may_enter(home, _OLD), may_enter(home, _NEW)) == (False, True)
    assert "password_changed" in audited(home)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"old": "falsch"}, "用户名或密码错误"),
        ({"new": "kurz1", "again": "kurz1"}, "密码至少 10 个字符"),
        ({"again": _OLD}, "两次输入的新密码不一致"),
        ({"new": "Dispatcher-12345", "again": "Dispatcher-12345"}, "不得包含用户名"),
    ],
)
def test_a_password_that_does_not_fit_is_told_and_changes_nothing(
    home: Site, typed: dict[str, str], told: str
) -> None:
    visitor = home.visitor("dispatcher")

    answer = change(visitor, **typed)

    assert answer.status_code == 422
    assert told in words_of(answer.text)
    assert may_enter(home, _OLD)


# --- devices --------------------------------------------------------------------------------------------------


def test_a_session_can_be_ended_from_another_device(home: Site) -> None:
    mine, other = home.visitor("dispatcher"), home.visitor("dispatcher")
    found = re.search(r'name="id" value="([0-9a-f]{16})"', mine.get("/account").text)
    assert found is not None

    mine.post("/account/sessions/end", id=found[1])

    assert other.get("/account").status_code == 302
    assert mine.get("/account").status_code == 200
    assert 'name="id"' not in mine.get("/account").text


def test_nobody_ends_the_session_of_somebody_else(home: Site) -> None:
    leader = home.visitor("leader")
    home.visitor("leader")
    found = re.search(r'name="id" value="([0-9a-f]{16})"', leader.get("/account").text)
    assert found is not None

    answer = home.visitor("dispatcher").post("/account/sessions/end", id=found[1])

    assert answer.status_code == 404
    assert 'name="id"' in leader.get("/account").text


def test_all_other_sessions_end_at_once(home: Site) -> None:
    mine, others = home.visitor("dispatcher"), [home.visitor("dispatcher") for _ in range(3)]

    mine.post("/account/sessions/end")

    assert [other.get("/account").status_code for other in others] == [302] * 3
    assert mine.get("/account").status_code == 200


# --- second factor --------------------------------------------------------------------------------------------


def codes(secret: str, site: Site) -> str:
    return pyotp.TOTP(secret).at(site.office.now)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, name
    return found[1]


def bind(site: Site, visitor: Visitor) -> str:
    page = visitor.post("/account/device").text
    secret = re.search(r'class="code-secret">([A-Z2-7]{32})<', page)
    assert secret is not None
    pending = hidden(page, "pending")
    assert visitor.post("/account/device", pending=pending, code=codes(secret[1], site)).status_code == 303
    return secret[1]


def sign_in(site: Site, **typed: Any) -> tuple[Visitor, TestResponse]:
    visitor = site.visitor()
    return visitor, visitor.post("/sign-in", name="dispatcher", password=_OLD, next="/rankings", **typed)


def test_without_the_setting_nobody_is_asked_for_a_code(home: Site) -> None:
    visitor = home.visitor("dispatcher")

    assert "验证器" not in visitor.text("/account")
    assert visitor.post("/account/device").status_code == 403


def test_a_device_is_asked_for_after_the_password_and_each_code_taken_once(home: Site) -> None:
    ask_for_codes(home, "allowed")
    secret = bind(home, home.visitor("dispatcher"))
    home.office.tick(minutes=5)
    visitor, asked = sign_in(home)
    pending = hidden(asked.text, "pending")
    code = codes(secret, home)

    wrong = visitor.post("/sign-in/code", pending=pending, code="000000", next="/rankings")
    right = visitor.post("/sign-in/code", pending=pending, code=code, next="/rankings")
    again = home.visitor().post("/sign-in/code", pending=pending, code=code)

    assert (asked.status_code, SESSION_COOKIE in str(asked.headers)) == (200, False)
    assert (wrong.status_code, "验证码错误" in wrong.text) == (401, True)
    assert (right.status_code, right.location) == (302, "/rankings")
    assert again.status_code == 401


def test_a_password_alone_is_worth_five_minutes(home: Site) -> None:
    ask_for_codes(home, "allowed")
    secret = bind(home, home.visitor("dispatcher"))
    visitor, asked = sign_in(home)

    forged = hidden(asked.text, "pending")[:-2] + "xx"

    assert visitor.post("/sign-in/code", pending=forged, code=codes(secret, home)).status_code == 401


def test_wrong_codes_lock_the_account_too(home: Site) -> None:
    ask_for_codes(home, "allowed")
    secret = bind(home, home.visitor("dispatcher"))
    visitor, asked = sign_in(home)
    pending = hidden(asked.text, "pending")

    answers = [visitor.post("/sign-in/code", pending=pending, code="0").status_code for _ in range(5)]
    home.office.tick(minutes=1)

    assert answers == [401, 401, 401, 401, 429]
    assert visitor.post("/sign-in/code", pending=pending, code=codes(secret, home)).status_code == 429


def test_where_it_is_required_the_first_sign_in_makes_the_device(home: Site) -> None:
    ask_for_codes(home, "required")
    visitor, asked = sign_in(home)
    secret = re.search(r'class="code-secret">([A-Z2-7]{32})<', asked.text)
    assert secret is not None
    pending = hidden(asked.text, "pending")

    entered = visitor.post("/sign-in/code", pending=pending, code=codes(secret[1], home))
    _, later = sign_in(home)

    assert entered.status_code == 302
    assert "已绑定" in visitor.text("/account")
    assert "code-secret" not in later.text
    assert "second_factor_on" in audited(home)


def test_a_device_is_taken_away_by_its_own_code(home: Site) -> None:
    ask_for_codes(home, "allowed")
    visitor = home.visitor("dispatcher")
    secret = bind(home, visitor)
    home.office.set(home.office.now + timedelta(minutes=1))

    wrong = visitor.post("/account/device/off", code="1")
    right = visitor.post("/account/device/off", code=codes(secret, home))

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert sign_in(home)[1].location == "/rankings"


def test_what_was_given_to_one_person_makes_no_device_of_another(home: Site) -> None:
    ask_for_codes(home, "allowed")
    page = home.visitor("leader").post("/account/device").text
    secret = re.search(r'class="code-secret">([A-Z2-7]{32})<', page)
    assert secret is not None
    visitor = home.visitor("dispatcher")

    answer = visitor.post("/account/device", pending=hidden(page, "pending"), code=codes(secret[1], home))

    assert answer.status_code == 422
    assert "已绑定" not in visitor.text("/account")
    assert "已绑定" not in home.visitor("leader").text("/account")


def test_where_it_is_required_nobody_takes_the_device_away_alone(home: Site) -> None:
    ask_for_codes(home, "allowed")
    visitor = home.visitor("dispatcher")
    secret = bind(home, visitor)
    ask_for_codes(home, "required")
    home.office.tick(minutes=1)

    answer = visitor.post("/account/device/off", code=codes(secret, home))

    assert answer.status_code == 403
    assert "已绑定" in visitor.text("/account")


def test_a_locked_account_changes_no_password(home: Site) -> None:
    visitor = home.visitor("dispatcher")
    for _ in range(5):
        change(visitor, old="falsch")

    locked = change(visitor)
    home.office.tick(minutes=15)

    assert (locked.status_code, "登录失败次数过多" in locked.text) == (422, True)
    assert change(visitor).status_code == 303


# --- reporters and the audit ----------------------------------------------------------------------------------


def test_a_reporter_is_masked_until_somebody_asks_and_that_is_written_down(home: Site) -> None:
    number = home.office.report(
        "intake_operator", channel="hotline_12345", reporter={"name": "张三丰", "phone": "13800001234"}
    )
    desk = home.visitor("intake_operator")

    page = desk.text(f"/cases/{number}")
    paper = desk.text(f"/cases/{number}/file")
    interface = desk.get(f"/api/v1/cases/{number}").json
    shown = words_of(desk.post(f"/cases/{number}/reporter").text)

    assert interface is not None
    for text in (page, paper, str(interface)):
        assert ("138****1234" in text, "13800001234" in text, "张三丰" in text) == (True, False, False)
    assert "张三丰" in shown
    assert "13800001234" in shown
    found = home.visitor("administrator").text("/audit?act=reporter_shown")
    assert "intake_operator" in found
    assert number in found


def test_a_case_without_a_reporter_shows_none(home: Site) -> None:
    number = home.office.report()

    assert home.visitor("intake_operator").post(f"/cases/{number}/reporter").status_code == 404
    assert home.visitor("administrator").text("/audit?act=reporter_shown").count("intake_operator") == 0


def test_the_audit_is_for_administrators_and_narrowed_by_what_was_typed(home: Site) -> None:
    may_enter(home, _OLD)
    may_enter(home, "falsch")
    today = home.office.now.date()
    admin = home.visitor("administrator")

    assert home.visitor("leader").get("/audit").status_code == 403
    assert "登录失败" in admin.text("/audit?actor=dispatcher")
    assert "没有符合条件的记录" in admin.text("/audit?actor=nobody")
    assert "没有符合条件的记录" in admin.text(f"/audit?to={today - timedelta(days=2)}")
    assert admin.get("/audit?from=x&to=9999-12-31&act=%00").status_code == 200


def test_a_write_begun_on_another_site_is_refused(home: Site) -> None:
    visitor = home.visitor("dispatcher")
    data = {"csrf_token": visitor.token(), "id": ""}

    foreign = visitor.client.post(
        "/account/sessions/end", data=data, headers={"Origin": "http://evil.example"}
    )
    own = visitor.client.post("/account/sessions/end", data=data, headers={"Origin": "http://localhost"})

    assert (foreign.status_code, own.status_code) == (403, 303)
