"""Photos as evidence: what the camera wrote is read and taken out, and a photo that was used before is flagged."""

from __future__ import annotations

import io
import json
import struct
import zlib
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps
from PIL.TiffImagePlugin import IFDRational

from gridcase.cases import appending
from gridcase.cases.camera import CameraNote
from gridcase.cases.forms import PhotosForm
from gridcase.cases.photos import PhotoFile, PhotoStore
from gridcase.cases.stripping import stripped
from gridcase.cases.traces import bands_of, trace_of
from gridcase.errors import Invalid
from tests.cases.following import view
from tests.making import Office
from tests.picturing import LAT, LON, SECRET, TAKEN, encoded, exif

FORMS = ("JPEG", "PNG", "WEBP")


def scene(seed: int, size: tuple[int, int] = (96, 72)) -> Image.Image:
    """A picture of soft random blots, as a street is to a hash."""
    rng = Random(seed)
    return Image.frombytes("RGB", (12, 9), rng.randbytes(12 * 9 * 3)).resize(size, Image.Resampling.BICUBIC)


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos", max_bytes=2_000_000, max_pixels=1_000_000, thumbnail_pixels=16)


def check(store: PhotoStore, picture: Image.Image, form: str = "JPEG", **options: Any) -> PhotoFile:
    return store.check(encoded(picture, form, **options))


# --- what the camera wrote -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_the_camera_is_read_and_then_taken_out(store: PhotoStore, form: str) -> None:
    content = encoded(scene(1), form, exif=exif())
    assert SECRET.encode() in content

    photo = store.check(content)

    assert photo.camera == CameraNote(TAKEN, LON, LAT, 1)
    assert SECRET.encode() not in photo.content
    with Image.open(io.BytesIO(photo.content)) as kept, Image.open(io.BytesIO(content)) as sent:
        assert kept.tobytes() == sent.tobytes()
        assert dict(kept.getexif()) == {}


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_that_lies_on_its_side_keeps_saying_so(store: PhotoStore, form: str) -> None:
    photo = check(store, scene(1), form, exif=exif(orientation=6))

    with Image.open(io.BytesIO(photo.content)) as kept:
        assert dict(kept.getexif()) == {0x0112: 6}
    assert SECRET.encode() not in photo.content
    assert store.check(photo.content).content == photo.content


@pytest.mark.parametrize("options", [{"comment": SECRET.encode()}, {"xmp": f"<x>{SECRET}</x>".encode()}])
def test_comments_and_other_blocks_go_too(store: PhotoStore, options: dict[str, Any]) -> None:
    content = encoded(scene(1), **options)
    assert SECRET.encode() in content

    assert SECRET.encode() not in store.check(content).content


@pytest.mark.parametrize("form", FORMS)
def test_what_is_hung_on_behind_a_picture_goes(store: PhotoStore, form: str) -> None:
    content = encoded(scene(1), form)

    assert store.check(content + SECRET.encode()).content == store.check(content).content


def test_a_colour_profile_and_a_progressive_picture_stay_whole(store: PhotoStore) -> None:
    content = encoded(scene(3), progressive=True, icc_profile=b"profile" * 9)

    with (
        Image.open(io.BytesIO(store.check(content).content)) as kept,
        Image.open(io.BytesIO(content)) as sent,
    ):
        assert kept.info["icc_profile"] == sent.info["icc_profile"]
        assert kept.tobytes() == sent.tobytes()


@pytest.mark.parametrize("form", FORMS)
def test_stripping_again_changes_nothing(form: str) -> None:
    kind = f"image/{form.lower()}"
    once = stripped(encoded(scene(5), form, exif=exif()), kind)

    assert stripped(once, kind) == once


@given(cut=st.integers(4, 2000), form=st.sampled_from(FORMS))
def test_a_picture_cut_anywhere_is_refused_or_taken_but_never_a_crash(cut: int, form: str) -> None:
    store = PhotoStore(Path("unused"), max_bytes=2_000_000, max_pixels=1_000_000, thumbnail_pixels=16)
    content = encoded(scene(7, (24, 18)), form, exif=exif())

    # Any other exception fails the test.
    with suppress(Invalid):
        assert SECRET.encode() not in store.check(content[:cut]).content


@pytest.mark.parametrize(
    "told",
    [
        {0x9003: "last week"},
        {0x9003: 7},
        {0x9003: "0000:00:00 00:00:00"},
        {0x9003: "2026:99:99 99:99:99", 0x9011: "+08:00"},
    ],
)
def test_nonsense_about_the_time_is_nothing(store: PhotoStore, told: dict[int, Any]) -> None:
    block = Image.Exif()
    block.get_ifd(0x8769).update(told)

    assert check(store, scene(1), exif=block).camera.taken is None


def test_a_time_with_an_impossible_zone_is_told_without_it(store: PhotoStore) -> None:
    block = Image.Exif()
    block.get_ifd(0x8769).update({0x9003: "2026:10:03 15:20:00", 0x9011: "+99:99"})

    assert check(store, scene(1), exif=block).camera.taken == "2026-10-03T15:20:00"


def test_of_a_phones_picture_of_several_the_first_is_kept(store: PhotoStore) -> None:
    several = encoded(scene(1), "MPO", save_all=True, append_images=[scene(2)])

    photo = store.check(several)

    assert (photo.media_type, photo.width) == ("image/jpeg", 96)
    assert bits_between(photo.trace, trace_of(scene(1))) <= 3
    assert len(photo.content) < len(several) * 2 / 3


@given(seed=st.integers(0, 10**6), form=st.sampled_from(FORMS))
def test_what_is_kept_can_be_read_whole_however_the_bytes_were_damaged(seed: int, form: str) -> None:
    with TemporaryDirectory() as folder:
        store = PhotoStore(Path(folder), max_bytes=2_000_000, max_pixels=1_000_000, thumbnail_pixels=16)
        rng, content = Random(seed), bytearray(encoded(scene(seed % 7), form, exif=exif()))
        for _ in range(rng.randrange(1, 12)):
            content[rng.randrange(len(content))] = rng.randrange(256)

        with suppress(Invalid):
            photo = store.check(bytes(content))
            store.keep([photo])
            assert store.thumbnail(photo.sha256)


@pytest.mark.parametrize(
    "place",
    [
        {1: "N", 2: (IFDRational(95), 0, 0), 3: "E", 4: (IFDRational(10), 0, 0)},
        {1: "N", 2: (IFDRational(30, 0), 0, 0), 3: "E", 4: (IFDRational(10), 0, 0)},
        {1: "X", 2: (IFDRational(30), 0, 0), 3: "E", 4: (IFDRational(10), 0, 0)},
        {1: "N", 2: (IFDRational(30), 0, 0)},
    ],
)
def test_half_a_place_or_an_impossible_one_is_nothing(store: PhotoStore, place: dict[int, Any]) -> None:
    block = Image.Exif()
    block.get_ifd(0x8825).update(place)

    camera = check(store, scene(1), exif=block).camera

    assert (camera.lon, camera.lat) == (None, None)


# --- what a photo looks like ---------------------------------------------------------------------------------


def bits_between(one: str | None, other: str | None) -> int:
    assert one is not None
    assert other is not None
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_a_trace_survives_another_size_and_quality() -> None:
    traces = [
        trace_of(Image.open(io.BytesIO(encoded(scene(9, size), quality=quality))))
        for size, quality in (((640, 480), 95), ((320, 240), 60), ((200, 150), 75))
    ]

    assert bits_between(traces[0], traces[1]) <= 3
    assert bits_between(traces[0], traces[2]) <= 3


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_how_the_camera_was_held_does_not_matter(store: PhotoStore, orientation: int, form: str) -> None:
    lying = ImageOps.exif_transpose(lies(scene(9), orientation))
    # The test's own pictures first: turned upright by the library, they are the scene.
    assert list(lying.get_flattened_data()) == list(scene(9).get_flattened_data())

    photo = check(store, lies(scene(9), orientation), form, exif=exif(orientation=orientation))
    store.keep([photo])
    small = Image.open(io.BytesIO(store.thumbnail(photo.sha256)))

    assert bits_between(photo.trace, check(store, scene(9)).trace) <= 3
    assert small.size == (16, 12)
    assert small.getexif().get(0x0112, 1) == 1


def lies(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture as a camera held that way stores it, with the note of how it was held."""
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    turned = picture.transpose(Image.Transpose(turns[orientation])) if orientation in turns else picture
    turned.info["exif"] = exif(orientation=orientation).tobytes()
    return turned


def test_other_scenes_have_other_traces() -> None:
    traces = [trace_of(scene(seed)) for seed in range(40)]

    assert min(bits_between(a, b) for at, a in enumerate(traces) for b in traces[at + 1 :]) > 3


@pytest.mark.parametrize("colour", [0, 128, 255])
def test_an_even_picture_tells_nothing(colour: int) -> None:
    assert trace_of(Image.new("L", (64, 48), colour)) is None
    assert set(bands_of(None).values()) == {None}


@given(trace=st.integers(0, 2**64 - 1), flips=st.sets(st.integers(0, 63), max_size=3))
def test_three_bits_leave_one_band_alone(trace: int, flips: set[int]) -> None:
    other = trace
    for bit in flips:
        other ^= 1 << bit
    ours, theirs = bands_of(f"{trace:016x}"), bands_of(f"{other:016x}")

    assert any(ours[band] == theirs[band] for band in ours)


# --- a photo that was used before ----------------------------------------------------------------------------


def append_photo(office: Office, number: str, kind: str, content: bytes) -> dict[str, Any]:
    """Append a picture; answers its row."""
    photo = office.book.photos.check(content)
    form = PhotosForm(kind, (photo,))
    before = {row["id"] for row in office.rows("photo", number)}
    actor = office.actor("intake_operator")
    seed = f"{number}/{kind}/{len(before)}"
    office.write(lambda desk: appending.add_photos(desk, actor, number, form=form, seed=seed))
    (new,) = [row for row in office.rows("photo", number) if row["id"] not in before]
    return new


def likeness(row: dict[str, Any]) -> tuple[str | None, str | None, int | None]:
    return row["like_photo"], row["like_number"], row["like_distance"]


def test_the_photo_of_another_case_is_flagged_and_not_refused(office: Office) -> None:
    first, second = office.report(), office.report()
    old = append_photo(office, first, "after", encoded(scene(11)))

    again = append_photo(office, second, "after", encoded(scene(11), quality=60))

    assert likeness(old) == (None, None, None)
    assert likeness(again)[:2] == (old["id"], first)
    assert again["like_distance"] <= 3


def test_the_photo_from_before_does_not_prove_the_work(office: Office) -> None:
    number = office.report()
    old = append_photo(office, number, "before", encoded(scene(12)))

    assert likeness(append_photo(office, number, "after", encoded(scene(12)))) == (old["id"], number, 0)


def test_two_photos_of_one_kind_may_look_alike_in_one_case(office: Office) -> None:
    number = office.report()
    append_photo(office, number, "before", encoded(scene(13)))

    assert likeness(append_photo(office, number, "before", encoded(scene(13), quality=50))) == (
        None,
        None,
        None,
    )


def test_of_several_the_nearest_and_oldest_is_named(office: Office) -> None:
    first, second, third = office.report(), office.report(), office.report()
    old = append_photo(office, first, "after", encoded(scene(14)))
    office.now += timedelta(minutes=1)
    append_photo(office, second, "after", encoded(scene(14)))

    assert likeness(append_photo(office, third, "after", encoded(scene(14))))[0] == old["id"]


def test_another_scene_is_not_flagged(office: Office) -> None:
    first, second = office.report(), office.report()
    append_photo(office, first, "after", encoded(scene(15)))

    assert likeness(append_photo(office, second, "after", encoded(scene(16)))) == (None, None, None)


def test_the_case_shows_what_the_camera_told_and_what_it_resembles(office: Office) -> None:
    first, second = office.report(), office.report()
    old = append_photo(office, first, "after", encoded(scene(17)))
    append_photo(office, second, "after", encoded(scene(17), exif=exif()))

    (shown,) = [photo for photo in view(office, second)["photos"] if photo["kind"] == "after"]

    assert shown["camera"] == {"taken": TAKEN, "lon": LON, "lat": LAT}
    assert shown["suspected_reuse"] == {"photo": old["id"], "number": first, "distance": 0}


# --- pictures that cost more than they weigh ------------------------------------------------------------------


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_more_scans(content: bytes, count: int) -> bytes:
    """A progressive JPEG whose last scan, which tells nothing new, stands there so many times more."""
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last * count + content[-2:]


@pytest.mark.parametrize("case", ["scans", "segments", "fill bytes", "chunks", "parts"])
def test_a_picture_of_far_too_many_parts_is_refused_before_it_is_read(
    store: PhotoStore, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, flat = encoded(scene(1)), Image.new("L", (16, 16))
    png, webp = encoded(scene(1), "PNG"), encoded(scene(1), "WEBP")
    bombs = {
        "scans": with_more_scans(encoded(flat, progressive=True), 40),
        "segments": plain[:2] + b"\xff\xfe\x00\x02" * 6_000 + plain[2:],
        "fill bytes": plain[:2] + b"\xff" * 6_000 + plain[2:],
        "chunks": png[:-12] + chunk(b"abCd") * 6_000 + png[-12:],
        "parts": webp[:4] + struct.pack("<I", len(webp) - 8 + 48_000) + webp[8:] + b"abcd\0\0\0\0" * 6_000,
    }
    monkeypatch.setattr(Image, "open", pytest.fail)

    with pytest.raises(Invalid) as refusal:
        store.check(bombs[case])

    assert refusal.value.code == "photo_not_a_picture"


def test_a_progressive_picture_and_one_of_many_chunks_are_taken(store: PhotoStore) -> None:
    png = encoded(scene(2), "PNG")

    progressive = check(store, scene(1), progressive=True)
    scattered = store.check(png[:-12] + chunk(b"abCd") * 3_000 + png[-12:])

    assert progressive.media_type == "image/jpeg"
    assert scattered.media_type == "image/png"


# --- order ---------------------------------------------------------------------------------------------------


def test_photos_of_one_write_are_shown_in_the_order_in_which_they_were_chosen(standing_both: Office) -> None:
    office = standing_both
    number = office.report(photos=9)
    added = office.photos(9)
    actor, form = office.actor("intake_operator"), PhotosForm("other", (*added, added[0]))
    answers = office.write(lambda desk: appending.add_photos(desk, actor, number, form=form, seed="one form"))

    (step,) = office.rows("step", number)
    reported = [photo["id"] for photo in json.loads(step["data"])["photos"]]
    shown = [photo["id"] for photo in view(office, number, "shift_supervisor")["photos"]]

    assert shown == [*reported, *dict.fromkeys(answer.id for answer in answers)]
    assert [row["sha256"] for row in office.rows("photo", number) if row["id"] in shown[9:]] == [
        photo.sha256 for photo in added
    ]
    # A photo that was sent twice is one.
    assert (len(answers), len(shown)) == (10, 18)
