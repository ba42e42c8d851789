"""A slow second reading of evaluation.md 3 for the work of people: tasks of inspectors and sending duties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from tests.facts.past import ANSWERS_VERIFICATION, SENDS_VERIFICATION, History, moment

Act = tuple[str, datetime, str | None]


def people(history: History) -> list[Act]:
    """Every task and duty as (column, moment, person); nobody for a duty that was not met."""
    confirming = (("send_confirmation",), ("confirm", "confirm_absent"))
    verifying = (SENDS_VERIFICATION, ANSWERS_VERIFICATION)
    return [
        *_tasks(history, ("confirm", "confirmed", "confirmation"), "confirming", confirming),
        *_tasks(history, ("verify", "verified", "verification"), "verifying", verifying),
        *_confirmation_duties(history),
        *_verification_duties(history),
    ]


def _tasks(
    history: History, words: tuple[str, str, str], state: str, triggers: tuple[Sequence[str], Sequence[str]]
) -> Iterator[Act]:
    (word, done, clock), (sends, answers) = words, triggers
    reassigned = [step for step in history.all("reassign") if step["from_state"] == state]
    acts = sorted([*history.all(*sends, *answers), *reassigned], key=lambda step: int(step["no"]))
    for send, following in pairwise([*acts, None]):
        if send is None or send["trigger"] in answers:
            continue
        starts = [e for e in send["clocks"] if e["clock"] == clock and e["act"] == "start"]
        due_at, sent_at, who = moment(starts[0].get("due_at")), moment(send["at"]), send["data"]["inspector"]
        assert due_at is not None
        assert sent_at is not None
        if following is not None and following["trigger"] == "reassign" and following["at"] < due_at:
            continue
        yield f"{word}_due", sent_at, who
        if following is not None and following["trigger"] in answers:
            yield done, sent_at, who
            if history.verdict(following, clock):
                yield f"on_time_{done}", sent_at, who


def _confirmation_duties(history: History) -> Iterator[Act]:
    report, sends = history.first, history.all("send_confirmation")
    is_needed = bool(report["data"].get("needs_confirmation"))
    for number, send in enumerate(sends):
        is_owed_from_report = number == 0 and is_needed
        arose_at = report["at"] if is_owed_from_report else send["at"]
        started = next(moment(e.get("due_at")) for e in report["clocks"] if e["clock"] == "intake")
        yield "confirm_send_due", arose_at, send["actor"]
        if not is_owed_from_report or (started is not None and send["at"] <= started):
            yield "on_time_confirm_sent", arose_at, send["actor"]
    if is_needed and not sends and history.is_open:
        yield "confirm_send_due", report["at"], None


def _verification_duties(history: History) -> Iterator[Act]:
    for step in history.all("give_feedback", "verify_unable"):
        leaving = (s for s in history.entries if s["no"] > step["no"] and s["from_state"] == "handled")
        reply = next(leaving, None)
        if reply is None and history.state == "handled":
            yield "verify_send_due", step["at"], None
        elif reply is not None and reply["trigger"] in ("send_verification", "return_feedback"):
            yield "verify_send_due", step["at"], reply["actor"]
            if history.verdict(reply, "verification_sending"):
                yield "on_time_verify_sent", step["at"], reply["actor"]
