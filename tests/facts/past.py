"""The steps of a case before T as plain dicts, and questions to ask them: nothing folded, nothing of the program.

A step is `{"no", "trigger", "from_state", "to_state", "at", "actor", "role", "data", "clocks"}` with an aware `at` and
effects as JSON has them. Acts are judged by the verdicts that the clocks wrote into their stops, where the program
compares deadlines itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

Step = Mapping[str, Any]

DISPATCHES = ("dispatch", "redispatch", "rework")
ENDINGS = ("closed", "force_closed", "rejected", "voided", "merged", "self_closed")
SENDS_VERIFICATION = ("send_verification", "ask_more")
ANSWERS_VERIFICATION = ("verify_pass", "verify_fail", "verify_unable")
HOLDING = ("suspension", "deferral")


@dataclass(frozen=True)
class Period:
    """`[start, end)`, aware."""

    start: datetime
    end: datetime

    def has(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.end


@dataclass(frozen=True)
class Choice:
    """The settings of a scheme that change what is counted."""

    mode: str = "due"
    carry_over: str = "own_column"
    handle_due: str = "all_dispatched"
    on_time_closing: str = "handling"


def moment(value: Any) -> datetime | None:
    """A moment of a record or of an effect."""
    if value is None:
        return None
    return (value if isinstance(value, datetime) else datetime.fromisoformat(value)).astimezone(UTC)


class History:
    """The steps of one case before T, at least one, with questions to ask them."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps
        self.first = steps[0]

    @cached_property
    def by_trigger(self) -> dict[str, list[Step]]:
        found: dict[str, list[Step]] = {}
        for step in self.steps:
            found.setdefault(step["trigger"], []).append(step)
        return found

    def all(self, *triggers: str) -> list[Step]:
        found = [step for trigger in triggers for step in self.by_trigger.get(trigger, ())]
        return sorted(found, key=lambda step: int(step["no"]))

    def last(self, *triggers: str) -> Step | None:
        return (self.all(*triggers) or [None])[-1]

    @property
    def state(self) -> str:
        return str(self.steps[-1]["to_state"])

    @property
    def is_open(self) -> bool:
        return self.state not in ENDINGS

    @property
    def is_public(self) -> bool:
        return bool(self.first["data"].get("is_public"))

    @property
    def is_assigned(self) -> bool:
        return bool(self.first["data"].get("is_assigned"))

    @cached_property
    def place(self) -> dict[str, Any]:
        """The place and class of the case with every correction of it."""
        told = dict(self.first["data"])
        for step in self.steps:
            told.update(step["data"].get("corrections") or {})
        return told

    @cached_property
    def entries(self) -> list[Step]:
        """Steps that lead into another state than the one before."""
        return [step for step in self.steps if step["from_state"] != step["to_state"]]

    def into(self, *states: str) -> Step | None:
        """The first entry into one of the states."""
        return next((step for step in self.entries if step["to_state"] in states), None)

    def verdict(self, step: Step | None, clock: str) -> bool:
        """What the clock said when this step stopped it; True when it had no run to stop."""
        effects = step["clocks"] if step else ()
        stops = [each for each in effects if each["clock"] == clock and each["act"] == "stop"]
        return bool(stops[0].get("on_time")) if stops else True

    # --- the dispatch in force ---------------------------------------------------------------------------------

    @cached_property
    def dispatch(self) -> Step | None:
        last, returned = self.last(*DISPATCHES), self.last("return_to_intake")
        return None if last is None or (returned is not None and returned["no"] > last["no"]) else last

    @cached_property
    def handled_at(self) -> datetime | None:
        feedback = self.last("give_feedback")
        undone = self.last("return_feedback", "rework", "redispatch", "return_to_intake")
        if feedback is None or (undone is not None and undone["no"] > feedback["no"]):
            return None
        return moment(feedback["at"])

    @cached_property
    def handling(self) -> list[Mapping[str, Any]]:
        """The effects on the handling clock; those on a run that another one has followed are past."""
        found: list[Mapping[str, Any]] = []
        for step in self.steps:
            for effect in step["clocks"]:
                if effect["clock"] == "handling" and (not found or effect["run"] >= found[-1]["run"]):
                    found.append(effect)
        return found

    @cached_property
    def due_at(self) -> datetime | None:
        if self.dispatch is None:
            return None
        shown = [e for e in self.handling if e["act"] != "end" and (e["act"] != "stop" or e.get("due_at"))]
        return moment(shown[-1].get("due_at")) if shown else None

    def is_held(self, at: datetime) -> bool:
        """Inside a suspension or deferral that began before the due moment, on an open case."""
        acts = [e for e in self.handling if e["act"] in ("hold", "resume", "start", "stop", "end")]
        last = acts[-1] if acts else None
        if last is None or last["act"] != "hold" or last.get("hold_kind") not in HOLDING:
            return False
        until = moment(last.get("until_at"))
        is_over = until is not None and until <= at
        return self.is_open and self.dispatch is not None and self.due_at is None and not is_over

    @cached_property
    def is_exempted(self) -> bool:
        return any(step["data"].get("request_kind") == "appeal" for step in self.all("grant"))

    @cached_property
    def is_on_time(self) -> bool:
        if self.handled_at is None:
            return False
        return self.is_exempted or self.due_at is None or self.handled_at <= self.due_at

    def has_finding(self, kind: str) -> bool:
        found = [s for s in self.all("find") if s["data"]["finding_kind"] == kind]
        revoked = {step["data"]["finding"] for step in self.all("revoke_finding")}
        return any(step["data"]["finding"] not in revoked for step in found)

    @property
    def is_countable(self) -> bool:
        if self.dispatch is None or self.state in ("voided", "rejected", "merged", "self_closed"):
            return False
        return self.state != "force_closed" or self.handled_at is not None

    def unit(self, kind: str) -> str | None:
        """The code of the department, or of the area of a level, that the case belongs to."""
        if kind == "department":
            return str(self.dispatch["data"]["department"]) if self.dispatch else None
        return self.place.get(kind)
