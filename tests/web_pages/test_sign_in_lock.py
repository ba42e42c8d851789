"""Too many wrong sign-ins shut the door for a while: for an account, known or not, and for an address."""

from __future__ import annotations

import dataclasses
import threading
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from gridcase.directory.credentials import check_password, hash_password
from gridcase.directory.lockout import ACCOUNT, Key, LockRules, locked_until, note_failure
from gridcase.directory.people import Actor
from gridcase.directory.service import set_password
from gridcase.web import signing_in
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


def test_tries_that_began_before_the_lock_do_not_open_it_again(both_sites: Site) -> None:
    office = both_sites.office
    rules = LockRules({ACCOUNT: 5}, within=timedelta(minutes=15), lock=timedelta(minutes=15))
    key = Key(ACCOUNT, "dispatcher")

    with office.database.transaction() as connection:
        locked = [
            note_failure(connection, office.district, [key], rules=rules, now=office.now) for _ in range(8)
        ]
        until = locked_until(connection, office.district, [key], now=office.now)

    assert locked == [[], [], [], [], [key], [], [], []]
    assert until == office.now + rules.lock


def test_of_wrong_passwords_at_once_the_bound_is_kept_and_the_right_one_comes_too_late(door: Site) -> None:
    """All of them find the door open; the right one is judged when the others have failed already."""
    fellows = [door.visitor() for _ in range(8)]
    barrier = threading.Barrier(len(fellows))
    have_failed = threading.Semaphore(0)
    answers: dict[str, int] = {}

    def look(connection: Connection, district: str, name: str, *, password: str) -> Actor | None:
        barrier.wait()
        if password != _PASSWORD:
            return None
        for _ in range(len(fellows) - 1):
            have_failed.acquire()
        return check_password(connection, district, name, password=password)

    def run(place: int, token: str) -> None:
        password = _PASSWORD if place == 0 else f"falsch-{place}"
        answer = fellows[place].client.post(
            "/sign-in", data={"csrf_token": token, "name": "dispatcher", "password": password}
        )
        answers[password] = answer.status_code
        have_failed.release()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing_in, "check_password", look)
        tokens = [fellow.token() for fellow in fellows]
        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tokens)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert answers.pop(_PASSWORD) == 429
    assert sorted(answers.values()) == [401] * 4 + [429] * 3
    assert knock(door.visitor(), password=_PASSWORD).status_code == 429
