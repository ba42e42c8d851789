"""Too many wrong sign-ins shut the door for a while: for an account, known or not, and for an address."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from gridcase.directory.credentials import hash_password
from gridcase.directory.service import set_password
from gridcase.web.context import SESSION_COOKIE
from tests.web_pages.visiting import Site, Visitor

_PASSWORD = "夜班-9-紫光-灯"


@pytest.fixture
def door(site: Site) -> Site:
    """A site whose dispatcher has a password."""
    with site.office.database.transaction() as connection:
        set_password(connection, site.office.district, "dispatcher", password_hash=hash_password(_PASSWORD))
    return site


def knock(
    visitor: Visitor, name: str = "dispatcher", password: str = "falsch", address: str = "10.0.0.7"
) -> TestResponse:
    token = visitor.token()
    return visitor.client.post(
        "/sign-in",
        data={"csrf_token": token, "name": name, "password": password},
        environ_overrides={"REMOTE_ADDR": address},
    )


def is_in(answer: TestResponse) -> bool:
    return any(line.startswith(SESSION_COOKIE) for line in answer.headers.getlist("Set-Cookie"))


def acts(site: Site) -> list[str]:
    with site.office.database.reading() as connection:
        return list(connection.execute(text("SELECT act FROM audit_entry ORDER BY id")).scalars())


def test_the_fifth_failure_locks_the_account_even_for_the_right_password(door: Site) -> None:
    visitor = door.visitor()

    answers = [knock(visitor).status_code for _ in range(5)]
    right = knock(visitor, password=_PASSWORD)

    assert answers == [401, 401, 401, 401, 429]
    assert (right.status_code, is_in(right)) == (429, False)
    assert "登录失败次数过多" in right.text
    assert acts(door) == ["sign_in_failed"] * 5 + ["sign_in_locked"]


def test_four_failures_and_the_right_password_begin_anew(door: Site) -> None:
    visitor = door.visitor()
    for _ in range(4):
        knock(visitor)

    assert is_in(knock(visitor, password=_PASSWORD))
    answers = [knock(door.visitor()).status_code for _ in range(4)]

    assert answers == [401] * 4


def test_the_lock_ends_with_its_last_second(door: Site) -> None:
    visitor, start = door.visitor(), door.office.now
    for _ in range(5):
        knock(visitor)

    door.office.set(start + timedelta(minutes=15) - timedelta(seconds=1))
    assert knock(visitor, password=_PASSWORD).status_code == 429
    door.office.set(start + timedelta(minutes=15))
    assert is_in(knock(visitor, password=_PASSWORD))


def test_failures_of_long_ago_do_not_count(door: Site) -> None:
    visitor, start = door.visitor(), door.office.now
    for _ in range(4):
        knock(visitor)
    door.office.set(start + timedelta(minutes=15))

    assert knock(visitor).status_code == 401
    assert is_in(knock(visitor, password=_PASSWORD))


def test_an_unknown_name_is_locked_like_a_known_one(door: Site) -> None:
    visitor = door.visitor()

    answers = [knock(visitor, name="nobody") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 429, 429]
    with door.office.database.reading() as connection:
        told = connection.execute(text("SELECT actor FROM audit_entry")).scalars().all()
        kept = connection.execute(text("SELECT key_hash FROM sign_in_failure")).scalars().all()
    # It may have been a password, typed into the wrong field.
    assert set(told) == {""}
    assert "nobody" not in " ".join(kept)


def test_an_address_that_tries_many_names_is_locked_and_others_are_not(door: Site) -> None:
    installation = door.office.installation
    settings = dataclasses.replace(installation.book.settings.sign_in, address_failures=3)
    object.__setattr__(installation.book.settings, "sign_in", settings)
    visitor = door.visitor()

    answers = [knock(visitor, name=name).status_code for name in ("a", "b", "c")]

    assert answers == [401, 401, 429]
    assert knock(visitor, password=_PASSWORD).status_code == 429
    assert is_in(knock(visitor, password=_PASSWORD, address="10.0.0.8"))


def test_behind_a_trusted_proxy_the_address_is_that_of_the_browser(door: Site) -> None:
    server = dataclasses.replace(door.office.installation.book.settings.server, trusted_proxy="10.0.0.1")
    object.__setattr__(door.office.installation.book.settings, "server", server)
    behind = Site(door.office)
    visitor = behind.visitor()
    token = visitor.token()

    for peer in ("10.0.0.1", "10.0.0.2"):
        visitor.client.post(
            "/sign-in",
            data={"csrf_token": token, "name": "x", "password": "y"},
            headers={"X-Forwarded-For": "203.0.113.9"},
            environ_overrides={"REMOTE_ADDR": peer},
        )

    with door.office.database.reading() as connection:
        found = connection.execute(text("SELECT address FROM audit_entry ORDER BY id")).scalars().all()
    assert found == ["203.0.113.9", "10.0.0.2"]
