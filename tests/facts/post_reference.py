"""A slow second reading of evaluation.md 5 for posts: who did which act of a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from tests.facts.past import DISPATCHES, History, Period, Step
from tests.facts.reference import Counts, intake
from tests.facts.task_reference import people

_DUTIES = ("confirm_send_due", "on_time_confirm_sent", "verify_send_due", "on_time_verify_sent")
# Who is on duty: (inspector, cells, from, to).
Shifts = Sequence[tuple[str, Sequence[str], datetime, datetime]]


def acts_of_posts(history: History, period: Period, roster: Shifts) -> dict[str, dict[str, Counts]]:
    """Post -> person -> the columns that are not 0: each act by its own moment, on whoever did it."""
    found: dict[str, dict[str, Counts]] = {}

    def add(post: str, person: str | None, name: str) -> None:
        if person is not None:
            counts = found.setdefault(post, {}).setdefault(person, {})
            counts[name] = counts.get(name, 0) + 1

    columns = {name for name, (own, value) in intake(history).items() if value and period.has(own)}
    for post, names, person in _doers(history):
        for name in names:
            if name in columns:
                add(post, person, name)
    for name, own, person in people(history):
        if period.has(own):
            add("intake-operators" if name in _DUTIES else "inspectors", person, name)
    if "missed" in columns:
        reported_at = history.first["at"]
        on_duty = {who for who, cells, start, end in roster
                   if history.place["cell"] in cells and start <= reported_at < end}  # fmt: skip
        for who in on_duty:
            add("inspectors", who, "missed")
    return found


def _doers(history: History) -> Iterator[tuple[str, Sequence[str], str | None]]:
    """Post, the columns that one act makes, and who did it."""

    def actor(step: Step | None) -> str | None:
        return str(step["actor"]) if step is not None else None

    report, accepting = history.first, history.into("accepted")
    reports = ("reported", "inspector_reported", "valid_reported", "self_handled", "filed")
    yield "inspectors", reports, actor(report) if report["role"] == "inspector" else None
    if accepting is not None and accepting["trigger"] != "accept":
        sent = [s for s in history.all("send_confirmation") if s["no"] < accepting["no"]]
        accepting = sent[-1] if sent else None
    yield "intake-operators", ("accepted",), actor(accepting)
    yield "intake-operators", ("declined",), actor(history.last("reject"))
    yield "shift-supervisors", ("rejected",), actor(history.last("reject"))
    yield "shift-supervisors", ("filed", "voided", "on_time_filed"), actor(history.into("filed"))
    closings = ("force_closed", "desk_close_due", "on_time_desk_closed")
    yield "shift-supervisors", closings, actor(history.last("close", "force_close"))
    dispatching = ("dispatch_due", "dispatched", "on_time_dispatched", "late_dispatched",
                   "accurate_dispatched", "wrong_dispatched")  # fmt: skip
    first = history.all(*DISPATCHES)
    yield "dispatchers", dispatching, actor(first[0]) if first else None
