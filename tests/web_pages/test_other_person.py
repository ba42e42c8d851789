"""A form is taken from the person alone to whom it was shown."""

from __future__ import annotations

import re

from gridcase.directory.credentials import open_session
from gridcase.web.context import SESSION_COOKIE
from tests.web_pages.visiting import Site, Visitor

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def sign_in_as(visitor: Visitor, who: str) -> None:
    office = visitor.office
    with office.database.transaction() as connection:
        secret = open_session(connection, office.district, who, now=office.now)
    visitor.client.set_cookie(SESSION_COOKIE, secret)


def token_of(visitor: Visitor) -> str:
    found = TOKEN.search(visitor.get("/cases").text)
    assert found is not None
    return found.group(1)


def change_look(visitor: Visitor, token: str) -> int:
    form = {"csrf_token": token, "theme": "dark", "next": "/cases"}
    return int(visitor.client.post("/look", data=form).status_code)


def test_a_form_of_another_person_is_refused_by_name(kept_site: Site) -> None:
    visitor = kept_site.visitor("leader")
    token = token_of(visitor)
    sign_in_as(visitor, "administrator")
    answer = visitor.client.post("/look", data={"csrf_token": token, "theme": "dark", "next": "/cases"})

    assert answer.status_code == 403
    shown = re.search(r"本页由(.+?)打开，现在登录的是(.+?)，没有办理", answer.text)
    assert shown is not None
    assert shown.group(1) != shown.group(2)


def test_whoever_signs_in_again_goes_on_where_they_were(kept_site: Site) -> None:
    visitor = kept_site.visitor("leader")
    token = token_of(visitor)
    sign_in_as(visitor, "leader")

    assert change_look(visitor, token) == 302


def test_a_form_that_was_shown_to_nobody_is_taken_from_anybody(kept_site: Site) -> None:
    visitor = kept_site.visitor()
    found = TOKEN.search(visitor.get("/sign-in").text)
    assert found is not None
    sign_in_as(visitor, "leader")

    assert change_look(visitor, found.group(1)) == 302


def test_a_name_may_hold_the_mark_of_the_token(kept_site: Site) -> None:
    kept_site.office.add_user("li~1", "leader")

    visitor = kept_site.visitor("li~1")

    assert change_look(visitor, token_of(visitor)) == 302
