"""Pictures as a camera makes them: encoded, with what the camera wrote about their making."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

SECRET = "SECRETCAMERA"
# What `exif` tells.
TAKEN, LON, LAT = "2026-10-03T15:20:00+08:00", -120.0, 30.26


def exif(*, orientation: int = 1) -> Image.Exif:
    """The block of a camera called `SECRET`."""
    told = Image.Exif()
    told[0x0110] = SECRET
    told[0x0112] = orientation
    told.get_ifd(0x8769).update({0x9003: "2026:10:03 15:20:00", 0x9011: "+08:00"})
    dms = (IFDRational(30), IFDRational(15), IFDRational(3600, 100))
    told.get_ifd(0x8825).update({1: "N", 2: dms, 3: "W", 4: (IFDRational(120), 0, 0)})
    return told


def encoded(picture: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file of this form; `options` are those of `Image.save`."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()
