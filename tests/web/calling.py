"""Calls the interface as people of an office: JSON or multipart, by bearer token, in process."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from gridcase.app import create_app
from gridcase.db import Base
from gridcase.directory.credentials import make_token
from tests.making import Office, jpeg

BASE = "/api/v1"

# One answer of a call: its status and its JSON.
Answered = tuple[int, Any]


@dataclass
class Caller:
    """An office behind its HTTP interface."""

    office: Office
    app: Flask = field(init=False)
    client: FlaskClient = field(init=False)
    _tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = create_app(self.office.installation)
        self.client = self.app.test_client()

    def token(self, who: str) -> str:
        """The bearer token of a person, made when it is first needed."""
        if who not in self._tokens:
            with self.office.database.transaction() as connection:
                made = make_token(connection, self.office.district, who, now=self.office.now)
            self._tokens[who] = made
        return self._tokens[who]

    def send(self, who: str | None, method: str, path: str, **kw: Any) -> TestResponse:
        """A request as it stands; `who` None = not signed in."""
        headers = dict(kw.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        return self.client.open(BASE + path, method=method, headers=headers, **kw)

    def get(self, who: str | None, path: str, **kw: Any) -> Answered:
        """`GET` and its JSON."""
        return answered(self.send(who, "GET", path, **kw))

    def post(
        self,
        who: str | None,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        photos: int | Sequence[bytes] = 0,
        **kw: Any,
    ) -> Answered:
        """`POST` of a body, multipart when there are photos (pictures, or how many of our own)."""
        contents = [jpeg(shade) for shade in range(photos)] if isinstance(photos, int) else list(photos)
        return answered(self.send(who, "POST", path, **form_of(body or {}, contents), **kw))

    def report(self, who: str = "inspector", **fields: Any) -> str:
        """A report with a photo; answers the case number."""
        status, answer = self.post(who, "/cases", self.report_body(**fields), photos=1)
        assert status == 201, answer
        return str(answer["number"])

    def report_body(self, **fields: Any) -> dict[str, Any]:
        """A body of `POST /cases` without a fault."""
        return {
            "kind": "event",
            "main_code": "01",
            "sub_code": "10",
            "description": "路边有一堆生活垃圾",
            **self.office.position,
            **fields,
        }

    def move(
        self, who: str, number: str, trigger: str, *, photos: int | Sequence[bytes] = 0, **records: Any
    ) -> Answered:
        """A move with these records."""
        return self.post(who, f"/cases/{number}/moves/{trigger}", records, photos=photos)

    def counts(self) -> dict[str, int]:
        """How many rows each table of the register holds, and how many pictures lie in the folder."""
        tables = {name: table for name, table in Base.metadata.tables.items() if name != "api_token"}
        with self.office.database.reading() as connection:
            found = {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in tables.items()
            }
        folder = self.office.book.photos.folder
        return {**found, "files": sum(path.is_file() for path in folder.rglob("*")) if folder.exists() else 0}


def form_of(body: Mapping[str, Any], photos: Sequence[bytes]) -> dict[str, Any]:
    """The arguments of a test request for a body and pictures."""
    if not photos:
        return {"json": body}
    parts: list[tuple[str, Any]] = [("data", json.dumps(body, ensure_ascii=False))]
    parts += [
        ("photos", FileStorage(io.BytesIO(content), f"{index}.jpg", "photos", "image/jpeg"))
        for index, content in enumerate(photos)
    ]
    boundary, payload = encode_multipart(MultiDict(parts))
    return {"data": payload, "content_type": f'multipart/form-data; boundary="{boundary}"'}


def answered(response: TestResponse) -> Answered:
    """Status and JSON of a response."""
    return response.status_code, json.loads(response.data) if response.data else None


def fresh_id() -> str:
    """A client id nobody used."""
    return str(uuid.uuid4())


def codes(problem: Mapping[str, Any], member: str = "reasons") -> list[str]:
    """The codes of a problem's reasons or errors."""
    return [entry["code"] for entry in problem[member]]
