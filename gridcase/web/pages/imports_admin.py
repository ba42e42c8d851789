"""Tables taken over by upload: a preview of exactly what a confirmation applies, every fault with its line."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from pathlib import PurePath
from typing import Any

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from gridcase.cases.book import Desk
from gridcase.cases.catalogue_file import read_units
from gridcase.cases.catalogue_live import LiveCatalogue
from gridcase.cases.catalogue_store import unfiled_without_class
from gridcase.cases.import_kinds import (
    CALENDAR,
    CATEGORIES,
    RULES,
    STANDARD,
    category_options,
    category_table,
    import_of,
)
from gridcase.cases.table_imports import (
    Preview,
    Seen,
    Source,
    TableImport,
    confirm,
    discard,
    keep,
    preview,
)
from gridcase.cases.upload_text import MOST_BYTES, text_of
from gridcase.clock import Unit
from gridcase.directory.import_drafts import LONGEST_NAME, Draft
from gridcase.directory.people import Actor
from gridcase.errors import DefinitionError, Fault, Invalid, NotFound, Refused
from gridcase.web.context import acting, looking, premises
from gridcase.web.errors import status_of
from gridcase.web.pages.admin import check_administrator
from gridcase.web.pages.fault_texts import TOO_MANY, told_faults
from gridcase.web.pages.frame import render
from gridcase.web.pages.import_views import TABLES, parts_of
from gridcase.web.pages.rules_admin import class_names, gap_report
from gridcase.web.pages.sending import form_fields, remember, told_once
from gridcase.web.signing_in import address

IMPORTS_ADMIN = Blueprint("imports_admin", __name__)

_SEE_OTHER, _UNPROCESSABLE = 303, 422
_OF_KIND = {
    RULES: "rules_admin.show_list",
    CATEGORIES: "categories_admin.show",
    CALENDAR: "calendar_admin.show",
}


@IMPORTS_ADMIN.get("/admin/import/<kind>")
def show(kind: str) -> str | tuple[str, int]:
    """The upload form, and what the file that waits would change. Raises NotFound `unknown_import`."""
    table = _table(kind)
    with looking() as (desk, actor):
        check_administrator(actor)
        try:
            found = preview(desk, table, actor.name)
        except DefinitionError as error:
            # What the file names may have gone since it was uploaded.
            return _page(desk, actor, kind, faults=error.faults, is_kept=True), _UNPROCESSABLE
        return _page(desk, actor, kind, found=found, told=told_once())


@IMPORTS_ADMIN.post("/admin/import/<kind>")
def upload(kind: str) -> Response | tuple[str, int]:
    """Read a file and keep it for its preview; a faulty one is told whole and not kept."""
    table = _table(kind)
    try:
        with looking() as (desk, actor):
            check_administrator(actor)
            draft = _draft(desk, kind)
            table.read(desk, draft)
    except (DefinitionError, Invalid) as error:
        with looking() as (desk, actor):
            return _refused(desk, actor, kind, error=error)

    def act(desk: Desk, actor: Actor) -> None:
        check_administrator(actor)
        keep(desk, table, actor.name, draft=draft)

    acting(act)
    return redirect(url_for("imports_admin.show", kind=kind), _SEE_OTHER)


@IMPORTS_ADMIN.post("/admin/import/<kind>/confirm")
def apply(kind: str) -> Response | tuple[str, int]:
    """Apply what the preview showed, or say that it is not that any more."""
    table, form = _table(kind), form_fields()
    seen = Seen(form.get("digest", ""), form.get("state", ""))

    def act(desk: Desk, actor: Actor) -> bool:
        check_administrator(actor)
        return bool(confirm(desk, table, Source(actor.name, address()), seen=seen))

    try:
        is_changed = acting(act)
    except (DefinitionError, Refused) as error:
        with looking() as (desk, actor):
            check_administrator(actor)
            return _not_applied(desk, actor, kind, error=error)
    _follow(kind)
    remember({"imported": kind, "is_changed": is_changed})
    return redirect(url_for(_OF_KIND[kind]), _SEE_OTHER)


@IMPORTS_ADMIN.post("/admin/import/<kind>/discard")
def drop(kind: str) -> Response:
    """Forget the file that waits."""
    table = _table(kind)

    def act(desk: Desk, actor: Actor) -> None:
        check_administrator(actor)
        discard(desk, table, actor.name)

    acting(act)
    remember({"imports": "discarded"})
    return redirect(url_for("imports_admin.show", kind=kind), _SEE_OTHER)


@IMPORTS_ADMIN.get("/admin/import/<kind>/in-force.csv")
def download(kind: str) -> Response:
    """What is in force as a file that can be uploaded again."""
    table = _table(kind)
    with looking() as (desk, actor):
        check_administrator(actor)
        options = category_options(desk.book.settings.catalogue.standard, {}) if kind == CATEGORIES else {}
        rows = table.stored(desk, Draft("", "", options))
    view = TABLES[kind]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(view.file_columns)
    # Of several rows for a day the last counts: what was imported over that of the files.
    lines = {row.on: row for row in rows}.values() if kind == CALENDAR else rows
    writer.writerows(sorted(map(view.file_cells, lines)) if kind == CALENDAR else map(view.file_cells, lines))
    # With a mark in front spreadsheets read the Chinese right.
    answer = make_response(text.getvalue().encode("utf-8-sig"))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return answer


# --- reading the form ----------------------------------------------------------------------------------------


def _table(kind: str) -> TableImport[Any]:
    found = import_of(kind, premises().site)
    if found is None:
        raise NotFound("unknown_import", f"there is no import of {kind!r}", kind=kind)
    return found


def _draft(desk: Desk, kind: str) -> Draft:
    """The file of the form. Raises Invalid `missing_field`, `bad_value` (units), DefinitionError for what is no text."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("missing_field", "choose a file", field="file")
    name = _shown_name(file.filename)
    with file.stream as stream:
        content = stream.read(MOST_BYTES + 1)
    return Draft(name, text_of(content, name), _options(desk, kind))


def _shown_name(name: str) -> str:
    base = PurePath(name.replace("\\", "/")).name
    return "".join(sign for sign in base if sign.isprintable())[-LONGEST_NAME:] or "upload.csv"


def _options(desk: Desk, kind: str) -> dict[str, str]:
    if kind != CATEGORIES:
        return {}
    form = form_fields()
    standard = form.get("standard", "").strip() or desk.book.settings.catalogue.standard
    try:
        units = read_units(line for line in form.get("units", "").split() if line)
    except ValueError as error:
        raise Invalid("bad_value", f"{error}: not WORDS=UNIT", field="units", value=str(error)) from None
    return category_options(standard, units)


# --- showing -------------------------------------------------------------------------------------------------


def _refused(desk: Desk, actor: Actor, kind: str, *, error: DefinitionError | Invalid) -> tuple[str, int]:
    if isinstance(error, DefinitionError):
        return _page(desk, actor, kind, faults=error.faults), _UNPROCESSABLE
    return _page(desk, actor, kind, refusal=(error.code, error.data)), status_of(error)


def _not_applied(desk: Desk, actor: Actor, kind: str, *, error: DefinitionError | Refused) -> tuple[str, int]:
    """The preview as it is now, and why nothing was applied."""
    if isinstance(error, DefinitionError):
        return _page(desk, actor, kind, faults=error.faults, is_kept=True), _UNPROCESSABLE
    reason, table = error.reasons[0], _table(kind)
    try:
        found = preview(desk, table, actor.name)
    except DefinitionError as faulty:
        return _page(desk, actor, kind, faults=faulty.faults, is_kept=True), status_of(error)
    return _page(desk, actor, kind, found=found, refusal=(reason.code, reason.data)), status_of(error)


def _page(desk: Desk, actor: Actor, kind: str, **shown: Any) -> str:
    """`found` is the preview, `faults` those of a file (`is_kept`: of the one that waits), `refusal` code and data."""
    found: Preview[Any] | None = shown.get("found")
    faults: tuple[Fault, ...] = shown.get("faults", ())
    is_whole = bool(request.args.get("all"))
    return render(
        desk, actor, "pages/import.html",
        kind=kind, back=url_for(_OF_KIND[kind]), found=found, columns=TABLES[kind].columns,
        parts=parts_of(kind, found.changes, is_whole=is_whole) if found else [],
        more=_more(desk, kind, found) if found else {},
        faults=told_faults(faults), fault_count=len(faults), most_faults=TOO_MANY, is_kept=shown.get("is_kept", False),
        refusal=shown.get("refusal"), told=shown.get("told"), most_bytes=MOST_BYTES,
        standard=desk.book.settings.catalogue.standard, units=[unit.value for unit in Unit],
        class_names=class_names(desk.book.catalogue.current),
        typed={name: form_fields().get(name, "") for name in ("standard", "units")},
    )  # fmt: skip


def _more(desk: Desk, kind: str, found: Preview[Any]) -> dict[str, Any]:
    """What to know beside the changes themselves."""
    if kind == RULES:
        before = gap_report(desk, list(_table(kind).stored(desk, found.draft)))
        return {"before": before, "after": gap_report(desk, list(found.rows), is_draft=True)}
    if kind == CALENDAR:
        rows: list[date] = [row.on for row in found.rows]
        return {"years": sorted({on.year for on in rows})}
    standard, in_force = found.draft.options[STANDARD], desk.book.settings.catalogue.standard
    stranded = unfiled_without_class(desk.connection, desk.district, found.rows)
    return {
        "standard": standard,
        "is_in_force": standard == in_force,
        "others": sum(category_table(found.draft).others.values()),
        "stranded_count": len(stranded) if standard == in_force else 0,
        # By class: a person who looks after the table need not see cases (flow.md 1, rule 8).
        "stranded": sorted(Counter(category for _number, category in stranded).items()),
    }


def _follow(kind: str) -> None:
    """Let this process go by what was just imported; others look within a second."""
    book = premises().book
    if kind == CALENDAR:
        book.live_calendar.refresh()
    elif kind == CATEGORIES and isinstance(book.catalogue, LiveCatalogue):
        book.catalogue.refresh()
