"""People and their posts, for administrators: who is there, a new one, a change, a new password, a lost device."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from gridcase.cases.book import Desk
from gridcase.clock import CHINA
from gridcase.directory import staff
from gridcase.directory.areas import check_area
from gridcase.directory.audit import Noted, note
from gridcase.directory.credentials import hash_password
from gridcase.directory.listing import Sought, find_user, list_users
from gridcase.directory.people import Actor
from gridcase.directory.queries import departments
from gridcase.directory.service import NewUser, add_user
from gridcase.directory.staff import ADMINISTRATOR, UserChange, change_user
from gridcase.errors import GridcaseError, Invalid, NotFound, NotPermitted
from gridcase.web.context import acting, looking
from gridcase.web.errors import status_of
from gridcase.web.pages.frame import render, role_label
from gridcase.web.pages.person_form import areas_offered, check_typed, reasons_of_form
from gridcase.web.pages.sending import remember, told_once
from gridcase.web.signing_in import address

PEOPLE = Blueprint("people", __name__)

_LIMIT, _SEE_OTHER = 100, 303
_TEXTS = ("name", "display_name", "phone", "department", "area")


@PEOPLE.get("/admin/people")
def show_list() -> str:
    """Everybody, narrowed by what was typed. Raises NotPermitted for all but administrators, as every page here."""
    with looking() as (desk, actor):
        _check(actor)
        typed = {
            name: request.args.get(name, "").replace("\0", "").strip() for name in ("q", "role", "after")
        }
        sought = Sought(typed["q"], typed["role"], typed["after"], _LIMIT + 1)
        found = list_users(desk.connection, desk.district, sought)
        shown = found[:_LIMIT]
        kept: dict[str, Any] = {name: typed[name] for name in ("q", "role") if typed[name]}
        is_more = len(found) > _LIMIT
        return render(
            desk, actor, "pages/people.html",
            people=shown, typed=typed, roles=_roles(desk), grids={grid.code: grid.name for grid in desk.book.geography.grids},
            first=url_for("people.show_list", **kept) if typed["after"] else "",
            following=url_for("people.show_list", **kept, after=shown[-1].name) if is_more else "",
        )  # fmt: skip


@PEOPLE.get("/admin/people/new")
def show_new() -> str:
    """The empty form."""
    with looking() as (desk, actor):
        _check(actor)
        return _form(desk, actor, name="", values={"area": desk.district, "roles": ()})


@PEOPLE.post("/admin/people")
def add() -> Response | tuple[str, int]:
    """Add somebody; the password that the page then shows once is made here."""
    _check_first()
    values, password = _typed(), _new_password()
    hashed = hash_password(password)

    def act(desk: Desk, actor: Actor) -> None:
        _check(actor)
        check_typed(desk, values, _offered(desk), is_new=True)
        new = NewUser(
            values["name"], values["roles"], values["department"] or None, _area(desk, values["area"]),
            display_name=values["display_name"], phone=values["phone"], password_hash=hashed,
        )  # fmt: skip
        add_user(desk.connection, desk.district, new, rules=desk.book.role_rules, now=desk.now)
        note(desk.connection, desk.district, _entry(desk, actor, "user_added", subject=values["name"]))

    try:
        acting(act)
    except (Invalid, NotPermitted) as error:
        return _again(error, name="", values=values)
    return _with_password(values["name"], password)


@PEOPLE.get("/admin/people/<name>")
def show(name: str) -> str:
    """One person. Raises NotFound `unknown_user`."""
    with looking() as (desk, actor):
        _check(actor)
        return _form(desk, actor, name=name, values=_values_of(desk, name))


@PEOPLE.post("/admin/people/<name>")
def change(name: str) -> Response | tuple[str, int]:
    """Change posts, department, area, or whether they work here. Raises NotFound `unknown_user`."""
    values = _typed()

    def act(desk: Desk, actor: Actor) -> None:
        _check(actor)
        check_typed(desk, values, _offered(desk), is_new=False)
        changed = UserChange(
            name, values["display_name"], values["phone"], values["roles"], values["department"] or None,
            _area(desk, values["area"]), is_active=values["is_active"],
        )  # fmt: skip
        rules = desk.book.role_rules
        change_user(desk.connection, desk.district, changed, rules=rules, now=desk.now)
        note(desk.connection, desk.district, _entry(desk, actor, "user_changed", subject=name))

    try:
        acting(act)
    except (Invalid, NotPermitted) as error:
        return _again(error, name=name, values=values)
    remember({"people": "user_changed"})
    return redirect(url_for("people.show", name=name), _SEE_OTHER)


@PEOPLE.post("/admin/people/<name>/password")
def reset_password(name: str) -> Response | tuple[str, int]:
    """A new password, shown once; every session of the person ends, and so does a lock."""
    _check_first()
    password = _new_password()
    hashed = hash_password(password)

    def act(desk: Desk, actor: Actor) -> None:
        _check(actor)
        entry = _entry(desk, actor, "password_reset", subject=name)
        staff.reset_password(desk.connection, desk.district, name, password_hash=hashed, entry=entry)

    acting(act)
    return _with_password(name, password)


@PEOPLE.post("/admin/people/<name>/unbind")
def unbind(name: str) -> Response:
    """Take a lost device away; every session of the person ends."""

    def act(desk: Desk, actor: Actor) -> None:
        _check(actor)
        entry = _entry(desk, actor, "second_factor_off", subject=name)
        staff.unbind_device(desk.connection, desk.district, name, entry=entry)

    acting(act)
    remember({"people": "second_factor_off"})
    return redirect(url_for("people.show", name=name), _SEE_OTHER)


def _check(actor: Actor) -> None:
    if not actor.has_role(ADMINISTRATOR):
        raise NotPermitted("role_missing", "administrators look after the people", roles=[ADMINISTRATOR])


def _check_first() -> None:
    """As `_check`, before anything that costs as much as the hash of a password."""
    with looking() as (_desk, actor):
        _check(actor)


def _typed() -> dict[str, Any]:
    values: dict[str, Any] = {name: request.form.get(name, "").replace("\0", "").strip() for name in _TEXTS}
    values["roles"] = tuple(request.form.getlist("roles"))
    values["is_active"] = bool(request.form.get("is_active"))
    return values


def _area(desk: Desk, code: str) -> str:
    """The area, the whole district when none was typed. Raises Invalid `unknown_area`."""
    if not code:
        return desk.district
    return check_area(desk.book.geography, code, desk.now.astimezone(CHINA).date())


def _new_password() -> str:
    """A password for the first sign-in: four groups that are easily read out."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _entry(desk: Desk, actor: Actor, act: str, *, subject: str) -> Noted:
    return Noted(desk.now, actor.name, act, subject, address())


def _values_of(desk: Desk, name: str) -> dict[str, Any]:
    user = find_user(desk.connection, desk.district, name)
    if user is None:
        raise NotFound("unknown_user", f"there is no user {name!r}", user=name)
    return {
        "name": user.name, "display_name": user.display_name, "phone": user.phone, "roles": user.roles,
        "department": user.department or "", "area": user.area, "is_active": user.is_active,
        "has_device": user.has_device,
    }  # fmt: skip


def _roles(desk: Desk) -> list[tuple[str, str]]:
    """The roles that a person may hold, with their labels; nobody is the system."""
    return [
        (code, role_label(desk.book, code)) for code in sorted(desk.book.role_rules.known) if code != "system"
    ]


def _offered(desk: Desk) -> list[str]:
    """The codes of these roles: that of the program itself is none of them."""
    return [code for code, _label in _roles(desk)]


def _with_password(name: str, password: str) -> tuple[str, int]:
    with looking() as (desk, actor):
        values = _values_of(desk, name)
        return _form(desk, actor, name=name, values=values, password=password), 200


def _again(error: GridcaseError, *, name: str, values: dict[str, Any]) -> tuple[str, int]:
    with looking() as (desk, actor):
        _check(actor)
        return _form(desk, actor, name=name, values=values, fault=error), status_of(error)


def _form(desk: Desk, actor: Actor, *, name: str, values: dict[str, Any], **more: Any) -> str:
    """`name` is empty for somebody new; `fault` why it was refused, `password` one that is shown this once."""
    fault: GridcaseError | None = more.get("fault")
    return render(
        desk, actor, "pages/person.html",
        name=name, values=values, roles=_roles(desk), cards=departments(desk.connection, desk.district),
        reasons=reasons_of_form(fault) if fault else [], areas=areas_offered(desk),
        password=more.get("password", ""),
        told=told_once() if not more else None,
    )  # fmt: skip
