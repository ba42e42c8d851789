"""A stage whose calls go over HTTP: a server on a port of its own, a bearer token for each person."""

from __future__ import annotations

import http.client
import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from waitress import wasyncore
from waitress.server import create_server
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from gridcase.app import Installation, create_app
from gridcase.cli.playing import SiteStage
from gridcase.demo.stage import Answer
from gridcase.demo.story import Call
from gridcase.directory.credentials import make_token
from gridcase.errors import NotFound

_BASE = "/api/v1"


class ServedStage(SiteStage):
    """As the stage of `gridcase play`, with calls sent to `port`; people are added and jobs run beside the server."""

    port: int

    def __init__(self, open_site: Callable[[Callable[[], datetime]], Installation], now: datetime) -> None:
        super().__init__(open_site, now)
        self._tokens: dict[str, str] = {}

    def call(self, call: Call) -> Answer:
        headers = {"Authorization": f"Bearer {self._token(call.user)}", "Accept-Language": "zh"}
        content: bytes | None = None
        if call.photos:
            headers["Content-Type"], content = _multipart(call)
        elif call.body is not None:
            headers["Content-Type"], content = "application/json", json.dumps(call.body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(call.method, _BASE + call.path, content, headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        return Answer(response.status, json.loads(body) if body else None)

    def _token(self, user: str) -> str:
        if user not in self._tokens:
            place = self.installation
            try:
                with place.database.transaction() as connection:
                    token = make_token(connection, place.book.district, user, now=self.now)
            except NotFound:
                return "nobody"
            self._tokens[user] = token
        return self._tokens[user]


def _multipart(call: Call) -> tuple[str, bytes]:
    parts: list[tuple[str, Any]] = [("data", json.dumps(call.body or {}))]
    parts += [
        ("photos", FileStorage(io.BytesIO(part.content), part.name, "photos", "application/octet-stream"))
        for part in call.photos
    ]
    boundary, payload = encode_multipart(MultiDict(parts))
    return f'multipart/form-data; boundary="{boundary}"', payload


@contextmanager
def served(stage: ServedStage) -> Iterator[ServedStage]:
    """Serve the stage's installation, as `gridcase serve` does, while the block runs."""
    sockets: dict[int, Any] = {}
    server = create_server(create_app(stage.installation), map=sockets, host="127.0.0.1", port=0, threads=2)
    stage.port = int(server.effective_port)
    stopping = threading.Event()

    def run() -> None:
        while not stopping.is_set():
            wasyncore.loop(timeout=0.05, map=sockets, count=1)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield stage
    finally:
        stopping.set()
        thread.join(30)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets)
        stage.installation.database.close()
