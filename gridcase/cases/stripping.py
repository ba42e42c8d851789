"""Takes what a camera wrote about itself, its owner and its place out of a picture, without touching a pixel.

The Exif standard (CIPA DC-008), PNG (W3C) and WebP container pages name the parts. What stays of Exif is the
orientation, without which the picture would lie on its side.
"""

from __future__ import annotations

import re
import struct
import zlib
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
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
# A camera writes some dozens, a PNG of ten megabytes in blocks of four kilobytes some 2,500. Reading a part costs time
# however little is in it, and a scan costs as much as the whole picture: a few bytes could keep the site for hours.
_MOST_PARTS, _MOST_SCANS = 5_000, 32
_END_OF_SCAN = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")


def check_parts(content: bytes) -> None:
    """Whether a picture is made of no more parts than pictures are, before any of them is read.

    Raises ValueError when there are too many or the container is broken; what is no picture at all is let through.
    """
    try:
        if content.startswith(b"\xff\xd8"):
            if sum(marker == _SOS for marker, _start, _end in _jpeg_parts(content)) > _MOST_SCANS:
                raise ValueError("the picture has too many scans")
        elif content.startswith(_PNG_START):
            for _part in _png_parts(content):
                pass
        elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            for _part in _webp_parts(content):
                pass
    except (struct.error, IndexError) as error:
        raise ValueError("the picture ends in the middle of a part") from error


def stripped(content: bytes, media_type: str, *, orientation: int = 1) -> bytes:
    """The picture without its metadata and without what is hung on behind it.

    `media_type` is image/jpeg, image/png or image/webp, `orientation` the Exif value 1…8. Raises ValueError when the
    container is broken or has too many parts.
    """
    try:
        if media_type == "image/jpeg":
            return b"".join(_jpeg(content, orientation))
        if media_type == "image/png":
            return b"".join(_png(content, orientation))
        return _webp(content, orientation)
    except (struct.error, IndexError) as error:
        raise ValueError("the picture ends in the middle of a part") from error


def _count(parts: int) -> int:
    """One part more. Raises ValueError."""
    if parts >= _MOST_PARTS:
        raise ValueError("the picture has too many parts")
    return parts + 1


def _jpeg(content: bytes, orientation: int) -> Iterator[bytes]:
    yield content[:2]
    if orientation != 1:
        yield _orientation_segment(orientation)
    for marker, start, end in _jpeg_parts(content):
        if not _is_private(marker, content[start + 4 : end]):
            yield content[start:end]


def _jpeg_parts(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment; a scan has its pixels with it."""
    at, parts = 2, 0
    while True:
        parts = _count(parts)
        if content[at] != 0xFF:
            raise ValueError(f"no marker at byte {at}")
        while content[at + 1] == 0xFF:
            parts = _count(parts)
            at += 1
        marker = content[at + 1]
        if marker == _EOI or marker in _STANDALONE:
            yield marker, at, at + 2
            if marker == _EOI:
                return
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if marker == _SOS:
            end = _end_of_scan(content, end)
        yield marker, at, end
        at = end


def _is_private(marker: int, payload: bytes) -> bool:
    if marker == 0xE2:
        return not payload.startswith(_COLOUR_PROFILE)
    return marker in _PRIVATE_JPEG or (marker in _APPLICATIONS and marker not in _KEPT_APPLICATIONS)


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands behind the pixels of a scan, in which FF is followed by 00 or a restart."""
    found = _END_OF_SCAN.search(content, at)
    if found is None:
        raise ValueError("the picture ends in its pixels")
    return found.start()


def _exif(orientation: int) -> bytes:
    """Exif data that tell the orientation and nothing else."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)


def _orientation_segment(orientation: int) -> bytes:
    body = b"Exif\0\0" + _exif(orientation)
    return bytes((0xFF, _EXIF)) + struct.pack(">H", len(body) + 2) + body


def _png(content: bytes, orientation: int) -> Iterator[bytes]:
    yield _PNG_START
    for kind, start, end in _png_parts(content):
        if kind not in _PRIVATE_PNG:
            yield content[start:end]
        if kind == b"IHDR" and orientation != 1:
            yield _orientation_chunk(orientation)


def _orientation_chunk(orientation: int) -> bytes:
    told = b"eXIf" + _exif(orientation)
    return struct.pack(">I", len(told) - 4) + told + struct.pack(">I", zlib.crc32(told))


def _png_parts(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    at, parts, kind = len(_PNG_START), 0, b""
    while kind != b"IEND":
        parts = _count(parts)
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise ValueError("the picture ends in the middle of a part")
        yield kind, at, end
        at = end


def _webp(content: bytes, orientation: int) -> bytes:
    kept, told = [], b""
    for kind, start, end in _webp_parts(content):
        part = content[start:end]
        if kind == b"VP8X":
            # Only a picture with this part can have Exif data at all.
            told = b"" if orientation == 1 else _exif(orientation)
            flags = part[8] & ~(_WEBP_EXIF | _WEBP_XMP) | (_WEBP_EXIF if told else 0)
            part = part[:8] + bytes((flags,)) + part[9:]
        if kind not in _PRIVATE_WEBP:
            kept.append(part)
    if told:
        kept.append(b"EXIF" + struct.pack("<I", len(told)) + told)
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_parts(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    (size,) = struct.unpack_from("<I", content, 4)
    whole, at, parts = min(len(content), size + 8), 12, 0
    while at + 8 <= whole:
        parts = _count(parts)
        (length,) = struct.unpack_from("<I", content, at + 4)
        end = at + 8 + length + length % 2
        yield content[at : at + 4], at, end
        at = end
