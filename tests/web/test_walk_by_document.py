"""A client that has only the OpenAPI document walks a case from report to closing over real HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import jsonschema_rs
import pytest

from tests.making import Office, jpeg
from tests.web.calling import Caller
from tests.web.document_client import DocumentClient, Reply
from tests.web.process import served

WAY = ("accept", "file", "dispatch", "receive", "give_feedback", "send_verification", "verify_pass", "close")
STATES = ["accepted", "filed", "dispatched", "handling", "handled", "verifying", "verified", "closed"]
PEOPLE = ("inspector", "inspector_2", "intake_operator", "shift_supervisor", "dispatcher", "officer_a")


def clients(office: Office, address: str) -> dict[str, DocumentClient]:
    tokens = Caller(office)
    first = DocumentClient(f"{address}/api/v1/openapi.json", tokens.token(PEOPLE[0]))
    return {who: DocumentClient(first.where, tokens.token(who), first.document) for who in PEOPLE}


def filled(
    fields: Iterable[Mapping[str, Any]], place: Mapping[str, Any]
) -> tuple[dict[str, Any], list[bytes]]:
    """Values for the fields that are needed, from what the answer itself says of them."""
    body: dict[str, Any] = {}
    photos: list[bytes] = []
    for wanted in fields:
        name, choices = wanted["name"], wanted["choices"]
        if wanted["type"] == "photos":
            photos = [jpeg(7)]
        elif not wanted["required"]:
            continue
        elif name in place:
            body[name] = place[name]
        elif choices:
            values = [choice["value"] if isinstance(choice, dict) else choice for choice in choices]
            body[name] = values if wanted["type"] == "list" else values[0]
        else:
            body[name] = {"text": "已按要求办理", "boolean": True}[wanted["type"]]
    return body, photos


def mover(
    people: Mapping[str, DocumentClient], number: str, trigger: str
) -> tuple[DocumentClient, dict[str, Any]]:
    """Somebody who may make the move now, and the move as it is offered to them."""
    for client in people.values():
        reply = client.call("show_moves", number=number)
        for move in reply.json["allowed"] if reply.status == 200 else ():
            if move["trigger"] == trigger:
                return client, move
    raise AssertionError(f"nobody may {trigger}")


def written_twice(client: DocumentClient, *args: Any, photos: list[bytes], **parameters: Any) -> Reply:
    """A write, and the same again with the same client id: the same bytes."""
    first = client.call(*args, photos=photos, **parameters)
    again = client.call(*args, photos=photos, **parameters)
    assert (first.status, again.status) == (201, 200), first.content
    assert again.content == first.content
    return first


def fresh(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"client_id": str(uuid.uuid4()), **body}


def report(people: Mapping[str, DocumentClient], place: Mapping[str, Any]) -> str:
    """A report of the first category of the catalogue that the interface tells."""
    client = people["inspector"]
    category = client.call("show_catalogue", kind=["event"]).json["items"][0]
    body = {name: category[name] for name in ("kind", "main_code", "sub_code")} | {
        "description": "路边",
        **place,
    }
    made = written_twice(client, "report_case", fresh(body), photos=[jpeg(1), jpeg(2)])
    return str(made.json["number"])


def walk(people: Mapping[str, DocumentClient], number: str, place: Mapping[str, Any]) -> list[str]:
    states = []
    for trigger in WAY:
        client, move = mover(people, number, trigger)
        body, photos = filled(move["fields"], place)
        version = client.call("show_case", number=number).json["version"]
        moved = written_twice(
            client,
            "move_case",
            fresh({**body, "version": version}),
            photos=photos,
            number=number,
            trigger=trigger,
        )
        assert moved.json["version"] == version + 1
        states.append(moved.json["state"])
    return states


def test_the_document_alone_leads_through_a_whole_case(office: Office) -> None:
    with served(office) as process:
        people = clients(office, process.address)
        number = report(people, office.position)

        states = walk(people, number, office.position)

        supervisor = people["shift_supervisor"]
        case = supervisor.call("show_case", number=number).json
        listed = supervisor.call("list_all", state=["closed"], count=True).json
        photo = supervisor.call("show_photo", photo_id=case["photos"][0]["id"])
        deadline = supervisor.call("show_deadline", number=number).json

    assert states == STATES
    assert [step["trigger"] for step in case["steps"]] == ["report", *WAY]
    assert case["version"] == len(case["steps"]) == 9
    assert case["closing"]["how"] == "normal"
    assert {picture["kind"] for picture in case["photos"]} == {"before", "after", "verification"}
    assert len(case["photos"]) == 4
    assert [item["number"] for item in listed["items"]] == [number]
    assert listed["total"] == 1
    assert (photo.status, photo.content[:3]) == (200, b"\xff\xd8\xff")
    assert deadline["due_at"].endswith("+08:00")
    assert len(office.rows("step", number)) == 9
    assert len(office.rows("receipt")) == 9


def test_the_document_tells_a_request_and_its_refusals_too(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "handling")
    with served(office) as process:
        people = clients(office, process.address)
        officer, dispatcher = people["officer_a"], people["dispatcher"]
        bare = officer.call("ask_request", fresh({"kind": "suspension"}), number=number)
        unread = officer.call("show_case", number="20001231000001")
        with pytest.raises(jsonschema_rs.ValidationError):
            dispatcher.call("ask_request", {"kind": "wish"}, number=number)

    missing = [reason["field"] for reason in bare.json["reasons"] if reason["code"] == "record_missing"]
    assert bare.status == 409
    assert {"reason", "until", "photos"} <= set(missing)
    assert (unread.status, unread.json["code"]) == (404, "unknown_case")
