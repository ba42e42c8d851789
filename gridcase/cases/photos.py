"""Photos of cases: checked by their content, kept in a folder under their hash, thumbnails made on demand."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from gridcase.cases.camera import CameraNote, read_camera_note
from gridcase.cases.stripping import check_parts, stripped
from gridcase.cases.traces import trace_of
from gridcase.errors import Invalid, Reason

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# A JPEG with further ones behind it, as many phones write it; of it the first is kept.
_JPEG_OF_SEVERAL = "MPO"
_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError)
_TRACED_PIXELS = 64
# Of one write. A small file may hold a large picture, so that the bytes of a request bound nothing.
MOST_PHOTOS = 50
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


def check_photo_count(count: int, *, field: str, most: int = MOST_PHOTOS) -> None:
    """Whether a write may bring so many photos: asked before any is looked at. Raises Invalid `too_many_photos`."""
    if count > most:
        fault = Reason("too_many_photos", {"most": most}, field=field)
        raise Invalid("too_many_photos", f"at most {most} photos", errors=[fault])


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
        except _BROKEN as error:
            raise Invalid(
                "photo_not_a_picture", "the file is no readable JPEG, PNG or WebP picture"
            ) from error

    def _look(self, content: bytes) -> PhotoFile:
        check_parts(content)
        with warnings.catch_warnings():
            # Too many pixels are refused below, and broken metadata are nobody's concern; the library would only warn.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=tuple(MEDIA_TYPES)) as picture:
                form = "JPEG" if picture.format == _JPEG_OF_SEVERAL else str(picture.format)
                (width, height), media_type = picture.size, MEDIA_TYPES[form]
                if width * height > self.max_pixels:
                    raise Invalid(
                        "photo_too_large", "the picture has too many pixels",
                        pixels=width * height, max_pixels=self.max_pixels,
                    )  # fmt: skip
                camera = read_camera_note(picture)
            kept = stripped(content, media_type, orientation=camera.orientation)
            # What is kept has to be readable whole, as a thumbnail will read it, not only what was sent.
            with Image.open(io.BytesIO(kept), formats=(form,)) as picture:
                # A JPEG is read at the smallest scale that its coding gives, which is all that a trace needs.
                picture.draft("RGB", (_TRACED_PIXELS, _TRACED_PIXELS))
                trace = trace_of(picture, orientation=camera.orientation)
        return PhotoFile(kept, hashlib.sha256(kept).hexdigest(), media_type, width, height, camera, trace)

    def keep(self, photos: Sequence[PhotoFile]) -> None:
        """Write the pictures and sync them, before the transaction that names them commits."""
        for photo in photos:
            path = self.path(photo.sha256)
            if path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.{os.getpid()}.{id(photo)}.part")
            try:
                with part.open("wb") as file:
                    file.write(photo.content)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(path)
            except OSError:
                part.unlink(missing_ok=True)
                raise
            _sync_folder(path.parent)

    def path(self, sha256: str) -> Path:
        """Where the picture of this hash lies."""
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def read(self, sha256: str) -> bytes:
        """The picture's bytes. Raises FileNotFoundError when the folder has lost it."""
        return self.path(sha256).read_bytes()

    def thumbnail(self, sha256: str) -> bytes:
        """A small upright JPEG of the picture, made once and kept beside it where there is room.

        Raises FileNotFoundError when the folder has lost the picture, OSError when it was damaged there.
        """
        path = self.path(sha256).with_name(f"{sha256}.{self.thumbnail_pixels}.jpg")
        with suppress(FileNotFoundError):
            return path.read_bytes()
        try:
            content = self._small(self.read(sha256))
        except (ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise OSError("the picture cannot be read any more") from error
        part = path.with_name(f"{path.name}.{os.getpid()}.{id(content)}.part")
        try:
            part.write_bytes(content)
            part.replace(path)
        except OSError:
            # A full disk keeps nobody from seeing the picture.
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return content

    def _small(self, content: bytes) -> bytes:
        with Image.open(io.BytesIO(content)) as picture:
            side = self.thumbnail_pixels
            picture.draft("RGB", (side, side))
            small = picture.convert("RGB")
            small.thumbnail((side, side))
            buffer = io.BytesIO()
            ImageOps.exif_transpose(small).save(buffer, "JPEG", quality=80, exif=b"")
            return buffer.getvalue()


def _sync_folder(folder: Path) -> None:
    """A new name survives a power cut only when its folder is synced too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
