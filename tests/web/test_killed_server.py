"""A server that is killed at any moment loses no acknowledged step and writes nothing twice."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from gridcase.cases.steps import FIRST_HASH, seal
from tests.making import Office, jpeg
from tests.web.calling import Caller, form_of
from tests.web.process import Served, served

WRITERS, ROUNDS, MOST_ROUNDS = 6, 3, 9
# What follows a report, with who does it and what it carries.
MOVES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("intake_operator", "accept", {}),
    ("shift_supervisor", "file", {"condition_no": 1, "duplicates_seen": True}),
    ("dispatcher", "dispatch", {"department": "A"}),
    ("officer_a", "receive", {}),
)


@dataclass
class Write:
    """One write with its client id, so that it can be sent again."""

    who: str
    path: str
    body: dict[str, Any]
    photos: int = 0
    answer: dict[str, Any] | None = None


@dataclass
class Writer:
    """Somebody who reports and moves cases one after the other, and remembers what was acknowledged."""

    caller: Caller
    shade: int
    acknowledged: list[Write] = field(default_factory=list)
    unanswered: Write | None = None
    refused: list[bytes] = field(default_factory=list)

    def run(self, address: str, stop: threading.Event) -> None:
        """Write until the server dies: first again what it did not answer."""
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
        try:
            while not stop.is_set():
                write = self.unanswered or self._next()
                self.unanswered = write
                self._send(connection, write)
                self.unanswered = None
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()

    def _next(self) -> Write:
        last = self.acknowledged[-1] if self.acknowledged else None
        step = 0 if last is None or last.answer is None else last.answer["version"] - 1
        client_id = str(uuid.uuid4())
        if last is None or last.answer is None or step == len(MOVES):
            body = self.caller.report_body(client_id=client_id)
            return Write("inspector", "/api/v1/cases", body, photos=1)
        who, trigger, records = MOVES[step]
        path = f"/api/v1/cases/{last.answer['number']}/moves/{trigger}"
        return Write(who, path, {"client_id": client_id, **records})

    def _send(self, connection: http.client.HTTPConnection, write: Write) -> None:
        form = form_of(write.body, [jpeg(self.shade + index) for index in range(write.photos)])
        content = json.dumps(form["json"]).encode() if "json" in form else form["data"]
        headers = {
            "Authorization": f"Bearer {self.caller.token(write.who)}",
            "Content-Type": form.get("content_type", "application/json"),
        }
        connection.request("POST", write.path, content, headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status not in (200, 201):
            self.refused.append(answer)
            raise http.client.HTTPException(answer)
        write.answer = json.loads(answer)
        self.acknowledged.append(write)


def hammer(process: Served, writers: list[Writer], *, for_s: float) -> None:
    """All writers at once, until the server is killed in the middle of it."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=writer.run, args=(process.address, stop), daemon=True) for writer in writers
    ]
    for thread in threads:
        thread.start()
    time.sleep(for_s)
    process.kill()
    stop.set()
    for thread in threads:
        thread.join(40)
        assert not thread.is_alive()


def assert_nothing_lost(office: Office, writers: list[Writer]) -> None:
    steps = {(row["number"], row["no"]): row for row in office.rows("step")}
    for writer in writers:
        assert writer.refused == []
        for write in writer.acknowledged:
            assert write.answer is not None
            row = steps[write.answer["number"], write.answer["version"]]
            if "step" in write.answer:
                assert row["hash"] == write.answer["step"]["hash"]
    for (number, no), row in steps.items():
        before = steps[number, no - 1]["hash"] if no > 1 else FIRST_HASH
        assert row["previous_hash"] == before
        assert row["hash"] == seal(row, before, "sha256")
    versions = {row["number"]: row["version"] for row in office.rows("cases")}
    assert versions == {number: max(no for case, no in steps if case == number) for number, _ in steps}


def assert_nothing_twice(office: Office, writers: list[Writer]) -> None:
    acknowledged = [write for writer in writers for write in writer.acknowledged]
    unanswered = [writer.unanswered for writer in writers if writer.unanswered is not None]
    ids = {write.body["client_id"] for write in (*acknowledged, *unanswered)}
    receipts = [row["client_id"] for row in office.rows("receipt")]

    assert len(receipts) == len(set(receipts))
    assert set(receipts) <= ids
    assert len(office.rows("step")) == len(receipts)
    for row in office.rows("photo"):
        content = office.book.photos.read(row["sha256"])
        assert office.book.photos.check(content).sha256 == row["sha256"]


@pytest.mark.parametrize("workers", [1, 2])
def test_sigkill_loses_no_acknowledged_step(request: pytest.FixtureRequest, workers: int) -> None:
    # One process on SQLite; two on PostgreSQL, killed together.
    office: Office = request.getfixturevalue("sqlite_office" if workers == 1 else "postgres_office")
    caller = Caller(office)
    for who in ("inspector", *(who for who, _, _ in MOVES)):
        caller.token(who)
    writers = [Writer(caller, shade=index * 10) for index in range(WRITERS)]
    moments = random.Random(20261009)

    rounds = 0
    # Now and then everybody has just been answered when the server dies for the last time: then once more.
    while rounds < ROUNDS or not any(writer.unanswered for writer in writers):
        assert rounds < MOST_ROUNDS
        rounds += 1
        process = served(office, workers=workers)
        process.start()
        hammer(process, writers, for_s=moments.uniform(0.4, 1.6))
        assert_nothing_lost(office, writers)
        assert_nothing_twice(office, writers)

    assert sum(len(writer.acknowledged) for writer in writers) >= WRITERS * len(MOVES)
