"""The job that ends suspensions on their day: at the moment of the date, once, whatever else the case goes through."""

from __future__ import annotations

import pytest

from gridcase.errors import ChangedMeanwhile
from gridcase.jobs import holds
from gridcase.jobs.holds import ReleaseSummary, release_holds
from tests.making import Office, china


def suspended(office: Office, until: str) -> str:
    number = office.walk(office.report(), "handling")
    asked = office.ask("officer_a", number, "suspension", photos=1, until=until)
    office.grant("shift_supervisor", number, asked.id)
    return number


def run(office: Office, at: str) -> ReleaseSummary:
    return release_holds(office.database, office.book, china(at))


def test_a_hold_ends_at_the_first_moment_of_its_date_however_late_the_job_runs(office: Office) -> None:
    number = suspended(office, "2026-10-20")

    assert run(office, "2026-10-19T23:59:59") == ReleaseSummary(0, 0, 0)
    assert run(office, "2026-10-21T10:00") == ReleaseSummary(1, 1, 0)

    case = office.case(number)
    last = case.entries[-1].step
    assert (last.trigger, last.role, last.at) == ("release", "system", china("2026-10-20T00:00"))
    assert not case.is_held


def test_a_hold_ends_on_its_date_and_not_a_second_before(office: Office) -> None:
    suspended(office, "2026-10-20")

    assert run(office, "2026-10-19T23:59:59").released_count == 0
    assert run(office, "2026-10-20T00:00:00").released_count == 1


def test_a_second_run_finds_nothing_to_do(office: Office) -> None:
    numbers = [suspended(office, f"2026-10-{day}") for day in (20, 21, 22)]

    assert run(office, "2026-10-21T08:00").as_dict() == {
        "case_count": 2,
        "released_count": 2,
        "left_count": 0,
    }
    assert run(office, "2026-10-21T08:00") == ReleaseSummary(0, 0, 0)
    assert [office.case(number).is_held for number in numbers] == [False, False, True]


def test_a_case_that_was_closed_while_held_is_left_alone(office: Office) -> None:
    number = suspended(office, "2026-10-20")
    office.tick()
    office.plain(number, "force_close")
    steps = len(office.case(number).entries)

    assert run(office, "2026-10-21T08:00") == ReleaseSummary(0, 0, 0)
    assert len(office.case(number).entries) == steps


def test_a_case_in_other_hands_waits_for_the_next_run(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = sqlite_office
    busy, free = suspended(office, "2026-10-20"), suspended(office, "2026-10-20")
    real = holds.release_holds_of_case

    def contested(desk: object, number: str) -> int:
        if number == busy:
            raise ChangedMeanwhile()
        return real(desk, number)

    with monkeypatch.context() as patch:
        patch.setattr(holds, "release_holds_of_case", contested)
        assert run(office, "2026-10-20T08:00") == ReleaseSummary(1, 1, 1)

    assert [office.case(number).is_held for number in (busy, free)] == [True, False]
    assert run(office, "2026-10-20T08:01") == ReleaseSummary(1, 1, 0)
