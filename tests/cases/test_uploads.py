"""Pieces of one photo that several processes take at once: each byte once, whoever is first; what is cleared begins anew."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.cases.photos import PhotoStore
from gridcase.cases.uploads import Piece, Upload, UploadShelf
from gridcase.errors import NotFound, Refused
from tests.making import jpeg

NOW = datetime(2026, 10, 9, 1, tzinfo=UTC)
PICTURE = jpeg(91)
HASH = hashlib.sha256(PICTURE).hexdigest()


def shelf_in(folder: Path) -> UploadShelf:
    photos = PhotoStore(folder / "photos", max_bytes=10**6, max_pixels=10**6, thumbnail_pixels=32)
    return UploadShelf(folder / "uploads" / "one", photos, most_open=10)


def piece(start: int, end: int) -> Piece:
    return Piece(HASH, start, len(PICTURE), PICTURE[start:end])


def send_all(shelf: UploadShelf, step: int) -> None:
    """As a phone does that sends for the first time."""
    send_from(shelf, 0, step)


def send_from(shelf: UploadShelf, at: int, step: int = 50) -> None:
    """As a phone does: from where the shelf says it has come, until all bytes are there."""
    while at < len(PICTURE):
        try:
            at = shelf.take(piece(at, at + step), now=NOW).received
        except Refused as error:
            at = int(error.reasons[0].data["received"])


def test_many_at_once_make_one_photo(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    threads = [threading.Thread(target=send_all, args=(shelf, 20 + number)) for number in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert shelf.look(HASH).is_complete
    assert shelf.photo(HASH).sha256 == shelf.photos.check(PICTURE).sha256
    assert sorted(path.suffix for path in shelf.folder.iterdir()) == [".json", ".photo"]


@given(cuts=st.lists(st.tuples(st.integers(0, len(PICTURE) - 1), st.integers(1, 400)), max_size=12))
def test_whatever_comes_before_the_photo_ends_whole(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[tuple[int, int]]
) -> None:
    shelf, received = shelf_in(tmp_path_factory.mktemp("shelf")), 0

    for start, length in cuts:
        end, is_gap = min(start + length, len(PICTURE)), start > received
        try:
            told = shelf.take(piece(start, end), now=NOW).received
            is_refused = False
        except Refused as error:
            told, is_refused = error.reasons[0].data["received"], True
        received = received if is_gap else max(received, end)
        assert (is_refused, told) == (is_gap, received)
    send_all(shelf, 500)

    assert shelf.photo(HASH).content == shelf.photos.check(PICTURE).content


def test_what_was_cleared_away_meanwhile_is_asked_for_again(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    send_all(shelf, 300)
    (shelf.folder / f"{HASH}.photo").unlink()

    with pytest.raises(Refused) as refused:
        shelf.photo(HASH)

    assert refused.value.reasons[0].code == "upload_missing"
    (shelf.folder / f"{HASH}.json").unlink()
    with pytest.raises(NotFound):
        shelf.look(HASH)
    send_all(shelf, 300)
    assert shelf.photo(HASH).camera.taken is None


def test_photos_that_a_case_has_taken_are_not_on_their_way_any_more(tmp_path: Path) -> None:
    shelf = replace(shelf_in(tmp_path), most_open=2)
    pictures = [jpeg(number) for number in range(4)]

    def send(picture: bytes) -> Upload:
        sha256 = hashlib.sha256(picture).hexdigest()
        return shelf.take(Piece(sha256, 0, len(picture), picture), now=NOW)

    taken = [shelf.photo(send(picture).sha256) for picture in pictures[:2]]
    with pytest.raises(Refused, match="too_many_uploads"):
        send(pictures[2])
    shelf.photos.keep(taken[:1])

    assert send(pictures[2]).is_complete
    with pytest.raises(Refused, match="too_many_uploads"):
        send(pictures[3])
    # An answer that was lost on its way is asked for again.
    assert shelf.photo(hashlib.sha256(pictures[0]).hexdigest()) == taken[0]


def test_what_came_whole_before_the_site_was_stopped_is_finished_by_its_last_byte(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    shelf.folder.mkdir(parents=True)
    (shelf.folder / f"{HASH}.{len(PICTURE)}.part").write_bytes(PICTURE)

    found = shelf.look(HASH)
    send_from(shelf, found.received)

    assert not found.is_complete
    assert shelf.look(HASH) == Upload(HASH, len(PICTURE), len(PICTURE), is_complete=True)
    assert shelf.photo(HASH).sha256 == shelf.photos.check(PICTURE).sha256
