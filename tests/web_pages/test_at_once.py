"""Forms that several people send in the same moment: nobody meets a fault, no rule is got round, nothing is doubled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from werkzeug.test import TestResponse

from gridcase.directory.listing import find_user
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
