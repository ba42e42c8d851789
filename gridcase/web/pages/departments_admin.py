"""Departments, for administrators: the list, a new one, renaming, moving, closing; the bodies that they belong to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from gridcase.cases.book import Desk
from gridcase.cases.department_changes import save_department, standing_of
from gridcase.clock import CHINA
from gridcase.directory.areas import check_area
from gridcase.directory.audit import Noted
from gridcase.directory.departments import (
    DepartmentRow,
    Sought,
    department_row,
    list_departments,
    new_department,
    new_organisation,
    organisations,
)
from gridcase.directory.people import DEPARTMENT_KINDS, Actor
from gridcase.errors import GridcaseError, Invalid, NotPermitted
from gridcase.web.context import acting, looking
from gridcase.web.errors import status_of
from gridcase.web.pages.admin import check_administrator
from gridcase.web.pages.frame import render
from gridcase.web.pages.person_form import areas_offered
from gridcase.web.pages.sending import form_fields, remember, told_once
from gridcase.web.signing_in import address

DEPARTMENTS = Blueprint("departments_admin", __name__)

_SEE_OTHER = 303
_TEXTS = ("name", "kind", "area", "organisation", "group")
_EMPTY = DepartmentRow("", "", "handling")


@DEPARTMENTS.get("/admin/departments")
def show_list() -> str:
    """All departments, narrowed by what was typed. Raises NotPermitted for all but administrators, as every page here."""
    with looking() as (desk, actor):
        check_administrator(actor)
        return _list(desk, actor, told=told_once())


@DEPARTMENTS.get("/admin/new-department")
def show_new() -> str:
    """The empty form."""
    with looking() as (desk, actor):
        check_administrator(actor)
        return _form(desk, actor, _EMPTY, is_new=True)


@DEPARTMENTS.post("/admin/departments")
def add() -> Response | tuple[str, int]:
    """Add a department."""
    row = _typed(form_fields().get("code", "").strip())

    def act(desk: Desk, actor: Actor) -> None:
        check_administrator(actor)
        checked = _with_area(desk, row)
        new_department(desk.connection, desk.district, checked, entry=_entry(desk, actor, "department_added"))

    try:
        acting(act)
    except (Invalid, NotPermitted) as error:
        return _again(error, row, is_new=True)
    return _told("department_added", url_for("departments_admin.show", code=row.code))


@DEPARTMENTS.get("/admin/departments/<code>")
def show(code: str) -> str:
    """One department, with what names it. Raises NotFound `unknown_department`."""
    with looking() as (desk, actor):
        check_administrator(actor)
        row = department_row(desk.connection, desk.district, code)
        return _form(desk, actor, row, told=told_once())


@DEPARTMENTS.post("/admin/departments/<code>")
def change(code: str) -> Response | tuple[str, int]:
    """Rename, move or close a department. Raises NotFound `unknown_department`."""
    row = replace(_typed(code), is_active=bool(request.form.get("is_active")))

    def act(desk: Desk, actor: Actor) -> None:
        check_administrator(actor)
        before = department_row(desk.connection, desk.district, code)
        # An area that ended meanwhile may stay until another is chosen.
        checked = row if (row.area or "") == (before.area or "") else _with_area(desk, row)
        save_department(desk, checked, entry=_entry(desk, actor, "department_changed"))

    try:
        acting(act)
    except (Invalid, NotPermitted) as error:
        return _again(error, row, is_new=False)
    return _told("department_changed", url_for("departments_admin.show", code=code))


@DEPARTMENTS.post("/admin/organisations")
def add_body() -> Response | tuple[str, int]:
    """Add a body that departments belong to."""
    form = form_fields()
    code, name = (form.get(field, "").strip() for field in ("code", "name"))

    def act(desk: Desk, actor: Actor) -> None:
        check_administrator(actor)
        entry = _entry(desk, actor, "organisation_added")
        new_organisation(desk.connection, desk.district, code, name=name, entry=entry)

    try:
        acting(act)
    except (Invalid, NotPermitted) as error:
        with looking() as (desk, actor):
            check_administrator(actor)
            body = {"code": code, "name": name, "fault": _fault(error)}
            return _list(desk, actor, body=body), status_of(error)
    return _told("organisation_added", url_for("departments_admin.show_list"))


def _typed(code: str) -> DepartmentRow:
    form = form_fields()
    values = {name: form.get(name, "").strip() for name in _TEXTS}
    return DepartmentRow(
        code, values["name"], values["kind"], values["area"] or None, values["organisation"] or None, values["group"]
    )  # fmt: skip


def _with_area(desk: Desk, row: DepartmentRow) -> DepartmentRow:
    """The row, its area looked at. Raises Invalid `unknown_area`."""
    if row.area is not None:
        check_area(desk.book.geography, row.area, desk.now.astimezone(CHINA).date())
    return row


def _entry(desk: Desk, actor: Actor, act: str) -> Noted:
    return Noted(desk.now, actor.name, act, address=address())


def _told(done: str, path: str) -> Response:
    remember({"departments": done})
    return redirect(path, _SEE_OTHER)


def _fault(error: GridcaseError) -> dict[str, Any]:
    return {"code": error.code, "data": error.data}


def _again(error: GridcaseError, row: DepartmentRow, *, is_new: bool) -> tuple[str, int]:
    with looking() as (desk, actor):
        check_administrator(actor)
        return _form(desk, actor, row, is_new=is_new, fault=_fault(error)), status_of(error)


def _form(desk: Desk, actor: Actor, row: DepartmentRow, *, is_new: bool = False, **more: Any) -> str:
    """`fault` is why it was refused, `told` what was done last."""
    return render(
        desk, actor, "pages/department_form.html",
        row=row, is_new=is_new, kinds=sorted(DEPARTMENT_KINDS), bodies=organisations(desk.connection, desk.district),
        standing=None if is_new else standing_of(desk, row.code), fault=more.get("fault"), done=more.get("told"),
        areas=areas_offered(desk),
    )  # fmt: skip


def _list(
    desk: Desk, actor: Actor, *, told: dict[str, Any] | None = None, body: dict[str, Any] | None = None
) -> str:
    """`told` is what was done last, `body` an organisation that was refused, as it was typed."""
    typed = {name: request.args.get(name, "").replace("\0", "").strip() for name in ("q", "kind", "standing")}
    sought = Sought(typed["q"], typed["kind"], typed["standing"])
    return render(
        desk, actor, "pages/departments.html",
        rows=list_departments(desk.connection, desk.district, sought), typed=typed, kinds=sorted(DEPARTMENT_KINDS),
        bodies=organisations(desk.connection, desk.district), body=body or {}, done=told,
    )  # fmt: skip
