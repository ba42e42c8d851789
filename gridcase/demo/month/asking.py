"""What departments and desks ask for: extensions, suspensions, voids; and the closing that nobody could avoid."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from gridcase.cases import requests
from gridcase.cases.forms import RequestForm
from gridcase.cases.releases import until_moment
from gridcase.clock import CHINA
from gridcase.demo.month.chance import minutes
from gridcase.demo.month.course import Act, Course
from gridcase.demo.month.world import World
from gridcase.directory.people import Actor
from gridcase.errors import Refused

_SUSPENDED_FROM_DAYS = 3.0
_SUSPENSION_DAYS = (4, 24)
_SHORTEST_AHEAD = timedelta(minutes=15)
# The part of the limit that is used when somebody asks.
_ASK_EXTENSION = (0.55, 0.93)
_ASK_SECOND = (1.5, 1.9)
_ASK_SUSPENSION = (0.1, 0.4)
_FORCED_AFTER_DAYS = (2.0, 7.0)


# --- asking and deciding -------------------------------------------------------------------------------------


def _ask(world: World, course: Course, actor: Actor, *, form: RequestForm) -> bool:
    """Ask; False when the flow has no such request for this case, as where a city allows no extension at all."""
    try:
        answer = requests.ask(world.at_desk, actor, course.number, form=form)
    except Refused:
        world.tally["asked_in_vain"] += 1
        return False
    course.open_request = answer.id
    world.tally["steps"] += 1
    return True


def _decide(world: World, course: Course, decider: Actor, *, opinion: str | None) -> None:
    """Grant the open request, or refuse it when there is an opinion why."""
    request_id = course.open_request or ""
    if opinion is None:
        requests.grant(world.at_desk, decider, course.number, request_id=request_id)
    else:
        requests.refuse(world.at_desk, decider, course.number, request_id=request_id, opinion=opinion)
    course.open_request = None
    world.tally["steps"] += 1


def _decision_at(world: World) -> datetime:
    return world.after_work(world.now, 60 * minutes(world.rng, world.plan.delays.decision))


def _officer(world: World, course: Course) -> Actor:
    return world.staff.officers[course.department]


def _due_at(world: World, course: Course) -> datetime:
    """The due moment of the plain limit, as somebody with a calendar would tell it."""
    return world.part_of_limit(course, course.dispatched_at or world.now, 1.0)


# --- extension -----------------------------------------------------------------------------------------------


def plan_extension(world: World, course: Course, *, before: datetime) -> None:
    """A department that sees that it will be late may ask for more time, before it is late and before `before`."""
    if not world.happens(world.plan.shares.extension):
        return
    first = course.extension_count == 0
    part = world.rng.uniform(*(_ASK_EXTENSION if first else _ASK_SECOND))
    at = world.part_of_limit(course, course.dispatched_at or world.now, part)
    if world.now + _SHORTEST_AHEAD <= at < before - _SHORTEST_AHEAD:
        world.agenda.plan(at, partial(_ask_extension, world, before=before), course)


def _ask_extension(world: World, course: Course, *, before: datetime) -> None:
    if course.open_request is not None:
        return
    form = RequestForm("extension", world.words(world.plan.texts.extension))
    if _ask(world, course, _officer(world, course), form=form):
        act = partial(_decide_extension, world, before=before)
        world.agenda.plan(_decision_at(world), act, course, is_lasting=True)


def _decide_extension(world: World, course: Course, *, before: datetime) -> None:
    decider = world.on_duty("dispatcher" if course.extension_count == 0 else "shift_supervisor")
    is_granted = world.happens(world.plan.shares.extension_granted)
    opinion = None if is_granted else world.words(world.plan.texts.extension_refused)
    _decide(world, course, decider, opinion=opinion)
    if is_granted:
        course.extension_count += 1
        if course.extension_count == 1:
            plan_extension(world, course, before=before)


# --- suspension and void -------------------------------------------------------------------------------------


def asks_to_stop(world: World, course: Course, *, go_on: Act) -> bool:
    """Whether the department asks for a suspension, or somebody for a void, instead of working on.

    `go_on` takes the work up again after a refusal or a release.
    """
    shares = world.plan.shares
    is_long = world.working_days(course) >= _SUSPENDED_FROM_DAYS
    if is_long and world.happens(shares.suspension):
        part = world.rng.uniform(*_ASK_SUSPENSION)
        at = world.part_of_limit(course, course.dispatched_at or world.now, part)
        act = partial(_ask_suspension, world, go_on=go_on)
    elif world.happens(shares.void):
        at = world.after_work(world.now, 60 * minutes(world.rng, world.plan.delays.refusal))
        act = partial(_ask_void, world, go_on=go_on)
    else:
        return False
    course.new_turn()
    world.agenda.plan(max(at, world.now + _SHORTEST_AHEAD), act, course)
    return True


def _ask_suspension(world: World, course: Course, *, go_on: Act) -> None:
    decided = _decision_at(world)
    if decided >= _due_at(world, course):
        go_on(course)
        return
    until = decided.astimezone(CHINA).date() + timedelta(days=world.rng.randint(*_SUSPENSION_DAYS))
    reason = world.words(world.plan.texts.suspension)
    form = RequestForm("suspension", reason, until=until, photos=world.photos("other"))
    if not _ask(world, course, _officer(world, course), form=form):
        go_on(course)
        return
    ends = until_moment(until.isoformat())
    world.agenda.plan(decided, partial(_decide_suspension, world, until=ends, go_on=go_on), course)


def _decide_suspension(world: World, course: Course, *, until: datetime, go_on: Act) -> None:
    request_id = course.open_request or ""
    is_granted = world.happens(world.plan.shares.suspension_granted)
    opinion = None if is_granted else world.words(world.plan.texts.extension_refused)
    _decide(world, course, world.on_duty("shift_supervisor"), opinion=opinion)
    if not is_granted:
        go_on(course)
    elif world.happens(world.plan.shares.released_early):
        at = world.after_work(world.now + (until - world.now) * world.rng.uniform(0.2, 0.8), 600)
        act = partial(_release, world, request_id=request_id, go_on=go_on)
        world.agenda.plan(min(at, until - timedelta(minutes=1)), act, course)
    else:
        world.agenda.plan(until, partial(_release_by_date, world, go_on=go_on), course)


def _release(world: World, course: Course, *, request_id: str, go_on: Act) -> None:
    requests.release(world.at_desk, _officer(world, course), course.number, request_id=request_id)
    world.tally["steps"] += 1
    go_on(course)


def _release_by_date(world: World, course: Course, *, go_on: Act) -> None:
    world.tally["steps"] += requests.release_holds(world.at_desk, course.number)
    go_on(course)


def _ask_void(world: World, course: Course, *, go_on: Act) -> None:
    texts = world.plan.texts
    document = None
    actor = world.on_duty("dispatcher")
    if world.happens(50):
        actor = _officer(world, course)
        number, year = 1 + int(world.rng.random() * 300), world.now.astimezone(CHINA).year
        document = texts.document.format(year=year, number=number)
    form = RequestForm("void", world.words(texts.void), document=document)
    if _ask(world, course, actor, form=form):
        world.agenda.plan(_decision_at(world), partial(_decide_void, world, go_on=go_on), course)
    else:
        go_on(course)


def _decide_void(world: World, course: Course, *, go_on: Act) -> None:
    is_granted = world.happens(world.plan.shares.void_granted)
    opinion = None if is_granted else world.words(world.plan.texts.void_refused)
    _decide(world, course, world.on_duty("shift_supervisor"), opinion=opinion)
    if is_granted:
        world.end(course, "voided")
    else:
        go_on(course)


# --- forced closing ------------------------------------------------------------------------------------------


def plan_forced_closing(world: World, course: Course, *, before: datetime) -> None:
    """A neglected case may be closed by force, days after it was due; listed apart for ever."""
    at = _due_at(world, course) + timedelta(days=world.rng.uniform(*_FORCED_AFTER_DAYS))
    if at < before and world.happens(world.plan.shares.force_closed):
        world.agenda.plan(at, partial(_force_close, world), course)


def _force_close(world: World, course: Course) -> None:
    texts = world.plan.texts
    number, year = 1 + int(world.rng.random() * 300), world.now.astimezone(CHINA).year
    world.move(
        course,
        world.on_duty("shift_supervisor"),
        "force_close",
        reason=world.words(texts.force_closed),
        document=texts.document.format(year=year, number=number),
    )
    world.end(course, "force_closed")
