"""One tick of a node: what is due is run once, a failure stops nothing else, a missed run is caught up that day."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import pytest

from gridcase.cases.book import Rulebook
from gridcase.config import Settings
from gridcase.config.tables import Jobs
from gridcase.db import Database
from gridcase.errors import Invalid
from gridcase.jobs.claims import Holder
from gridcase.jobs.registry import Job, find_job, jobs_of, schedules
from gridcase.jobs.runner import Node, run_until
from tests.making import Office


@dataclass
class Ran:
    """A summary, and the list of the moments at which its job ran."""

    moments: list[datetime]

    def as_dict(self) -> dict[str, Any]:
        return {"次数": len(self.moments)}


def job(name: str, moments: list[datetime], fail: Callable[[], None] = lambda: None) -> Job:
    def run(database: Database, book: Rulebook, now: datetime) -> Ran:
        fail()
        moments.append(now)
        return Ran(moments)

    return Job(name, "测试", run)


def node(office: Office, *jobs: Job, lease_s: int = 60) -> Node:
    return Node(
        office.database,
        office.book,
        lambda: office.now,
        jobs={each.name: each for each in jobs},
        lease_s=lease_s,
    )


def test_a_daily_job_runs_once_a_day_however_often_nodes_tick(office: Office) -> None:
    moments: list[datetime] = []
    nodes = [node(office, job("remind", moments)) for _ in range(3)]

    for moment in ("2026-10-28T08:04", "2026-10-28T08:05", "2026-10-28T08:06", "2026-10-28T20:00"):
        office.set(moment)
        for each in nodes:
            each.tick()

    assert moments == [office.set("2026-10-28T08:05")]
    (run,) = office.rows("job_run")
    assert (run["kind"], run["key"], run["attempt_count"]) == ("remind", "2026-10-28", 1)
    assert run["started_at"] == run["finished_at"] == office.now
    assert json.loads(run["summary"]) == {"次数": 1}


def test_a_run_missed_in_the_morning_is_caught_up_once_and_a_missed_day_is_not(office: Office) -> None:
    moments: list[datetime] = []
    one = node(office, job("remind", moments))

    for moment in ("2026-10-26T23:59", "2026-10-28T00:00", "2026-10-28T08:04", "2026-10-28T17:30"):
        office.set(moment)
        one.tick()
        one.tick()

    assert [f"{moment:%d %H:%M}" for moment in moments] == ["26 15:59", "28 09:30"]


def test_a_clock_set_back_does_not_run_a_day_twice(office: Office) -> None:
    moments: list[datetime] = []
    one = node(office, job("remind", moments))

    for moment in ("2026-10-28T08:05", "2026-10-29T08:05", "2026-10-28T09:00", "2026-10-29T08:05"):
        office.set(moment)
        one.tick()

    assert len(moments) == 2


def test_nodes_that_tick_at_once_run_a_job_once(office: Office) -> None:
    moments: list[datetime] = []
    nodes = [node(office, job("remind", moments)) for _ in range(6)]
    office.set("2026-10-28T08:05")

    with ThreadPoolExecutor(6) as pool:
        ran = list(pool.map(lambda each: each.tick(), nodes))

    assert len(moments) == 1
    assert sorted(ran)[-1] == ["remind"]


def test_a_job_that_fails_stays_due_and_stops_no_other(
    sqlite_office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office, moments, others = sqlite_office, [], []
    failures = [ValueError("磁盘已满")]

    def fail() -> None:
        if failures:
            raise failures.pop()

    one = node(office, job("remind", moments, fail), job("release_holds", others))
    office.set("2026-10-28T08:05")
    with caplog.at_level(logging.ERROR):
        one.tick()

    assert (len(moments), len(others)) == (0, 1)
    assert "磁盘已满" in caplog.text
    run = next(row for row in office.rows("job_run") if row["kind"] == "remind")
    assert (run["error"], run["finished_at"]) == ("ValueError: 磁盘已满", None)

    office.set("2026-10-28T08:06")
    node(office, job("remind", moments)).tick()

    run = next(row for row in office.rows("job_run") if row["kind"] == "remind")
    assert len(moments) == 1
    assert (run["attempt_count"], run["error"], run["finished_at"]) == (2, None, office.now)


def wait_for_renewal(office: Office) -> None:
    """Until the one lease there is runs out later than now it would."""
    (before,) = office.rows("lease")
    for _ in range(600):
        if office.rows("lease")[0]["expires_at"] > before["expires_at"]:
            return
        threading.Event().wait(0.1)
    raise AssertionError("the lease was not renewed")


def test_a_long_run_keeps_its_lease_to_its_end_though_its_node_is_asked_to_stop(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    office.set("2026-10-28T08:05")
    moments: list[datetime] = []
    is_running, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        is_running.set()
        assert go_on.wait(30)

    stop = threading.Event()
    slow, other = node(office, job("remind", moments, hold), lease_s=9), node(office, job("remind", moments))
    thread = threading.Thread(target=run_until, args=(stop, slow), kwargs={"tick_s": 0.2})
    thread.start()
    assert is_running.wait(30)

    wait_for_renewal(office)
    assert other.tick() == []
    stop.set()
    wait_for_renewal(office)
    assert other.tick() == []
    go_on.set()
    thread.join(30)

    assert len(moments) == 1
    assert other.tick() == []
    assert office.rows("job_run")[0]["attempt_count"] == 1


def test_nodes_have_names_that_differ(sqlite_office: Office) -> None:
    owners = {node(sqlite_office).holder.owner for _ in range(5)}

    assert len(owners) == 5
    assert isinstance(node(sqlite_office).holder, Holder)


def test_every_job_has_its_setting_and_every_setting_its_job(sqlite_office: Office) -> None:
    jobs = jobs_of(sqlite_office.installation.site)

    assert sorted(jobs) == sorted(field.name for field in fields(Jobs))
    shipped = {"release_holds": "every minute", "watchdog": "every 10 minutes", "remind": "08:05"}
    assert schedules(jobs, Settings().jobs).items() >= shipped.items()


def test_holds_end_before_anything_is_judged(sqlite_office: Office) -> None:
    names = list(jobs_of(sqlite_office.installation.site))

    assert names[0] == "release_holds"
    assert names.index("watchdog") < names.index("remind")


def test_an_unknown_job_is_refused_with_the_nearest_name(sqlite_office: Office) -> None:
    jobs = jobs_of(sqlite_office.installation.site)

    assert find_job(jobs, "remind").name == "remind"
    with pytest.raises(Invalid, match="did you mean 'remind'") as caught:
        find_job(jobs, "reminder")
    assert (caught.value.code, caught.value.data["nearest"]) == ("unknown_job", "remind")


def test_the_schedule_is_the_one_of_the_settings(sqlite_office: Office) -> None:
    office = sqlite_office
    settings = replace(office.book.settings, jobs=Jobs(remind="every 30 minutes"))
    book, moments = replace(office.book, settings=settings), []
    one = Node(office.database, book, lambda: office.now, jobs={"remind": job("remind", moments)}, lease_s=60)

    for moment in ("2026-10-28T08:05", "2026-10-28T08:29", "2026-10-28T08:30", "2026-10-28T08:59"):
        office.set(moment)
        one.tick()

    assert len(moments) == 2
