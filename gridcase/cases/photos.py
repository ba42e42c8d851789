"""Photos of cases: checked by their content, kept in a folder under their hash, thumbnails made on demand."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from gridcase.cases.camera import CameraNote, read_camera_note
from gridcase.cases.stripping import stripped
from gridcase.cases.traces import trace_of
from gridcase.errors import Invalid

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_TRACED_PIXELS = 64
_HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"hevc")


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A checked picture without its metadata: its bytes, their hash (hex) and its size in pixels.

    `camera` is what the metadata told, `trace` what it looks like (likeness.py).
    """

    content: bytes
    sha256: str
    media_type: str
    width: int
    height: int
    camera: CameraNote
    trace: str | None


@dataclass(frozen=True)
class PhotoStore:
    """The folder of photos and the bounds on what may enter it (bytes, pixels, thumbnail side)."""

    folder: Path
    max_bytes: int
    max_pixels: int
    thumbnail_pixels: int

    def check(self, content: bytes) -> PhotoFile:
        """The picture, judged by its content and never by its name.

        Raises Invalid `photo_too_large`, `photo_not_a_picture` or `photo_heic`.
        """
        if len(content) > self.max_bytes:
            raise Invalid(
                "photo_too_large", "the photo is too large", bytes=len(content), max_bytes=self.max_bytes
            )
        if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
            raise Invalid("photo_heic", "HEIC pictures are not accepted; send JPEG")
        try:
            return self._look(content)
        except (
            UnidentifiedImageError,
            OSError,
            ValueError,
            SyntaxError,
            Image.DecompressionBombError,
        ) as error:
            raise Invalid(
                "photo_not_a_picture", "the file is no readable JPEG, PNG or WebP picture"
            ) from error

    def _look(self, content: bytes) -> PhotoFile:
        with warnings.catch_warnings():
            # A picture of too many pixels is refused below; the library would only warn.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(MEDIA_TYPES)) as picture:
                (width, height), media_type = picture.size, MEDIA_TYPES[str(picture.format)]
                if width * height > self.max_pixels:
                    raise Invalid("photo_too_large", "the picture has too many pixels", pixels=width * height)
                camera = read_camera_note(picture)
                # A JPEG is read at the smallest scale that its coding gives, which is all that a trace needs.
                picture.draft("L", (_TRACED_PIXELS, _TRACED_PIXELS))
                trace = trace_of(picture)
        kept = stripped(content, media_type, orientation=camera.orientation)
        return PhotoFile(kept, hashlib.sha256(kept).hexdigest(), media_type, width, height, camera, trace)

    def keep(self, photos: Sequence[PhotoFile]) -> None:
        """Write the pictures and sync them, before the transaction that names them commits."""
        for photo in photos:
            path = self.path(photo.sha256)
            if path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.{os.getpid()}.{id(photo)}.part")
            with part.open("wb") as file:
                file.write(photo.content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            _sync_folder(path.parent)

    def path(self, sha256: str) -> Path:
        """Where the picture of this hash lies."""
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def read(self, sha256: str) -> bytes:
        """The picture's bytes. Raises FileNotFoundError when the folder has lost it."""
        return self.path(sha256).read_bytes()

    def thumbnail(self, sha256: str) -> bytes:
        """A small JPEG of the picture, made once and kept beside it."""
        path = self.path(sha256).with_name(f"{sha256}.{self.thumbnail_pixels}.jpg")
        if not path.exists():
            with Image.open(self.path(sha256)) as picture:
                side = self.thumbnail_pixels
                picture.draft("RGB", (side, side))
                small = picture.convert("RGB")
                small.thumbnail((side, side))
                buffer = io.BytesIO()
                small.save(buffer, "JPEG", quality=80)
            part = path.with_name(f"{path.name}.{os.getpid()}.{id(buffer)}.part")
            part.write_bytes(buffer.getvalue())
            part.replace(path)
        return path.read_bytes()


def _sync_folder(folder: Path) -> None:
    """A new name survives a power cut only when its folder is synced too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
