"""Guards writes that a browser makes with its cookie: each must carry the token of a page of this site."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect

from gridcase.errors import NotPermitted
from gridcase.web.context import credentials, this_request
from gridcase.web.errors import API_PREFIX

_FILE = "secret_key"


def guard_writes(app: Flask) -> None:
    """Check the token of every form and of every call by session cookie; a bearer token needs none.

    Forms send the field `csrf_token`, scripts the header `X-CSRFToken`.
    """
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_NAME="gridcase_form",
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.session_interface = _FormSession()
    csrf = CSRFProtect(app)

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
