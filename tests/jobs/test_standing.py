"""How jobs stand: done, failed, at work, broken off by a node that died, overdue, never run; with their length."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gridcase.errors import NotFound
from gridcase.jobs.claims import Holder, take
from gridcase.jobs.due import last_due
from gridcase.jobs.registry import jobs_of
from gridcase.jobs.standing import JobBoard, Run, Standing
from tests.jobs.test_node import job, node
from tests.making import Office


def board(office: Office) -> JobBoard:
    settings = office.installation.settings.jobs
    return JobBoard(office.district, jobs_of(office.installation.site), settings)


def standing(office: Office, name: str) -> Standing:
    with office.database.reading() as connection:
        return board(office).standing(connection, name, office.now)


def runs(office: Office, name: str, **wanted: bool) -> list[Run]:
    with office.database.reading() as connection:
        return board(office).runs(connection, name, limit=10, **wanted)


def test_a_job_is_fine_from_its_run_until_the_next_is_five_minutes_late(office: Office) -> None:
    office.set("2026-10-28T08:05")
    node(office, job("remind", [])).tick()

    office.set("2026-10-29T08:09")
    is_patient = standing(office, "remind")
    office.set("2026-10-29T08:10")
    late = standing(office, "remind")

    assert (is_patient.state, is_patient.missed_at, is_patient.schedule) == ("fine", None, "08:05")
    assert is_patient.next_at.isoformat() == "2026-10-30T08:05:00+08:00"
    assert (late.state, late.missed_at) == ("overdue", office.set("2026-10-29T08:05"))


def test_a_run_has_its_own_beginning_and_end_even_after_others_of_its_tick(office: Office) -> None:
    begun = office.set("2026-10-28T08:05")

    def work() -> None:
        office.now += timedelta(seconds=90)

    node(office, job("remind", [], work), job("settle", [], work)).tick()

    (first,), (second,) = runs(office, "remind"), runs(office, "settle")
    assert (first.outcome, first.started_at, first.finished_at) == (
        "done",
        begun,
        begun + timedelta(seconds=90),
    )
    assert (second.started_at, second.finished_at) == (first.finished_at, begun + timedelta(seconds=180))


def test_a_failure_is_told_until_an_attempt_succeeds(office: Office) -> None:
    failures = [ValueError("磁盘已满")]

    def fail() -> None:
        if failures:
            raise failures.pop()

    one = node(office, job("remind", [], fail))
    office.set("2026-10-28T08:05")
    one.tick()
    failed, listed = standing(office, "remind"), runs(office, "remind", is_failed=True)
    office.tick(1)
    one.tick()
    mended = standing(office, "remind")

    assert (failed.state, failed.failed_count, failed.holder) == ("failed", 1, None)
    assert [(run.outcome, run.error) for run in listed] == [("failed", "ValueError: 磁盘已满")]
    assert (mended.state, mended.failed_count) == ("fine", 0)
    assert mended.last is not None
    assert (mended.last.outcome, mended.last.attempt_count) == ("done", 2)
    assert runs(office, "remind", is_failed=True) == []


def test_a_run_whose_node_died_is_broken_off_and_one_that_is_held_is_at_work(office: Office) -> None:
    now = office.set("2026-10-28T08:05")
    due = last_due("remind", "08:05", now)
    for lease_s, state, outcome, holder in (
        (600, "running", "running", "one"),
        (0, "failed", "broken_off", None),
    ):
        with office.database.transaction() as connection:
            assert take(connection, Holder(office.district, "one", lease_s), due, now=now)

        found = standing(office, "remind")

        assert found.last is not None
        assert (found.state, found.last.outcome, found.holder) == (state, outcome, holder)


def test_jobs_that_nobody_ran_yet_are_told_and_unknown_ones_refused(sqlite_office: Office) -> None:
    office = sqlite_office
    with office.database.reading() as connection:
        found = board(office).standings(connection, office.now)
    assert {each.state for each in found} == {"never"}
    assert [each.name for each in found] == list(jobs_of(office.installation.site))
    with pytest.raises(NotFound):
        standing(office, "nothing")


def test_runs_are_listed_from_the_newest_on(sqlite_office: Office) -> None:
    office, moments = sqlite_office, list[datetime]()
    one = node(office, job("release_holds", moments))
    office.set("2026-10-28T08:00")
    for _ in range(4):
        one.tick()
        office.tick(1)

    with office.database.reading() as connection:
        newest = board(office).runs(connection, "release_holds", limit=2)
        older = board(office).runs(connection, "release_holds", before=newest[-1].key, limit=5)

    assert [run.key[-5:] for run in (*newest, *older)] == ["08:03", "08:02", "08:01", "08:00"]
