"""A register of made-up histories for counting: walks written as steps and fact rows, as the register writes them."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from gridcase.cases.models import StepRow, case_fact
from gridcase.cases.steps import dump_json, effect_to_json
from gridcase.db import Base, Database, table_of
from gridcase.directory import models as directory_models
from gridcase.facts import FactRow, Step, facts
from tests.facts.story import START, Story
from tests.facts.walks import random_plan, walk

DISTRICT = "120104"
STREETS = ("120104001", "120104002")
_STORED = [field.name for field in dataclasses.fields(FactRow) if field.name != "district"]
assert directory_models.Area.__tablename__ == "area"


@dataclass
class Ledger:
    """Cases by number, kept beside the database that holds the same."""

    database: Database
    steps: dict[str, list[Step]] = field(default_factory=dict)

    def add(self, story: Story, *, cell: str | None = None) -> str:
        """Write a story down as a case; `cell` is its place (cell, community and street by its code)."""
        number = f"{len(self.steps) + 1:06}"
        self.steps[number] = moved(story.steps, cell) if cell else story.steps
        with self.database.transaction() as connection:
            write_case(connection, number, self.steps[number])
        return number

    def rows_at(self, at: datetime) -> list[FactRow]:
        """The fact rows at a moment, made from the steps in memory."""
        rows = [facts(steps, until=at) for steps in self.steps.values()]
        return [row for row in rows if row is not None]


def make_ledger(url: str) -> Ledger:
    """An empty ledger with all tables."""
    database = Database(url, is_bulk=True)
    Base.metadata.create_all(database.engine)
    return Ledger(database)


def fill(ledger: Ledger, count: int, *, seed: int = 1) -> None:
    """Random walks over some days, in four cells of two streets; every number of orders stays open now and then."""
    source = random.Random(seed)
    for number in range(count):
        start = START + timedelta(hours=source.randrange(0, 24 * 20))
        story = walk(random_plan(seed * 10000 + number, source.randrange(2, 34)), start=start)
        ledger.add(story, cell=f"{source.choice(STREETS)}00100{source.randrange(2)}001")


def moved(steps: Sequence[Step], cell: str) -> list[Step]:
    """The same history in another cell."""
    place = {"cell": cell, "community": cell[:12], "street": cell[:9]}
    return [dataclasses.replace(steps[0], data={**steps[0].data, **place}), *steps[1:]]


def write_case(connection: Connection, number: str, steps: Sequence[Step]) -> None:
    """Steps and fact row of a case that is not there yet."""
    connection.execute(insert(table_of(StepRow)), [_step_row(number, step) for step in steps])
    row = facts(steps)
    assert row is not None
    values = {name: getattr(row, name) for name in _STORED}
    last = {"last_step_no": len(steps), "last_step_at": max(step.at for step in steps)}
    connection.execute(insert(case_fact), {"district": DISTRICT, "number": number, **last, **values})


def _step_row(number: str, step: Step) -> dict[str, Any]:
    data = json.loads(json.dumps(dict(step.data), default=str))
    return {
        "district": DISTRICT,
        "number": number,
        "no": step.no,
        "trigger": step.trigger,
        "from_state": step.from_state,
        "to_state": step.to_state,
        "at": step.at,
        "actor": step.actor,
        "actor_name": step.actor,
        "role": step.role,
        "department": step.department,
        "phone": "",
        "definition_version": 1,
        "data": dump_json(data),
        "clocks": dump_json([effect_to_json(effect) for effect in step.clocks]),
        "previous_hash": "",
        "hash": "",
    }


def add_places(ledger: Ledger) -> None:
    """Two streets of two communities with a cell each, one of class 2; the last cell ends with October 2026."""
    rows: list[dict[str, Any]] = [_area("district", DISTRICT, "某区", None)]
    for street in STREETS:
        rows.append(_area("street", street, f"街道{street[-1]}", DISTRICT))
        for community in (f"{street}001", f"{street}002"):
            rows.append(_area("community", community, f"社区{community[-4:]}", street))
    for code, area_class, valid_to in (
        ("120104001001001", 1, None),
        ("120104001001002", 2, None),
        ("120104002001001", 1, None),
        ("120104002002001", 1, date(2026, 11, 1)),
    ):
        rows.append(_area("cell", code, code, code[:12]) | {"area_class": area_class, "valid_to": valid_to})
    with ledger.database.transaction() as connection:
        connection.execute(insert(table_of(directory_models.Area)), rows)


def _area(level: str, code: str, name: str, parent: str | None) -> dict[str, Any]:
    return {
        "district": DISTRICT,
        "code": code,
        "level": level,
        "name": name,
        "parent": parent,
        "area_class": None,
        "valid_from": None,
        "valid_to": None,
    }


def add_departments(ledger: Ledger) -> None:
    """甲局 and 乙局 in one group, a street's office in another, the centre, and one that is no longer active."""
    rows = [
        ("A", "甲局", "handling", "专业部门", True),
        ("B", "乙局", "handling", "专业部门", True),
        ("S", "街道办", "street", "街道", True),
        ("X", "旧局", "handling", "专业部门", False),
        ("Z", "监督中心", "centre", "", True),
    ]
    with ledger.database.transaction() as connection:
        for code, name, kind, group, is_active in rows:
            values = {"code": code, "name": name, "kind": kind, "group_name": group, "is_active": is_active}
            connection.execute(
                insert(table_of(directory_models.Department)), {"district": DISTRICT, **values}
            )
