"""Guards writes that a browser makes with its cookie: each must carry the token of a page of this site."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import quote, unquote

from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf

from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted
from gridcase.web.context import credentials, signed_in, this_request
from gridcase.web.errors import API_PREFIX

_FILE = "secret_key"
# Stands in no signed token.
_MARK = "~"


def guard_writes(app: Flask) -> None:
    """Check the token of every form and of every call by session cookie; a bearer token needs none.

    Forms send the field `csrf_token`, scripts the header `X-CSRFToken`. A form is taken from the person alone to whom
    it was shown: another one may have signed in in the same browser meanwhile.
    """
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_NAME="gridcase_form",
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.session_interface = _FormSession()
    csrf = _Protect(app)
    # Both ways by which templates come to it: parts that are imported see the globals alone.
    app.jinja_env.globals["csrf_token"] = form_token
    app.context_processor(lambda: {"csrf_token": form_token})

    @app.before_request
    def check_token() -> None:
        asked = this_request()
        if asked.method in ("GET", "HEAD", "OPTIONS") or asked.endpoint is None:
            return
        if asked.path.startswith(API_PREFIX) and not credentials().secret:
            return
        _check_origin()
        try:
            csrf.protect()
        except CSRFError as error:
            raise NotPermitted("bad_csrf", str(error.description)) from error
        _check_person(asked)


def form_token() -> str:
    """The token of a form, with the person to whom it is shown."""
    # Whoever the page was made for; a page that tells of a failure asks nobody.
    actor: Actor | None = g.get("actor")
    token: str = generate_csrf()
    if actor is None:
        return token
    shown_to = (actor.name, actor.display_name or actor.name)
    return _MARK.join((token, *map(_escaped, shown_to)))


def _escaped(name: str) -> str:
    """The name without what would be read as a mark: addresses leave that one as it is."""
    return quote(name, safe="").replace(_MARK, f"%{ord(_MARK):02X}")


class _Protect(CSRFProtect):  # type: ignore[misc]
    """Passes over what stands behind the token."""

    def _get_csrf_token(self) -> str | None:
        token: str | None = super()._get_csrf_token()
        return token and token.partition(_MARK)[0]


def _check_person(asked: Request) -> None:
    """Refuse a form that was shown to another person. Raises NotPermitted `other_person`.

    Who is not signed in any more is told so by what the form is for.
    """
    _token, *shown_to = asked.form.get("csrf_token", "").split(_MARK)
    actor = signed_in() if shown_to else None
    if actor is None or unquote(shown_to[0]) == actor.name:
        return
    opened_by, person = unquote(shown_to[-1]), actor.display_name or actor.name
    raise NotPermitted("other_person", "another person opened this page", opened_by=opened_by, person=person)


def _check_origin() -> None:
    """Refuse a write that a browser says was begun on another site. Raises NotPermitted `other_origin`.

    The scheme is left out: behind a proxy that ends TLS this process sees another one than the browser.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise NotPermitted("other_origin", "this was sent from a page of another site")


class _FormSession(SecureCookieSessionInterface):
    """Takes no signing key out for a request that brings no session and uses none: most calls of the interface."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "HTTP_COOKIE" not in request.environ or self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.accessed or session.modified:
            super().save_session(app, session, response)


def site_key(folder: Path) -> str:
    """The key that signs form tokens when the environment names none: made once, kept in the data folder."""
    path = folder / _FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{_FILE}.{os.getpid()}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            # Of several processes that start at once, the first one's key stays.
            os.link(part, path)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return path.read_text(encoding="ascii").strip()
