"""Random walks through the standard flow, for property tests: a plan of numbers makes a story."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.facts.story import FLOW, NEVER_AFTER_FILING, START, Story

Plan = Sequence[tuple[int, int]]
_GAPS = (
    timedelta(minutes=3),
    timedelta(minutes=20),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(days=3),
)
# Drawn more often than the side paths, or no walk would come as far as closing.
_FORWARD = {"accept": 5, "confirm": 3, "file": 9, "dispatch": 5, "receive": 5, "give_feedback": 7, "send_verification": 6,
            "verify_pass": 4, "close": 4, "rework": 3, "redispatch": 4}  # fmt: skip
_DEPARTMENTS = (("A", "handling"), ("B", "handling"), ("S", "street"))


def random_plan(seed: int, length: int = 24) -> list[tuple[int, int]]:
    """A plan from a seed, the same for the same seed."""
    source = random.Random(seed)
    return [(source.randrange(1000), source.randrange(1000)) for _ in range(length)]


def walk(plan: Plan, *, start: datetime = START) -> Story:
    """The story that a plan makes: each pair chooses an act among the allowed ones, and the time before it."""
    story = Story(start=start)
    first = plan[0][0] if plan else 0
    if first % 2:
        story.report(is_assigned=first % 5 == 0)
    else:
        story.report(
            "intake_operator",
            is_public=first % 4 == 0,
            needs_confirmation=first % 3 == 0,
            is_assigned=first % 5 == 0,
        )
    for choice, gap in plan[1:]:
        story.now += _GAPS[gap % len(_GAPS)]
        acts = _acts(story)
        if acts:
            _perform(story, acts[choice % len(acts)], choice)
    return story


def _acts(story: Story) -> list[str]:
    acts = [trigger for trigger, (sources, _) in FLOW.items() if story.state in sources]
    if story.has_been_filed:
        acts = [trigger for trigger in acts if trigger not in NEVER_AFTER_FILING]
    if story.is_suspended:
        acts = [trigger for trigger in acts if trigger not in ("give_feedback", "hand_back")] + ["+release"]
    elif story.state in ("dispatched", "handling"):
        acts += ["+suspension", "+extension"]
        if story.has_rework:
            acts = [trigger for trigger in acts if trigger != "hand_back"]
    if story.state == "handled":
        acts.append("+extension")
    if story.has_been_filed:
        acts += ["+find", "+supervise"]
        acts += ["+revoke"] if any(step.trigger == "find" for step in story.steps) else []
        acts += ["+reply"] if any(step.trigger == "supervise" for step in story.steps) else []
    if story.state in ("closed", "force_closed"):
        acts += ["+call_back", "+appeal"]
    return [act for act in acts for _ in range(_FORWARD.get(act, 1))]


def _perform(story: Story, act: str, choice: int) -> None:
    if act == "+suspension":
        # Some end by themselves at a planned moment, unless they are ended before.
        until = story.now + timedelta(hours=choice % 90) if choice % 3 else None
        story.grant("suspension", until=until)
    elif act in ("+extension", "+appeal"):
        story.grant(act[1:])
    elif act == "+release":
        story.until(max(story.now, story.held_until or story.now)).release()
    elif act == "+find":
        kind = ("missed", "faked", "buck_passed")[choice % 3]
        story.note("find", finding=f"f{len(story.steps)}", finding_kind=kind)
    elif act == "+revoke":
        found = [step.data["finding"] for step in story.steps if step.trigger == "find"]
        story.note("revoke_finding", finding=found[choice % len(found)])
    elif act == "+supervise":
        reply_by = story.now + timedelta(days=choice % 5)
        to = {"desk": "dispatcher"} if choice % 4 == 0 else {"department": "A"}
        story.note("supervise", order=f"o{len(story.steps)}", reply_by=reply_by.isoformat(), **to)
    elif act == "+reply":
        given = [step.data["order"] for step in story.steps if step.trigger == "supervise"]
        story.note("reply_supervision", order=given[choice % len(given)])
    elif act == "+call_back":
        story.note("call_back", satisfied=choice % 2 == 0)
    elif act in ("dispatch", "redispatch"):
        others = [pair for pair in _DEPARTMENTS if pair[0] != story.department]
        pairs = others if story.state == "verification_failed" else list(_DEPARTMENTS)
        department, kind = pairs[choice % len(pairs)]
        story.do(act, department=department, department_kind=kind)
    elif act == "file":
        story.do(act, filing={"urgent": choice % 3 == 0})
    elif act == "hand_back":
        story.do(act, hand_back_due_at=(story.now + timedelta(hours=choice % 3 - 1)).isoformat())
    else:
        story.do(act)
