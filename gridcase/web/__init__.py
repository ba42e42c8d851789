"""The site: one Flask application with the interface, the pages, and what both share."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, Response
from jinja2 import FileSystemLoader

from gridcase.cases.book import Rulebook
from gridcase.config import secret
from gridcase.db import Database
from gridcase.resources import SiteFolder, shipped_folder
from gridcase.web.api import API
from gridcase.web.context import EXTENSION, Premises
from gridcase.web.errors import register_errors
from gridcase.web.forgery import guard_writes, site_key
from gridcase.web.health import HEALTH
from gridcase.web.job_board import EXTENSION as JOBS
from gridcase.web.job_board import JobBoard
from gridcase.web.messages import load_messages
from gridcase.web.pages import PAGES, show_problem
from gridcase.web.pages.english import speak_english
from gridcase.web.proxy import TrustedProxy
from gridcase.web.static_files import FOLDER, text_file


def make_site(
    database: Database, book: Rulebook, clock: Callable[[], datetime], *, site: SiteFolder, jobs: JobBoard
) -> Flask:
    """The WSGI application of an installation. `site` gives texts and templates, `jobs` tells how they stand."""
    app = _Site("gridcase.web", static_folder=str(FOLDER), static_url_path="/static")
    app.extensions[EXTENSION] = Premises(database, book, clock, load_messages(site), site)
    app.extensions[JOBS] = jobs
    app.jinja_loader = FileSystemLoader([site.templates, shipped_folder() / "templates"])
    most = book.settings.server.max_body_bytes
    app.config.update(
        SECRET_KEY=secret("GRIDCASE_SECRET_KEY", os.environ) or site_key(book.photos.folder.parent),
        MAX_CONTENT_LENGTH=most,
        MAX_FORM_MEMORY_SIZE=most,
    )
    app.url_map.strict_slashes = False
    guard_writes(app)
    register_errors(app, show_problem)
    for blueprint in (API, HEALTH, *PAGES):
        app.register_blueprint(blueprint)
    speak_english(app, site)
    app.after_request(_no_sniffing)
    if book.settings.server.trusted_proxy:
        app.wsgi_app = TrustedProxy(app.wsgi_app, book.settings.server.trusted_proxy)  # type: ignore[method-assign]
    return app


class _Site(Flask):
    """Flask with compressed scripts, and without coroutines."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: Flask would look anew at every request whether it is a coroutine."""
        return func

    def send_static_file(self, filename: str) -> Response:
        """A static file, compressed where that is worth it."""
        return text_file(filename) or super().send_static_file(filename)


def _no_sniffing(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
