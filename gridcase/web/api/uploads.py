"""The calls by which a photo comes in pieces: how far it has come, and the next piece."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from gridcase.cases.book import Desk
from gridcase.cases.uploads import Piece, shelf_of
from gridcase.directory.people import Actor
from gridcase.errors import Invalid
from gridcase.web.api.calls import Asked, Call, Calls
from gridcase.web.api.receiving import check_path
from gridcase.web.api.serving import json_response
from gridcase.web.api.upload_forms import UploadReply
from gridcase.web.context import looking, premises
from gridcase.web.errors import TooLarge, WrongContentType

UPLOADS = Calls("uploads")

PIECE = "application/octet-stream"
_PATH = "/uploads/{sha256}"
_RANGE = re.compile(r"bytes ([0-9]{1,12})-([0-9]{1,12})/([0-9]{1,12})")


@UPLOADS.read(_PATH, answer=UploadReply, refuses=(404,))
def show_upload(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """查询照片已传到哪里 (how much of my photo has arrived; `received` is where the next piece begins)."""
    found = shelf_of(desk.book, actor).look(asked.path["sha256"])
    return _told(found)


def send_piece(sha256: str) -> Response:
    """分段上传照片 (the next piece of a photo, named by the SHA-256 of the whole; `Content-Range` tells its place)."""
    with looking() as (desk, actor):
        shelf, now = shelf_of(desk.book, actor), desk.now
    check_path({"sha256": sha256})
    if request.mimetype != PIECE or request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WrongContentType(PIECE)
    try:
        content = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(premises().book.settings.server.max_body_bytes) from None
    start, total = _place(request.headers.get("Content-Range", ""), len(content))
    return json_response(_told(shelf.take(Piece(sha256, start, total, content), now=now)))


UPLOADS.list.append(
    Call(
        "PUT",
        _PATH,
        UPLOADS.tag,
        UploadReply,
        send_piece,
        refuses=(413, 415, 422),
        takes=PIECE,
        view=send_piece,
    )
)


def _told(found: Any) -> dict[str, Any]:
    return {
        "sha256": found.sha256,
        "received": found.received,
        "size": found.size,
        "is_complete": found.is_complete,
    }


def _place(text: str, length: int) -> tuple[int, int]:
    """Where the piece begins, and the size of the whole. Raises Invalid `bad_piece`."""
    found = _RANGE.fullmatch(text.strip())
    if found is not None:
        start, last, total = (int(part) for part in found.groups())
        if last - start + 1 == length and last < total:
            return start, total
    raise Invalid(
        "bad_piece", "Content-Range: bytes FIRST-LAST/TOTAL, as long as the body", field="Content-Range"
    )
