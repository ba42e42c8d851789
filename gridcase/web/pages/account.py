"""My account: password, where I am signed in, the device of my second factor."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import segno
from flask import Blueprint, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from gridcase.cases.book import Desk
from gridcase.directory import second_factor as devices
from gridcase.directory.audit import Noted, note
from gridcase.directory.credentials import (
    end_other_sessions,
    end_session,
    hash_password,
    open_sessions,
    session_id,
)
from gridcase.directory.passwords import PasswordRules, check_password_rules
from gridcase.directory.people import Actor
from gridcase.directory.service import set_password
from gridcase.errors import Invalid, NotPermitted
from gridcase.web.context import acting, credentials, looking, premises, session_limits
from gridcase.web.devices import device_name
from gridcase.web.pages.frame import render
from gridcase.web.pages.sending import remember, told_once
from gridcase.web.signing_in import (
    Outcome,
    Step,
    address,
    new_device,
    sign_pending,
    try_code,
    try_password,
)

ACCOUNT = Blueprint("account", __name__)

_SEE_OTHER, _REFUSED = 303, 422


@dataclass(frozen=True, slots=True)
class _Fault:
    """What was wrong in the form `of` (password, device): a code of messages.toml with its data."""

    of: str
    code: str
    data: dict[str, Any]


@ACCOUNT.get("/account")
def show() -> str:
    """The page."""
    with looking() as (desk, actor):
        return _page(desk, actor)


@ACCOUNT.post("/account/password")
def change_password() -> Response | tuple[str, int]:
    """Take another password; all other sessions end."""
    old, new, again = (_typed(name) for name in ("old", "new", "again"))
    with looking() as (_desk, actor):
        name = actor.name
    outcome = try_password(name, old)
    if outcome.actor is None:
        return _again(_Fault("password", _why(outcome, "wrong_password"), {}))
    try:
        _check_new(new, again, name)
    except Invalid as error:
        return _again(_Fault("password", error.code, dict(error.data)))
    hashed = hash_password(new)

    def change(desk: Desk, actor: Actor) -> None:
        set_password(desk.connection, desk.district, actor.name, password_hash=hashed)
        end_other_sessions(
            desk.connection, desk.district, actor.name, now=desk.now, secret=credentials().secret or ""
        )
        _note(desk, actor, "password_changed")

    acting(change)
    return _done("password_changed")


def _check_new(new: str, again: str, name: str) -> None:
    """Raises Invalid `weak_password`, `too_long`, `not_repeated`."""
    settings = premises().book.settings.passwords
    check_password_rules(new, name, PasswordRules(settings.min_length, settings.kinds))
    if new != again:
        raise Invalid("not_repeated", "the new password was typed differently the second time", field="again")


@ACCOUNT.post("/account/sessions/end")
def end_sessions() -> Response:
    """End one session (`id`), or all others."""
    wanted = _typed("id")

    def end(desk: Desk, actor: Actor) -> None:
        if wanted:
            device = end_session(desk.connection, desk.district, actor.name, wanted=wanted, now=desk.now)
        else:
            secret = credentials().secret or ""
            count = end_other_sessions(
                desk.connection, desk.district, actor.name, now=desk.now, secret=secret
            )
            device = f"{count}"
        _note(desk, actor, "session_revoked", subject=device)

    acting(end)
    return _done("session_revoked")


@ACCOUNT.post("/account/device")
def add_device() -> Response | tuple[str, int]:
    """Without `pending`: show the secret of a new device; with it and a right code: it is the device from now on."""
    pending = _typed("pending")
    with looking() as (desk, actor):
        if desk.book.settings.sign_in.second_factor == "off":
            raise NotPermitted("second_factor_off", "this site asks for no second factor")
        if not pending:
            return _page(desk, actor, device=new_device(actor)), 200
        name = actor.name
    outcome = try_code(pending, _typed("code"), whose=name)
    if outcome.step is Step.ENTERED:
        return _done("second_factor_on")
    return _again(_Fault("device", _why(outcome, "wrong_code"), {}), device=outcome)


@ACCOUNT.post("/account/device/off")
def remove_device() -> Response | tuple[str, int]:
    """Take the device away; its code proves that it is there."""
    with looking() as (desk, actor):
        if desk.book.settings.sign_in.second_factor == "required":
            raise NotPermitted("second_factor_required", "this site asks everybody for a second factor")
        name = actor.name
    outcome = try_code(sign_pending(name, ""), _typed("code"), whose=name)
    if outcome.step is not Step.ENTERED:
        return _again(_Fault("device", _why(outcome, "wrong_code"), {}))

    def remove(desk: Desk, actor: Actor) -> None:
        devices.remove_device(desk.connection, desk.district, actor.name)
        _note(desk, actor, "second_factor_off")

    acting(remove)
    return _done("second_factor_off")


def _why(outcome: Outcome, wrong: str) -> str:
    return "sign_in_locked" if outcome.step is Step.LOCKED else wrong


def picture_of(address: str) -> Markup:
    """The address as a picture to be read by a device: an SVG with nothing inline that a policy forbids."""
    out = io.BytesIO()
    segno.make(address, micro=False).save(
        out,
        kind="svg",
        scale=5,
        border=4,
        xmldecl=False,
        svgns=True,
        nl=False,
        light="#ffffff",
        dark="#000000",
    )
    # Made by a library from text that it encodes: there is no markup of others in it.
    return Markup(out.getvalue().decode())


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\0", "")


def _note(desk: Desk, actor: Actor, act: str, *, subject: str = "") -> None:
    note(desk.connection, desk.district, Noted(desk.now, actor.name, act, subject, address()))


def _done(what: str) -> Response:
    remember({"account": what})
    return redirect(url_for("account.show"), _SEE_OTHER)


def _again(fault: _Fault, *, device: Outcome | None = None) -> tuple[str, int]:
    with looking() as (desk, actor):
        return _page(desk, actor, fault=fault, device=device), _REFUSED


def _page(desk: Desk, actor: Actor, *, fault: _Fault | None = None, device: Outcome | None = None) -> str:
    """`device` is one that is about to be made the second factor."""
    settings = desk.book.settings
    sessions = open_sessions(
        desk.connection, desk.district, actor.name, now=desk.now, limits=session_limits(desk.book)
    )
    secret = device.secret if device is not None else ""
    return render(
        desk,
        actor,
        "pages/account.html",
        sessions=[(session, device_name(session.device)) for session in sessions],
        this_session=session_id(credentials().secret or ""),
        rules=settings.passwords,
        second_factor=settings.sign_in.second_factor,
        has_device=devices.has_second_factor(desk.connection, desk.district, actor.name),
        secret=secret,
        pending=device.pending if device is not None else "",
        picture=picture_of(devices.address_of(secret, actor.name, settings.site.name)) if secret else None,
        fault=fault,
        told=told_once() if fault is None and device is None else None,
    )
