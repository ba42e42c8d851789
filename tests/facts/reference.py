"""A slow second reading of evaluation.md 1 to 3: every column of a case in a period, from its steps as plain dicts."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from tests.facts.past import (
    ANSWERS_VERIFICATION,
    DISPATCHES,
    HOLDING,
    SENDS_VERIFICATION,
    Choice,
    History,
    Period,
    moment,
)
from tests.facts.task_reference import people

Counts = dict[str, int]


def reference(history: History, period: Period, at: datetime, choice: Choice) -> Counts:
    """The columns that are not 0 of a case in a period at T."""
    is_reported = choice.mode == "reported"
    belongs = period.has(moment(history.first["at"]))
    if is_reported and not belongs:
        return {}
    answer = {
        name: int(value)
        for name, (own, value) in intake(history).items()
        if own is not None and (is_reported or period.has(own))
    }
    for name, own, _person in people(history):
        if is_reported or period.has(own):
            answer[name] = answer.get(name, 0) + 1
    if history.is_countable:
        if is_reported or period.has(history.due_at):
            answer.update(outcome(history, at, choice))
        answer["held"] = history.is_held(at)
        if not is_reported:
            add_carried(answer, history, period, at=at, choice=choice)
    return {name: int(value) for name, value in answer.items() if value}


# --- block I ---------------------------------------------------------------------------------------------------


def intake(history: History) -> dict[str, tuple[datetime | None, bool]]:
    """Each column of block I with its own moment."""
    report, state = history.first, history.state
    filing, accepting = history.into("filed"), history.into("accepted")
    is_in = state not in ("self_closed", "merged")
    was_filed = is_in and filing is not None and state != "rejected"
    is_filed = was_filed and state != "voided"
    is_inspectors, is_self = report["role"] == "inspector", state == "self_closed"
    reported_at, filed_at = moment(report["at"]), moment(filing["at"]) if filing else None
    ended_at = moment(history.entries[-1]["at"]) if not history.is_open else None
    reject = history.last("reject")
    rejected_from = reject["from_state"] if reject is not None and state == "rejected" else None
    return {
        "reported": (reported_at, not is_self),
        "inspector_reported": (reported_at, not is_self and is_inspectors),
        "public_reported": (reported_at, not is_self and history.is_public),
        "valid_reported": (reported_at, is_filed and is_inspectors),
        "self_handled": (reported_at, is_self),
        "accepted": (moment(accepting["at"]) if accepting else None, is_in),
        "declined": (ended_at, rejected_from == "reported"),
        "rejected": (ended_at, rejected_from == "accepted"),
        "filed": (filed_at, is_filed),
        "voided": (filed_at, was_filed and state == "voided"),
        "public_filed": (filed_at, is_filed and history.is_public),
        "missed": (filed_at, is_filed and history.has_finding("missed")),
        "force_closed": (ended_at, is_filed and state == "force_closed"),
        "on_time_filed": (filed_at, is_filed and history.verdict(filing, "filing")),
        **_dispatching(history, filed_at, is_filed=is_filed),
        **_closing_desk(history, is_filed=is_filed),
    }


def _dispatching(
    history: History, filed_at: datetime | None, *, is_filed: bool
) -> dict[str, tuple[datetime | None, bool]]:
    dispatches = history.all(*DISPATCHES)
    first = dispatches[0] if dispatches else None
    departments = [step["data"]["department"] for step in dispatches]
    is_wrong = any(a != b for a, b in pairwise(departments))
    is_dispatched, is_on_time = is_filed and first is not None, history.verdict(first, "dispatch")
    return {
        "dispatch_due": (filed_at, is_filed),
        "dispatched": (moment(first["at"]) if first else None, is_filed),
        "undispatched": (filed_at, is_filed and history.is_open and first is None),
        "on_time_dispatched": (filed_at, is_dispatched and is_on_time),
        "late_dispatched": (filed_at, is_dispatched and not is_on_time),
        "accurate_dispatched": (filed_at, is_dispatched and not is_wrong),
        "wrong_dispatched": (filed_at, is_dispatched and is_wrong),
    }


def _closing_desk(history: History, *, is_filed: bool) -> dict[str, tuple[datetime | None, bool]]:
    answered = history.last(*ANSWERS_VERIFICATION, *SENDS_VERIFICATION)
    is_answered = answered is not None and answered["trigger"] in ANSWERS_VERIFICATION
    verified_at = moment(answered["at"]) if answered is not None and is_answered else None
    last = history.last("verify_pass", "verify_fail", "ask_more", "decline_closing")
    is_passed = is_filed and last is not None and last["trigger"] == "verify_pass"
    closing = history.last("close", "force_close")
    is_on_time = closing is not None and history.verdict(closing, "closing")
    return {
        "desk_close_due": (verified_at, is_passed),
        "on_time_desk_closed": (verified_at, is_passed and is_on_time),
    }


# --- block O ---------------------------------------------------------------------------------------------------


def outcome(history: History, at: datetime, choice: Choice) -> Counts:
    handled, due_at = history.handled_at is not None, history.due_at
    is_held = history.is_held(at)
    overdue = not handled and not is_held and due_at is not None and due_at < at
    in_time = not handled and not is_held and not overdue
    handle_due = int(not is_held)
    if choice.handle_due == "without_not_yet_due":
        handle_due -= in_time
    return {
        "handle_due": handle_due,
        "unhandled": in_time or overdue,
        "open_in_time": in_time,
        "overdue_unhandled": overdue,
        "due": handled or overdue,
        "handled": handled,
        "on_time_handled": handled and history.is_on_time,
        "late_handled": handled and not history.is_on_time,
        **_closing(history, choice, is_due=handled or overdue),
        "public_overdue_unhandled": overdue and history.is_public,
        **_quality(history),
        **_orders(history, at),
        **_replies_of_people(history),
    }


def _closing(history: History, choice: Choice, *, is_due: bool) -> Counts:
    closing = history.into("closed", "force_closed")
    closed, on_time = closing is not None, history.is_on_time
    if closing is not None and choice.on_time_closing == "closing":
        is_by_due = history.due_at is None or closing["at"] <= history.due_at
        on_time = is_by_due or history.is_exempted
    filings = [step for step in history.steps if "filing" in step["data"]]
    is_urgent = bool(filings and filings[-1]["data"]["filing"].get("urgent"))
    sorts = {"urgent": is_urgent, "assigned": history.is_assigned}
    answer = {
        "closed": closed,
        "on_time_closed": closed and on_time,
        "late_closed": closed and not on_time,
        "overdue_unclosed": is_due and not closed,
        "public_late_closed": closed and not on_time and history.is_public,
    }
    for sort, is_of_it in sorts.items():
        answer[f"{sort}_due"] = is_due and is_of_it
        answer[f"{sort}_closed"] = closed and is_of_it
        answer[f"{sort}_on_time_closed"] = closed and on_time and is_of_it
    return {name: int(value) for name, value in answer.items()}


def _quality(history: History) -> Counts:
    failures = len(history.all("verify_fail", "decline_closing"))
    extensions = [s for s in history.all("grant") if s["data"].get("request_kind") == "extension"]
    backs = history.all("hand_back")
    late_backs = [s for s in backs if s["at"] > (moment(s["data"].get("hand_back_due_at")) or s["at"])]
    holds = [e for e in history.handling if e["act"] == "hold" and e.get("hold_kind") in HOLDING]
    return {
        "reworked": bool(history.all("rework")),
        "rework_rounds": len(history.all("rework")),
        "verification_failed": min(failures, 2),
        "verification_failed_again": max(failures - 2, 0),
        "extended": bool(extensions),
        "extension_rounds": len(extensions),
        "ever_held": any(e.get("due_at") is None for e in holds),
        "handed_back": bool(backs),
        "late_handed_back": bool(late_backs),
        "buck_passed": history.has_finding("buck_passed"),
        "faked": history.has_finding("faked"),
        "appeal_exempted": history.is_exempted,
    }


def _orders(history: History, at: datetime) -> Counts:
    orders = [step for step in history.all("supervise") if step["data"].get("department")]
    unanswered = 0
    for order in orders:
        reply_by = moment(order["data"]["reply_by"])
        assert reply_by is not None
        replies = history.all("reply_supervision")
        own = [step for step in replies if step["data"]["order"] == order["data"]["order"]]
        is_answered = bool(own) and own[0]["at"] <= reply_by
        unanswered += not is_answered and reply_by < at
    return {"supervised": len(orders), "supervision_unanswered": unanswered}


def _replies_of_people(history: History) -> Counts:
    is_closed = history.into("closed", "force_closed") is not None
    call = history.last("call_back")
    kinds = [step["data"].get("department_kind") for step in history.all(*DISPATCHES)]
    is_surveyed = is_closed and history.is_public and call is not None
    return {
        "settled_locally": is_closed and kinds[-1] in ("street", "community"),
        "surveyed": is_surveyed,
        "satisfied": bool(is_surveyed and call and call["data"]["satisfied"]),
    }


def add_carried(answer: Counts, history: History, period: Period, *, at: datetime, choice: Choice) -> None:
    """上期遗留: its own columns, and with `carry_over = "included"` always late in those of the period."""
    due_at, handled_at = history.due_at, history.handled_at
    if due_at is None or due_at >= period.start or (handled_at is not None and handled_at < period.start):
        return
    closing = history.into("closed", "force_closed")
    closed = closing is not None and period.start <= closing["at"] < at
    handled = handled_at is not None
    answer.update(
        carried_over=1,
        carried_over_handled=handled,
        carried_over_closed=closed,
        carried_over_open=not handled,
    )
    if choice.carry_over != "included":
        return
    filings = [step for step in history.steps if "filing" in step["data"]]
    is_urgent = bool(filings and filings[-1]["data"]["filing"].get("urgent"))
    sorts = {"urgent": is_urgent, "assigned": history.is_assigned}
    added = {"handle_due": 1, "due": 1, "handled": handled, "late_handled": handled, "closed": closed}
    added |= {"late_closed": closed, "public_late_closed": closed and history.is_public}
    # In handle_due and not handled; due and not closed: by the words of the table.
    added |= {"unhandled": not handled, "overdue_unhandled": not handled, "overdue_unclosed": not closed}
    added["public_overdue_unhandled"] = not handled and history.is_public
    for sort, is_of_it in sorts.items():
        added |= {f"{sort}_due": is_of_it, f"{sort}_closed": closed and is_of_it}
    for name, value in added.items():
        answer[name] = answer.get(name, 0) + int(value)
