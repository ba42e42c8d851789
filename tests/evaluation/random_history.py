"""A random history of 2,000 cases: half of them played by the people of the demo and disturbed, half of them walks.

The played ones go through the program's own services, so their fact rows were kept step by step; the walks reach what
people seldom do. One SQLite file holds both and is copied to the other database.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, select

from gridcase.cases.casefile import CaseFile
from gridcase.cases.models import StepRow, case_fact
from gridcase.db import Base, Database, table_of
from gridcase.directory.listing import list_users
from gridcase.directory.models import Area, Department, DutyShift, User
from gridcase.directory.people import Actor
from gridcase.errors import GridcaseError
from tests.cases import following
from tests.demo.played import Played, play_month
from tests.evaluation.ledger import Ledger, fill
from tests.facts.past import History
from tests.facts.story import START, Story
from tests.making import Office

PLAYED, WALKED = 1000, 1000
_DISTURBED = 600
# Where the stories that are told here lie.
OWN_CELL = "120104001001001"
_COPIED = (Area, Department, User, DutyShift, StepRow)


@dataclass
class RandomHistory:
    """The file that holds it, and the same as plain data: the steps of each case, the duty roster."""

    folder: Path
    played: Played
    cases: dict[str, list[dict[str, Any]]]
    roster: list[tuple[str, list[str], datetime, datetime]]
    _pasts: dict[tuple[str, int], History] = field(default_factory=dict)

    def at(self, moment: datetime) -> Iterator[tuple[str, History]]:
        """Every case that has a step before the moment, as those steps tell it."""
        for number, steps in self.cases.items():
            before = [step for step in steps if step["at"] < moment]
            key = (number, hash(tuple(step["no"] for step in before)))
            if before and key not in self._pasts:
                self._pasts[key] = History(before)
            if before:
                yield number, self._pasts[key]


def make_history(folder: Path, geo: Path) -> RandomHistory:
    """Play, disturb, walk, and read the rows back without the program."""
    played = play_month(folder, geo, cases=PLAYED, seed=7)
    _disturb(played, Random("disturbed"))
    database = played.installation.database
    ledger = Ledger(database)
    fill(ledger, WALKED - 3, seed=3)
    for story in (_failing_again_and_again(), _taken_away_at_the_deadline(), _missed_as_a_shift_begins()):
        ledger.add(story)
    _add_roster(database, Random("roster"))
    return RandomHistory(folder, played, _read_steps(played.file), _read_roster(played.file))


def _failing_again_and_again() -> Story:
    """Verification fails four times before the case is closed."""
    story = Story().to_handled()
    for _ in range(4):
        story.play("send_verification verify_fail rework receive give_feedback")
    return story.play("send_verification verify_pass close")


def _taken_away_at_the_deadline() -> Story:
    """An inspector loses a task in the last second of its time."""
    story = Story().report().do("send_confirmation", inspector="inspector_1")
    return story.wait(minutes=29).do("reassign", inspector="inspector_2").do("confirm")


def _missed_as_a_shift_begins() -> Story:
    return (
        Story()
        .report("intake_operator")
        .play("accept file")
        .note("find", finding="F1", finding_kind="missed")
    )


def copy_to(history: RandomHistory, url: str) -> Database:
    """The same rows in another, empty database."""
    target = Database(url, is_bulk=True)
    Base.metadata.create_all(target.engine)
    with history.played.installation.database.reading() as source, target.transaction() as connection:
        for table in (*(table_of(model) for model in _COPIED), case_fact):
            rows = [dict(row) for row in source.execute(select(table)).mappings()]
            connection.execute(insert(table), rows)
    return target


# --- disturbing ------------------------------------------------------------------------------------------------


def _disturb(played: Played, chance: Random) -> None:
    """Findings, orders, call-backs, appeals, voids, forced closings after the month; what is refused is left."""
    place = played.installation
    with place.database.reading() as connection:
        users = list_users(connection, place.book.district)
    people = {
        user.name: Actor(user.name, user.display_name, user.roles, user.area, user.department)
        for user in users
    }
    office = Office(place, played.filled.span.end, point=(0, 0), people=people)
    numbers = sorted(row["number"] for row in office.rows("cases"))
    for number in (chance.choice(numbers) for _ in range(_DISTURBED)):
        office.tick(chance.randrange(1, 120))
        case = office.case(number)
        for _ in range(chance.randrange(1, 4)):
            with suppress(GridcaseError):
                chance.choice(_DISTURBANCES)(office, case, chance)


def _one_of(office: Office, role: str, chance: Random, department: str | None = None) -> Actor:
    held = [person for person in office.people.values() if person.has_role(role)]
    return chance.choice([each for each in held if department in (None, each.department)] or held)


def _find(office: Office, case: CaseFile, chance: Random) -> None:
    kind = chance.choice(("missed", "faked", "buck_passed"))
    following.find(office, case.number, _one_of(office, "shift_supervisor", chance), kind=kind)


def _revoke(office: Office, case: CaseFile, chance: Random) -> None:
    following.revoke(office, case.number, "F1", _one_of(office, "shift_supervisor", chance))


def _supervise(office: Office, case: CaseFile, chance: Random) -> None:
    given = following.supervise(
        office, case.number, _one_of(office, "leader", chance), reply_by=office.now + timedelta(hours=2)
    )
    office.tick(chance.choice((60, 119, 120, 121, 500)))
    if chance.random() < 0.6:
        officer = _one_of(office, "department_officer", chance, case.department)
        following.reply(office, case.number, given.id, officer)


def _call_back(office: Office, case: CaseFile, chance: Random) -> None:
    who = _one_of(office, "intake_operator", chance)
    following.call_back(office, case.number, who, satisfied=chance.random() < 0.5)


def _appeal(office: Office, case: CaseFile, chance: Random) -> None:
    officer = _one_of(office, "department_officer", chance, case.department)
    asked = office.ask(officer, case.number, "appeal", photos=1)
    office.forward(_one_of(office, "dispatcher", chance), case.number, asked.id)
    decider = _one_of(office, "shift_supervisor", chance)
    office.decide(chance.choice(("grant", "grant", "refuse")), decider, case.number, request=asked.id)


def _void(office: Office, case: CaseFile, chance: Random) -> None:
    asked = office.ask(_one_of(office, "dispatcher", chance), case.number, "void", document="文件 1")
    office.grant(_one_of(office, "shift_supervisor", chance), case.number, asked.id)


def _force(office: Office, case: CaseFile, chance: Random) -> None:
    office.move(
        _one_of(office, "shift_supervisor", chance),
        case.number,
        "force_close",
        reason="拆迁",
        document="1 号",
    )


def _suspend(office: Office, case: CaseFile, chance: Random) -> None:
    officer = _one_of(office, "department_officer", chance, case.department)
    until = (office.now + timedelta(days=chance.randrange(1, 9))).date()
    asked = office.ask(officer, case.number, "suspension", photos=1, until=until)
    office.grant(_one_of(office, "shift_supervisor", chance), case.number, asked.id)


_DISTURBANCES: tuple[Callable[[Office, CaseFile, Random], None], ...] = (
    _find, _find, _revoke, _supervise, _supervise, _call_back, _appeal, _appeal, _void, _force, _suspend, _suspend,
)  # fmt: skip


def _add_roster(database: Database, chance: Random) -> None:
    """Three weeks of shifts of about eight hours, in a third of the cells each; some overlap, most cells are free."""
    with database.transaction() as connection:
        told = [json.loads(text).get("cell") for text in connection.scalars(select(table_of(StepRow).c.data))]
        places = sorted({cell for cell in told if cell})
        for number in range(120):
            begin = START + timedelta(hours=8 * chance.randrange(63), minutes=number) if number else START
            connection.execute(insert(table_of(DutyShift)), {
                "district": "120104", "inspector": f"inspector_{number % 9}", "from_at": begin,
                "to_at": begin + timedelta(hours=8), "cells": " ".join([OWN_CELL, *chance.sample(places, len(places) // 3)]),
                "entered_by": "x", "entered_at": begin,
            })  # fmt: skip


# --- reading back without the program --------------------------------------------------------------------------


def _read_steps(file: Path) -> dict[str, list[dict[str, Any]]]:
    names = ("number", "no", "trigger", "from_state", "to_state", "at", "actor", "role", "data", "clocks")
    columns = ", ".join(f'"{name}"' for name in names)
    connection = sqlite3.connect(file)
    rows = [dict(zip(names, row, strict=True))
            for row in connection.execute(f"select {columns} from step order by number, no")]  # fmt: skip
    connection.close()
    for row in rows:
        row.update(at=_moment(row["at"]), data=json.loads(row["data"]), clocks=json.loads(row["clocks"]))
    return {number: list(own) for number, own in groupby(rows, key=lambda row: str(row["number"]))}


def _read_roster(file: Path) -> list[tuple[str, list[str], datetime, datetime]]:
    connection = sqlite3.connect(file)
    rows = connection.execute("select inspector, cells, from_at, to_at from duty_roster").fetchall()
    connection.close()
    return [(who, cells.split(), _moment(start), _moment(end)) for who, cells, start, end in rows]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
