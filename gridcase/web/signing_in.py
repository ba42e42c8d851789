"""Signing in to the site: password, lock after too many failures, second factor, session, and what is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from gridcase.cases.book import Desk
from gridcase.config.tables import SignIn
from gridcase.directory.audit import Noted, note
from gridcase.directory.credentials import check_password, close_session, open_session
from gridcase.directory.lockout import (
    ACCOUNT,
    ADDRESS,
    Key,
    LockRules,
    forget_failures,
    hold_keys,
    locked_until,
    note_failure,
)
from gridcase.directory.people import Actor
from gridcase.directory.queries import find_actor
from gridcase.directory.second_factor import (
    add_device,
    has_second_factor,
    new_secret,
    step_of_code,
    take_code,
)
from gridcase.web.context import SESSION_COOKIE, credentials, now, premises, signed_in

_OPEN_FOR_S = 300
_SALT = "second-factor"


class Step(Enum):
    """What comes after a try: in, wrong, locked for a while, or a code of the device (known or new)."""

    ENTERED = "entered"
    WRONG = "wrong"
    LOCKED = "locked"
    CODE = "code"
    NEW_DEVICE = "new_device"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`until`: the end of a lock. `pending` goes with the form of the code; `secret` is that of a new device."""

    step: Step
    actor: Actor | None = None
    until: datetime | None = None
    pending: str = ""
    secret: str = ""


def address() -> str:
    """Where the request comes from."""
    return request.remote_addr or ""


# --- trying ---------------------------------------------------------------------------------------------------


def try_password(name: str, password: str) -> Outcome:
    """Check name and password; opens nothing yet. A locked door looks at no password."""
    place = premises()
    district = place.book.district
    with place.database.reading() as connection:
        until = locked_until(connection, district, _keys(name), now=now())
        if until is not None:
            return Outcome(Step.LOCKED, until=until)
        actor = check_password(connection, district, name, password=password) if "\0" not in name else None
        has_device = actor is not None and has_second_factor(connection, district, actor.name)
    if actor is None:
        return _failed(name)
    with place.database.reading() as connection:
        # Of many tries at once some have failed since: enough of them shut the door to the right one too.
        until = locked_until(connection, district, _keys(name), now=now())
    if until is not None:
        return Outcome(Step.LOCKED, until=until)
    wanted = place.book.settings.sign_in.second_factor
    if wanted != "off" and has_device:
        return Outcome(Step.CODE, actor, pending=sign_pending(actor.name, ""))
    if wanted == "required":
        return new_device(actor)
    return Outcome(Step.ENTERED, actor)


def new_device(actor: Actor) -> Outcome:
    """A device to be made the second factor of somebody who proved who they are, by its first code."""
    secret = new_secret()
    return Outcome(Step.NEW_DEVICE, actor, pending=sign_pending(actor.name, secret), secret=secret)


def try_code(pending: str, code: str, *, whose: str = "") -> Outcome:
    """Take the code of a device; `pending` says whose it is, and must be of the user `whose` where one is signed in.

    With the secret of a new device in it, a right code makes that the second factor.
    """
    known = _read(pending)
    if known is None or (whose and known[0] != whose):
        return Outcome(Step.WRONG)
    name, secret = known
    place, moment = premises(), now()
    district = place.book.district
    with place.database.transaction() as connection:
        # Codes are few: those that are tried at once are judged one after the other.
        hold_keys(connection, district, _keys(name), now=moment)
        until = locked_until(connection, district, _keys(name), now=moment)
        actor = find_actor(connection, district, name)
        if until is not None or actor is None:
            return Outcome(Step.LOCKED, until=until) if until else Outcome(Step.WRONG)
        if secret:
            first = step_of_code(secret, code, now=moment)
            is_right = first is not None and add_device(connection, district, name, secret=secret, step=first)
        else:
            is_right = take_code(connection, district, name, code=code, now=moment)
        if secret and is_right:
            note(connection, district, Noted(moment, name, "second_factor_on", address=address()))
        if is_right:
            return Outcome(Step.ENTERED, actor)
        outcome = _count_failure(Desk(connection, place.book, moment), name)
    step = Step.NEW_DEVICE if secret else Step.CODE
    return outcome if outcome.step is Step.LOCKED else Outcome(step, actor, pending=pending, secret=secret)


def _failed(name: str) -> Outcome:
    """Count a failure for the account and the address."""
    place = premises()
    with place.database.transaction() as connection:
        return _count_failure(Desk(connection, place.book, now()), name)


def _count_failure(desk: Desk, name: str) -> Outcome:
    connection, district, moment, keys = desk.connection, desk.district, desk.now, _keys(name)
    locked = note_failure(
        connection, district, keys, rules=_lock_rules(desk.book.settings.sign_in), now=moment
    )
    actor = find_actor(connection, district, name) if "\0" not in name else None
    # What is no name of anybody may be a password that was typed into the wrong field.
    who = actor.name if actor is not None else ""
    note(connection, district, Noted(moment, who, "sign_in_failed", address=address()))
    if locked:
        kinds = " ".join(key.kind for key in locked)
        note(connection, district, Noted(moment, who, "sign_in_locked", kinds, address()))
    until = locked_until(connection, district, keys, now=moment)
    return Outcome(Step.LOCKED, until=until) if until else Outcome(Step.WRONG)


def _keys(name: str) -> tuple[Key, Key]:
    return Key(ACCOUNT, name), Key(ADDRESS, address())


def _lock_rules(settings: SignIn) -> LockRules:
    return LockRules(
        {ACCOUNT: settings.account_failures, ADDRESS: settings.address_failures},
        within=timedelta(minutes=settings.within_minutes),
        lock=timedelta(minutes=settings.lock_minutes),
    )


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=_SALT)


def sign_pending(name: str, secret: str) -> str:
    """What goes with the form of a code: whose it is, and the secret of a new device; good for five minutes."""
    return str(_serializer().dumps([name, secret]))


def _read(pending: str) -> tuple[str, str] | None:
    try:
        name, secret = _serializer().loads(pending, max_age=_OPEN_FOR_S)
    except (BadSignature, ValueError):
        return None
    return str(name), str(secret)


# --- in and out -----------------------------------------------------------------------------------------------


def enter(actor: Actor, response: Response) -> None:
    """Open a session for somebody who proved who they are, and put its cookie on the response."""
    place, moment = premises(), now()
    district = place.book.district
    with place.database.transaction() as connection:
        device = request.headers.get("User-Agent", "")
        secret = open_session(connection, district, actor.name, now=moment, device=device)
        forget_failures(connection, district, Key(ACCOUNT, actor.name))
        note(connection, district, Noted(moment, actor.name, "sign_in", device, address()))
    response.set_cookie(
        SESSION_COOKIE, secret, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )


def leave(response: Response) -> None:
    """Revoke the session of this request and take its cookie away."""
    place, secret, actor = premises(), credentials().secret, signed_in()
    if secret:
        with place.database.transaction() as connection:
            close_session(connection, place.book.district, secret, now=now())
            if actor is not None:
                note(connection, place.book.district, Noted(now(), actor.name, "sign_out", address=address()))
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax", path="/")
