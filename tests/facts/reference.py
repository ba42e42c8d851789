"""A slow second reading of evaluation.md 1 to 3: every figure straight from the list of steps, nothing folded.

It judges by the verdicts that the clocks wrote into their stops, where the program compares deadlines itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from gridcase.facts import ClockEffect, Selection, Span, Step

DISPATCHES = ("dispatch", "redispatch", "rework")


class History:
    """The steps of one case before T, with questions to ask them."""

    def __init__(self, steps: Sequence[Step], at: datetime) -> None:
        self.steps = [step for step in steps if step.at < at]
        self.at = at

    @property
    def state(self) -> str:
        return self.steps[-1].to_state

    def all(self, *triggers: str) -> list[Step]:
        return [step for step in self.steps if step.trigger in triggers]

    def last(self, *triggers: str) -> Step | None:
        return (self.all(*triggers) or [None])[-1]

    def first_into(self, *states: str) -> Step | None:
        for step in self.steps:
            if step.to_state in states and step.from_state != step.to_state:
                return step
        return None

    def verdict(self, step: Step | None, clock: str) -> bool:
        """What the clock said when this step stopped it; True when it had no run to stop."""
        stops = [e for e in step.clocks if e.clock == clock and e.act == "stop"] if step else []
        return bool(stops[0].on_time) if stops else True

    def effects(self, clock: str) -> list[ClockEffect]:
        return [effect for step in self.steps for effect in step.clocks if effect.clock == clock]

    # the dispatch in force
    @property
    def dispatch(self) -> Step | None:
        last, returned = self.last(*DISPATCHES), self.last("return_to_intake")
        return None if last is None or (returned is not None and returned.no > last.no) else last

    @property
    def handled(self) -> Step | None:
        feedback = self.last("give_feedback")
        undone = self.last("return_feedback", "rework", "redispatch", "return_to_intake")
        return None if feedback is None or (undone is not None and undone.no > feedback.no) else feedback

    @property
    def due_at(self) -> datetime | None:
        if self.dispatch is None:
            return None
        shown = [e for e in self.effects("handling") if e.act != "end"]
        return shown[-1].due_at if shown else None

    @property
    def is_held(self) -> bool:
        """Inside a suspension that began before the due moment, on an open case."""
        acts = [e for e in self.effects("handling") if e.act in ("hold", "resume", "start", "stop", "end")]
        last = acts[-1] if acts else None
        is_suspension = (
            last is not None and last.act == "hold" and last.hold_kind in ("suspension", "deferral")
        )
        return bool(is_suspension and last and self.due_at is None and self.is_open and self.dispatch)

    @property
    def is_open(self) -> bool:
        return self.state not in ("closed", "force_closed", "rejected", "voided", "merged", "self_closed")

    @property
    def is_exempted(self) -> bool:
        return any(step.data["request_kind"] == "appeal" for step in self.all("grant"))

    @property
    def is_on_time(self) -> bool:
        handled, due = self.handled, self.due_at
        if handled is None:
            return False
        return self.is_exempted or due is None or handled.at <= due

    def findings(self, kind: str) -> bool:
        revoked = {step.data["finding"] for step in self.all("revoke_finding")}
        return any(
            s.data["finding"] not in revoked for s in self.all("find") if s.data["finding_kind"] == kind
        )

    def is_countable(self) -> bool:
        if self.dispatch is None or self.state in ("voided", "rejected", "merged", "self_closed"):
            return False
        return self.state != "force_closed" or self.handled is not None


def reference(steps: Sequence[Step], period: Span, at: datetime, selection: Selection) -> dict[str, int]:
    """The columns that are not 0 of a case in a period at T."""
    history = History(steps, at)
    if not history.steps:
        return {}
    reported_at = history.steps[0].at
    is_reported_mode = selection.mode == "reported"

    def inside(moment: datetime | None) -> bool:
        moment = reported_at if is_reported_mode else moment
        return moment is not None and period.start <= moment < period.end

    answer = {
        name: int(value) for name, (moment, value) in _intake(history).items() if moment and inside(moment)
    }
    for name, moment in _people(history):
        if inside(moment):
            answer[name] = answer.get(name, 0) + 1
    if history.is_countable():
        if inside(history.due_at):
            answer.update(_outcome(history, selection))
        if not is_reported_mode or inside(None):
            answer["held"] = history.is_held
        if not is_reported_mode:
            answer.update(_carried(history, period))
    return {name: int(value) for name, value in answer.items() if value}


def _intake(history: History) -> dict[str, tuple[datetime | None, bool]]:
    report, state = history.steps[0], history.state
    filing, accepting = history.first_into("filed"), history.first_into("accepted")
    ending = history.first_into("rejected", "voided", "closed", "force_closed")
    dispatches, reject = history.all(*DISPATCHES), history.last("reject")
    departments = [step.data["department"] for step in dispatches]
    is_wrong = any(a != b for a, b in pairwise(departments))
    first = dispatches[0] if dispatches else None
    answered = history.all("verify_pass", "verify_fail", "verify_unable", *_SENDS_VERIFICATION)
    verified = answered[-1] if answered and answered[-1].trigger.startswith("verify_") else None
    last_desk = history.last("verify_pass", "verify_fail", "ask_more", "decline_closing")
    is_passed = last_desk is not None and last_desk.trigger == "verify_pass"
    closing = history.last("close", "force_close")
    is_self = state == "self_closed"
    is_in = not is_self and state != "merged"
    was_filed = is_in and filing is not None and state != "rejected"
    is_filed = was_filed and state != "voided"
    is_public, is_inspectors = bool(report.data["is_public"]), report.role == "inspector"
    reported_at, filed_at = report.at, filing.at if filing else None
    ended_at, verified_at = ending.at if ending else None, verified.at if verified else None
    is_dispatched = is_filed and first is not None
    is_closed_on_time = history.verdict(closing, "closing")
    return {
        "reported": (reported_at, not is_self),
        "inspector_reported": (reported_at, not is_self and is_inspectors),
        "public_reported": (reported_at, not is_self and is_public),
        "valid_reported": (reported_at, is_filed and is_inspectors),
        "self_handled": (reported_at, is_self),
        "accepted": (accepting.at if accepting else None, is_in),
        "declined": (
            ended_at,
            state == "rejected" and reject is not None and reject.from_state == "reported",
        ),
        "rejected": (
            ended_at,
            state == "rejected" and reject is not None and reject.from_state == "accepted",
        ),
        "filed": (filed_at, is_filed),
        "voided": (filed_at, was_filed and state == "voided"),
        "public_filed": (filed_at, is_filed and is_public),
        "missed": (filed_at, is_filed and history.findings("missed")),
        "dispatch_due": (filed_at, is_filed),
        "dispatched": (first.at if first else None, is_filed),
        "undispatched": (filed_at, is_filed and history.is_open and first is None),
        "on_time_dispatched": (filed_at, is_dispatched and history.verdict(first, "dispatch")),
        "late_dispatched": (filed_at, is_dispatched and not history.verdict(first, "dispatch")),
        "accurate_dispatched": (filed_at, is_dispatched and not is_wrong),
        "wrong_dispatched": (filed_at, is_dispatched and is_wrong),
        "force_closed": (ended_at, is_filed and state == "force_closed"),
        "on_time_filed": (filed_at, is_filed and history.verdict(filing, "filing")),
        "desk_close_due": (verified_at, is_filed and is_passed),
        "on_time_desk_closed": (
            verified_at,
            is_filed and is_passed and closing is not None and is_closed_on_time,
        ),
    }


_SENDS_VERIFICATION = ("send_verification", "ask_more")


def _people(history: History) -> list[tuple[str, datetime]]:
    """Every task and duty as (column, moment)."""
    answer: list[tuple[str, datetime]] = []
    confirming = (("send_confirmation",), ("confirm", "confirm_absent"))
    verifying = (_SENDS_VERIFICATION, ("verify_pass", "verify_fail", "verify_unable"))
    for word, clock, (sends, answers) in (
        ("confirm", "confirmation", confirming),
        ("verify", "verification", verifying),
    ):
        done = {"confirm": "confirmed", "verify": "verified"}[word]
        state = {"confirm": "confirming", "verify": "verifying"}[word]
        acts = [s for s in history.steps if s.trigger in (*sends, *answers) or _reassigns(s, state)]
        for send, following in pairwise([*acts, None]):
            if send is None or send.trigger in answers:
                continue
            due = next(e.due_at for e in send.clocks if e.clock == clock and e.act == "start")
            if (
                following is not None
                and following.trigger == "reassign"
                and following.at < (due or following.at)
            ):
                continue
            answer.append((f"{word}_due", send.at))
            if following is not None and following.trigger in answers:
                answer.append((done, send.at))
                if history.verdict(following, clock):
                    answer.append((f"on_time_{done}", send.at))
    return answer + _sendings(history)


def _reassigns(step: Step, state: str) -> bool:
    return step.trigger == "reassign" and step.from_state == state


def _sendings(history: History) -> list[tuple[str, datetime]]:
    answer: list[tuple[str, datetime]] = []
    report, sends = history.steps[0], history.all("send_confirmation")
    needs = bool(report.data["needs_confirmation"])
    for number, send in enumerate(sends):
        is_first = number == 0 and needs
        answer.append(("confirm_send_due", report.at if is_first else send.at))
        started = next(e.due_at for e in report.clocks if e.clock == "intake")
        if not is_first or (started is not None and send.at <= started):
            answer.append(("on_time_confirm_sent", report.at if is_first else send.at))
    if needs and not sends and history.is_open:
        answer.append(("confirm_send_due", report.at))
    for step in history.all("give_feedback", "verify_unable"):
        reply = next(
            (s for s in history.steps if s.no > step.no and s.from_state == "handled" != s.to_state), None
        )
        if reply is None and history.state == "handled":
            answer.append(("verify_send_due", step.at))
        elif reply is not None and reply.trigger in ("send_verification", "return_feedback"):
            answer.append(("verify_send_due", step.at))
            if history.verdict(reply, "verification_sending"):
                answer.append(("on_time_verify_sent", step.at))
    return answer


def _outcome(history: History, selection: Selection) -> dict[str, int]:
    handled, due_at, at = history.handled is not None, history.due_at, history.at
    first = history.steps[0].data
    filing = history.last("file")
    is_urgent = bool(filing and filing.data["filing"]["urgent"])
    overdue = not handled and not history.is_held and due_at is not None and due_at < at
    in_time = not handled and not history.is_held and not overdue
    closing = history.first_into("closed", "force_closed")
    due, closed, on_time = handled or overdue, closing is not None, history.is_on_time
    if selection.on_time_closing == "closing":
        is_by_due = closing is not None and (due_at is None or closing.at <= due_at)
        closed_on_time = closed and (is_by_due or history.is_exempted)
    else:
        closed_on_time = closed and on_time
    failures = len(history.all("verify_fail", "decline_closing"))
    orders = [s for s in history.all("supervise") if "department" in s.data]
    extensions = [s for s in history.all("grant") if s.data["request_kind"] == "extension"]
    is_late_back = [
        s for s in history.all("hand_back") if s.at > datetime.fromisoformat(s.data["hand_back_due_at"])
    ]
    handle_due: int = not history.is_held
    if selection.handle_due == "without_not_yet_due":
        handle_due -= in_time
    return {
        "handle_due": handle_due,
        "unhandled": in_time or overdue,
        "open_in_time": in_time,
        "overdue_unhandled": overdue,
        "due": due,
        "overdue_unclosed": due and not closed,
        "urgent_due": due and is_urgent,
        "assigned_due": due and bool(first["is_assigned"]),
        "public_overdue_unhandled": overdue and bool(first["is_public"]),
        "supervision_unanswered": sum(_is_unanswered(history, order) for order in orders),
        "handled": handled,
        "on_time_handled": handled and on_time,
        "late_handled": handled and not on_time,
        "closed": closed,
        "on_time_closed": closed_on_time,
        "late_closed": closed and not closed_on_time,
        "urgent_closed": closed and is_urgent,
        "urgent_on_time_closed": closed_on_time and is_urgent,
        "assigned_closed": closed and bool(first["is_assigned"]),
        "assigned_on_time_closed": closed_on_time and bool(first["is_assigned"]),
        "public_late_closed": closed and not closed_on_time and bool(first["is_public"]),
        "reworked": bool(history.all("rework")),
        "rework_rounds": len(history.all("rework")),
        "verification_failed": min(failures, 2),
        "verification_failed_again": max(failures - 2, 0),
        "extended": bool(extensions),
        "extension_rounds": len(extensions),
        "ever_held": _was_held(history),
        "handed_back": bool(history.all("hand_back")),
        "late_handed_back": bool(is_late_back),
        "buck_passed": history.findings("buck_passed"),
        "faked": history.findings("faked"),
        "supervised": len(orders),
        "appeal_exempted": history.is_exempted,
        **_people_say(history, is_closed=closed),
    }


def _people_say(history: History, *, is_closed: bool) -> dict[str, int]:
    dispatch, call_back = history.dispatch, history.last("call_back")
    is_surveyed = is_closed and bool(history.steps[0].data["is_public"]) and call_back is not None
    is_local = dispatch is not None and dispatch.data["department_kind"] in ("street", "community")
    return {
        "settled_locally": is_closed and is_local,
        "surveyed": is_surveyed,
        "satisfied": bool(is_surveyed and call_back and call_back.data["satisfied"]),
    }


def _is_unanswered(history: History, order: Step) -> bool:
    reply_by = datetime.fromisoformat(order.data["reply_by"])
    replies = [s for s in history.all("reply_supervision") if s.data["order"] == order.data["order"]]
    is_answered = any(reply.at <= reply_by for reply in replies[:1])
    return not is_answered and (reply_by < history.at)


def _was_held(history: History) -> bool:
    return any(
        e.act == "hold" and e.hold_kind in ("suspension", "deferral") and e.due_at is None
        for e in history.effects("handling")
    )


def _carried(history: History, period: Span) -> dict[str, int]:
    due_at, handled = history.due_at, history.handled
    closing = history.first_into("closed", "force_closed")
    is_carried = due_at is not None and due_at < period.start and not history.is_held
    if not is_carried or (handled is not None and handled.at < period.start):
        return {}
    return {
        "carried_over": 1,
        "carried_over_handled": handled is not None,
        "carried_over_closed": closing is not None and period.start <= closing.at < history.at,
        "carried_over_open": handled is None,
    }
