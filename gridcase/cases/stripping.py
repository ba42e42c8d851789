"""Takes what a camera wrote about itself, its owner and its place out of a picture, without touching a pixel.

The Exif standard (CIPA DC-008), PNG (W3C) and WebP container pages name the parts. What stays of Exif is the
orientation, without which the picture would lie on its side.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_EXIF, _PRIVATE_JPEG = 0xE1, frozenset({0xE1, 0xED, 0xFE})
_KEPT_APPLICATIONS = frozenset({0xE0, 0xE2, 0xEE})
_APPLICATIONS = range(0xE0, 0xF0)
_COLOUR_PROFILE = b"ICC_PROFILE\0"
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PRIVATE_PNG = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_PRIVATE_WEBP = frozenset({b"EXIF", b"XMP "})
_WEBP_EXIF_AND_XMP = 0x08 | 0x04


def stripped(content: bytes, media_type: str, *, orientation: int = 1) -> bytes:
    """The picture without its metadata and without what is hung on behind it.

    `media_type` is image/jpeg, image/png or image/webp, `orientation` the Exif value 1…8. Raises ValueError when the
    container is broken.
    """
    try:
        if media_type == "image/jpeg":
            return b"".join(_jpeg(content, orientation))
        if media_type == "image/png":
            return b"".join(_png(content))
        return _webp(content)
    except (struct.error, IndexError) as error:
        raise ValueError("the picture ends in the middle of a part") from error


def _jpeg(content: bytes, orientation: int) -> Iterator[bytes]:
    yield content[:2]
    if orientation != 1:
        yield _orientation_segment(orientation)
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError(f"no marker at byte {at}")
        while content[at + 1] == 0xFF:
            at += 1
        marker = content[at + 1]
        if marker == _EOI:
            yield content[at : at + 2]
            return
        if marker in _STANDALONE:
            yield content[at : at + 2]
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if marker == _SOS:
            end = _end_of_scan(content, end)
        if not _is_private(marker, content[at + 4 : end]):
            yield content[at:end]
        at = end


def _is_private(marker: int, payload: bytes) -> bool:
    if marker == 0xE2:
        return not payload.startswith(_COLOUR_PROFILE)
    return marker in _PRIVATE_JPEG or (marker in _APPLICATIONS and marker not in _KEPT_APPLICATIONS)


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands behind the pixels of a scan, in which FF is followed by 00 or a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0:
            raise ValueError("the picture ends in its pixels")
        following = content[at + 1]
        if following != 0 and following not in _STANDALONE and following != 0xFF:
            return at
        at += 1 if following == 0xFF else 2


def _orientation_segment(orientation: int) -> bytes:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    body = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return bytes((0xFF, _EXIF)) + struct.pack(">H", len(body) + 2) + body


def _png(content: bytes) -> Iterator[bytes]:
    yield _PNG_START
    at = len(_PNG_START)
    while True:
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise ValueError("the picture ends in the middle of a part")
        if kind not in _PRIVATE_PNG:
            yield content[at:end]
        if kind == b"IEND":
            return
        at = end


def _webp(content: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", content, 4)
    end, at, parts = min(len(content), size + 8), 12, []
    while at + 8 <= end:
        kind = content[at : at + 4]
        (length,) = struct.unpack_from("<I", content, at + 4)
        part = content[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            part = part[:8] + bytes((part[8] & ~_WEBP_EXIF_AND_XMP,)) + part[9:]
        if kind not in _PRIVATE_WEBP:
            parts.append(part)
        at += 8 + length + length % 2
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body
