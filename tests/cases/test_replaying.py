"""`replay`: steps go through the flow they were made under, and rows that do not mirror a sound history are mended."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import delete, update

from gridcase.cases.mirrors import MIRRORS
from gridcase.cases.models import StepRow
from gridcase.cases.replaying import Replayed, replay
from gridcase.cases.steps import FIRST_HASH, row_of, seal
from gridcase.clock import parse_calendar
from gridcase.db import table_of
from gridcase.directory.calendar import import_calendar
from tests.cases.checking import check_case, stored
from tests.cases.clocking import dispatched
from tests.cases.tampering import altered, another
from tests.cases.test_verifying import found_in, rich_case
from tests.cases.walking import Walk
from tests.making import Office

STEP = table_of(StepRow)


def replayed(office: Office, *numbers: str, is_check: bool = True) -> list[Replayed]:
    return list(replay(office.database, office.book, office.now, numbers=numbers, is_check=is_check))


def test_a_sound_case_replays_into_itself(office: Office) -> None:
    number = rich_case(office)

    assert replayed(office) == [Replayed(number, ())]


def test_a_check_tells_every_difference_and_writes_nothing(office: Office) -> None:
    number = rich_case(office)
    for mirror in MIRRORS:
        with office.database.transaction() as connection:
            connection.execute(delete(mirror.table).where(mirror.table.c.number == number))
    before = stored(office, number)

    (found,) = replayed(office)

    assert {one.table for one in found.differences} == {mirror.name for mirror in MIRRORS}
    assert found.mended == ()
    assert stored(office, number) == before


def test_rows_are_made_anew_from_a_sound_history(office: Office) -> None:
    number = rich_case(office)
    whole = stored(office, number)
    for mirror in MIRRORS:
        row = office.rows(mirror.name, number)[0]
        plain = [
            each for each in mirror.table.columns if each.name in mirror.columns and not each.primary_key
        ]
        with office.database.transaction() as connection:
            if plain:
                connection.execute(
                    update(mirror.table)
                    .where(mirror.table.c.number == number)
                    .values({plain[-1].name: another(plain[-1], row[plain[-1].name])})
                )
            else:
                connection.execute(delete(mirror.table).where(mirror.table.c.number == number))

    (mended,) = replayed(office, is_check=False)

    assert mended.differences == ()
    assert {one.table for one in mended.mended} == {mirror.name for mirror in MIRRORS}
    assert stored(office, number) == whole
    check_case(office, number)
    assert replayed(office, is_check=False) == [Replayed(number, ())]


def test_rows_of_an_altered_history_are_left_alone(office: Office) -> None:
    number = rich_case(office)
    row = office.rows("step", number)[3]
    run = next(mirror for mirror in MIRRORS if mirror.name == "clock_run")
    with office.database.transaction() as connection:
        connection.execute(update(run.table).where(run.table.c.number == number).values(used=1))

    with altered(office, STEP, row, "opinion", "改过的意见"):
        before = stored(office, number)
        (found,) = replayed(office, is_check=False)
        assert stored(office, number) == before

    assert found.mended == ()
    assert found.differences[0].table == "step"


@pytest.fixture
def resealed(standing: Office) -> tuple[Office, str]:
    """A case whose second step was altered by somebody who knows how steps are sealed."""
    number = dispatched(standing, "4工作时", "2026-11-23T09:00")
    rows = [row_of(entry, standing.district, number) for entry in standing.case(number).entries]
    rows[1]["trigger"] = "verify_pass"
    previous = FIRST_HASH
    with standing.database.transaction() as connection:
        for row in rows:
            row["previous_hash"] = previous
            previous = row["hash"] = seal(row, previous, "sha256")
            connection.execute(
                update(STEP).where(STEP.c.number == number, STEP.c.no == row["no"]).values(row)
            )
    return standing, number


def test_a_move_that_the_flow_does_not_have_is_found_however_well_it_is_sealed(
    resealed: tuple[Office, str],
) -> None:
    office, number = resealed

    (found,) = replayed(office, number)

    told = [(one.code, one.key, one.stored) for one in found.differences if one.table == "step"]
    assert told == [("no_such_move", {"no": 2}, "verify_pass")]


def test_an_open_clock_that_does_not_follow_the_calendar_in_force_is_told(sqlite_office: Office) -> None:
    office = sqlite_office
    number = dispatched(office, "3工作日", "2026-12-30T15:00")
    rows = parse_calendar("date,kind,name\n2027-01-04,holiday,局庆\n", "calendar.csv")
    with office.database.transaction() as connection:
        import_calendar(connection, office.district, rows)
    office.book.live_calendar.refresh()

    (found,) = replayed(office, number)

    (one,) = found.differences
    assert (one.code, one.key, one.column) == ("due_outdated", {"clock": "handling", "run": 1}, "due_at")
    (again,) = replayed(office, number, is_check=False)
    assert again == found


class CheckedWalk(Walk):
    """Random histories that are verified and replayed at their end."""

    def teardown(self) -> None:
        assert found_in(self.office, *self.numbers) == []
        assert [one for one in replayed(self.office, *self.numbers) if one.differences] == []


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 12), ("postgres", 4)])
def test_random_histories_are_sound_and_replay_into_themselves(
    request: pytest.FixtureRequest, kind: str, examples: int
) -> None:
    office: Office = request.getfixturevalue(f"_standing_{kind}")
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

    run_state_machine_as_test(
        type("OwnWalk", (CheckedWalk,), {"office": office}),
        settings=settings(
            max_examples=examples, stateful_step_count=10, deadline=None, suppress_health_check=slow
        ),
    )
