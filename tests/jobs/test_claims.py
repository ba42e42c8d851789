"""Claims of due runs: one node at a time, once for all, and free again when a node dies; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from gridcase.clock import CHINA
from gridcase.db import Database, table_of
from gridcase.jobs import claims
from gridcase.jobs.claims import Holder
from gridcase.jobs.due import Due
from gridcase.jobs.models import JobRun, Lease

NOW = datetime(2026, 10, 28, 0, 5, tzinfo=UTC)
DUE = Due("remind", "2026-10-28", NOW.astimezone(CHINA))
ONE, OTHER = Holder("120104", "one", 60), Holder("120104", "other", 60)


def take(database: Database, holder: Holder, due: Due = DUE) -> bool:
    with database.transaction() as connection:
        return claims.take(connection, holder, due, now=NOW)


def finish(database: Database, holder: Holder, due: Due = DUE) -> None:
    with database.transaction() as connection:
        claims.finish(connection, holder, due, now=NOW, summary="{}")


def runs(database: Database) -> list[dict[str, Any]]:
    with database.reading() as connection:
        return [dict(row) for row in connection.execute(select(table_of(JobRun))).mappings()]


def run_out(database: Database) -> None:
    """As if the node that holds the lease had been dead for long."""
    with database.transaction() as connection:
        connection.execute(update(table_of(Lease)).values(expires_at=NOW - timedelta(days=365 * 20)))


def test_a_due_run_is_claimed_once(database: Database) -> None:
    assert take(database, ONE)
    assert not take(database, OTHER)

    (run,) = runs(database)
    assert (run["owner"], run["attempt_count"], run["finished_at"]) == ("one", 1, None)


def test_a_finished_run_is_never_claimed_again(database: Database) -> None:
    take(database, ONE)
    finish(database, ONE)

    assert not take(database, ONE)
    assert not take(database, OTHER)
    with database.reading() as connection:
        assert claims.is_done(connection, "120104", DUE)
    (run,) = runs(database)
    assert (run["finished_at"], run["summary"], run["attempt_count"]) == (NOW, "{}", 1)


def test_the_next_day_is_another_run(database: Database) -> None:
    take(database, ONE)
    finish(database, ONE)

    assert take(database, OTHER, replace(DUE, key="2026-10-29", at=DUE.at + timedelta(days=1)))


def test_districts_do_not_wait_for_each_other(database: Database) -> None:
    assert take(database, ONE)
    assert take(database, replace(OTHER, district="120105"))


def test_jobs_do_not_wait_for_each_other(database: Database) -> None:
    assert take(database, ONE)
    assert take(database, OTHER, replace(DUE, name="release_holds"))


def test_a_dead_nodes_run_is_taken_over_when_its_lease_has_run_out(database: Database) -> None:
    take(database, ONE)
    assert not take(database, OTHER)
    run_out(database)

    assert take(database, OTHER)

    (run,) = runs(database)
    assert (run["owner"], run["attempt_count"]) == ("other", 2)


def test_a_node_that_lost_its_lease_does_not_end_the_run_of_another(database: Database) -> None:
    take(database, ONE)
    run_out(database)
    take(database, OTHER)

    finish(database, ONE)
    with database.transaction() as connection:
        assert not claims.renew_lease(connection, ONE, "remind")

    assert [(run["owner"], run["finished_at"]) for run in runs(database)] == [("other", None)]
    assert not take(database, replace(ONE, owner="third"))


def test_a_renewed_lease_stands_and_a_released_one_is_free(database: Database) -> None:
    take(database, ONE)
    run_out(database)
    with database.transaction() as connection:
        assert claims.renew_lease(connection, ONE, "remind")
    assert not take(database, OTHER)

    with database.transaction() as connection:
        claims.fail(connection, ONE, DUE, error="ValueError: no")

    assert take(database, OTHER)
    (run,) = runs(database)
    assert (run["owner"], run["attempt_count"], run["error"]) == ("other", 2, "ValueError: no")


def test_a_success_after_a_failure_clears_the_error(database: Database) -> None:
    take(database, ONE)
    with database.transaction() as connection:
        claims.fail(connection, ONE, DUE, error="ValueError: no")
    take(database, OTHER)
    finish(database, OTHER)

    assert [(run["error"], run["summary"]) for run in runs(database)] == [(None, "{}")]


def test_of_many_nodes_at_once_one_claims(database: Database) -> None:
    holders = [replace(ONE, owner=f"node {number}") for number in range(24)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda holder: take(database, holder), holders))

    assert answers.count(True) == 1
    (run,) = runs(database)
    assert run["owner"] == holders[answers.index(True)].owner


def test_runs_of_every_minute_are_forgotten_after_three_days_and_daily_ones_kept(database: Database) -> None:
    for minutes in (0, 1, 3 * 24 * 60 + 1):
        at = DUE.at + timedelta(minutes=minutes)
        each = Due("release_holds", f"{at:%Y-%m-%dT%H:%M}", at)
        take(database, ONE, each)
        finish(database, ONE, each)
    for days in (0, 30):
        each = replace(DUE, key=f"{DUE.at + timedelta(days=days):%Y-%m-%d}", at=DUE.at + timedelta(days=days))
        take(database, ONE, each)
        finish(database, ONE, each)

    assert sorted(run["key"] for run in runs(database)) == [
        "2026-10-28",
        "2026-10-28T08:06",
        "2026-10-31T08:06",
        "2026-11-27",
    ]
