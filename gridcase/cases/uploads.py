"""Photos on their way in, piece by piece: a line that breaks loses nothing that has arrived (docs/adr/0019)."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from gridcase.cases.book import Rulebook
from gridcase.cases.camera import CameraNote
from gridcase.cases.photos import PhotoFile, PhotoStore
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, NotFound, Reason, Refused

_HASH = re.compile(r"[0-9a-f]{64}")
_FACTS, _PICTURE = ".json", ".photo"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a photo: its first byte stands at `start` of `total`. `sha256` is that of the whole, as it was taken."""

    sha256: str
    start: int
    total: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """How far a photo has come: `received` of `size` bytes; `is_complete` when it was checked and may be used."""

    sha256: str
    received: int
    size: int
    is_complete: bool


@dataclass(frozen=True)
class UploadShelf:
    """The uploads of one person. Nobody else finds them: what is not used is taken away after a while."""

    folder: Path
    photos: PhotoStore
    most_open: int

    def look(self, sha256: str) -> Upload:
        """How far the photo of this hash has come. Raises NotFound `unknown_upload`."""
        found = self._find(sha256)
        if found is None:
            raise NotFound("unknown_upload", "nothing of this photo has arrived", sha256=sha256)
        return found

    def take(self, piece: Piece, *, now: datetime) -> Upload:
        """Keep a piece, synced; with the last one the whole is checked by its hash and its content.

        Bytes that are there already are passed over. Raises Invalid `bad_piece`, `photo_too_large`, and with the last
        piece `upload_wrong_hash`, `photo_not_a_picture`, `photo_heic`, after which the photo begins anew; Refused
        `wrong_offset` with `received` for a gap, `too_many_uploads`.
        """
        self._check(piece)
        done = self._finished(piece.sha256)
        if done is not None:
            return done
        self._check_room(piece)
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._opened(piece) as file:
            if file is None:
                return self.look(piece.sha256)
            received = self._append(file, piece)
            os.utime(file.fileno(), (now.timestamp(), now.timestamp()))
            if received < piece.total:
                return Upload(piece.sha256, received, piece.total, is_complete=False)
            self._finish(Path(file.name), piece.sha256, now=now)
        return Upload(piece.sha256, piece.total, piece.total, is_complete=True)

    def photo(self, sha256: str) -> PhotoFile:
        """The checked photo of this hash. Raises Refused `upload_missing` with `received` when it is not complete."""
        found = self._find(sha256)
        if found is None or not found.is_complete:
            raise _missing(sha256, found.received if found else 0)
        facts = self._facts(sha256)
        try:
            content = self._path(sha256, _PICTURE).read_bytes()
        except FileNotFoundError:
            facts = None
        if facts is None:
            # Cleared away this very moment.
            raise _missing(sha256, 0)
        camera = CameraNote(**facts.pop("camera"))
        facts.pop("size")
        return PhotoFile(content=content, camera=camera, **facts)

    # --- files ------------------------------------------------------------------------------------------------

    def _path(self, sha256: str, ending: str) -> Path:
        return self.folder / f"{sha256}{ending}"

    def _part(self, sha256: str) -> Path | None:
        """The file of what has arrived of a photo; its name tells the size of the whole."""
        return next(iter(self.folder.glob(f"{sha256}.*.part")), None)

    def _find(self, sha256: str) -> Upload | None:
        if not _HASH.fullmatch(sha256):
            return None
        done = self._finished(sha256)
        part = None if done else self._part(sha256)
        if part is None:
            return done
        try:
            size = _size_of(part)
            # The site was stopped before it could check what had come whole: the last byte, sent again, makes it try anew.
            return Upload(sha256, min(part.stat().st_size, size - 1), size, is_complete=False)
        except FileNotFoundError:
            # Finished or cleared away this very moment.
            return self._finished(sha256)

    def _finished(self, sha256: str) -> Upload | None:
        facts = self._facts(sha256)
        if facts is None:
            return None
        return Upload(sha256, facts["size"], facts["size"], is_complete=True)

    def _facts(self, sha256: str) -> dict[str, Any] | None:
        """What was written of a checked photo; None when there is none."""
        try:
            facts: dict[str, Any] = json.loads(self._path(sha256, _FACTS).read_bytes())
        except FileNotFoundError:
            return None
        return facts

    def _check(self, piece: Piece) -> None:
        if not _HASH.fullmatch(piece.sha256):
            raise Invalid("bad_piece", "the name is the SHA-256 of the whole, 64 hex digits", field="sha256")
        if piece.total > self.photos.max_bytes:
            most = self.photos.max_bytes
            raise Invalid("photo_too_large", "the photo is too large", bytes=piece.total, max_bytes=most)
        if not piece.content or piece.start + len(piece.content) > piece.total:
            raise Invalid("bad_piece", "a piece lies within the photo", field="Content-Range")

    def _check_room(self, piece: Piece) -> None:
        part = self._part(piece.sha256)
        if part is not None:
            if _size_of(part) != piece.total:
                raise Invalid("bad_piece", "the photo was of another size before", field="Content-Range")
            return
        known = {path.name.partition(".")[0] for path in self.folder.glob("*.*")}
        if len(known) < self.most_open:
            return
        if sum(not self._is_used(sha256) for sha256 in known) >= self.most_open:
            raise Refused([Reason("too_many_uploads", {"max": self.most_open})], code="too_many_uploads")

    def _is_used(self, sha256: str) -> bool:
        """Whether the folder of photos has it: a case took it, and it only waits to be taken away."""
        facts = self._facts(sha256)
        return facts is not None and self.photos.path(facts["sha256"]).exists()

    @contextmanager
    def _opened(self, piece: Piece) -> Iterator[BinaryIO | None]:
        """The part file, held against other processes; None when another one has finished it meanwhile."""
        path = self._part(piece.sha256) or self._path(piece.sha256, f".{piece.total}.part")
        with path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(path, file):
                yield file
                return
        if self._finished(piece.sha256) is None:
            # What the other one finished was no photo: this piece meets an upload that begins anew.
            raise _gap(piece.sha256, 0)
        yield None

    def _append(self, file: BinaryIO, piece: Piece) -> int:
        """Write what is new of a piece; answers how much there is now."""
        received = os.fstat(file.fileno()).st_size
        if piece.start > received:
            if received == 0:
                Path(file.name).unlink()
            raise _gap(piece.sha256, received)
        fresh = piece.content[received - piece.start :]
        if fresh:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        return received + len(fresh)

    def _finish(self, part: Path, sha256: str, *, now: datetime) -> None:
        content = part.read_bytes()
        try:
            if hashlib.sha256(content).hexdigest() != sha256:
                raise Invalid("upload_wrong_hash", "the bytes are not those of this hash", field="sha256")
            photo = self.photos.check(content)
        except Invalid:
            part.unlink()
            raise
        facts = {name: value for name, value in asdict(photo).items() if name != "content"}
        text = json.dumps({**facts, "size": len(content)})
        # The facts come last: with them the photo is complete.
        for ending, kept in ((_PICTURE, photo.content), (_FACTS, text.encode())):
            _write(self._path(sha256, ending), kept, now=now)
        part.unlink()


def shelf_of(book: Rulebook, actor: Actor) -> UploadShelf:
    """Where the uploads of a person lie, beside the folder of photos."""
    owner = hashlib.sha256(f"{book.district}/{actor.name}".encode()).hexdigest()[:32]
    return UploadShelf(uploads_folder(book) / owner, book.photos, book.settings.uploads.max_open)


def uploads_folder(book: Rulebook) -> Path:
    """The folder of all uploads."""
    return book.photos.folder.parent / "uploads"


@dataclass(frozen=True, slots=True)
class CleanSummary:
    """How many files of uploads were taken away, and their bytes."""

    removed_count: int
    bytes: int

    def as_dict(self) -> dict[str, int]:
        """Plain JSON values by name."""
        return asdict(self)


def clean(book: Rulebook, now: datetime) -> CleanSummary:
    """Take away what nobody has added to for `uploads.keep_hours`: given up, or used long ago.

    Photos of cases lie elsewhere and stay.
    """
    before = (now - timedelta(hours=book.settings.uploads.keep_hours)).timestamp()
    count = size = 0
    for path in sorted(uploads_folder(book).glob("*/*")):
        stat = path.stat()
        if stat.st_mtime < before:
            path.unlink(missing_ok=True)
            count, size = count + 1, size + stat.st_size
    return CleanSummary(count, size)


def _is_at(path: Path, file: BinaryIO) -> bool:
    """Whether the file still lies there."""
    try:
        return path.stat().st_ino == os.fstat(file.fileno()).st_ino
    except FileNotFoundError:
        return False


def _size_of(part: Path) -> int:
    return int(part.name.split(".")[1])


def _gap(sha256: str, received: int) -> Refused:
    reason = Reason("wrong_offset", {"sha256": sha256, "received": received}, field="Content-Range")
    return Refused([reason], code="wrong_offset", received=received)


def _missing(sha256: str, received: int) -> Refused:
    reason = Reason("upload_missing", {"sha256": sha256, "received": received}, field="uploads")
    return Refused([reason], code="upload_missing")


def _write(path: Path, content: bytes, *, now: datetime) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.new")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.utime(part, (now.timestamp(), now.timestamp()))
    part.replace(path)
