"""The report form: a problem becomes a case, by an inspector with a photo or by the desk for whoever called."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from gridcase.cases import service
from gridcase.cases.book import Desk
from gridcase.cases.catalogue import Channel
from gridcase.cases.forms import Reporter, ReportForm
from gridcase.cases.telephones import TYPED_PATTERN
from gridcase.cases.texts import narrow
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, NotPermitted, Reason, Refused
from gridcase.spatial.coordinates import POINT_SYSTEMS
from gridcase.web.context import looking
from gridcase.web.errors import status_of
from gridcase.web.pages.case_page import Attempt, attempt_of
from gridcase.web.pages.category_choice import category_groups
from gridcase.web.pages.frame import render
from gridcase.web.pages.identity import new_client_id
from gridcase.web.pages.sending import (
    Sent,
    act_once,
    chosen_photos,
    client_id_of,
    form_fields,
    go_on,
    read_category,
    read_point,
    remember,
)

REPORTING = Blueprint("reporting", __name__)

_KEY = "report"
_LONGEST_NAME, _LONGEST_PHONE, _LONGEST_CODE = 100, 40, 20


@REPORTING.get("/report")
def show() -> str:
    """The empty form. Raises NotPermitted `role_missing` for whoever reports in no channel."""
    with looking() as (desk, actor):
        return _form(desk, actor)


@REPORTING.post("/report")
def report() -> Response | tuple[str, int]:
    """Make the case and show it."""
    form = form_fields()
    try:
        sent, made = _read(form)

        def act(desk: Desk, actor: Actor) -> dict[str, Any]:
            reported = service.report(desk, actor, made)
            return {"number": reported.number, "near": len(reported.duplicates)}

        answer = act_once(sent, act)
    except (Refused, NotPermitted, Invalid) as error:
        with looking() as (desk, actor):
            return _form(desk, actor, attempt_of(_KEY, form, error)), status_of(error)
    remember({"key": _KEY, "number": answer["number"], "near": answer["near"]})
    return go_on(url_for("case.show", number=answer["number"]))


def _form(desk: Desk, actor: Actor, attempt: Attempt | None = None) -> str:
    channels = channels_of(desk, actor)
    if not channels:
        raise NotPermitted("role_missing", "no role of this person reports in any channel")
    return render(
        desk,
        actor,
        "pages/report.html",
        channels=channels,
        categories=category_groups(desk.book.catalogue),
        systems=POINT_SYSTEMS,
        phone_pattern=TYPED_PATTERN,
        longest=desk.book.settings.text.max_length,
        attempt=attempt,
        client_id=new_client_id,
    )


def channels_of(desk: Desk, actor: Actor) -> list[Channel]:
    """The channels in which one of this person's roles may report."""
    return [channel for channel in desk.book.channels.values() if actor.has_role(channel.role)]


def _read(form: MultiDict[str, str]) -> tuple[Sent, ReportForm]:
    """The report of the form. Raises Invalid with every field that is missing or cannot be read."""
    values: dict[str, Any] = {}
    faults: list[Reason] = []
    read_point(form, values, faults)
    values.update(read_category(form.get("category", "")))
    values["description"] = form.get("description", "").strip()
    needed = {"category": "kind", "description": "description", "point": "lon"}
    unread = {str(fault.field) for fault in faults}
    faults += [
        Reason("record_missing", {"field": field}, field=field)
        for field, name in needed.items()
        if not values.get(name) and name not in unread
    ]
    texts = {name: form.get(name, "").strip() for name in ("address", "component_code", "outside_number")}
    person = {name: form.get(f"reporter_{name}", "").strip() for name in ("name", "phone")}
    person["phone"] = narrow(person["phone"])
    faults += _too_long({**texts, **{f"reporter_{name}": text for name, text in person.items()}})
    if faults:
        raise Invalid("bad_value", "fields are missing or cannot be read", errors=faults)
    photos = chosen_photos()
    made = ReportForm(
        **values,
        channel=form.get("channel", ""),
        address=texts["address"],
        component_code=texts["component_code"] or None,
        outside_number=texts["outside_number"] or None,
        is_urgent=bool(form.get("urgent")),
        is_reply_wanted=bool(form.get("reply_wanted")),
        reporter=Reporter(**person),
        photos=photos,
    )
    sent = {name: text for name, text in form.items() if name not in ("csrf_token", "client_id")}
    return Sent(form, client_id_of(form), photos, sent), made


def _too_long(texts: dict[str, str]) -> list[Reason]:
    most = {
        "component_code": _LONGEST_CODE,
        "outside_number": _LONGEST_NAME,
        "reporter_name": _LONGEST_NAME,
        "reporter_phone": _LONGEST_PHONE,
    }
    return [
        Reason("too_long", {"field": name, "max_length": longest}, field=name)
        for name, longest in most.items()
        if len(texts.get(name, "")) > longest
    ]
