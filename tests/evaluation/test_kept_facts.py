"""Facts of a moment in the past are folded once and kept, whatever the case does afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from gridcase.cases.models import StepRow
from gridcase.db import table_of
from gridcase.evaluation import kept_facts
from gridcase.evaluation.kept_facts import facts_before
from gridcase.evaluation.step_reading import steps_of
from gridcase.facts import FactRow, facts
from tests.making import Office

STEP = table_of(StepRow)
HOUR = timedelta(hours=1)


@pytest.fixture
def folded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many steps each fold had."""
    counts: list[int] = []

    def counted(steps: list[object]) -> FactRow | None:
        counts.append(len(steps))
        return facts(steps)  # type: ignore[arg-type]

    monkeypatch.setattr(kept_facts, "facts", counted)
    return counts


def kept(office: Office, at: datetime, *numbers: str) -> dict[str, FactRow]:
    with office.database.reading() as connection:
        return dict(facts_before(connection, office.district, numbers, at=at))


def anew(office: Office, at: datetime, *numbers: str) -> dict[str, FactRow]:
    with office.database.reading() as connection:
        found = {
            number: facts(steps)
            for number, steps in steps_of(connection, office.district, numbers, before=at)
        }
    return {number: row for number, row in found.items() if row is not None}


def test_what_lies_before_is_folded_once_though_the_case_goes_on(office: Office, folded: list[int]) -> None:
    numbers = [office.walk(office.report(), "dispatched", department="A") for _ in range(3)]
    at = office.now + HOUR
    first = kept(office, at, *numbers, "20990101000001")
    office.tick(120)
    for number in numbers:
        office.walk(number, "handled", department="A")

    again, later = kept(office, at, *numbers), kept(office, office.now + HOUR, numbers[0])

    assert list(first) == sorted(numbers)
    assert first == again == anew(office, at, *numbers)
    assert later == anew(office, office.now + HOUR, numbers[0]) != {numbers[0]: first[numbers[0]]}
    # Three at first, and one with its step more.
    assert len(folded) == 4


def test_a_step_that_comes_in_late_with_an_earlier_moment_is_seen(office: Office, folded: list[int]) -> None:
    number = office.walk(office.report(), "dispatched", department="A")
    at = office.now + HOUR
    before = kept(office, at, number)
    with office.database.transaction() as connection:
        own = STEP.c.number == number
        last = connection.execute(select(STEP).where(own).order_by(STEP.c.no.desc())).mappings().first()
        assert last is not None
        told = {**last, "no": last["no"] + 1, "trigger": "receive", "from_state": "dispatched"}
        connection.execute(insert(STEP), {**told, "to_state": "handling", "hash": "0" * 64})

    found = kept(office, at, number)

    assert found == anew(office, at, number)
    assert before.keys() == found.keys()
    assert folded == [last["no"], last["no"] + 1]


def test_what_came_in_meanwhile_is_not_kept_under_the_name_of_before(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = office.walk(office.report(), "dispatched", department="A")
    before = office.now
    office.tick(60)
    office.walk(number, "handled", department="A")
    after = office.now + HOUR

    def read_late(connection: Any, district: str, numbers: Any, *, before: datetime) -> Any:
        """As if the later steps came in between the two looks."""
        assert before < after
        return steps_of(connection, district, numbers, before=after)

    monkeypatch.setattr(kept_facts, "steps_of", read_late)
    kept(office, before, number)
    monkeypatch.undo()

    assert kept(office, before, number) == anew(office, before, number) != anew(office, after, number)


def test_what_was_asked_for_longest_ago_makes_room(
    office: Office, folded: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_facts, "_MOST", 2)
    first, second, third = (office.report() for _ in range(3))
    at = office.now + HOUR

    for number in (first, second, first, third, first, second):
        kept(office, at, number)

    assert len(folded) == 4
