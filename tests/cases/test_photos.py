"""Photos: judged by their content, kept once under their hash, made small on demand."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from gridcase.cases.photos import PhotoStore
from gridcase.errors import Invalid
from tests.making import Office, jpeg


def picture(form: str, size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (10, 120, 200)).save(buffer, form)
    return buffer.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos", max_bytes=20_000, max_pixels=10_000, thumbnail_pixels=16)


@pytest.mark.parametrize(
    ("form", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_three_kinds_of_picture_are_taken(store: PhotoStore, form: str, media_type: str) -> None:
    photo = store.check(picture(form))

    assert (photo.media_type, photo.width, photo.height) == (media_type, 40, 30)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "photo_not_a_picture"),
        (b"hello", "photo_not_a_picture"),
        (picture("GIF"), "photo_not_a_picture"),
        (picture("JPEG")[:40], "photo_not_a_picture"),
        (picture("PNG")[:50], "photo_not_a_picture"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 50, "photo_heic"),
        (b"\x00\x00\x00\x18ftypmif1" + b"\x00" * 50, "photo_heic"),
        (b"\xff\xd8" + b"\x00" * 20_000, "photo_too_large"),
        (picture("PNG", (101, 100)), "photo_too_large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_not_a_picture"),
    ],
)
def test_anything_else_is_refused_by_name(store: PhotoStore, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        store.check(content)

    assert caught.value.code == code


def test_a_picture_of_just_the_allowed_size_is_taken(store: PhotoStore) -> None:
    assert store.check(picture("PNG", (100, 100))).width == 100


def test_a_picture_is_kept_once_and_read_back(store: PhotoStore) -> None:
    photo = store.check(jpeg())
    store.keep([photo, photo])
    store.keep([photo])

    files = [path for path in store.folder.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [photo.sha256]
    assert store.read(photo.sha256) == jpeg()


def test_a_thumbnail_is_a_small_jpeg_made_once(store: PhotoStore) -> None:
    photo = store.check(picture("PNG"))
    store.keep([photo])

    small = store.thumbnail(photo.sha256)

    with Image.open(io.BytesIO(small)) as opened:
        assert (opened.format, max(opened.size)) == ("JPEG", 16)
    assert store.thumbnail(photo.sha256) == small
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 2


def test_photos_of_a_move_bear_its_kind_its_attempt_and_its_place(standing: Office) -> None:
    number = standing.walk(standing.report(), "verification_failed", "handling")
    standing.move("officer_a", number, "give_feedback", measure="再次清理", photos=2)

    rows = standing.rows("photo", number)
    told = sorted((row["kind"], row["attempt"], row["sent_by"]) for row in rows)
    assert told == [
        ("after", 1, "officer_a"),
        ("after", 2, "officer_a"),
        ("after", 2, "officer_a"),
        ("before", 1, "inspector"),
        ("verification", 1, "inspector_2"),
    ]
    placed = {row["kind"]: (row["lon"], row["lat"]) for row in rows}
    assert placed["verification"] == pytest.approx(standing.point)
    assert all(standing.book.photos.path(row["sha256"]).is_file() for row in rows)


def test_the_same_picture_sent_twice_is_two_photos_of_one_file(standing: Office) -> None:
    number = standing.walk(standing.report(), "handling")
    standing.move("officer_a", number, "assign", handler="handler_a")
    for _ in range(2):
        standing._shade = 7
        standing.move("handler_a", number, "submit_result", photos=1)

    rows = [row for row in standing.rows("photo", number) if row["kind"] == "after"]
    assert len({row["id"] for row in rows}) == 2
    assert len({row["sha256"] for row in rows}) == 1
