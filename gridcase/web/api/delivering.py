"""Gives a write the photos that were sent before it, and its answer a signed receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from flask import current_app

from gridcase.cases.acknowledging import Delivery, is_genuine, signature_of
from gridcase.cases.book import Desk
from gridcase.cases.shown import china_text
from gridcase.cases.uploads import shelf_of
from gridcase.directory.people import Actor
from gridcase.errors import Invalid
from gridcase.web.api.calls import Asked, Calls, Sent
from gridcase.web.api.upload_forms import CheckQuery, DeliveryBody, GenuineReply

RECEIPTS = Calls("uploads")

Run = Callable[[Desk, Actor, Sent], dict[str, Any]]


def delivering(run: Run) -> Run:
    """The write with the photos named in `uploads` among its own, and a receipt in its answer where asked for.

    The photos are taken from their shelf only when the write is done, not when an answer is repeated: by then they
    may have been cleared away. Raises Refused `upload_missing`, Invalid `missing_field` (`client_id`).
    """

    @wraps(run)
    def deliver(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
        body: DeliveryBody = sent.body
        if body.receipt and body.client_id is None:
            raise Invalid("missing_field", "a receipt names the client's id", field="client_id")
        hashes, before = body.uploads or [], []
        if hashes:
            shelf = shelf_of(desk.book, actor)
            before = [shelf.photo(sha256) for sha256 in hashes]
        answer = run(desk, actor, replace(sent, photos=(*sent.photos, *before)) if before else sent)
        if not body.receipt:
            return answer
        pairs = [(photo.sha256, photo.sha256) for photo in sent.photos]
        pairs += [(sha256, photo.sha256) for sha256, photo in zip(hashes, before, strict=True)]
        return {**answer, "receipt": _receipt(desk, sent, number=answer["number"], photos=pairs)}

    return deliver


def _receipt(desk: Desk, sent: Sent, *, number: str, photos: list[tuple[str, str]]) -> dict[str, Any]:
    delivery = Delivery(str(sent.body.client_id), number, tuple(photos), str(china_text(desk.now)))
    return {
        "client_id": delivery.client_id,
        "number": number,
        "photos": [{"sha256": sent_hash, "stored": stored} for sent_hash, stored in photos],
        "at": delivery.at,
        "signature": signature_of(delivery, _key()),
    }


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])


@RECEIPTS.read("/receipts/check", CheckQuery, answer=GenuineReply)
def check_receipt(_desk: Desk, _actor: Actor, asked: Asked) -> dict[str, Any]:
    """核验回执 (whether this site signed a receipt)."""
    query: CheckQuery = asked.query
    pairs = tuple((pair.partition(":")[0], pair.partition(":")[2]) for pair in query.photos)
    delivery = Delivery(query.client_id, query.number, pairs, query.at)
    return {"is_genuine": is_genuine(delivery, query.signature, _key())}
