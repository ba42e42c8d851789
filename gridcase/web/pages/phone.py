"""The inspector's phone: pages that open without a line, kept by a service worker; they hold nothing of anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import Blueprint, Response, make_response

from gridcase.cases.book import Desk
from gridcase.directory.duty import INSPECTOR
from gridcase.directory.people import Actor
from gridcase.errors import NotPermitted
from gridcase.resources import SiteFolder
from gridcase.spatial.coordinates import POINT_SYSTEMS
from gridcase.web.context import looking, premises
from gridcase.web.pages.frame import draw
from gridcase.web.pages.kept_app import KeptApp

PHONE = Blueprint("phone", __name__, url_prefix="/phone")

_APP = KeptApp("phone", ("phone",), ("phone",), ("report", "tasks", "area", "month", "outbox"))


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
    """The service worker of these pages."""
    return _APP.worker(version_of(premises().site))


@PHONE.get("/manifest.json")
def manifest() -> Response:
    """What the phone shows on its home screen."""
    return _APP.manifest(f"{premises().book.settings.site.name} · 监督员", "监督员")


@cache
def version_of(site: SiteFolder) -> str:
    """The version of everything that the phone keeps of the site."""
    return _APP.version(site)


def plain_json(answer: Any) -> Response:
    """JSON for the scripts of these pages."""
    response = Response(
        json.dumps(answer, ensure_ascii=False, separators=(",", ":")), mimetype="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
