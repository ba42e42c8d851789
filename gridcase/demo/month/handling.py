"""From the dispatch to the feedback: receipt, hand-back, work in the department, rework."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from gridcase.demo.month import asking, inspection
from gridcase.demo.month.chance import minutes, pick, spread_about
from gridcase.demo.month.course import Course
from gridcase.demo.month.world import World
from gridcase.directory.people import Actor

# Parts of the limit. A neglected case lies for a multiple of it; a reworked one is done sooner than the first time.
_NEGLECTED = (2.0, 9.0)
_AFTER_PAUSE = (0.1, 0.7)
_REWORK = 0.7
_LATE_AHEAD = 0.95
_NEAR_MISS, _PUSHED = 1.4, (0.86, 0.99)
_NEVER_RECEIVED = 30.0
_LATE_REFUSAL_S = (4.2 * 3600, 9 * 3600)
_SHORT_WORK = timedelta(minutes=50)


# --- the dispatcher ------------------------------------------------------------------------------------------


def dispatch(world: World, course: Course) -> None:
    """The first dispatch of a filing; now and then to a department that is not responsible."""
    is_astray = course.dispatch_count == 0 and world.happens(world.plan.shares.misdirected)
    _send(world, course, "dispatch", department=_another(world, course) if is_astray else course.responsible)


def _another(world: World, course: Course) -> str:
    known = [code for code in world.staff.officers if code not in (course.responsible, course.department)]
    return pick(world.rng, known) if known else course.responsible


def _send(world: World, course: Course, trigger: str, *, department: str, reason: str | None = None) -> None:
    records: dict[str, Any] = {"department": department} if trigger != "rework" else {}
    if reason is not None:
        records["reason"] = reason
    world.move(course, world.on_duty("dispatcher"), trigger, **records)
    is_same = course.department == department
    course.department = department
    course.dispatch_count += 1
    if trigger == "rework" or not is_same:
        course.dispatched_at = world.now
        course.extension_count = 0
    course.new_turn()
    _await_receipt(world, course)


def _redispatch(world: World, course: Course) -> None:
    _send(world, course, "redispatch", department=course.responsible)


def rework(world: World, course: Course) -> None:
    """After a failed verification: back to the same department, seldom to another one."""
    if course.open_request is not None:
        # Whoever decides about the request is still to do so; the new attempt has a clock of its own.
        world.agenda.plan(world.now + timedelta(minutes=30), partial(rework, world), course)
        return
    reason = world.words(world.plan.texts.rework)
    if world.happens(world.plan.shares.other_department):
        course.responsible = _another(world, course)
        _send(world, course, "redispatch", department=course.responsible, reason=reason)
    else:
        _send(world, course, "rework", department=course.department, reason=reason)


# --- the department ------------------------------------------------------------------------------------------


def _await_receipt(world: World, course: Course) -> None:
    delays = world.plan.delays
    is_misplaced = course.department != course.responsible
    act = partial(_receive, world)
    if is_misplaced and course.failures == 0 and world.happens(_NEVER_RECEIVED):
        act = partial(_hand_back, world)
    if world.is_urgent(course):
        world.soon(delays.urgent_receipt, act, course)
    else:
        world.agenda.plan(world.after_work(world.now, 60 * minutes(world.rng, delays.receipt)), act, course)


def _receive(world: World, course: Course) -> None:
    world.move(course, world.staff.officers[course.department], "receive")
    is_misplaced = course.department != course.responsible
    is_disputed = not course.was_handed_back and world.happens(world.plan.shares.disputed)
    if course.failures == 0 and (is_misplaced or is_disputed):
        _plan_hand_back(world, course)
    else:
        _plan_work(world, course)


def _plan_hand_back(world: World, course: Course) -> None:
    seconds = 60 * minutes(world.rng, world.plan.delays.refusal)
    if world.happens(world.tempo(course).late_refusal):
        seconds = world.rng.uniform(*_LATE_REFUSAL_S)
    world.agenda.plan(world.after_work(world.now, seconds), partial(_hand_back, world), course)


def _hand_back(world: World, course: Course) -> None:
    is_misplaced = course.department != course.responsible
    texts = world.plan.texts
    reason = world.words(texts.misdirected if is_misplaced else texts.disputed)
    officer = world.staff.officers[course.department]
    code = "not_ours" if is_misplaced else "no_need"
    world.move(course, officer, "hand_back", reason_code=code, reason=reason)
    course.was_handed_back = True
    course.new_turn()
    world.soon(world.plan.delays.dispatch, partial(_redispatch, world), course)


def _plan_work(world: World, course: Course) -> None:
    """The department has the case: how long it takes, and whether it asks for something on the way."""
    tempo, started = world.tempo(course), _dispatched_at(course)
    is_neglected = course.failures == 0 and world.happens(tempo.neglected)
    part = world.rng.uniform(*_NEGLECTED) if is_neglected else _part(world, course)
    if course.failures == 0 and asking.asks_to_stop(world, course, go_on=partial(_go_on, world)):
        return
    finish = max(world.part_of_limit(course, started, part), _soonest(world))
    if is_neglected:
        asking.plan_forced_closing(world, course, before=finish)
    elif part > _LATE_AHEAD:
        asking.plan_extension(world, course, before=finish)
    _plan_finish(world, course, finish)


def _part(world: World, course: Course) -> float:
    """The part of the limit that the work will take, drawn from the department's pace."""
    tempo = world.tempo(course)
    part = spread_about(world.rng, tempo.share, tempo.spread) * (_REWORK if course.failures else 1.0)
    if 1.0 < part < _NEAR_MISS and world.happens(tempo.pushed):
        # Whoever sees the due moment coming puts this case first.
        part = world.rng.uniform(*_PUSHED)
    return part


def _go_on(world: World, course: Course) -> None:
    """After a pause or a refusal: the work is taken up again."""
    part = world.rng.uniform(*_AFTER_PAUSE)
    course.new_turn()
    _plan_finish(world, course, max(world.part_of_limit(course, world.now, part), _soonest(world)))


def _dispatched_at(course: Course) -> datetime:
    if course.dispatched_at is None:
        raise LookupError("the case was never dispatched")
    return course.dispatched_at


def _soonest(world: World) -> datetime:
    return world.now + timedelta(minutes=4 + 20 * world.rng.random())


def _plan_finish(world: World, course: Course, finish: datetime) -> None:
    is_long = finish - world.now > _SHORT_WORK
    if is_long and world.happens(world.plan.shares.assigned):
        handler = pick(world.rng, world.staff.handlers[course.department])
        soon = world.now + timedelta(minutes=3 + 15 * world.rng.random())
        done = finish - timedelta(minutes=3 + 20 * world.rng.random())
        world.agenda.plan(soon, partial(_assign, world, handler=handler.name), course)
        world.agenda.plan(done, partial(_submit, world, handler=handler), course)
    world.agenda.plan(finish, partial(_give_feedback, world), course)


def _assign(world: World, course: Course, *, handler: str) -> None:
    world.move(course, world.staff.officers[course.department], "assign", handler=handler)


def _submit(world: World, course: Course, *, handler: Actor) -> None:
    world.move(course, handler, "submit_result", photos=world.photos("after"))


def _give_feedback(world: World, course: Course) -> None:
    texts = world.plan.texts
    done = world.now - timedelta(minutes=2 + int(world.rng.random() * 20))
    world.move(
        course,
        world.staff.officers[course.department],
        "give_feedback",
        photos=world.photos("after"),
        measure=world.words(texts.measure),
        result=world.words(texts.result),
        finished_at=done,
    )
    course.new_turn()
    is_returned = world.happens(world.plan.shares.feedback_returned)
    act = partial(_return_feedback, world) if is_returned else partial(_verify, world)
    world.soon(world.plan.delays.sending, act, course)


def _return_feedback(world: World, course: Course) -> None:
    reason = world.words(world.plan.texts.feedback_returned)
    world.move(course, world.on_duty("intake_operator"), "return_feedback", reason=reason)
    seconds = 60 * minutes(world.rng, world.plan.delays.repair)
    world.agenda.plan(world.after_work(world.now, seconds), partial(_give_feedback, world), course)


def _verify(world: World, course: Course) -> None:
    inspection.send(world, course, on_failure=partial(rework, world))
