"""Signing in and out; on a demo database anybody may enter as one of its people by a click."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from gridcase.cases.assignments import HANDLER
from gridcase.cases.book import Desk
from gridcase.cases.inbox import acts_for_department
from gridcase.directory.duty import INSPECTOR
from gridcase.directory.people import Actor
from gridcase.directory.queries import actors_in_role, find_actor
from gridcase.directory.second_factor import address_of
from gridcase.errors import NotFound
from gridcase.web.context import looking, now, premises, signed_in
from gridcase.web.pages.account import picture_of
from gridcase.web.pages.desk_roles import works_at_centre
from gridcase.web.pages.frame import is_demo, render, role_label
from gridcase.web.pages.onward import local_path
from gridcase.web.signing_in import Outcome, Step, enter, leave, try_code, try_password

ENTRANCE = Blueprint("entrance", __name__)

_OK, _WRONG, _TOO_MANY = 200, 401, 429
# Departments have a person each, inspectors one a grid: more than these nobody looks through.
_MOST_PEOPLE = 60


@ENTRANCE.get("/")
def home() -> Response:
    """Where each begins: with the desk, the tasks or the page made for the post, else with the cases."""
    with looking() as (desk, actor):
        return redirect(url_for(_first_page(desk, actor)))


def _first_page(desk: Desk, actor: Actor) -> str:
    if actor.has_role("leader"):
        return "leader.show"
    if acts_for_department(desk.book.flows, actor):
        return "department_desk.show"
    if actor.has_role(HANDLER) and actor.department:
        return "handler.show"
    if works_at_centre(desk.book, actor):
        return "desk.show"
    if actor.has_role("administrator"):
        return "admin.show"
    return "phone.report" if actor.has_role(INSPECTOR) else "cases.show_list"


@ENTRANCE.get("/sign-in")
def ask_in() -> Response | str:
    """The form; whoever is signed in already goes on."""
    onward = local_path(request.args.get("next"))
    if signed_in() is not None:
        return redirect(onward)
    return _form(onward)


@ENTRANCE.post("/sign-in")
def let_in() -> Response | tuple[str, int]:
    """Check name and password; open the session, or ask for the code of the device."""
    name, password = (request.form.get(key, "").replace("\0", "") for key in ("name", "password"))
    name = name.strip()
    return _answer(try_password(name, password), name=name, onward=local_path(request.form.get("next")))


@ENTRANCE.post("/sign-in/code")
def let_in_by_code() -> Response | tuple[str, int]:
    """Check the code of the device and open the session."""
    pending, code = (request.form.get(key, "").replace("\0", "") for key in ("pending", "code"))
    outcome = try_code(pending, code)
    return _answer(outcome, onward=local_path(request.form.get("next")), is_second=True)


def _answer(
    outcome: Outcome, *, onward: str, name: str = "", is_second: bool = False
) -> Response | tuple[str, int]:
    if outcome.step is Step.ENTERED and outcome.actor is not None:
        response = redirect(onward)
        enter(outcome.actor, response)
        return response
    if outcome.step in (Step.CODE, Step.NEW_DEVICE):
        return _code_form(outcome, onward, is_wrong=is_second), _WRONG if is_second else _OK
    status = _TOO_MANY if outcome.step is Step.LOCKED else _WRONG
    return _form(onward, name=name, outcome=outcome), status


@ENTRANCE.post("/sign-in/demo")
def let_in_demo() -> Response:
    """Enter as a person of a demo database. Raises NotFound on every other database."""
    place, name = premises(), request.form.get("name", "").replace("\0", "")
    response = redirect(local_path(request.form.get("next")))
    with place.database.transaction() as connection:
        actor = find_actor(connection, place.book.district, name)
        if actor is None or not is_demo(Desk(connection, place.book, now())):
            raise NotFound("unknown_path", "there is no such address")
    enter(actor, response)
    return response


@ENTRANCE.post("/sign-out")
def let_out() -> Response:
    """Revoke the session."""
    response = redirect(url_for("entrance.ask_in"))
    leave(response)
    return response


def _form(onward: str, *, name: str = "", outcome: Outcome | None = None) -> str:
    place = premises()
    with place.database.reading() as connection:
        desk = Desk(connection, place.book, now())
        people = demo_people(desk) if is_demo(desk) else []
        return render(
            desk,
            None,
            "pages/sign_in.html",
            onward=onward,
            name=name,
            outcome=outcome,
            people=people,
            has_public=place.book.settings.public.reports,
        )


def _code_form(outcome: Outcome, onward: str, *, is_wrong: bool) -> str:
    place = premises()
    picture = None
    if outcome.secret and outcome.actor is not None:
        picture = picture_of(address_of(outcome.secret, outcome.actor.name, place.book.settings.site.name))
    with place.database.reading() as connection:
        desk = Desk(connection, place.book, now())
        return render(
            desk, None, "pages/sign_in_code.html",
            onward=onward, pending=outcome.pending, secret=outcome.secret, picture=picture, is_wrong=is_wrong,
        )  # fmt: skip


def demo_people(desk: Desk) -> list[dict[str, Any]]:
    """The people of each role, the one named by the role first; roles that nobody holds are left out."""
    found = []
    codes: dict[str, None] = {}
    for workflow in desk.book.flows.names:
        codes.update(dict.fromkeys(desk.book.flows.latest(workflow).roles))
    for code in codes:
        if code == "system":
            continue
        people = actors_in_role(desk.connection, desk.district, code)
        if people:
            ordered = sorted(people, key=lambda person: _order(person, code))
            found.append(
                {"code": code, "label": role_label(desk.book, code), "people": ordered[:_MOST_PEOPLE]}
            )
    return found


def _order(person: Actor, role: str) -> tuple[bool, int, str]:
    return person.name != role, len(person.name), person.name
