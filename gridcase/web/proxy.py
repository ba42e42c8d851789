"""Believes one reverse proxy about where a request comes from, and nobody else (setting `server.trusted_proxy`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class TrustedProxy:
    """Takes X-Forwarded-For and X-Forwarded-Proto from requests that come from this address alone."""

    def __init__(self, app: WSGIApplication, address: str) -> None:
        self._app = app
        self._behind = ProxyFix(app, x_for=1, x_proto=1)
        self._address = address

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_trusted = environ.get("REMOTE_ADDR") == self._address
        return (self._behind if is_trusted else self._app)(environ, start_response)
