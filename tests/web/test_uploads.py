"""Photos in pieces and signed receipts: what arrives is kept, what is wrong is refused, a repeat changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import timedelta
from typing import Any

from gridcase.cases.uploads import uploads_folder
from gridcase.jobs.uploads import clean_uploads
from tests.making import jpeg
from tests.web.calling import Answered, Caller, answered, fresh_id

PICTURE = jpeg(77)
HASH = hashlib.sha256(PICTURE).hexdigest()


def put(caller: Caller, who: str | None, sha256: str, content: bytes, **kw: Any) -> Answered:
    """Send a piece; `start` (default 0) and `total` (default: as long as the picture) tell its place."""
    start, total = kw.pop("start", 0), kw.pop("total", len(PICTURE))
    headers = {"Content-Range": f"bytes {start}-{start + len(content) - 1}/{total}", **kw.pop("headers", {})}
    kw.setdefault("content_type", "application/octet-stream")
    return answered(caller.send(who, "PUT", f"/uploads/{sha256}", data=content, headers=headers, **kw))


def deliver(caller: Caller, who: str = "inspector", **fields: Any) -> Answered:
    body = {"client_id": fresh_id(), "uploads": [HASH], "receipt": True, **fields}
    return caller.post(who, "/cases", caller.report_body(**body))


def check_of(receipt: dict[str, Any], **other: str) -> str:
    told = {**{name: receipt[name] for name in ("client_id", "number", "at", "signature")}, **other}
    photos = [f"photos={photo['sha256']}:{photo['stored']}" for photo in receipt["photos"]]
    words = [f"{name}={value.replace('+', '%2B')}" for name, value in told.items()]
    return "/receipts/check?" + "&".join([*words, *photos])


def test_a_photo_sent_in_pieces_becomes_the_photo_of_a_report_with_a_receipt(caller: Caller) -> None:
    assert caller.get("inspector", f"/uploads/{HASH}")[0] == 404
    for start in range(0, len(PICTURE), 300):
        status, told = put(caller, "inspector", HASH, PICTURE[start : start + 300], start=start)
        assert (status, told["received"]) == (200, min(start + 300, len(PICTURE)))
    assert caller.get("inspector", f"/uploads/{HASH}") == (
        200, {"sha256": HASH, "received": len(PICTURE), "size": len(PICTURE), "is_complete": True},
    )  # fmt: skip

    status, answer = deliver(caller)

    assert status == 201
    receipt = answer["receipt"]
    (photo,) = caller.office.rows("photo", answer["number"])
    assert receipt["number"] == answer["number"]
    assert receipt["photos"] == [{"sha256": HASH, "stored": photo["sha256"]}]
    assert caller.get("leader", check_of(receipt)) == (200, {"is_genuine": True})
    other = {"number": "20261009000099", "client_id": fresh_id(), "at": "2026-10-09T09:00:01+08:00"}
    for name, value in other.items():
        assert caller.get("leader", check_of(receipt, **{name: value}))[1] == {"is_genuine": False}, name
    assert caller.get("leader", check_of({**receipt, "photos": []}))[1] == {"is_genuine": False}


def test_the_same_report_again_gives_the_same_receipt_also_when_its_photos_are_cleared_away(
    caller: Caller,
) -> None:
    put(caller, "inspector", HASH, PICTURE)
    body = caller.report_body(client_id=fresh_id(), uploads=[HASH], receipt=True)
    first = caller.post("inspector", "/cases", body)
    office = caller.office
    office.tick(hours=office.book.settings.uploads.keep_hours + 1)
    summary = clean_uploads(office.database, office.book, office.now)
    before = caller.counts()

    again = caller.post("inspector", "/cases", body)

    assert summary.removed_count == 2
    assert (first[0], again[0], again[1]) == (201, 200, first[1])
    assert caller.counts() == before
    (photo,) = office.rows("photo", first[1]["number"])
    assert caller.send("inspector", "GET", f"/photos/{photo['id']}").status_code == 200


def test_pieces_that_come_twice_or_overlap_are_passed_over_and_a_gap_is_told(lone_caller: Caller) -> None:
    caller = lone_caller
    gap = put(caller, "inspector", HASH, PICTURE[200:300], start=200)
    assert (gap[0], gap[1]["code"], gap[1]["reasons"][0]["received"]) == (409, "wrong_offset", 0)
    assert caller.get("inspector", f"/uploads/{HASH}")[0] == 404

    assert put(caller, "inspector", HASH, PICTURE[:200])[1]["received"] == 200
    assert put(caller, "inspector", HASH, PICTURE[:200])[1]["received"] == 200
    assert put(caller, "inspector", HASH, PICTURE[100:300], start=100)[1]["received"] == 300
    gap = put(caller, "inspector", HASH, PICTURE[301:400], start=301)
    assert (gap[0], gap[1]["reasons"][0]["received"]) == (409, 300)
    assert put(caller, "inspector", HASH, PICTURE[300:], start=300)[1]["is_complete"] is True
    # The answer to the last piece may have been lost: it comes again.
    assert put(caller, "inspector", HASH, PICTURE[300:], start=300)[1]["is_complete"] is True


def test_a_piece_that_is_no_piece_of_a_photo_is_refused(lone_caller: Caller) -> None:
    caller, most = lone_caller, lone_caller.office.book.settings.photos.max_bytes
    cases = {
        "no hash": put(caller, "inspector", "x" * 64, PICTURE),
        "upper case": put(caller, "inspector", HASH.upper(), PICTURE),
        "beyond the end": put(caller, "inspector", HASH, PICTURE, start=10),
        "longer than said": put(
            caller, "inspector", HASH, PICTURE, headers={"Content-Range": "bytes 0-9/4000"}
        ),
        "no place": put(caller, "inspector", HASH, PICTURE, headers={"Content-Range": "bytes */4000"}),
        "empty": put(caller, "inspector", HASH, b"", headers={"Content-Range": "bytes 0-0/4000"}),
    }
    assert {name: (status, told["code"]) for name, (status, told) in cases.items()} == dict.fromkeys(
        cases, (422, "bad_piece")
    )
    assert put(caller, "inspector", HASH, PICTURE, total=most + 1)[0] == 413
    assert put(caller, "inspector", HASH, PICTURE, content_type="image/jpeg")[0] == 415
    assert put(caller, None, HASH, PICTURE)[0] == 401
    assert put(caller, "inspector", HASH, PICTURE[:9])[0] == 200
    changed = put(caller, "inspector", HASH, PICTURE[9:20], start=9, total=len(PICTURE) + 1)
    assert (changed[0], changed[1]["code"]) == (422, "bad_piece")


def test_bytes_of_another_hash_and_what_is_no_picture_begin_anew(lone_caller: Caller) -> None:
    caller, text = lone_caller, b"#!/bin/sh\n" * 20

    wrong = put(caller, "inspector", HASH, PICTURE[::-1])
    assert (wrong[0], wrong[1]["code"]) == (422, "upload_wrong_hash")
    script = put(caller, "inspector", hashlib.sha256(text).hexdigest(), text, total=len(text))
    assert (script[0], script[1]["code"]) == (422, "photo_not_a_picture")

    assert [path for path in uploads_folder(caller.office.book).rglob("*") if path.is_file()] == []
    assert put(caller, "inspector", HASH, PICTURE)[1]["is_complete"] is True


def test_an_upload_is_its_senders_alone_and_must_be_complete(lone_caller: Caller) -> None:
    caller = lone_caller
    put(caller, "inspector", HASH, PICTURE)

    assert caller.get("inspector_2", f"/uploads/{HASH}")[0] == 404
    stolen = deliver(caller, "inspector_2")
    assert (stolen[0], stolen[1]["code"], stolen[1]["reasons"][0]["received"]) == (409, "upload_missing", 0)
    other = jpeg(78)
    half = hashlib.sha256(other).hexdigest()
    put(caller, "inspector", half, other[:50], total=len(other))
    unfinished = deliver(caller, uploads=[HASH, half])
    assert (unfinished[0], unfinished[1]["reasons"][0]["received"]) == (409, 50)
    assert caller.office.rows("cases") == []
    nameless = caller.post("inspector", "/cases", caller.report_body(uploads=[HASH], receipt=True))
    assert (nameless[0], nameless[1]["code"]) == (422, "missing_field")


def test_photos_and_moves_take_uploads_too(lone_caller: Caller) -> None:
    caller = lone_caller
    number = caller.office.walk(caller.office.report(), "confirming")
    put(caller, "inspector_2", HASH, PICTURE)
    common = {"uploads": [HASH], "receipt": True}

    added = caller.post(
        "inspector_2", f"/cases/{number}/photos", {"client_id": fresh_id(), "kind": "other", **common}
    )
    moved = caller.post(
        "inspector_2",
        f"/cases/{number}/moves/confirm",
        {"client_id": fresh_id(), "result": "present", **caller.office.position, **common},
    )

    assert (added[0], moved[0]) == (201, 201), (added, moved)
    assert added[1]["receipt"]["number"] == moved[1]["receipt"]["number"] == number
    kinds = [row["kind"] for row in caller.office.rows("photo", number)]
    assert sorted(kinds) == ["before", "confirmation", "other"]


def test_what_nobody_adds_to_is_removed_after_the_setting_and_not_before(lone_caller: Caller) -> None:
    caller, office = lone_caller, lone_caller.office
    put(caller, "inspector", HASH, PICTURE[:100])
    hours = office.book.settings.uploads.keep_hours

    early = clean_uploads(office.database, office.book, office.now + timedelta(hours=hours))
    late = clean_uploads(office.database, office.book, office.now + timedelta(hours=hours, seconds=1))
    again = clean_uploads(office.database, office.book, office.now + timedelta(hours=hours, seconds=1))

    assert early.as_dict() == {"removed_count": 0, "bytes": 0}
    assert late.as_dict() == {"removed_count": 1, "bytes": 100}
    assert again.removed_count == 0


def test_one_person_cannot_fill_the_disk_with_beginnings(lone_caller: Caller) -> None:
    caller, folder = lone_caller, uploads_folder(lone_caller.office.book)
    how_many = caller.office.book.settings.uploads.max_open
    put(caller, "inspector", HASH, PICTURE[:9])
    (own,) = folder.iterdir()
    for number in range(how_many - 1):
        (own / f"{number:064x}.9.part").touch()
    other = hashlib.sha256(os.urandom(9)).hexdigest()

    refused = put(caller, "inspector", other, PICTURE[:9])

    assert (refused[0], refused[1]["code"]) == (409, "too_many_uploads")
    # What was begun may be finished, and others have room of their own.
    assert put(caller, "inspector", HASH, PICTURE[9:], start=9)[1]["is_complete"] is True
    assert put(caller, "inspector_2", other, PICTURE[:9])[0] == 200


def test_the_document_tells_how_to_send_a_piece(lone_caller: Caller) -> None:
    document = json.loads(lone_caller.send(None, "GET", "/openapi.json").data)

    piece = document["paths"]["/uploads/{sha256}"]["put"]

    assert list(piece["requestBody"]["content"]) == ["application/octet-stream"]
    assert [entry["name"] for entry in piece["parameters"]] == ["sha256", "Content-Range"]
    assert "uploads" in document["components"]["schemas"]["ReportBody"]["properties"]
