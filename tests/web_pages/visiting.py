"""A person at the site: a browser without scripts, signed in by a session, who sends the forms of pages."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from gridcase.app import create_app
from gridcase.directory.credentials import open_session
from gridcase.web.context import SESSION_COOKIE
from tests.making import Office, jpeg

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """One browser. `last` is the newest answer."""

    def __init__(self, office: Office, app: Flask, who: str | None = None) -> None:
        self.office = office
        self.client: FlaskClient = app.test_client()
        self.last: TestResponse | None = None
        if who is not None:
            with office.database.transaction() as connection:
                secret = open_session(connection, office.district, who, now=office.now)
            self.client.set_cookie(SESSION_COOKIE, secret)

    def bytes_sent(self, path: str) -> int:
        """How long the body of this answer is on the line, compressed where it may be."""
        answer = self.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, path
        return len(answer.data)

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        self.last = self.client.get(path, **options)
        return self.last

    def text(self, path: str, status: int = 200) -> str:
        """The words of a page, tags taken out, blanks made one."""
        answer = self.get(path)
        assert answer.status_code == status, (answer.status_code, words_of(answer.text)[:500])
        return words_of(answer.text)

    def token(self) -> str:
        """A token for forms of this browser."""
        found = _TOKEN.search(self.client.get("/sign-in").text) or _TOKEN.search(
            self.client.get("/rankings").text
        )
        assert found is not None
        return found[1]

    def post(self, path: str, *, photos: int = 0, token: str | None = None, **fields: Any) -> TestResponse:
        """Send a form, as a browser would; a list sends a field several times."""
        pairs: list[tuple[str, Any]] = [("csrf_token", self.token() if token is None else token)]
        fields.setdefault("client_id", str(uuid4()))
        for name, value in fields.items():
            values = value if isinstance(value, list) else [value]
            pairs += [(name, each) for each in values]
        for number in range(photos):
            pairs.append(("photos", (io.BytesIO(jpeg(40 + number)), "photo.jpg")))
        if not photos:
            # A browser sends an empty file where none was chosen.
            pairs.append(("photos", (io.BytesIO(), "")))
        self.last = self.client.post(path, data=MultiDict(pairs), content_type="multipart/form-data")
        return self.last

    def move(self, number: str, trigger: str, **fields: Any) -> TestResponse:
        """Send the form of a move."""
        return self.post(f"/cases/{number}/moves/{trigger}", **fields)


class Site:
    """The site of an office, and its visitors."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.app = create_app(office.installation)
        self.places: set[int] = set()

    def visitor(self, who: str | None = None) -> Visitor:
        """Somebody at a new browser; nobody in particular without a name."""
        return Visitor(self.office, self.app, who)


def words_of(html: str) -> str:
    """What a person reads of a page, roughly."""
    body = re.sub(r"(?s)<(script|style|option|head)\b.*?</\1>", " ", html)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()
