"""Cases by hand for the questions about October 2026: each act at its moment, by whom it is told."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from gridcase.cases.models import Photo
from gridcase.config.integrity import Integrity
from gridcase.db import table_of
from gridcase.directory.models import User
from gridcase.evaluation.case_list import CaseShare
from gridcase.evaluation.integrity.looking import cases_behind, query_of
from gridcase.evaluation.integrity.query import IntegrityQuery
from gridcase.evaluation.integrity.telling import Question, Told, tell
from gridcase.evaluation.periods import parse_period
from tests.evaluation.ledger import DISTRICT, Ledger, add_departments, add_places, make_ledger
from tests.facts.story import Story
from tests.making import china

CELL, OTHER_CELL, ENDED_CELL = "120104001001001", "120104001001002", "120104002002001"
NOVEMBER = china("2026-11-01T00:00")


@dataclass
class IntegrityMonth:
    """A register and what is asked about one of its months."""

    ledger: Ledger
    settings: Integrity = field(default_factory=Integrity)
    photos: int = 0

    def set(self, **changes: Any) -> None:
        """Other thresholds."""
        self.settings = dataclasses.replace(self.settings, **changes)

    # --- cases ---------------------------------------------------------------------------------------------------

    def reported(
        self,
        at: str | datetime,
        *,
        by: str = "zhang",
        cell: str = CELL,
        settled: bool = False,
        then: str = "",
    ) -> str:
        """A report by an inspector; `settled` on the spot a minute later, or with further acts."""
        story = self._begun(at, by=by, cell=cell)
        if settled:
            story.do("self_close")
        return self.ledger.add(story.play(then))

    def voided(self, at: str, department: str = "A") -> str:
        """A case of a department that is voided at a moment."""
        story = self._begun(_moment(at) - timedelta(days=3)).play("accept file")
        return self.ledger.add(story.do("dispatch", department=department).until(_moment(at)).do("void"))

    def closed(self, at: str, by: str = "wang", *, trigger: str = "close") -> str:
        """A case that somebody closes at a moment."""
        story = self._begun(_moment(at) - timedelta(days=3))
        story.play("accept file dispatch receive give_feedback send_verification verify_pass")
        return self.ledger.add(story.until(_moment(at)).do(trigger, actor=by))

    def verified(
        self, at: str | datetime, by: str = "zhang", department: str = "A", *, passed: bool = True
    ) -> str:
        """A case of a department that an inspector passes or fails at a moment."""
        return self.ledger.add(self.verifying(at, department).do(_ANSWER[passed], actor=by))

    def verifying(self, at: str | datetime, department: str = "A") -> Story:
        """A case at the moment before its verification is answered."""
        story = self._begun(_moment(at) - timedelta(days=2)).play("accept file")
        story.do("dispatch", department=department).play("receive give_feedback send_verification")
        return story.until(_moment(at))

    def photo(
        self, number: str, at: str, *, by: str = "zhang", like: str | None = None, bits: int = 0
    ) -> None:
        """A photo of a case, like one of another case or like none."""
        self.photos += 1
        row = {
            "district": DISTRICT, "id": f"p{self.photos}", "number": number, "kind": "after", "attempt": 1,
            "sha256": "0" * 64, "media_type": "image/jpeg", "size": 1, "width": 1, "height": 1, "sent_by": by,
            "sent_at": _moment(at), "like_photo": like and f"p-{like}", "like_number": like,
            "like_distance": bits if like else None,
        }  # fmt: skip
        with self.ledger.database.transaction() as connection:
            connection.execute(insert(table_of(Photo)), row)

    def _begun(self, at: str | datetime, *, by: str = "zhang", cell: str = CELL) -> Story:
        story = Story(start=_moment(at)).report(cell=cell, community=cell[:12], street=cell[:9])
        story.steps[0] = dataclasses.replace(story.steps[0], actor=by)
        return story

    # --- questions -----------------------------------------------------------------------------------------------

    def query(self, *, at: str | datetime | None = None, judged_at: datetime = NOVEMBER) -> IntegrityQuery:
        as_of = _moment(at) if at is not None else None
        judged = (parse_period("2026-10"), judged_at)
        return query_of(DISTRICT, judged, self.settings, start_day=1, as_of=as_of)

    def tell(self, **moments: Any) -> Told:
        """What is asked about October at its end, or at another moment."""
        with self.ledger.database.reading() as connection:
            return tell(connection, self.query(**moments))

    def ask(self, rule: str, **moments: Any) -> tuple[Question, ...]:
        """The questions of one rule."""
        return self.tell(**moments).questions[rule]

    def behind(self, rule: str, name: str, key: str = "", **moments: Any) -> list[CaseShare]:
        """The cases behind a figure."""
        with self.ledger.database.reading() as connection:
            return cases_behind(connection, self.query(**moments), rule, key=key, name=name)


_ANSWER = {True: "verify_pass", False: "verify_fail"}


def _moment(at: str | datetime) -> datetime:
    return china(at) if isinstance(at, str) else at


def make_integrity_month(url: str) -> IntegrityMonth:
    """A register with two streets, departments and people, and no case."""
    ledger = make_ledger(url)
    add_places(ledger)
    add_departments(ledger)
    people = {"zhang": "张三", "li": "李四", "wang": "王五"}
    with ledger.database.transaction() as connection:
        for name, shown in people.items():
            connection.execute(insert(table_of(User)), {
                "district": DISTRICT, "name": name, "display_name": shown, "department": None, "area": DISTRICT,
                "roles": "shift_supervisor" if name == "wang" else "inspector", "password_hash": None,
                "created_at": NOVEMBER,
            })  # fmt: skip
    return IntegrityMonth(ledger)
