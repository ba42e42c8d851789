"""Tokens, passwords and sessions: stored as hashes, over at their time, revoked at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from gridcase.db import Access
from gridcase.directory.credentials import (
    SessionLimits,
    actor_of_session,
    actor_of_token,
    check_password,
    close_session,
    hash_password,
    make_token,
    mark_seen,
    open_session,
    revoke_tokens,
)
from gridcase.directory.models import ApiToken, LoginSession, User
from gridcase.directory.service import NewUser, RoleRules, add_user, set_password
from gridcase.errors import NotFound

DISTRICT = "120104"
NOW = datetime(2026, 10, 9, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
IDLE, ABSOLUTE = timedelta(hours=2), timedelta(hours=24)


@pytest.fixture
def connection(empty: Connection) -> Connection:
    """A directory with one leader."""
    rules = RoleRules(frozenset(("leader",)), frozenset())
    add_user(empty, DISTRICT, NewUser("someone", ("leader",)), rules=rules, now=NOW)
    return empty


def leave(connection: Connection) -> None:
    connection.exec_driver_sql("UPDATE user_account SET is_active = (1 = 0) WHERE name = 'someone'")


def whose(connection: Connection, token: str, now: datetime = NOW) -> str | None:
    actor = actor_of_token(Access(connection), DISTRICT, token, now=now)
    return actor.name if actor else None


# --- tokens --------------------------------------------------------------------------------------------------


def test_a_token_tells_whose_it_is(connection: Connection) -> None:
    token = make_token(connection, DISTRICT, "someone", now=NOW)

    assert whose(connection, token) == "someone"
    assert whose(connection, token + "x") is None
    assert whose(connection, "") is None
    assert actor_of_token(Access(connection), "999999", token, now=NOW) is None


def test_only_the_hash_of_a_token_is_stored(connection: Connection) -> None:
    token = make_token(connection, DISTRICT, "someone", now=NOW)

    (row,) = connection.execute(select(ApiToken.__table__)).all()
    assert token not in repr(row)
    assert whose(connection, row.token_hash) is None


def test_a_token_ends_in_the_second_that_was_named(connection: Connection) -> None:
    token = make_token(connection, DISTRICT, "someone", now=NOW, expires_at=NOW + timedelta(hours=1))

    assert whose(connection, token, NOW + timedelta(hours=1) - SECOND) == "someone"
    assert whose(connection, token, NOW + timedelta(hours=1)) is None


def test_revoking_ends_all_tokens_of_one_person_at_once(connection: Connection) -> None:
    first, second = (make_token(connection, DISTRICT, "someone", now=NOW) for _ in range(2))

    assert revoke_tokens(connection, DISTRICT, "someone", now=NOW) == 2
    assert [whose(connection, token) for token in (first, second)] == [None, None]
    assert revoke_tokens(connection, DISTRICT, "someone", now=NOW) == 0
    assert whose(connection, make_token(connection, DISTRICT, "someone", now=NOW)) == "someone"


def test_nobody_gets_a_token_under_a_name_that_nobody_has(connection: Connection) -> None:
    with pytest.raises(NotFound) as caught:
        make_token(connection, DISTRICT, "nobody", now=NOW)

    assert caught.value.code == "unknown_user"


def test_the_token_of_a_user_who_left_is_worth_nothing(connection: Connection) -> None:
    token = make_token(connection, DISTRICT, "someone", now=NOW)
    leave(connection)

    assert whose(connection, token) is None


# --- passwords -----------------------------------------------------------------------------------------------


def test_a_password_proves_who_somebody_is(connection: Connection) -> None:
    set_password(connection, DISTRICT, "someone", password_hash=hash_password("正确的密码"))

    proved = check_password(connection, DISTRICT, "someone", password="正确的密码")

    assert proved is not None
    assert proved.name == "someone"
    assert check_password(connection, DISTRICT, "someone", password="错误的密码") is None
    assert check_password(connection, DISTRICT, "nobody", password="正确的密码") is None


def test_a_password_is_stored_as_a_slow_hash_and_never_twice_alike(connection: Connection) -> None:
    hashes = {hash_password("同一个密码") for _ in range(2)}
    set_password(connection, DISTRICT, "someone", password_hash=hashes.copy().pop())

    stored = connection.execute(select(User.password_hash)).scalar_one()
    assert len(hashes) == 2
    assert stored.startswith("$argon2id$")
    assert "密码" not in stored


def test_a_user_without_a_password_does_not_sign_in_by_one(connection: Connection) -> None:
    assert check_password(connection, DISTRICT, "someone", password="") is None


def test_the_password_of_a_user_who_left_is_worth_nothing(connection: Connection) -> None:
    set_password(connection, DISTRICT, "someone", password_hash=hash_password("密码"))
    leave(connection)

    assert check_password(connection, DISTRICT, "someone", password="密码") is None


def test_a_password_is_set_for_somebody_only(connection: Connection) -> None:
    with pytest.raises(NotFound) as caught:
        set_password(connection, DISTRICT, "nobody", password_hash="$argon2id$")

    assert caught.value.code == "unknown_user"


# --- sessions ------------------------------------------------------------------------------------------------


def signed_in(connection: Connection, secret: str, now: datetime) -> tuple[str, bool] | None:
    found = actor_of_session(connection, DISTRICT, secret, now=now, limits=SessionLimits(IDLE, ABSOLUTE))
    return (found[0].name, found[1]) if found else None


def test_a_session_is_over_after_idle_time(connection: Connection) -> None:
    secret = open_session(connection, DISTRICT, "someone", now=NOW)

    assert signed_in(connection, secret, NOW + IDLE - SECOND) == ("someone", True)
    assert signed_in(connection, secret, NOW + IDLE) is None


def test_use_keeps_a_session_alive_until_the_absolute_end(connection: Connection) -> None:
    secret = open_session(connection, DISTRICT, "someone", now=NOW)
    at = NOW
    while at < NOW + ABSOLUTE - timedelta(hours=1):
        at += timedelta(hours=1)
        assert signed_in(connection, secret, at) is not None
        mark_seen(connection, DISTRICT, secret, now=at)

    assert signed_in(connection, secret, NOW + ABSOLUTE - SECOND) is not None
    assert signed_in(connection, secret, NOW + ABSOLUTE) is None


def test_use_is_written_down_once_a_minute(connection: Connection) -> None:
    secret = open_session(connection, DISTRICT, "someone", now=NOW)

    assert signed_in(connection, secret, NOW + timedelta(minutes=1)) == ("someone", False)
    assert signed_in(connection, secret, NOW + timedelta(minutes=1) + SECOND) == ("someone", True)


def test_signing_out_ends_a_session_at_once_and_no_other(connection: Connection) -> None:
    one, other = (open_session(connection, DISTRICT, "someone", now=NOW, device="x" * 500) for _ in range(2))

    close_session(connection, DISTRICT, one, now=NOW)

    assert signed_in(connection, one, NOW) is None
    assert signed_in(connection, other, NOW) is not None


def test_only_the_hash_of_a_session_is_stored(connection: Connection) -> None:
    secret = open_session(connection, DISTRICT, "someone", now=NOW)

    (row,) = connection.execute(select(LoginSession.__table__)).all()
    assert secret not in repr(row)
    assert signed_in(connection, row.session_hash, NOW) is None


def test_the_session_of_a_user_who_left_is_over(connection: Connection) -> None:
    secret = open_session(connection, DISTRICT, "someone", now=NOW)
    leave(connection)

    assert signed_in(connection, secret, NOW) is None
