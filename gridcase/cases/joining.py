"""What a merged case brings to the running one (并案): its photos and its reporter, linked both ways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gridcase.cases.book import Desk
from gridcase.cases.models import Case
from gridcase.cases.shown import china_text
from gridcase.db import table_of

_CASE = table_of(Case).c


@dataclass(frozen=True, slots=True)
class Joined:
    """A case that was merged into another, with whoever reported it."""

    number: str
    main_case: str
    channel: str
    reported_at: datetime
    reported_by: str
    reporter_name: str | None
    reporter_phone: str | None

    def view(self, *, is_nameless: bool) -> dict[str, Any]:
        """As the interface tells it; `is_nameless` leaves out who reported (flow.md 1.8)."""
        reporter = {"name": self.reporter_name, "phone": self.reporter_phone}
        return {
            "number": self.number,
            "main_case": self.main_case,
            "channel": self.channel,
            "reported_at": china_text(self.reported_at),
            "reported_by": None if is_nameless else self.reported_by,
            "reporter": None if is_nameless else reporter,
        }


def joined_cases(desk: Desk, number: str) -> list[Joined]:
    """The cases that were merged into this one, those merged into them before included, by report."""
    found: dict[str, Joined] = {}
    fresh = [number]
    while fresh:
        columns = (
            _CASE.number, _CASE.main_case, _CASE.channel, _CASE.reported_at, _CASE.reported_by, _CASE.reporter_name,
            _CASE.reporter_phone,
        )  # fmt: skip
        rows = desk.connection.execute(
            select(*columns).where(
                _CASE.district == desk.district, _CASE.main_case.is_not(None), _CASE.main_case.in_(fresh)
            )
        )
        told = [Joined(*row) for row in rows]
        fresh = [joined.number for joined in told if joined.number not in found]
        found.update((joined.number, joined) for joined in told)
    return sorted(found.values(), key=lambda joined: (joined.reported_at, joined.number))


def main_case_of(desk: Desk, number: str) -> str | None:
    """The case that this one was merged into, or None."""
    query = select(_CASE.main_case).where(_CASE.district == desk.district, _CASE.number == number)
    return desk.connection.execute(query).scalar()
