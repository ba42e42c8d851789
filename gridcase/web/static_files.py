"""The static files of the site: texts are sent compressed to who takes that; style sheets also go into documents."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from flask import Response
from werkzeug.security import safe_join

from gridcase.web.packing import Packed, packed_bytes, sent

FOLDER = Path(__file__).resolve().parent / "static"
# What a phone in the street loads first; pictures are compressed already.
_TEXTS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def style_of(name: str) -> str:
    """The text of a style sheet."""
    return (FOLDER / "css" / name).read_text(encoding="utf-8")


def text_file(name: str) -> Response | None:
    """The answer to a request for the static file of this name; None when it is no text or not there."""
    path = Path(safe_join(str(FOLDER), name) or "")
    media_type = _TEXTS.get(path.suffix)
    if media_type is None:
        return None
    try:
        state = path.stat()
        body = _read(path, state.st_mtime_ns, state.st_size)
    except OSError:
        return None
    return sent(body, f"{media_type}; charset=utf-8", is_private=False)


@lru_cache(maxsize=256)
def _read(path: Path, _written_ns: int, _size: int) -> Packed:
    """The file as it is since it was written at this moment: `make assets` may lay another one there."""
    return packed_bytes(path.read_bytes())
