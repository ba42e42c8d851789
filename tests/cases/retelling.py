"""A second, slow reading of a case from its raw step rows: moments, counters and counts, nothing of the program's fold.

Rows are read by SQL, moments and JSON taken apart here; due moments are asked of `gridcase.clock` anew from the raw
effects, and never taken from what a step says is due.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import text

from gridcase.clock import Hold, Limit, Task, due_moment, parse_limit
from tests.making import Office

DISPATCHES = ("dispatch", "redispatch", "rework")
TASKS = {
    "confirm": (("send_confirmation",), ("confirm", "confirm_absent"), "confirming"),
    "verify": (("send_verification", "ask_more"), ("verify_pass", "verify_fail", "verify_unable"), "verifying"),
}  # fmt: skip
DESK_CLOCKS = (
    "intake", "confirmation", "filing", "dispatch", "verification_sending", "verification", "closing",
)  # fmt: skip
ENDED = ("closed", "force_closed", "rejected", "voided", "merged", "self_closed")


@dataclass
class Told:
    """One step as its row says."""

    no: int
    trigger: str
    before: str | None
    after: str
    at: datetime
    actor: str
    role: str
    department: str | None
    data: dict[str, Any]
    effects: list[dict[str, Any]]


def moment(value: Any) -> datetime:
    """A moment of a row or of JSON: UTC where no offset stands."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)  # type: ignore[no-any-return]


def told(office: Office, number: str) -> list[Told]:
    """The steps of a case, straight from the table."""
    query = text(
        "SELECT no, trigger, from_state, to_state, at, actor, role, department, data, clocks FROM step"
        " WHERE number = :number ORDER BY no"
    )
    with office.database.reading() as connection:
        rows = connection.execute(query, {"number": number}).all()
    return [
        Told(
            row[0], row[1], row[2], row[3], moment(row[4]), *row[5:8], json.loads(row[8]), json.loads(row[9])
        )
        for row in rows
    ]


# --- clocks --------------------------------------------------------------------------------------------------


@dataclass
class Counted:
    """One run of a clock as the raw effects tell it."""

    start: dict[str, Any]
    holds: list[tuple[datetime, datetime]] = field(default_factory=list)
    opened: datetime | None = None
    sizes: list[str] = field(default_factory=list)
    is_cut: bool = False


def due(office: Office, steps: list[Told], clock: str) -> datetime | None:
    """The due moment of the newest run of a clock; None before the first, and while held from before it."""
    runs: dict[int, Counted] = {}
    for effect in (effect for step in steps for effect in step.effects if effect["clock"] == clock):
        if effect["act"] == "start":
            runs[effect["run"]] = Counted(effect)
        else:
            _count(runs[effect["run"]], effect)
    if not runs:
        return None
    run = runs[max(runs)]
    if run.start["limit"] == "同时段":
        return moment(run.start["due_at"])
    limits = [parse_limit(one) for one in (run.start["limit"], *run.sizes)]
    total = Limit(sum((one.value for one in limits), Decimal(0)), limits[0].unit, "")
    rules = office.book.rules_of(run.start["workday"], tuple(tuple(pair) for pair in run.start["slots"]))
    holds = tuple(Hold(*each) for each in run.holds)
    found = due_moment(Task(moment(run.start["at"]), total, holds), rules).astimezone(UTC)
    return None if run.opened is not None and run.opened < found else found


def _count(run: Counted, effect: dict[str, Any]) -> None:
    at = moment(effect["at"])
    match effect["act"]:
        case "hold":
            run.opened = at
        case "resume":
            run.holds.append((moment(effect["held_from"]), at))
            run.opened = None
        case "stop" if run.opened is not None:
            run.holds.append((run.opened, at))
            run.opened = None
        case "extend":
            run.sizes.append(effect["limit"])


# --- moments -------------------------------------------------------------------------------------------------


def moments(office: Office, steps: list[Told]) -> dict[str, datetime | None]:
    """The moments of evaluation.md 1 by the names of the fact row."""
    entries = [step for step in steps if step.before != step.after]
    dispatches = [step for step in steps if step.trigger in DISPATCHES]
    rejects = [step for step in steps if step.trigger == "reject"]
    rejected_from = rejects[-1].before if rejects else None
    found: dict[str, datetime | None] = {
        "reported_at": steps[0].at,
        "accepted_at": _first(entries, "accepted"),
        "filed_at": _first(entries, "filed"),
        "closed_at": _first(entries, "closed", "force_closed"),
        "declined_at": _first(entries, "rejected") if rejected_from == "reported" else None,
        "rejected_at": _first(entries, "rejected") if rejected_from == "accepted" else None,
        "voided_at": _first(entries, "voided"),
        "dispatched_at": dispatches[0].at if dispatches else None,
        "last_dispatched_at": dispatches[-1].at if dispatches else None,
        "handled_at": _handled(steps),
        "due_at": due(office, steps, "handling") if _in_force(steps) else None,
    }
    found.update({f"{clock}_due_at": due(office, steps, clock) for clock in DESK_CLOCKS})
    for word, (sends, answers, state) in TASKS.items():
        acts = [
            step
            for step in steps
            if step.trigger in (*sends, *answers) or (step.trigger == "reassign" and step.before == state)
        ]
        sent = [step for step in acts if step.trigger not in answers]
        is_answered = bool(acts) and acts[-1].trigger in answers
        found[f"{word}_sent_at"] = sent[-1].at if sent else None
        found["confirmed_at" if word == "confirm" else "verified_at"] = acts[-1].at if is_answered else None
    return found


def _first(entries: list[Told], *states: str) -> datetime | None:
    return next((step.at for step in entries if step.after in states), None)


def _in_force(steps: list[Told]) -> bool:
    """Whether a dispatch is in force: the last one was not undone by a return to intake."""
    acts = [step.trigger for step in steps if step.trigger in (*DISPATCHES, "return_to_intake")]
    return bool(acts) and acts[-1] != "return_to_intake"


def _handled(steps: list[Told]) -> datetime | None:
    undoing = ("return_feedback", "rework", "redispatch", "return_to_intake")
    acts = [step for step in steps if step.trigger in ("give_feedback", *undoing)]
    return acts[-1].at if acts and acts[-1].trigger == "give_feedback" else None


# --- counters ------------------------------------------------------------------------------------------------


def counters(steps: list[Told]) -> dict[str, int]:
    """The counters of flow.md 5 by the names of api.md 5."""

    def fired(trigger: str, kind: str | None = None) -> int:
        return sum(
            step.trigger == trigger and (kind is None or step.data.get("request_kind") == kind)
            for step in steps
        )

    sent_to = [step.data["department"] for step in steps if step.trigger in DISPATCHES]
    return {
        **{f"{kind}_count": fired("grant", kind) for kind in ("extension", "suspension", "deferral")},
        "hand_back_count": fired("hand_back"),
        "misdispatch_count": sum(one != other for one, other in pairwise(sent_to)),
        "rework_count": fired("rework"),
        "feedback_return_count": fired("return_feedback"),
        "supervision_count": fired("supervise"),
        "reminder_count": fired("remind"),
        "confirmation_count": fired("send_confirmation"),
    }


def steps_of(steps: list[Told]) -> list[dict[str, Any]]:
    """The same as plain data for the slow reference of all counts (tests/facts/reference.py)."""
    return [
        {
            "no": one.no, "trigger": one.trigger, "from_state": one.before, "to_state": one.after, "at": one.at,
            "actor": one.actor, "role": one.role, "data": one.data, "clocks": one.effects,
        }
        for one in steps
    ]  # fmt: skip
