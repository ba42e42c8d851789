"""What every view needs of its request: the installation, the moment, the person, and one transaction to work in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import Request, current_app, g, request

from gridcase.cases.book import Desk, Rulebook, write
from gridcase.cases.receipts import look_for_both
from gridcase.db import Database
from gridcase.directory.credentials import SessionLimits, actor_of_session, actor_of_token, mark_seen
from gridcase.directory.people import Actor
from gridcase.directory.queries import find_actor
from gridcase.errors import GridcaseError
from gridcase.resources import SiteFolder
from gridcase.web.messages import Messages

Answer = TypeVar("Answer")

EXTENSION = "gridcase"
SESSION_COOKIE = "gridcase_session"
# Set by a caller in the same process (`gridcase play`); no header of a request can reach this key.
ACTOR_KEY = "gridcase.actor"
_CREDENTIALS_KEY = "gridcase.credentials"


class NotSignedIn(GridcaseError):
    """Nobody is signed in, or the token or session is unknown, revoked or over."""

    def __init__(self) -> None:
        super().__init__("not_signed_in", "sign in, or send a bearer token")


@dataclass(frozen=True)
class Premises:
    """What a site is made of."""

    database: Database
    book: Rulebook
    clock: Callable[[], datetime]
    messages: Messages
    site: SiteFolder


def this_request() -> Request:
    """The request itself, for who asks it more than once: each look through Flask's proxy costs four calls."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]
    return found


def premises() -> Premises:
    """The installation that serves this request."""
    found: Premises = current_app.extensions[EXTENSION]
    return found


def now() -> datetime:
    """The moment of this request: an aware moment, the same all through the request."""
    moment: datetime | None = g.get("now")
    if moment is None:
        g.now = moment = premises().clock()
    return moment


def language() -> str:
    """The language that the person reads: zh, unless English is asked for first."""
    return request.accept_languages.best_match(("zh", "en"), default="zh") or "zh"


# --- who ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who a request says it comes from; whether that is true, `_identify` finds out.

    `token` is that of the header `Authorization: Bearer TOKEN`, `secret` that of the site's session cookie; a request
    with an Authorization header has no session.
    """

    named: str | None
    token: str | None
    secret: str | None

    def __bool__(self) -> bool:
        return bool(self.named or self.token or self.secret)


def credentials() -> Credentials:
    """The credentials of this request, read once."""
    environ: dict[str, Any] = request.environ
    known: Credentials | None = environ.get(_CREDENTIALS_KEY)
    if known is None:
        known = environ[_CREDENTIALS_KEY] = _credentials_in(environ)
    return known


def _credentials_in(environ: Mapping[str, Any]) -> Credentials:
    named, header = environ.get(ACTOR_KEY), environ.get("HTTP_AUTHORIZATION")
    if header is not None:
        scheme, _, token = header.partition(" ")
        return Credentials(named, token.strip() or None if scheme.lower() == "bearer" else None, None)
    return Credentials(named, None, request.cookies.get(SESSION_COOKIE) or None)


def _identify(desk: Desk, given: Credentials, client_id: str | None = None) -> Actor:
    """The person of this request. Raises NotSignedIn.

    With a client id its receipt is looked for in the same look where that can be.
    """
    actor = _actor_of_request(desk, given, client_id)
    if actor is None:
        raise NotSignedIn
    g.actor = actor
    return actor


def _actor_of_request(desk: Desk, given: Credentials, client_id: str | None = None) -> Actor | None:
    if given.named:
        return find_actor(desk.access.connection, desk.district, str(given.named))
    if given.token is not None and client_id is not None:
        return look_for_both(desk, given.token, client_id)
    if given.token is not None:
        return actor_of_token(desk.access, desk.district, given.token, now=desk.now)
    return _actor_of_session(desk, given.secret) if given.secret else None


def session_limits(book: Rulebook) -> SessionLimits:
    """The settings `sessions`."""
    settings = book.settings.sessions
    return SessionLimits(
        idle=timedelta(minutes=settings.idle_minutes), absolute=timedelta(hours=settings.absolute_hours)
    )


def _actor_of_session(desk: Desk, secret: str) -> Actor | None:
    limits = session_limits(desk.book)
    found = actor_of_session(desk.access.connection, desk.district, secret, now=desk.now, limits=limits)
    if found is None:
        return None
    actor, g.is_session_to_be_marked = found
    return actor


def signed_in() -> Actor | None:
    """The person of this request for a page that also shows to nobody in particular; asks once a request."""
    if "actor" not in g:
        g.actor = None
        given = credentials()
        if given:
            place = premises()
            with place.database.reading() as connection:
                g.actor = _actor_of_request(Desk(connection, place.book, now()), given)
    actor: Actor | None = g.actor
    return actor


# --- work -----------------------------------------------------------------------------------------------------


@contextmanager
def looking() -> Iterator[tuple[Desk, Actor]]:
    """A reading transaction with the person of this request. Raises NotSignedIn."""
    given = credentials()
    if not given:
        raise NotSignedIn
    place = premises()
    with place.database.reading() as connection:
        desk = Desk(connection, place.book, now())
        yield desk, _identify(desk, given)
    _mark_session(given)


def acting(act: Callable[[Desk, Actor], Answer], *, client_id: str | None = None) -> Answer:
    """Run `act` in one writing transaction with the person of this request. Raises NotSignedIn.

    `act` may run more than once, when another writer got in between. `client_id` is that of the write, if it has one.
    """
    given = credentials()
    if not given:
        raise NotSignedIn
    place = premises()
    answer = write(
        place.database, place.book, now(), act=lambda desk: act(desk, _identify(desk, given, client_id))
    )
    _mark_session(given)
    return answer


def repeatable(run: Callable[[], Answer], client_id: str | None) -> Answer:
    """Run a write that may be a repeat.

    The first sending of this very write may have come through between the look for its receipt and the judging, on
    PostgreSQL: then its receipt is there now; else the refusal stands.
    """
    try:
        return run()
    except GridcaseError as error:
        if client_id is None or premises().database.is_sqlite or isinstance(error, NotSignedIn):
            raise
        return run()


def _mark_session(given: Credentials) -> None:
    """Write down that the session was used, at most once a minute, outside of what the request itself does."""
    if not given.secret or not g.pop("is_session_to_be_marked", False):
        return
    place = premises()
    with place.database.transaction() as connection:
        mark_seen(connection, place.book.district, given.secret, now=now())
