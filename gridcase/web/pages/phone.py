"""The inspector's phone: pages that open without a line, kept by a service worker; they hold nothing of anybody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, make_response, url_for

from gridcase import __version__
from gridcase.cases.book import Desk
from gridcase.directory.duty import INSPECTOR
from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted
from gridcase.resources import SiteFolder
from gridcase.spatial.coordinates import POINT_SYSTEMS
from gridcase.web.context import looking, premises
from gridcase.web.pages.frame import draw

PHONE = Blueprint("phone", __name__, url_prefix="/phone")

_STATIC = Path(__file__).resolve().parents[1] / "static"
_WORKER = _STATIC / "phone" / "worker.js"
_SHARED = ("css/tokens.css", "mark.svg")
_PAGES = ("report", "tasks", "area", "month", "outbox")


@contextmanager
def inspecting() -> Iterator[tuple[Desk, Actor]]:
    """A reading transaction of an inspector. Raises NotSignedIn, NotPermitted `role_missing`."""
    with looking() as (desk, actor):
        if not actor.has_role(INSPECTOR):
            raise NotPermitted("role_missing", "these pages are for inspectors", roles=[INSPECTOR])
        yield desk, actor


@PHONE.get("/")
def report() -> Response:
    """A report: photo, place, category."""
    return _page("report")


@PHONE.get("/tasks")
def tasks() -> Response:
    """Confirmations and verifications of the day, in walking order."""
    return _page("tasks")


@PHONE.get("/area")
def area() -> Response:
    """The own cells on a map."""
    return _page("area")


@PHONE.get("/month")
def month() -> Response:
    """The own figures of the month."""
    return _page("month")


@PHONE.get("/outbox")
def outbox() -> Response:
    """What waits to be sent, and the receipts of what was."""
    return _page("outbox")


def _page(name: str) -> Response:
    """A page that is the same for every inspector: whatever is of a person comes from the phone or by script."""
    with inspecting() as (desk, _actor):
        settings = desk.book.settings
    version = version_of(premises().site)
    text = draw(
        f"pages/phone/{name}.html",
        page=name,
        site=settings.site.name,
        version=version,
        systems=POINT_SYSTEMS,
        longest=settings.text.max_length,
        max_bytes=settings.photos.max_bytes,
    )
    response = make_response(text)
    response.headers["X-Phone-Version"] = version
    return response


# --- what makes it an app -------------------------------------------------------------------------------------


@PHONE.get("/worker.js")
def worker() -> Response:
    """The service worker with its version and its files. Another version of any of them is another worker."""
    head = {"VERSION": version_of(premises().site), "FILES": _files(), "PAGES": _paths()}
    lines = [f"const {name} = {json.dumps(value)};" for name, value in head.items()]
    response = Response("\n".join([*lines, _WORKER.read_text(encoding="utf-8")]), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = url_for("phone.report").rstrip("/")
    return response


@PHONE.get("/manifest.json")
def manifest() -> Response:
    """What the phone shows on its home screen."""
    site = premises().book.settings.site.name
    told = {
        "name": f"{site} · 监督员",
        "short_name": "监督员",
        "lang": "zh-CN",
        "start_url": url_for("phone.report"),
        "scope": url_for("phone.report"),
        "display": "standalone",
        "background_color": "#0d3b66",
        "theme_color": "#0d3b66",
        "icons": [
            {"src": url_for("static", filename="mark.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
    }
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json")


def _files() -> list[str]:
    own = sorted(path.name for path in (_STATIC / "phone").iterdir() if path != _WORKER)
    return [url_for("static", filename=name) for name in (*_SHARED, *(f"phone/{name}" for name in own))]


def _paths() -> list[str]:
    return [url_for(f"phone.{name}") for name in _PAGES]


@cache
def version_of(site: SiteFolder) -> str:
    """The version of everything that the phone keeps of the site: program, scripts, styles and templates."""
    found = hashlib.sha256(__version__.encode())
    for path in _kept(site):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _kept(site: SiteFolder) -> Iterator[Path]:
    yield from sorted((_STATIC / "phone").iterdir())
    yield from (_STATIC / name for name in _SHARED)
    yield from sorted((site.templates / "pages" / "phone").glob("*.html"))


def plain_json(answer: Any, *, is_kept: bool = False) -> Response:
    """JSON for the scripts of these pages; `is_kept`: may be kept by the phone, asked anew each time."""
    response = Response(
        json.dumps(answer, ensure_ascii=False, separators=(",", ":")), mimetype="application/json"
    )
    response.headers["Cache-Control"] = "private, no-cache" if is_kept else "no-store"
    return response
