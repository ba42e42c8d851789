"""Forms that several people send in the same moment: nobody meets a fault, no rule is got round, nothing is doubled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from gridcase.directory.audit import Noted
from gridcase.directory.departments import change_department, department_row
from gridcase.directory.listing import find_user
from gridcase.directory.service import NewUser, add_user
from gridcase.errors import NotPermitted
from tests.making import Office
from tests.web_pages.uploading import RULES_HEADER, seen, upload
from tests.web_pages.visiting import Site

_ROUNDS = range(3)


def at_once(acts: Sequence[Callable[[], TestResponse]]) -> list[int]:
    """Send all forms in the same moment; tells the numbers of the answers, sorted."""
    answers: list[TestResponse] = []
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], TestResponse]) -> None:
        barrier.wait()
        answers.append(act())

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(acts)
    return sorted(answer.status_code for answer in answers)


def sending(site: Site, who: str, path: str, **fields: Any) -> Callable[[], TestResponse]:
    """A form of which only the sending is left: the browser has its token already."""
    visitor = site.visitor(who)
    token = visitor.token()
    return lambda: visitor.post(path, token=token, **fields)


def test_administrators_who_send_one_another_away_leave_one(both_sites: Site) -> None:
    office = both_sites.office
    names = ("administrator", "second_administrator", "third_administrator")
    for name in names[1:]:
        office.add_user(name, "administrator")
    form = {"roles": ["administrator"], "area": ""}
    pairs = zip(names, (*names[1:], names[0]), strict=True)

    at_once([sending(both_sites, who, f"/admin/people/{whom}", **form) for who, whom in pairs])

    with office.database.reading() as connection:
        found = [find_user(connection, office.district, name) for name in names]
    assert [user.name for user in found if user is not None and user.is_active]


def test_a_name_that_several_give_at_once_is_given_once(both_sites: Site) -> None:
    for number in _ROUNDS:
        form = {"name": f"newcomer_{number}", "roles": ["leader"], "area": ""}
        acts = [sending(both_sites, "administrator", "/admin/people", **form) for _ in range(4)]
        assert at_once(acts) == [200, 422, 422, 422]


def test_what_one_keeps_at_the_desk_twice_at_once_is_kept_once(both_sites: Site) -> None:
    visitor = both_sites.visitor("dispatcher")
    for number in _ROUNDS:
        kept = {"name": f"红灯-{number}", "back": "/desk?lamp=red"}
        said = {"text": f"请尽快处理-{number}"}
        for path, form in (("/desk/filters", kept), ("/desk/phrases", said)):
            acts = [sending(both_sites, "dispatcher", path, **form) for _ in range(4)]
            assert at_once(acts) == [303] * 4

    page = visitor.get("/desk").text
    assert [page.count(f">红灯-{number}<") for number in _ROUNDS] == [1] * len(_ROUNDS)


def test_of_many_reports_at_once_no_more_are_taken_than_one_address_may_send(both_sites: Site) -> None:
    settings, (lon, lat) = both_sites.office.book.settings, both_sites.office.point
    object.__setattr__(settings, "public", replace(settings.public, reports_an_hour=2))
    form: dict[str, Any] = {
        "category": "event/01/10",
        "description": "垃圾",
        "lon": f"{lon}",
        "lat": f"{lat}",
    }

    def send() -> Callable[[], TestResponse]:
        visitor = both_sites.visitor()
        token = visitor.token()
        return lambda: visitor.post("/public/report", token=token, **form)

    assert at_once([send() for _ in range(6)]) == [303, 303, 429, 429, 429, 429]


@pytest.mark.parametrize("is_hired_first", [True, False])
def test_nobody_of_the_centre_begins_where_cases_begin_to_be_handled(
    office: Office, is_hired_first: bool
) -> None:
    """Whichever is written first, the other one waits for it and is refused."""
    rules, entry = office.installation.roles, Noted(office.now, "administrator", "department_changed")

    def hire(connection: Connection) -> object:
        new = NewUser("newcomer", ("dispatcher",), "Z")
        return add_user(connection, office.district, new, rules=rules, now=office.now)

    def turn(connection: Connection) -> object:
        row = replace(department_row(connection, office.district, "Z"), kind="handling")
        return change_department(connection, office.district, row, rules=rules, entry=entry)

    refused: list[str] = []

    def second(act: Callable[[Connection], object]) -> None:
        try:
            with office.database.transaction() as connection:
                act(connection)
        except NotPermitted as refusal:
            refused.append(refusal.code)

    one, other = (hire, turn) if is_hired_first else (turn, hire)
    with office.database.transaction() as connection:
        connection.execute(text("DELETE FROM user_account WHERE department = 'Z'"))
    thread = threading.Thread(target=second, args=(other,))
    with office.database.transaction() as connection:
        one(connection)
        thread.start()
        # Time enough for one that does not wait to be done before this one is.
        thread.join(0.5)
    thread.join()

    assert refused == ["separation"]


def test_of_two_imports_that_are_confirmed_at_once_one_is_written_and_the_other_told(
    both_sites: Site,
) -> None:
    both_sites.office.add_user("second", "administrator")
    for number in _ROUNDS:
        acts = []
        for who in ("administrator", "second"):
            visitor = both_sites.visitor(who)
            upload(visitor, "rules", f"{RULES_HEADER},,,,A,,{number},,,{who}\n")
            acts.append(sending(both_sites, who, "/admin/import/rules/confirm", **seen(visitor, "rules")))

        assert at_once(acts) == [303, 409]
        rows = both_sites.office.rows("responsibility_rule")
        assert [row["priority"] for row in rows] == [number]
    told = [row for row in both_sites.office.rows("audit_entry") if row["act"] == "rules_imported"]
    assert len(told) == len(_ROUNDS)
