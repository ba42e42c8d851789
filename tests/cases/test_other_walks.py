"""Random walks through a flow that the program has never seen: whatever it allows, the register keeps its rules."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gridcase.clock import CHINA, ClockError
from gridcase.errors import GridcaseError
from tests.cases.checking import check_case, stored
from tests.cases.flows import PERMIT
from tests.cases.sites import open_site
from tests.making import Office

PEOPLE = {"clerk": "Z", "chief": None, "chief_2": None, "firm": "A", "firm_b": "B", "walker": None}
SHORT_WAITS = (0, 1, 60, 300, 1800, 3600, 7200)
ENDS = ("done", "declined", "cancelled")
DECIDERS = {"extension": "clerk", "suspension": "chief", "void": "chief_2"}
RECORDS: dict[str, dict[str, Any]] = {
    "permit": {"department": "A"},
    "refuse_permit": {"reason": "材料不全"},
    "pause": {"reason": "管线未明"},
    "finish": {"measure": "回填", "photos": 1},
    "remark": {"opinion": "已围挡"},
    "cancel": {},
}


@pytest.fixture
def city(sqlite_url: str, tmp_path: Path, quick_geo: Path) -> Office:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, permit=PERMIT)
    for name, department in PEOPLE.items():
        office.add_user(name, name.partition("_")[0], department=department)
    return office


def records_for(trigger: str, chance: Random) -> dict[str, Any]:
    if trigger == "judge":
        return {"result": chance.choice(("good", *["bad"] * 5)), "reason": "沉陷"}
    if trigger == "go_on":
        return {"department": chance.choice("AAB")}
    return RECORDS.get(trigger, {})


def happen(city: Office, number: str, chance: Random) -> None:
    """One thing that somebody tries on a case."""
    case, who = city.case(number), chance.choice(list(PEOPLE))
    pick = chance.random()
    if pick < 0.5:
        rows = [row for row in case.definition.transitions if case.state in row.sources]
        rows = [row for row in rows if row.to not in ENDS or chance.random() < 0.2] or rows
        row = chance.choice(rows or list(case.definition.transitions))
        who = row.roles[0] if chance.random() < 0.8 else who
        city.move(who, number, row.trigger, **records_for(row.trigger, chance))
    elif pick < 0.7:
        until = (city.now.astimezone(CHINA) + timedelta(days=chance.randrange(40))).date()
        kind = chance.choice(("extension", "extension", "suspension", "suspension", "void"))
        who = "firm" if chance.random() < 0.8 else who
        city.ask(who, number, kind, until=until, photos=1, document="文件 1")
    elif case.requests:
        how = chance.choice(("forward", "grant", "grant", "refuse", "withdraw", "release"))
        request = list(case.requests.values())[-1 - chance.randrange(min(2, len(case.requests)))]
        decider = {"withdraw": request.applicant, "forward": "clerk"}.get(how, DECIDERS[request.kind])
        who = decider if chance.random() < 0.8 else who
        city.decide(how, who, number, request=request.id, opinion="情况属实")


def test_whatever_happens_on_a_permit_the_rows_are_the_fold_of_its_steps(city: Office) -> None:
    fired: Counter[str] = Counter()
    for walk in range(12):
        chance = Random(walk)
        city.set("2026-11-23T09:00")
        number = city.report("clerk", workflow="permit", channel="letter", records={"document": "申请"})
        for _ in range(40):
            city.now += timedelta(seconds=chance.choice(SHORT_WAITS))
            before, error = stored(city, number), None
            try:
                happen(city, number, chance)
            except GridcaseError as refusal:
                error = refusal
            if error is None:
                check_case(city, number)
            else:
                assert not isinstance(error, ClockError)
                assert stored(city, number) == before
        case = check_case(city, number)
        assert case.is_open or [run.clock for run in case.runs if run.is_open] == []
        fired.update(entry.step.trigger for entry in case.entries)

    assert {"permit", "pause", "go_on", "finish", "judge", "request", "grant"} <= set(fired)
