"""Short ways to a running handling clock and to what the register says of clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridcase.cases.runs import Run
from gridcase.clock import CHINA
from tests.making import Office

_MONDAY = "2026-11-23"


def of_limit(office: Office, limit: str) -> tuple[dict[str, str], int]:
    """A class of the catalogue and its filing condition with exactly this limit text."""
    for (kind, main, sub), category in office.book.catalogue.categories.items():
        for condition in category.conditions.values():
            if condition.limit == limit:
                return {"kind": kind, "main_code": main, "sub_code": sub}, condition.no
    raise LookupError(f"no condition with the limit {limit}")


def dispatched(
    office: Office, limit: str, at: str | datetime, *, department: str = "A", **report: Any
) -> str:
    """A case of this limit, reported, accepted, filed and dispatched all in the second `at` (China time)."""
    office.set(at)
    category, condition = of_limit(office, limit)
    number = office.report(**{**category, **report})
    office.plain(number, "accept")
    office.move("shift_supervisor", number, "file", condition_no=condition, duplicates_seen=True)
    office.move("dispatcher", number, "dispatch", department=department)
    return number


def run_of(office: Office, number: str, clock: str = "handling") -> Run:
    """The newest run of a clock."""
    run = office.case(number).runs.latest(clock)
    assert run is not None
    return run


def runs_of(office: Office, number: str, clock: str = "handling") -> list[Run]:
    """All runs of a clock, in order."""
    return [run for run in office.case(number).runs if run.clock == clock]


def china_text(moment: datetime | None) -> str | None:
    """`11-23 15:20` in China time, with seconds only when there are any."""
    if moment is None:
        return None
    form = "%m-%d %H:%M:%S" if moment.second else "%m-%d %H:%M"
    return moment.astimezone(CHINA).strftime(form)


def due_of(office: Office, number: str, clock: str = "handling") -> str | None:
    """The due moment of the newest run as the case shows it."""
    return china_text(run_of(office, number, clock).due_at)


def act_at(office: Office, at: str, number: str, *triggers: str) -> None:
    """These plain moves, all in the second `at`."""
    office.set(at)
    for trigger in triggers:
        office.plain(number, trigger)


def eventful(office: Office) -> str:
    """A case with an extension, a suspension that ended, a hand-back, a returned feedback, a second attempt."""
    number = dispatched(office, "5工作日", f"{_MONDAY}T09:00")
    office.set(f"{_MONDAY}T16:00")
    office.grant("dispatcher", number, office.ask("officer_a", number, "extension").id)
    office.set("2026-11-24T10:00")
    asked = office.ask("officer_a", number, "suspension", until="2026-12-04", photos=1)
    office.grant("shift_supervisor", number, asked.id)
    office.set("2026-12-04T08:00")
    office.release_holds(number)
    act_at(office, "2026-12-04T09:00", number, "hand_back")
    act_at(office, "2026-12-04T09:20", number, "redispatch", "receive", "give_feedback")
    act_at(office, "2026-12-04T10:00", number, "return_feedback", "give_feedback", "send_verification")
    act_at(office, "2026-12-04T10:20", number, "verify_fail", "rework", "receive")
    return number
