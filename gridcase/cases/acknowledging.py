"""Signed receipts (回执): what a phone may delete its copy on, and what proves later that the site took it in."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from gridcase.cases.steps import dump_json

_PURPOSE = b"gridcase receipt 1"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was taken in: the client's id, the case, the photos and the moment (RFC 3339 in China time).

    A photo is two hashes (hex): that of the bytes as they were sent, and that under which the case keeps them.
    """

    client_id: str
    number: str
    photos: tuple[tuple[str, str], ...]
    at: str


def signature_of(delivery: Delivery, key: str) -> str:
    """HMAC-SHA256 (hex) over client id, case number, photo hashes and moment, with a key made of the site's key."""
    own = hmac.digest(key.encode(), _PURPOSE, "sha256")
    photos: Sequence[Sequence[str]] = [list(photo) for photo in delivery.photos]
    told = dump_json([delivery.client_id, delivery.number, photos, delivery.at])
    return hmac.new(own, told.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def is_genuine(delivery: Delivery, signature: str, key: str) -> bool:
    """Whether this site signed this delivery."""
    own = signature_of(delivery, key).encode()
    return hmac.compare_digest(own, signature.encode("utf-8", "surrogatepass"))
