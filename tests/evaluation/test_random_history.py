"""2,000 random cases at 20 moments: what `rank` counts is what a slow second reading of the steps counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, update

from gridcase.cases.fact_rebuilding import compare_facts
from gridcase.cases.models import case_fact
from gridcase.db import Database
from gridcase.evaluation.counting import count_period
from gridcase.evaluation.periods import Period as NamedPeriod
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.post_columns import POSTS
from gridcase.evaluation.post_counting import count_posts
from gridcase.evaluation.settling import differing_sums, forget, settle
from gridcase.facts.blocks import COLUMN_NAMES
from gridcase.facts.selection import Selection
from tests.evaluation.random_history import PLAYED, WALKED, RandomHistory, copy_to, make_history
from tests.facts.past import Choice, Period, moment
from tests.facts.post_reference import acts_of_posts
from tests.facts.reference import reference
from tests.facts.story import START
from tests.postgres import PostgresServer

DISTRICT = "120104"
MODES = ("due", "reported")
UNITS = ("department", "street")
CHAIN = ("reported", "accepted", "filed", "dispatched", "handle_due", "due", "handled", "closed")
# Months, weeks, days, before, inside and after what happened; some begin inside the history.
PERIODS = ("2026-10", "2026-W41", "2026-10-09", "2026-11", "2026-10", "2026-W44", "2026-10-20", "2026-09")
# Of a scheme: the shipped settings, and all of them otherwise.
OTHERS = {"carry_over": "included", "handle_due": "without_not_yet_due", "on_time_closing": "closing"}
Counts = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory, quick_geo: Path) -> Iterator[RandomHistory]:
    made = make_history(tmp_path_factory.mktemp("history"), quick_geo)
    yield made
    made.played.installation.database.close()


Asked = tuple[datetime, NamedPeriod]


@pytest.fixture(scope="module")
def moments(history: RandomHistory) -> list[Asked]:
    """Twenty T, each with the period that is asked for: random ones, and such that something lies on an edge."""
    chance = Random("moments")
    periods = [parse_period(name) for name in PERIODS]
    found = [(START + timedelta(minutes=chance.randrange(60 * 24 * 40)), period) for period in periods]
    found += [(period.end.astimezone(UTC), period) for period in periods[:2]]
    found.append((datetime(2027, 3, 1, tzinfo=UTC), parse_period("2026-10")))
    return [*found, *edges(history, chance)]


def edges(history: RandomHistory, chance: Random) -> list[Asked]:
    """T in the very second of a deadline, of the end of a hold, of a step; periods that begin or end with one."""
    now = datetime(2027, 1, 1, tzinfo=UTC)
    pasts = [past for _number, past in history.at(now) if past.is_countable]
    due = [past.due_at for past in pasts if past.is_open and past.due_at and not past.handled_at]
    ends = [moment(past.handling[-1].get("until_at")) for past in pasts if past.is_held(START)]
    late = [past for past in pasts if past.handled_at and past.due_at and past.handled_at > past.due_at]
    handled = [past.handled_at for past in chance.sample(late, 3) if past.handled_at]
    closed = [past.steps[-1]["at"] for past in pasts if past.state == "closed"]
    wide, week = timedelta(days=9), timedelta(days=7)
    moments_of_steps = [
        *chance.sample(due, 2),
        *[end for end in ends if end][:2],
        handled[0],
        chance.choice(closed),
    ]
    spans = [
        *((at, at - wide, at + wide) for at in moments_of_steps),
        (now, handled[1], handled[1] + week),
        (now, handled[2] - week, handled[2]),
        (now, chance.choice(due), now),
    ]
    return [(at, NamedPeriod("", "day", start, end)) for at, start, end in spans]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, history: RandomHistory, postgres: PostgresServer
) -> Iterator[Database]:
    if request.param == "sqlite":
        yield history.played.installation.database
        return
    url = postgres.create()
    copied = copy_to(history, url)
    yield copied
    copied.close()
    postgres.drop(url)


def selection_of(place: int, mode: str) -> Selection:
    """The shipped settings and the others in turn."""
    others = OTHERS if (place + MODES.index(mode)) % 2 else {}
    return Selection(mode=mode, **others)


@pytest.fixture(scope="module")
def expected(history: RandomHistory, moments: list[Asked]) -> dict[tuple[int, str], dict[str, Counts]]:
    """(place of T, mode) -> kind of unit -> unit -> counts that are not 0, by the second reading."""
    found: dict[tuple[int, str], dict[str, Counts]] = {}
    for place, (at, period) in enumerate(moments):
        cases, span = list(history.at(at)), Period(period.start, period.end)
        for mode in MODES:
            chosen = selection_of(place, mode)
            choice = Choice(mode, chosen.carry_over, chosen.handle_due, chosen.on_time_closing)
            sums: dict[str, Counts] = {unit: {} for unit in UNITS}
            for _number, past in cases:
                columns = reference(past, span, at, choice)
                for kind in UNITS:
                    unit = past.unit(kind)
                    if unit is not None and columns:
                        add(sums[kind].setdefault(unit, {}), columns)
            found[place, mode] = sums
    return found


def add(counts: dict[str, int], columns: dict[str, int]) -> None:
    for name, value in columns.items():
        counts[name] = counts.get(name, 0) + value


def known(counts: Counts) -> Counts:
    """Without zeros and units without any count."""
    shown = {unit: {name: value for name, value in own.items() if value} for unit, own in counts.items()}
    return {unit: own for unit, own in shown.items() if own}


def assert_counts(
    database: Database, moments: list[Asked], expected: dict[tuple[int, str], dict[str, Counts]]
) -> None:
    """What `rank` counts is what was expected, at every moment in both modes."""
    with database.reading() as connection:
        for place, (at, period) in enumerate(moments):
            for mode in MODES:
                # Streets at every other moment: what differs is the key alone.
                for kind in UNITS[: 1 + place % 2]:
                    counts = count_period(
                        connection,
                        DISTRICT,
                        by=(kind,),
                        moments=[(period, at)],
                        selection=selection_of(place, mode),
                    )
                    found = known({unit[0]: own for unit, own in counts.items()})
                    assert found == known(expected[place, mode][kind]), (place, at, period.name, mode, kind)


def test_every_count_of_every_unit_at_every_moment_in_both_modes(
    moments: list[Asked],
    database: Database,
    expected: dict[tuple[int, str], dict[str, Counts]],
) -> None:
    assert_counts(database, moments, expected)


def test_sums_that_are_kept_for_settled_cases_change_no_count(
    history: RandomHistory,
    moments: list[Asked],
    database: Database,
    expected: dict[tuple[int, str], dict[str, Counts]],
) -> None:
    with database.transaction() as connection:
        # The rows of the other database may have been copied with their marks.
        forget(connection, DISTRICT)
    summary = settle(database, history.played.installation.book, moments[0][0], chunk=300)
    assert summary.settled_count > (PLAYED + WALKED) // 2
    with database.transaction() as connection:
        # As a step does that comes after a case was summed.
        moved = (
            select(case_fact.c.number).where(case_fact.c.is_settled).order_by(case_fact.c.number).limit(200)
        )
        is_moved = case_fact.c.number.in_(connection.scalars(moved).all())
        connection.execute(update(case_fact).where(is_moved).values(is_settled=False))

    assert_counts(database, moments, expected)

    with database.reading() as connection:
        assert list(differing_sums(connection, DISTRICT)) == []


def test_the_acts_of_every_person_in_every_post(
    history: RandomHistory, moments: list[Asked], database: Database
) -> None:
    met: set[str] = set()
    assert len(moments) == 20
    with database.reading() as connection:
        for place, (at, period) in enumerate(moments):
            of = list(POSTS)[place % len(POSTS)]
            wanted: Counts = {}
            for _number, past in history.at(at):
                acts = acts_of_posts(past, Period(period.start, period.end), history.roster)
                for person, columns in acts.get(of, {}).items():
                    add(wanted.setdefault(person, {}), columns)

            found = known(count_posts(connection, DISTRICT, of, moments=[(period, at)]))

            assert found == known(wanted), (place, at, period.name, of)
            met |= {name for own in found.values() for name in own}
    assert met == {name for post in POSTS.values() for name in post.columns}


def test_the_chain_of_mode_reported_holds_for_every_unit_at_every_moment(
    expected: dict[tuple[int, str], dict[str, Counts]],
) -> None:
    chains = 0
    for (_place, mode), sums in expected.items():
        for counts in [*sums["department"].values(), *sums["street"].values()] if mode == "reported" else ():
            values = [counts.get(name, 0) for name in CHAIN]
            assert values == sorted(values, reverse=True)
            on_time = counts.get("on_time_closed", 0)
            assert on_time <= counts.get("closed", 0)
            chains += 1
    assert chains > 100


def test_the_history_reaches_every_column(expected: dict[tuple[int, str], dict[str, Counts]]) -> None:
    met = {name for sums in expected.values() for counts in sums["street"].values() for name in counts}

    assert met == set(COLUMN_NAMES)


def test_the_stored_rows_are_the_replay_of_their_steps_row_for_row(database: Database) -> None:
    compared = list(compare_facts(database, DISTRICT))

    assert len(compared) == PLAYED + WALKED
    assert [case for case in compared if case.differences] == []
