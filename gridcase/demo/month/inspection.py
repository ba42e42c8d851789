"""From the feedback to the closing: verification by an inspector, at the same time of day where it matters, closing."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from gridcase.cases.windows import same_time_window
from gridcase.demo.month.chance import minutes
from gridcase.demo.month.course import Act, Course
from gridcase.demo.month.world import World
from gridcase.directory.people import Actor

_WAIT = timedelta(minutes=30)


def send(world: World, course: Course, *, on_failure: Act) -> None:
    """The intake operator sends an inspector; `on_failure` goes on when the verification finds it not done."""
    inspector = _choose(world, course)
    is_same_time = _is_same_time_class(world, course) and world.happens(world.plan.shares.same_time)
    records: dict[str, Any] = {"inspector": inspector.name}
    records["question"] = world.words(world.plan.texts.question)
    if is_same_time:
        records["same_time"] = True
    world.move(course, world.on_duty("intake_operator"), "send_verification", **records)
    _plan_answer(world, course, on_failure=on_failure, is_same_time=is_same_time)


def _choose(world: World, course: Course) -> Actor:
    course.inspector = world.staff.inspector_at(course.place, world.rng, other_than=course.reported_by)
    return course.inspector


def _is_same_time_class(world: World, course: Course) -> bool:
    classes = world.plan.inspections.same_time_classes
    return any(f"{course.category_key}/".startswith(f"{key}/") for key in classes)


def _plan_answer(world: World, course: Course, *, on_failure: Act, is_same_time: bool) -> None:
    at = world.now + timedelta(minutes=minutes(world.rng, world.plan.delays.verification))
    if is_same_time:
        at = _inside_window(world, course, at)
    world.agenda.plan(at, partial(_verify, world, on_failure=on_failure), course)


def _inside_window(world: World, course: Course, at: datetime) -> datetime:
    """A moment inside the same-time window: `at` if it lies there, else one drawn from what is left of it."""
    width = timedelta(minutes=world.book.settings.verification.window_minutes)
    start, end = same_time_window(course.reported_at, world.now, width)
    start = max(start, world.now + timedelta(minutes=1))
    if start <= at <= end:
        return at
    return min(start + (end - start) * (0.1 + 0.7 * world.rng.random()), end) if start < end else end


def _verify(world: World, course: Course, *, on_failure: Act) -> None:
    plan, photos, position = world.plan, world.photos("verification"), world.position(course)
    inspector = course.inspector
    if inspector is None:
        raise LookupError("nobody was sent")
    if world.happens(plan.shares.unable):
        world.move(course, inspector, "verify_unable", reason=world.words(plan.texts.unable))
        world.soon(plan.delays.sending, partial(send, world, on_failure=on_failure), course)
        return
    may_fail = course.failures < plan.inspections.most_failures
    if may_fail and world.happens(world.tempo(course).failed):
        reason = world.words(plan.texts.failed)
        world.move(course, inspector, "verify_fail", photos=photos, reason=reason, **position)
        _fail(world, course, on_failure)
        return
    world.move(course, inspector, "verify_pass", photos=photos, **position)
    world.soon(plan.delays.closing, partial(_close, world, on_failure=on_failure), course)


def _fail(world: World, course: Course, on_failure: Act) -> None:
    course.failures += 1
    world.soon(world.plan.delays.dispatch, on_failure, course)


def _close(world: World, course: Course, *, on_failure: Act) -> None:
    if course.open_request is not None:
        # A case with an open request cannot be closed: whoever decides comes first.
        world.agenda.plan(world.now + _WAIT, partial(_close, world, on_failure=on_failure), course)
        return
    plan, supervisor = world.plan, world.on_duty("shift_supervisor")
    if world.happens(plan.shares.declined_closing):
        world.move(course, supervisor, "decline_closing", reason=world.words(plan.texts.declined_closing))
        _fail(world, course, on_failure)
    elif world.happens(plan.shares.asked_again):
        question = world.words(plan.texts.asked_again)
        world.move(course, supervisor, "ask_more", inspector=_choose(world, course).name, question=question)
        _plan_answer(world, course, on_failure=on_failure, is_same_time=False)
    else:
        closer = world.on_duty(world.book.settings.closing.by)
        world.move(course, closer, "close", ticked=[1] if course.condition.closing else [])
        world.end(course, "closed")
