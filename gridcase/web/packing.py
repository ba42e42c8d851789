"""Bodies that are made once and sent often: compressed once, told apart by a tag."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request


@dataclass(frozen=True)
class Packed:
    """A body, the same compressed, and its tag."""

    plain: bytes
    zipped: bytes
    tag: str


def packed(value: Mapping[str, Any]) -> Packed:
    """A value as compact JSON."""
    return packed_bytes(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def packed_bytes(plain: bytes) -> Packed:
    """A body that is there already."""
    return Packed(plain, gzip.compress(plain, 6, mtime=0), hashlib.sha256(plain).hexdigest()[:32])


def sent(body: Packed, media_type: str, *, is_private: bool = True) -> Response:
    """The answer to a request for a body: 304 to who has it, compressed for who takes that.

    `is_private`: it is for this person alone, no cache between may keep it.
    """
    is_zipped = request.accept_encodings.quality("gzip") > 0
    response = Response(body.zipped if is_zipped else body.plain, content_type=media_type)
    if is_zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "private, no-cache" if is_private else "no-cache"
    response.set_etag(f"{body.tag}{'-gzip' if is_zipped else ''}")
    response.make_conditional(request)
    return response
