"""What a camera wrote into a picture: when and where it was taken. Read before it is stripped, judged by nobody."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import Image

_DETAILS, _PLACE = 0x8769, 0x8825
_ORIENTATION, _TAKEN, _OFFSET = 0x0112, 0x9003, 0x9011
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = 1, 2, 3, 4
_MOMENT = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)")
_ZONE = re.compile(r"[+-]\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class CameraNote:
    """`taken` is local time as the camera had it, `2026-10-03T15:20:00` with an offset if it knew one.

    `lon` and `lat` are degrees in WGS-84; `orientation` is the Exif value 1…8.
    """

    taken: str | None = None
    lon: float | None = None
    lat: float | None = None
    orientation: int = 1


def read_camera_note(picture: Image.Image) -> CameraNote:
    """What the picture tells of its making; nothing of what it tells is trusted to be well formed."""
    try:
        exif = picture.getexif()
        details, place = exif.get_ifd(_DETAILS), exif.get_ifd(_PLACE)
    except Exception:
        # The library raises whatever a broken Exif block leads it to; the picture itself may be sound.
        return CameraNote()
    lon = _degrees(place.get(_LONGITUDE), place.get(_LONGITUDE_REF), "EW", most=180)
    lat = _degrees(place.get(_LATITUDE), place.get(_LATITUDE_REF), "NS", most=90)
    orientation = exif.get(_ORIENTATION)
    return CameraNote(
        taken=_taken(details.get(_TAKEN), details.get(_OFFSET)),
        lon=lon if lat is not None else None,
        lat=lat if lon is not None else None,
        orientation=orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1,
    )


def _taken(text: Any, offset: Any) -> str | None:
    found = _MOMENT.match(text) if isinstance(text, str) else None
    if found is None:
        return None
    local = f"{found[1]}-{found[2]}-{found[3]}T{found[4]}"
    zone = offset if isinstance(offset, str) and _ZONE.fullmatch(offset) else ""
    for told in dict.fromkeys((local + zone, local)):
        # A camera whose clock was never set writes zeros or worse.
        with suppress(ValueError):
            datetime.fromisoformat(told)
            return told
    return None


def _degrees(parts: Any, side: Any, sides: str, *, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
        value = degrees + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    # A value that is no number is not within the bounds either.
    if side not in tuple(sides) or not 0 <= value <= most:
        return None
    return round(-value if side == sides[1] else value, 8)
