"""The played month: the same seed plays the same month, nothing is refused, and what happens is what should happen."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gridcase.cases.rule_desk import cell_places, rules_in_force
from gridcase.cases.rule_gaps import gaps
from gridcase.cases.rule_store import stored_rules
from gridcase.clock import CHINA
from gridcase.config import load_settings
from gridcase.demo.month.people import street_areas_km2
from tests.demo.played import Played, play_month

CASES = 220


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory, quick_geo: Path) -> Iterator[Played]:
    played = play_month(tmp_path_factory.mktemp("month"), quick_geo, cases=CASES)
    yield played
    played.installation.database.close()


def rows(month: Played, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(month.file)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_the_flow_refuses_nothing_that_the_people_of_the_month_do(month: Played) -> None:
    assert month.filled.refusals == []
    assert month.filled.tally["refused"] == 0
    assert month.filled.tally["asked_in_vain"] == 0


def test_a_city_that_allows_less_is_played_to_the_end_as_well(tmp_path: Path, quick_geo: Path) -> None:
    settings = load_settings(
        "[extension]\nmax = 0\n[verification]\nother_inspector = true\n"
        '[self_handling]\nclasses = []\n[clock]\nworkday = "close_of_business"\n'
    )

    month = play_month(tmp_path, quick_geo, cases=80, settings=settings)

    triggers = {str(trigger) for (trigger,) in rows(month, 'select distinct "trigger" from step')}
    assert month.filled.refusals == []
    assert month.filled.tally["closed"] > 40
    assert "self_close" not in triggers
    assert not rows(month, "select 1 from request where kind = 'extension'")
    month.installation.database.close()


def test_there_are_exactly_as_many_cases_as_were_asked_for(month: Played) -> None:
    assert rows(month, "select count(*) from cases") == [(CASES,)]
    assert sum(month.added) == CASES


def test_the_same_seed_plays_the_same_month_hash_by_hash(tmp_path: Path, quick_geo: Path) -> None:
    one, two, other = (
        play_month(tmp_path / name, quick_geo, cases=60, seed=seed)
        for name, seed in (("one", 7), ("two", 7), ("other", 8))
    )

    first, second, third = (
        rows(month, "select number, last_hash, state from cases order by number")
        for month in (one, two, other)
    )

    assert len(first) == 60
    assert first == second
    assert first != third
    for month in (one, two, other):
        month.installation.database.close()


def test_all_acts_lie_between_the_first_report_and_the_moment_at_which_the_demo_stands(month: Played) -> None:
    ((first, last),) = rows(month, "select min(at), max(at) from step")
    span = month.filled.span

    assert datetime.fromisoformat(str(first)).replace(tzinfo=UTC) >= span.opens
    assert datetime.fromisoformat(str(last)).replace(tzinfo=UTC) < span.stands
    # The 1st of November 2026 is a Sunday.
    assert span.stands.astimezone(CHINA).isoformat() == "2026-11-02T09:00:00+08:00"
    assert span.start - span.opens == timedelta(days=5)


def test_steps_of_a_case_never_go_back_in_time(month: Played) -> None:
    wrong = rows(
        month,
        "select a.number from step a join step b on b.number = a.number and b.no = a.no + 1 where b.at < a.at",
    )

    assert wrong == []


def test_the_side_paths_of_the_flow_are_walked(month: Played) -> None:
    triggers = Counter(dict(rows(month, 'select "trigger", count(*) from step group by 1')))

    for trigger in (
        "close",
        "hand_back",
        "redispatch",
        "rework",
        "verify_fail",
        "send_confirmation",
        "confirm",
    ):
        assert triggers[trigger] > 0, trigger
    for trigger in ("reject", "merge", "self_close", "assign", "submit_result", "request", "grant"):
        assert triggers[trigger] > 0, trigger
    assert triggers["close"] > CASES / 2


def test_some_cases_are_still_open_when_the_month_ends(month: Played) -> None:
    ((count,),) = rows(month, "select count(*) from cases where is_open")

    assert 0 < int(str(count)) < CASES / 2


def test_slow_departments_are_reminded_once_a_day_in_the_last_seven_days_only(month: Played) -> None:
    notices = rows(month, "select department, on_day from notice order by on_day, department")
    days = [f"2026-10-{day}" for day in range(25, 32)]

    assert [summary["at"][:16] for summary in month.reminded] == [f"{day}T08:05" for day in days]
    assert notices
    assert len(set(notices)) == len(notices)
    assert {str(on_day) for _department, on_day in notices} <= set(days)
    told = {(each["department"], day["at"][:10]) for day in month.reminded for each in day["departments"]}
    assert {(department, str(on_day)) for department, on_day in notices} == told


def test_the_pilot_street_has_at_least_five_inspectors_a_square_kilometre_and_the_others_fewer(
    month: Played,
) -> None:
    geography = month.installation.book.geography
    on = month.filled.span.start.date()
    areas = street_areas_km2(geography, on)
    hired: Counter[str] = Counter()
    for (area,) in rows(month, "select area from user_account where roles like '% inspector %'"):
        hired[str(area)[:9]] += 1

    for street in geography.areas.of_level("street", on):
        density = hired[street.code] / areas[street.code]
        assert (density >= 5) is street.is_pilot, (street.name, density)


def test_every_demo_user_is_named_by_the_role_and_a_number(month: Played) -> None:
    names = {str(name) for (name,) in rows(month, "select name from user_account")}

    roles = (
        "inspector",
        "intake_operator",
        "shift_supervisor",
        "dispatcher",
        "department_officer",
        "handler",
    )
    assert {*roles, "leader", "administrator"} <= names
    assert {f"{role}2" for role in roles} <= names
    assert names == {name for people in month.filled.users.values() for name in people}


def test_photos_of_cases_lie_in_the_photo_folder(month: Played) -> None:
    hashes = [str(sha256) for (sha256,) in rows(month, "select distinct sha256 from photo")]
    store = month.installation.book.photos

    assert 10 < len(hashes) < CASES
    assert all(store.check(store.read(sha256)).sha256 == sha256 for sha256 in hashes)


def test_the_rules_of_the_district_suggest_the_department_that_is_responsible(month: Played) -> None:
    book = month.installation.book
    with month.installation.database.reading() as connection:
        rules = stored_rules(connection, book.district)
        on = month.filled.span.stands.astimezone(CHINA).date()
        found = list(
            gaps(rules_in_force(connection, book, rules, on=on), book.catalogue, cell_places(book, on=on))
        )

    assert found == []
    # Nearly every dispatch goes where the rules say; astray ones and quarrels are in the plan.
    query = "SELECT count(*), sum(department = suggested), count(DISTINCT suggested) FROM dispatch_suggestion"
    ((count, right, departments),) = rows(month, query)
    assert 0.85 < int(str(right)) / int(str(count)) < 1
    assert int(str(departments)) > 5
