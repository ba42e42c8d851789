"""What makes pages an app that opens without a line: the service worker with its version, files and pages, and its manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response, url_for
from flask_wtf.csrf import generate_csrf

from gridcase import __version__
from gridcase.cases.book import Desk
from gridcase.cases.shown import china_text
from gridcase.directory.people import Actor
from gridcase.resources import SiteFolder
from gridcase.web.pages.look import look
from gridcase.web.static_files import FOLDER

_WORKER = FOLDER / "phone" / "worker.js"
_SHARED = ("css/tokens.css", "mark.svg")
_COLOUR = "#0d3b66"


def session_told(desk: Desk, actor: Actor) -> dict[str, str]:
    """What a kept page asks of the site: who is signed in, the token for writes, its moment, the look chosen here."""
    return {
        "name": actor.name,
        "shown": actor.display_name or actor.name,
        "token": generate_csrf(),
        "now": china_text(desk.now),
        "look": look().value,
    }


@dataclass(frozen=True)
class KeptApp:
    """A set of pages that a phone keeps: `name` is its blueprint and tells its caches apart from those of others.

    `scripts` are folders of static files, `templates` folders of pages; `pages` are views of the blueprint, the
    first of which is where the app begins.
    """

    name: str
    scripts: tuple[str, ...]
    templates: tuple[str, ...]
    pages: tuple[str, ...]

    def version(self, site: SiteFolder) -> str:
        """The version of everything that the phone keeps: program, scripts, styles and templates."""
        found = hashlib.sha256(__version__.encode())
        for path in self._kept(site):
            found.update(path.name.encode() + path.read_bytes())
        return found.hexdigest()[:16]

    def worker(self, version: str) -> Response:
        """The service worker. Another version of any of its files is another worker."""
        head: dict[str, Any] = {
            "APP": self.name,
            "VERSION": version,
            "FILES": self._files(),
            "PAGES": [url_for(f"{self.name}.{page}") for page in self.pages],
        }
        lines = [f"const {name} = {json.dumps(value)};" for name, value in head.items()]
        text = "\n".join([*lines, _WORKER.read_text(encoding="utf-8")])
        response = Response(text, mimetype="text/javascript")
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Service-Worker-Allowed"] = self._begin.rstrip("/")
        return response

    def manifest(self, title: str, short: str) -> Response:
        """What the phone shows on its home screen."""
        told = {
            "name": title,
            "short_name": short,
            "lang": "zh-CN",
            "start_url": self._begin,
            "scope": self._begin,
            "display": "standalone",
            "background_color": _COLOUR,
            "theme_color": _COLOUR,
            "icons": [
                {"src": url_for("static", filename="mark.svg"), "sizes": "any", "type": "image/svg+xml"}
            ],
        }
        return Response(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json")

    @property
    def _begin(self) -> str:
        return url_for(f"{self.name}.{self.pages[0]}")

    def _files(self) -> list[str]:
        own = [
            f"{folder}/{path.name}"
            for folder in self.scripts
            for path in sorted((FOLDER / folder).iterdir())
            if path != _WORKER
        ]
        return [url_for("static", filename=name) for name in (*_SHARED, *own)]

    def _kept(self, site: SiteFolder) -> Iterator[Path]:
        for folder in self.scripts:
            yield from sorted((FOLDER / folder).iterdir())
        yield from (FOLDER / name for name in _SHARED)
        for folder in self.templates:
            yield from sorted((site.templates / "pages" / folder).glob("*.html"))
