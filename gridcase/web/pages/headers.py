"""The headers of every page: nothing from elsewhere, no inline script, no frame, no copy kept by others."""

from __future__ import annotations

from flask import Blueprint, Response

HEADERS = Blueprint("headers", __name__)

POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; "
    "img-src 'self' blob:"
)


@HEADERS.after_app_request
def guard_page(response: Response) -> Response:
    """Put the policy on every page; answers of the interface and files keep their own."""
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
