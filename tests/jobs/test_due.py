"""What is due when: by the day and minute of China alone, both sides of every boundary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.clock import CHINA
from gridcase.jobs.due import Due, due_jobs, last_due, next_due_at

MOMENTS = st.integers(0, 6 * 366 * 86400).map(
    lambda s: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)
DAILY = st.times().map(lambda time: f"{time:%H:%M}")
EVERY = st.integers(2, 59).map(lambda minutes: f"every {minutes} minutes") | st.just("every minute")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def keys(now: datetime, **schedules: str) -> list[str]:
    return [due.key for due in due_jobs(now, schedules)]


def test_a_daily_job_is_due_from_its_minute_to_the_end_of_its_day() -> None:
    schedule = {"remind": "08:05"}

    assert keys(local("2026-10-28T08:04:59"), **schedule) == []
    assert keys(local("2026-10-28T08:05:00"), **schedule) == ["2026-10-28"]
    assert keys(local("2026-10-28T23:59:59"), **schedule) == ["2026-10-28"]
    assert keys(local("2026-10-29T00:00:00"), **schedule) == []


def test_the_day_is_that_of_china_whatever_zone_the_moment_has() -> None:
    assert keys(datetime(2026, 10, 28, 0, 4, 59, tzinfo=UTC), remind="08:05") == []
    assert keys(datetime(2026, 10, 28, 0, 5, tzinfo=UTC), remind="08:05") == ["2026-10-28"]
    assert keys(datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC), remind="08:05") == ["2026-10-31"]


def test_every_minute_is_a_run_of_its_own() -> None:
    assert keys(local("2026-10-28T08:04:59"), release_holds="every minute") == ["2026-10-28T08:04"]
    assert keys(local("2026-10-28T08:05:00"), release_holds="every minute") == ["2026-10-28T08:05"]


def test_every_n_minutes_is_counted_from_midnight() -> None:
    schedule = {"release_holds": "every 25 minutes"}

    assert keys(local("2026-10-28T00:24:59"), **schedule) == ["2026-10-28T00:00"]
    assert keys(local("2026-10-28T00:25:00"), **schedule) == ["2026-10-28T00:25"]
    assert keys(local("2026-10-28T23:59:59"), **schedule) == ["2026-10-28T23:45"]
    assert keys(local("2026-10-29T00:00:00"), **schedule) == ["2026-10-29T00:00"]


def test_jobs_come_in_the_order_of_their_list() -> None:
    now = local("2026-10-28T09:00:00")

    assert due_jobs(now, {"b": "08:05", "a": "every minute", "late": "10:00"}) == [
        Due("b", "2026-10-28", local("2026-10-28T08:05:00")),
        Due("a", "2026-10-28T09:00", now),
    ]


@pytest.mark.parametrize("text", ["8:05", "24:00", "08:05:00", "daily", "every hour", "", "every -1 minutes"])
def test_another_text_is_no_schedule(text: str) -> None:
    with pytest.raises(ValueError, match="is no schedule"):
        due_jobs(local("2026-10-28T09:00:00"), {"remind": text})


@given(MOMENTS, DAILY)
def test_a_daily_job_has_one_key_a_day_and_it_is_the_day_it_was_due(now: datetime, schedule: str) -> None:
    found = due_jobs(now, {"remind": schedule})

    day = now.astimezone(CHINA)
    assert len(found) == (f"{day:%H:%M}" >= schedule)
    for due in found:
        assert due.key == f"{day:%Y-%m-%d}"
        assert f"{due.at:%Y-%m-%d %H:%M:%S}" == f"{day:%Y-%m-%d} {schedule}:00"


@given(MOMENTS, EVERY)
def test_of_a_repeated_job_exactly_the_present_slot_is_due(now: datetime, schedule: str) -> None:
    (due,) = due_jobs(now, {"release_holds": schedule})

    minutes = 1 if schedule == "every minute" else int(schedule.split()[1])
    assert due.at <= now < due.at + timedelta(minutes=minutes)
    assert due_jobs(due.at, {"release_holds": schedule}) == [due]
    (before,) = due_jobs(due.at - timedelta(seconds=1), {"release_holds": schedule})
    assert before.key < due.key


@given(MOMENTS, st.dictionaries(st.sampled_from("abcde"), DAILY | EVERY))
def test_what_is_due_depends_on_the_moment_alone(now: datetime, schedules: dict[str, str]) -> None:
    found = due_jobs(now, schedules)

    assert found == due_jobs(now.astimezone(CHINA), schedules)
    assert {due.name for due in found} <= set(schedules)
    assert all(due.at <= now for due in found)


def test_the_newest_run_may_have_been_due_the_day_before() -> None:
    before, after = local("2026-10-28T08:04:59"), local("2026-10-28T08:05")

    assert last_due("remind", "08:05", before).key == "2026-10-27"
    assert last_due("remind", "08:05", after) == Due("remind", "2026-10-28", after)
    assert (next_due_at("08:05", before), next_due_at("08:05", after)) == (
        after,
        local("2026-10-29T08:05"),
    )
    # Slots are counted from midnight, so the last one of a day may be a short one.
    assert next_due_at("every 25 minutes", local("2026-10-28T23:50")) == local("2026-10-29T00:00")


@given(MOMENTS, DAILY | EVERY)
def test_between_two_runs_that_follow_one_another_none_is_due(now: datetime, schedule: str) -> None:
    last, following = last_due("remind", schedule, now), next_due_at(schedule, now)

    assert last.at <= now < following
    assert last_due("remind", schedule, following).at == following
    assert last_due("remind", schedule, following - timedelta(seconds=1)) == last


@pytest.mark.parametrize("schedule", ["", "8:05", "every 0", "daily"])
def test_what_is_no_schedule_is_refused_by_all(schedule: str) -> None:
    now = local("2026-10-28T08:05")

    for ask in (lambda: last_due("remind", schedule, now), lambda: next_due_at(schedule, now)):
        with pytest.raises(ValueError, match="is no schedule"):
            ask()
