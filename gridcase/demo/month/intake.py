"""From the report to the dispatch: reports, settling on the spot, confirmation, merging, rejection, filing."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from gridcase.cases import service
from gridcase.cases.catalogue import Category, Condition
from gridcase.cases.forms import Reporter, ReportForm
from gridcase.demo.month import handling
from gridcase.demo.month.arrivals import Arrival
from gridcase.demo.month.chance import pick
from gridcase.demo.month.course import Course
from gridcase.demo.month.world import World
from gridcase.directory.people import Actor
from gridcase.spatial import Place

WORKFLOW = "standard"
_TWIN_AGE = timedelta(days=3)


def arrive(world: World, arrival: Arrival) -> None:
    """Somebody reports a problem; now and then one that is known already."""
    course = _known_problem(world, arrival) if world.happens(world.plan.shares.repeated) else None
    course = course or _new_problem(world, arrival)
    actor = _reporter(world, course)
    reported = service.report(world.at_desk, actor, _form(world, course))
    course.number, course.reported_by = reported.number, actor.name
    world.tally["steps"] += 1
    world.tally["cases"] += 1
    world.recent.append(course)
    may_settle = course.category_key in world.book.settings.self_handling.classes
    if course.is_patrol and may_settle and world.happens(world.plan.shares.self_handled):
        course.inspector = actor
        world.agenda.plan(
            world.now + timedelta(minutes=4 + 8 * world.rng.random()), partial(_settle, world), course
        )
    else:
        world.soon(world.plan.delays.intake, partial(_look, world), course)


def _new_problem(world: World, arrival: Arrival) -> Course:
    place, category = world.places.draw(world.rng), world.category()
    return _course(world, arrival, place=place, category=category, condition=_condition(world, category))


def _known_problem(world: World, arrival: Arrival) -> Course | None:
    """A second report of a problem that is still open, or None when there is none."""
    known = [twin for twin in world.recent if not twin.is_over and arrival.at - twin.reported_at < _TWIN_AGE]
    if not known:
        return None
    twin = pick(world.rng, known)
    place = world.places.beside(twin.place, world.rng)
    course = _course(world, arrival, place=place, category=twin.category, condition=twin.condition)
    course.twin = twin
    return course


def _course(
    world: World, arrival: Arrival, *, place: Place, category: Category, condition: Condition
) -> Course:
    key = f"{category.kind}/{category.main_code}/{category.sub_code}"
    return Course(
        place=place,
        category=category,
        condition=condition,
        channel="inspector" if arrival.is_patrol else world.channel(),
        is_patrol=arrival.is_patrol,
        reported_at=arrival.at,
        responsible=world.staff.department_at(world.plan.department_of(key), place),
    )


def _condition(world: World, category: Category) -> Condition:
    return pick(world.rng, list(category.conditions.values()))


def _reporter(world: World, course: Course) -> Actor:
    if course.is_patrol:
        return world.staff.inspector_at(course.place, world.rng)
    return world.on_duty("intake_operator")


def _form(world: World, course: Course) -> ReportForm:
    texts, place = world.plan.texts, course.place
    number = 1 + int(world.rng.random() * 120)
    is_public = world.book.channels[course.channel].is_public
    taken = world.now - timedelta(seconds=30 + int(world.rng.random() * 200)) if course.is_patrol else None
    return ReportForm(
        kind=course.category.kind,
        main_code=course.category.main_code,
        sub_code=course.category.sub_code,
        description=course.condition.text,
        lon=place.lon,
        lat=place.lat,
        coordinate_system="wgs84",
        channel=course.channel,
        workflow=WORKFLOW,
        address=texts.address.format(community=_short_name(world, place.community), number=number),
        reporter=_caller(world) if is_public else Reporter(),
        is_reply_wanted=is_public,
        uncertainty_m=round(3 + 9 * world.rng.random(), 1) if course.is_patrol else None,
        taken_at=taken,
        photos=world.photos("before") if course.is_patrol else (),
    )


def _short_name(world: World, code: str) -> str:
    """What people call an area: the shortest of its names."""
    area = world.book.geography.areas.find(code)
    return min((area.name, *area.aliases), key=len) if area else ""


def _caller(world: World) -> Reporter:
    words = world.plan
    name = pick(world.rng, words.staff.surnames) + world.words(words.texts.reporter)
    phone = words.texts.reporter_phone.format(number=f"{int(world.rng.random() * 10_000):04d}")
    return Reporter(name, phone)


def _settle(world: World, course: Course) -> None:
    if course.inspector is None:
        raise LookupError("nobody is on the spot")
    measure = world.words(world.plan.texts.measure)
    world.move(course, course.inspector, "self_close", photos=world.photos("after"), measure=measure)
    world.end(course, "self_handled")


# --- the intake operator -------------------------------------------------------------------------------------


def _look(world: World, course: Course) -> None:
    shares, operator = world.plan.shares, world.on_duty("intake_operator")
    twin = course.twin
    if twin is not None and not twin.is_over and twin.number and world.happens(shares.merged):
        world.move(course, operator, "merge", main_case=twin.number)
        world.end(course, "merged")
        return
    needs_confirmation = world.book.channels[course.channel].needs_confirmation
    if needs_confirmation or world.happens(shares.doubted):
        _send_confirmation(world, course, operator)
    elif world.happens(shares.declined):
        _decline(world, course, operator, code="not_found")
    else:
        world.move(course, operator, "accept")
        world.soon(world.plan.delays.filing, partial(_decide_filing, world), course)


def _decline(world: World, course: Course, operator: Actor, *, code: str) -> None:
    reason = world.words(world.plan.texts.declined)
    world.move(course, operator, "reject", reason_code=code, reason=reason)
    world.end(course, "declined")


def _send_confirmation(world: World, course: Course, operator: Actor) -> None:
    inspector = world.staff.inspector_at(course.place, world.rng)
    course.inspector = inspector
    question = world.words(world.plan.texts.question)
    world.move(course, operator, "send_confirmation", inspector=inspector.name, question=question)
    world.soon(world.plan.delays.confirmation, partial(_confirm, world), course)


def _confirm(world: World, course: Course) -> None:
    if course.inspector is None:
        raise LookupError("nobody was sent")
    shares, photos = world.plan.shares, world.photos("confirmation")
    if world.happens(shares.absent):
        world.move(course, course.inspector, "confirm_absent", photos=photos, **world.position(course))
        world.soon(world.plan.delays.intake, partial(_decline_absent, world), course)
        return
    records = world.position(course)
    if world.happens(shares.reclassified):
        records.update(result="class_changed", corrections=_reclassify(world, course))
    else:
        records.update(result="present")
    world.move(course, course.inspector, "confirm", photos=photos, **records)
    world.soon(world.plan.delays.filing, partial(_decide_filing, world), course)


def _decline_absent(world: World, course: Course) -> None:
    _decline(world, course, world.on_duty("intake_operator"), code="not_found")


def _reclassify(world: World, course: Course) -> dict[str, str]:
    """The inspector sees another class than the caller told."""
    category = world.category()
    course.category, course.condition = category, _condition(world, category)
    course.responsible = world.staff.department_at(
        world.plan.department_of(course.category_key), course.place
    )
    return {"kind": category.kind, "main_code": category.main_code, "sub_code": category.sub_code}


# --- the shift supervisor and the dispatcher -----------------------------------------------------------------


def _decide_filing(world: World, course: Course) -> None:
    shares = world.plan.shares
    if not course.was_filed and world.happens(shares.rejected):
        reason = world.words(world.plan.texts.rejected)
        code = "below_condition" if world.happens(70) else "not_in_scope"
        supervisor = world.on_duty("shift_supervisor")
        world.move(course, supervisor, "reject", reason_code=code, reason=reason)
        world.end(course, "rejected")
        return
    filer = world.on_duty(world.book.settings.filing.by)
    world.move(course, filer, "file", condition_no=course.condition.no, duplicates_seen=True)
    if not course.was_filed and world.happens(shares.returned_to_intake):
        act = partial(_return_to_intake, world)
    else:
        act = partial(handling.dispatch, world)
    course.was_filed = True
    world.soon(world.plan.delays.dispatch, act, course)


def _return_to_intake(world: World, course: Course) -> None:
    reason = world.words(world.plan.texts.returned_to_intake)
    world.move(course, world.on_duty("dispatcher"), "return_to_intake", reason=reason)
    course.condition = _condition(world, course.category)
    world.soon(world.plan.delays.filing, partial(_decide_filing, world), course)
