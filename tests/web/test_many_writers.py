"""Two hundred people write on fifty cases at once over HTTP: no step is lost or doubled, and nobody sees a lock."""

from __future__ import annotations

import http.client
import json
import threading
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.cases.checking import check_case
from tests.making import Office, jpeg
from tests.web.calling import Caller, form_of
from tests.web.process import served

CASES, WRITERS = 50, 200
_TIMEOUT_S = 120


@dataclass(frozen=True)
class Sent:
    """One write: whose, where, what, and its photo if it brings one."""

    who: str
    path: str
    body: dict[str, Any]
    photo: bytes | None = None

    @property
    def kind(self) -> str:
        return self.path.rsplit("/", 1)[1]


def writes_of(number: str, at: int) -> list[Sent]:
    """Four people at one case: two moves that exclude each other, a note and a photo."""
    case = f"/api/v1/cases/{number}"
    seen: dict[str, Any] = {"version": 1}
    return [
        Sent("intake_operator", f"{case}/moves/accept", dict(seen)),
        Sent("second_operator", f"{case}/moves/accept", dict(seen)),
        Sent("intake_operator", f"{case}/notes", {"text": f"第 {at} 件：居民再次来电"}),
        Sent("inspector", f"{case}/photos", {"kind": "other"}, jpeg(30_000 + at)),
    ]


def send(address: str, token: str, sent: Sent) -> tuple[int, dict[str, Any]]:
    """One write on a connection of its own; status and answer."""
    body = {"client_id": str(uuid.uuid4()), **sent.body}
    form = form_of(body, [sent.photo] if sent.photo else [])
    content = json.dumps(form["json"]).encode() if "json" in form else form["data"]
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": form.get("content_type", "application/json"),
    }
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=_TIMEOUT_S)
    try:
        connection.request("POST", sent.path, content, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def all_at_once(address: str, caller: Caller, writes: list[Sent]) -> list[tuple[int, dict[str, Any]]]:
    """Each write from a thread of its own, let go together; the answers in their order."""
    tokens = {who: caller.token(who) for who in {sent.who for sent in writes}}
    barrier = threading.Barrier(len(writes))
    answers: list[tuple[int, dict[str, Any]]] = [(0, {})] * len(writes)

    def run(at: int) -> None:
        barrier.wait(_TIMEOUT_S)
        answers[at] = send(address, tokens[writes[at].who], writes[at])

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(writes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_TIMEOUT_S)
    return answers


def check_writers(office: Office, *, workers: int) -> None:
    office.add_user("second_operator", "intake_operator")
    numbers = [office.report() for _ in range(CASES)]
    writes = [sent for at, number in enumerate(numbers) for sent in writes_of(number, at)]
    assert len(writes) == WRITERS

    with served(office, workers=workers) as site:
        answers = all_at_once(site.address, Caller(office), writes)

    found = Counter((sent.kind, status) for sent, (status, _) in zip(writes, answers, strict=True))
    assert found == {
        ("accept", 201): CASES,
        ("accept", 409): CASES,
        ("notes", 201): CASES,
        ("photos", 201): CASES,
    }
    assert {answer["code"] for status, answer in answers if status == 409} == {"changed_meanwhile"}
    for number in numbers:
        case = check_case(office, number)
        assert [entry.step.trigger for entry in case.entries] == ["report", "accept"]
        assert len(office.rows("note", number)) == 1
        assert sorted(row["kind"] for row in office.rows("photo", number)) == ["before", "other"]


def test_two_hundred_writers_lose_and_double_nothing(office: Office) -> None:
    check_writers(office, workers=1)


def test_nor_do_they_on_several_processes(postgres_office: Office) -> None:
    check_writers(postgres_office, workers=2)
