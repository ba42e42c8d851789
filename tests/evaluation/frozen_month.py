"""A made-up month to be frozen: cases of which the steps after a moment are told later, schemes and scores of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert

from gridcase.cases.models import RequestRow, StepRow, case_fact
from gridcase.db import table_of
from gridcase.evaluation.frozen.amending import Amendment, amend
from gridcase.evaluation.frozen.checking import Checked, check_frozen
from gridcase.evaluation.frozen.freezing import freeze
from gridcase.evaluation.frozen.heads import Head
from gridcase.evaluation.frozen.reading import published_text
from gridcase.evaluation.frozen.store import RecordKey
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest, rank, rank_as_json
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.score_files import parse_scores
from gridcase.evaluation.score_imports import Imported, Sender, import_scores
from gridcase.facts import Step
from gridcase.resources import shipped_folder
from tests.evaluation.ledger import (
    DISTRICT,
    STREETS,
    Ledger,
    add_departments,
    add_places,
    make_ledger,
    moved,
    write_case,
)
from tests.evaluation.schemes import CLOSING_ITEM, HEAD, RANKING
from tests.facts.story import START, Story
from tests.facts.walks import random_plan, walk

# The month is frozen five days after its end; every walk of `fill_later` goes on far beyond.
FROZEN_AT = datetime(2026, 11, 6, 1, tzinfo=UTC)
CITY_ITEM = """
[[item]]
name = "city"
label = "市级考核"
kind = "score"
column = "city_score"
points = 100
"""
CITY = HEAD.replace('"test"', '"city"').replace('"department"', '"any"') + CLOSING_ITEM + CITY_ITEM + RANKING


@dataclass
class Months:
    """Periods of a ledger that are frozen, amended and checked; `now` is the moment of all that is done."""

    ledger: Ledger
    schemes: SchemeFolder
    now: datetime = FROZEN_AT
    whole: dict[str, list[Step]] = field(default_factory=dict)

    # --- cases ---------------------------------------------------------------------------------------------------

    def add(self, story: Story) -> str:
        """A case of which only what lies before `now` is told."""
        number = f"{len(self.whole) + 1:06}"
        self.whole[number] = story.steps
        self.tell(number, self.now)
        return number

    def fill(
        self, count: int, *, seed: int = 1, later: int = 3, triggers: frozenset[str] = frozenset()
    ) -> None:
        """Random walks that begin in October, in four cells of two streets, with `later` steps or more after `now`.

        Only steps of these triggers are told off, when there are any.
        """
        source = random.Random(seed)
        while count:
            start = START + timedelta(hours=source.randrange(0, 24 * 30))
            story = walk(random_plan(source.randrange(10**9), 34), start=start)
            told = [step for step in story.steps if not triggers or step.trigger in triggers]
            if sum(step.at >= self.now for step in told) < later:
                continue
            count -= 1
            cell = f"{source.choice(STREETS)}00100{source.randrange(2)}001"
            story.steps = moved(story.steps, cell)
            self.add(story)

    def tell(self, number: str, until: datetime) -> int:
        """Tell a case as far as a moment, the mirrored row of its appeals included; answers how many steps."""
        steps = [step for step in self.whole[number] if step.at < until]
        with self.ledger.database.transaction() as connection:
            for table in (table_of(StepRow), case_fact, table_of(RequestRow)):
                connection.execute(
                    delete(table).where(table.c.district == DISTRICT, table.c.number == number)
                )
            if steps:
                write_case(connection, number, steps)
            for step in steps:
                if step.trigger == "grant" and step.data["request_kind"] == "appeal":
                    connection.execute(insert(table_of(RequestRow)), _appeal(number, step))
        self.ledger.steps[number] = steps
        return len(steps)

    def tell_all(self, until: datetime) -> int:
        """Tell all cases as far as a moment; answers how many steps are new."""
        before = {number: len(steps) for number, steps in self.ledger.steps.items()}
        return sum(self.tell(number, until) - before[number] for number in self.whole)

    # --- figures -------------------------------------------------------------------------------------------------

    def request(self, period: str, of: str, scheme: str, **changes: Any) -> RankRequest:
        asked = parse_period(period)
        found = self.schemes.find(scheme, on=asked.first_day)
        return RankRequest(DISTRICT, asked, of, scheme=found, now=self.now, **changes)

    def rank(
        self, period: str = "2026-10", of: str = "departments", scheme: str = "rates", **changes: Any
    ) -> dict[str, Any]:
        """The table computed from the history, in JSON."""
        with self.ledger.database.reading() as connection:
            return rank_as_json(rank(connection, self.request(period, of, scheme, **changes), self.schemes))

    def counts(self, period: str = "2026-10", **changes: Any) -> dict[str, dict[str, int]]:
        """The counts of departments that are not 0."""
        return {
            unit["code"]: {name: value for name, value in unit["counts"].items() if value}
            for unit in self.rank(period, **changes)["units"]
        }

    def freeze(
        self, period: str = "2026-10", of: str = "departments", scheme: str = "rates", **changes: Any
    ) -> Head:
        request = self.request(period, of, scheme, **changes)
        return freeze(self.ledger.database, request, self.schemes, by="王五")

    def amend(self, ref: str, period: str = "2026-10", of: str = "departments") -> Head:
        amendment = Amendment(ref, "申诉成立", "赵六", self.now)
        return amend(self.ledger.database, RecordKey(DISTRICT, of, period), amendment)

    def check(self, period: str = "2026-10", of: str = "departments") -> Checked:
        with self.ledger.database.reading() as connection:
            return check_frozen(connection, RecordKey(DISTRICT, of, period))

    def exported(self, period: str = "2026-10", of: str = "departments") -> bytes:
        """The hashed lines of the record in force."""
        lines: list[bytes] = []
        with self.ledger.database.reading() as connection:
            check_frozen(connection, RecordKey(DISTRICT, of, period), write=lines.append)
        return b"".join(lines)

    def published(self, form: str, period: str = "2026-10", of: str = "departments") -> str:
        with self.ledger.database.reading() as connection:
            text = published_text(connection, RecordKey(DISTRICT, of, period), form)
        assert text is not None
        return text

    def import_scores(self, text: str, *, period: str = "2026-10", out_of: str = "100") -> Imported:
        file = parse_scores(text, "scores.csv", out_of=out_of)
        with self.ledger.database.transaction() as connection:
            return import_scores(connection, file, Sender(DISTRICT, period, "王五", self.now, "0" * 64))


def make_months(url: str, folder: Path) -> Months:
    """An empty register with two streets and three departments; the shipped schemes and `city`."""
    ledger = make_ledger(url)
    add_places(ledger)
    add_departments(ledger)
    schemes = folder / "schemes"
    schemes.mkdir()
    for file in (shipped_folder() / "workflows" / "schemes").glob("*.toml"):
        (schemes / file.name).write_bytes(file.read_bytes())
    (schemes / "city.toml").write_text(CITY, encoding="utf-8")
    return Months(ledger, SchemeFolder(schemes))


def _appeal(number: str, step: Step) -> dict[str, Any]:
    return {
        "district": DISTRICT,
        "number": number,
        "id": f"r{step.no}",
        "kind": "appeal",
        "state": "granted",
        "applicant": "officer_a",
        "asked_at": step.at,
        "reason": "不可抗力",
        "decided_by": step.actor,
        "decided_at": step.at,
    }
