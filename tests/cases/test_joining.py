"""A merged case brings its photos and its reporter to the running one, which counts as one case."""

from __future__ import annotations

from typing import Any

import pytest

from gridcase.cases.book import Desk
from gridcase.cases.pictures import find_picture
from gridcase.cases.view import case_view
from gridcase.errors import NotFound
from tests.cases.checking import check_case
from tests.making import Office

CALLER = {"name": "王五", "phone": "13900000000"}


def seen(office: Office, number: str, who: str = "intake_operator") -> dict[str, Any]:
    with office.database.reading() as connection:
        return case_view(Desk(connection, office.book, office.now), office.people[who], number)


def may_open(office: Office, photo: str, who: str) -> bool:
    with office.database.reading() as connection:
        try:
            find_picture(Desk(connection, office.book, office.now), office.people[who], photo)
        except NotFound:
            return False
    return True


def joined(office: Office) -> tuple[str, str]:
    """A running case, and one of the hotline with a photo that was merged into it."""
    main = office.report()
    office.tick()
    other = office.report("intake_operator", channel="hotline_12345", reporter=CALLER, photos=1)
    office.move("intake_operator", other, "merge", main_case=main)
    return main, other


def test_photos_and_reporter_stand_in_the_running_case(office: Office) -> None:
    main, other = joined(office)

    told = seen(office, main)

    (one,) = told["joined"]
    assert (one["number"], one["channel"], one["reporter"]) == (other, "hotline_12345", CALLER)
    assert [photo["from_case"] for photo in told["photos"]] == [None, other]
    assert told["version"] == 1
    assert (seen(office, other)["main_case"], seen(office, other)["joined"]) == (main, [])
    check_case(office, main)
    check_case(office, other)


def test_what_was_merged_before_comes_along(office: Office) -> None:
    main, other = joined(office)
    last = office.report()

    office.move("intake_operator", main, "merge", main_case=last)

    told = seen(office, last)
    assert [(one["number"], one["main_case"]) for one in told["joined"]] == [(main, last), (other, main)]
    assert [photo["from_case"] for photo in told["photos"]] == [None, main, other]


def test_whoever_sees_the_running_case_may_open_the_photos_that_came_to_it(office: Office) -> None:
    main, other = joined(office)
    office.walk(main, "dispatched")
    (photo,) = office.rows("photo", other)

    assert may_open(office, photo["id"], "officer_a")
    assert not may_open(office, photo["id"], "officer_b")
    with pytest.raises(NotFound):
        seen(office, other, "officer_a")


def test_who_only_passes_by_learns_no_reporter_of_a_merged_case(office: Office) -> None:
    main, _other = joined(office)

    told = seen(office, main, "inspector_2")

    (one,) = told["joined"]
    assert (one["reporter"], one["reported_by"]) == (None, None)
    assert [photo["sent_by"] for photo in told["photos"]] == ["", ""]
    assert seen(office, main, "inspector")["joined"][0]["reporter"] == CALLER
