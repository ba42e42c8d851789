"""The session of the site as a way to sign in to the interface: cookie, form token, end of the session."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Response

from gridcase.directory.credentials import hash_password
from gridcase.directory.service import set_password
from gridcase.web.context import SESSION_COOKIE
from gridcase.web.signing_in import enter as open_door
from gridcase.web.signing_in import leave as close_door
from gridcase.web.signing_in import try_password
from tests.web.calling import Caller


@pytest.fixture
def browser(lone_caller: Caller) -> Caller:
    """A caller whose leader is signed in by cookie; `/enter`, `/token` and `/leave` stand for the pages."""
    office = lone_caller.office
    with office.database.transaction() as connection:
        set_password(connection, office.district, "leader", password_hash=hash_password("口令 7"))

    def enter() -> Response:
        response = Response("in")
        actor = try_password("leader", "口令 7").actor
        if actor is None:
            return Response("out", status=401)
        open_door(actor, response)
        return response

    def leave() -> Response:
        response = Response("left")
        close_door(response)
        return response

    lone_caller.app.add_url_rule("/probe/enter", "probe_enter", enter)
    lone_caller.app.add_url_rule("/probe/leave", "probe_leave", leave)
    lone_caller.app.add_url_rule(
        "/probe/token",
        "probe_token",
        lambda: str(lone_caller.app.jinja_env.globals["csrf_token"]()),  # type: ignore[operator]
    )
    assert lone_caller.client.get("/probe/enter").status_code == 200
    return lone_caller


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Caller) -> None:
    cookie = browser.client.get_cookie(SESSION_COOKIE)

    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert len(cookie.value) >= 32


def test_a_session_signs_in_to_the_interface(browser: Caller) -> None:
    assert browser.get(None, "/work")[0] == 200


def test_a_write_by_cookie_needs_the_token_of_a_page(browser: Caller) -> None:
    number = browser.office.report()

    bare = browser.post(None, f"/cases/{number}/notes", {"text": "一"})
    token = browser.client.get("/probe/token").get_data(as_text=True)
    with_token = browser.post(None, f"/cases/{number}/notes", {"text": "一"}, headers={"X-CSRFToken": token})
    wrong = browser.post(None, f"/cases/{number}/notes", {"text": "一"}, headers={"X-CSRFToken": token + "x"})

    assert (bare[0], bare[1]["code"]) == (403, "bad_csrf")
    assert with_token[0] == 201
    assert wrong[0] == 403


def test_a_write_by_bearer_token_needs_none(browser: Caller) -> None:
    number = browser.office.report()

    assert browser.post("leader", f"/cases/{number}/notes", {"text": "一"})[0] == 201


def test_a_wrong_token_is_not_made_good_by_a_session(browser: Caller) -> None:
    assert browser.get(None, "/work", headers={"Authorization": "Bearer wrong"})[0] == 401


def test_a_session_ends_after_idle_time_and_at_the_latest_after_a_day(browser: Caller) -> None:
    office, settings = browser.office, browser.office.book.settings.sessions

    office.tick(settings.idle_minutes - 1)
    assert browser.get(None, "/work")[0] == 200
    office.tick(settings.idle_minutes - 1)
    assert browser.get(None, "/work")[0] == 200
    office.tick(settings.idle_minutes + 1)
    assert browser.get(None, "/work")[0] == 401

    browser.client.get("/probe/enter")
    began = office.now
    while office.now < began + timedelta(hours=settings.absolute_hours, minutes=-60):
        office.tick(60)
        assert browser.get(None, "/work")[0] == 200
    office.tick(61)
    assert browser.get(None, "/work")[0] == 401


def test_signing_out_ends_the_session_everywhere(browser: Caller) -> None:
    cookie = browser.client.get_cookie(SESSION_COOKIE)
    assert cookie is not None

    browser.client.get("/probe/leave")
    browser.client.set_cookie(SESSION_COOKIE, cookie.value)

    assert browser.get(None, "/work")[0] == 401


def test_a_wrong_password_opens_nothing(browser: Caller) -> None:
    with browser.app.test_request_context("/probe/enter"):
        for name, password in (
            ("leader", "口令 8"),
            ("nobody", "口令 7"),
            ("leader\0", "口令 7"),
            ("leader", ""),
        ):
            response = Response()
            assert try_password(name, password).actor is None
            assert "Set-Cookie" not in response.headers


def test_health_tells_what_is_missing(browser: Caller) -> None:
    healthy = browser.client.get("/healthz")
    with browser.office.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    outdated = browser.client.get("/healthz")

    assert (healthy.status_code, json.loads(healthy.data)["status"]) == (200, "ok")
    problem = json.loads(outdated.data)
    assert (outdated.status_code, problem["code"]) == (503, "schema_outdated")
    assert outdated.headers["Retry-After"]
