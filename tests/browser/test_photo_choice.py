"""Photos of the forms at a desk: looked at when they are chosen, taken out one by one, refused by name."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Route, expect

from tests.browser.driving import Watched, move_form, opened
from tests.making import Office, jpeg
from tests.picturing import LAT, LON, TAKEN, encoded, exif

pytestmark = pytest.mark.browser

_HEIC = b"\0\0\0\x18ftypheic" + bytes(40)
# Begins as a photo does, and is none.
_BROKEN = b"\xff\xd8\xff\xe0" + bytes(400)


def _file(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def _choose(form: Locator, *files: dict[str, object]) -> None:
    form.locator("input[type=file]").first.set_input_files(list(files))  # type: ignore[arg-type]


@pytest.fixture(params=["phone", "desk"])
def feedback(
    request: pytest.FixtureRequest, browser: Browser, base: str, open_office: Office
) -> Iterator[tuple[Watched, Locator, str]]:
    """The form of a feedback before the clerk of the department, at both sizes, and its case."""
    number = open_office.walk(open_office.report(), "handling")
    with opened(browser, base, size=request.param) as watched:
        page = watched.enter("officer_a")
        watched.open(f"/cases/{number}")
        yield watched, move_form(page, "处置反馈"), number


def test_what_is_no_photo_is_told_at_once_and_the_rest_is_kept(
    feedback: tuple[Watched, Locator, str], open_office: Office
) -> None:
    watched, form, number = feedback
    told, small = form.locator("[data-photos-told]"), form.locator(".previews img")
    _choose(form, _file("a.heic", _HEIC), _file("b.jpg", b"no picture"), _file("c.jpg", jpeg(231)))
    expect(small).to_have_count(1)
    expect(told).to_contain_text("a.heic：没有加入：不接受 HEIC 格式")
    expect(told).to_contain_text("b.jpg：没有加入：不是 JPEG、PNG 或 WebP 照片")

    _choose(form, _file("d.jpg", jpeg(232)), _file("c2.jpg", jpeg(233)))
    expect(small).to_have_count(3)
    expect(told).to_have_text("")
    form.get_by_role("button", name="去掉照片 2").click()
    expect(small).to_have_count(2)
    assert [each.get_attribute("alt") for each in small.all()] == ["c.jpg", "c2.jpg"]

    form.locator("[name=measure]").fill("已清理")
    form.get_by_role("button", name="处置反馈", exact=True).click()
    expect(watched.page.locator(".case-state")).to_have_text("已反馈，待核查")
    assert [row["kind"] for row in open_office.rows("photo", number)].count("after") == 2


def test_a_photo_that_the_site_refuses_is_named_and_the_others_stay(
    feedback: tuple[Watched, Locator, str], open_office: Office
) -> None:
    watched, form, number = feedback
    watched.expected.add(422)
    page = watched.page
    _choose(form, _file("good.jpg", jpeg(234)), _file("bad.jpg", _BROKEN), _file("worse.jpg", _BROKEN + b"1"))
    expect(form.locator(".previews img")).to_have_count(3)
    form.locator("[name=measure]").fill("已清理")
    form.get_by_role("button", name="处置反馈", exact=True).click()

    refusal = page.locator("[data-refusal]")
    expect(refusal).to_contain_text("第 2 张照片（bad.jpg）：")
    expect(refusal).to_contain_text("第 3 张照片（worse.jpg）：")
    form = move_form(page, "处置反馈")
    expect(form.locator(".field-wrong input[type=file]")).to_have_count(1)
    expect(form.locator("[name=measure]")).to_have_value("已清理")
    form.get_by_role("button", name="去掉照片 3").click()
    form.get_by_role("button", name="去掉照片 2").click()
    expect(form.locator(".previews img")).to_have_count(1)
    form.get_by_role("button", name="处置反馈", exact=True).click()
    expect(page.locator(".case-state")).to_have_text("已反馈，待核查")
    assert [row["kind"] for row in open_office.rows("photo", number)].count("after") == 1


def test_photos_that_are_too_large_together_are_made_smaller_or_left_out(
    feedback: tuple[Watched, Locator, str],
) -> None:
    _watched, form, _number = feedback
    field, told = form.locator("input[type=file]"), form.locator("[data-photos-told]")
    field.evaluate("(input) => { input.dataset.together = 20000; }")
    # What stands behind the picture goes when it is made smaller.
    _choose(form, _file("a.jpg", jpeg(236) + bytes(12_000)), _file("b.jpg", jpeg(237) + bytes(12_000)))
    expect(form.locator(".previews img")).to_have_count(2)
    expect(told).to_contain_text("b.jpg：已缩小后加入")
    expect(told).not_to_contain_text("a.jpg")
    assert field.evaluate("(input) => [...input.files].reduce((sum, file) => sum + file.size, 0)") <= 20_000

    field.evaluate("(input) => { input.dataset.together = 12000; }")
    _choose(form, _file("c.jpg", jpeg(238)))
    expect(told).to_contain_text("c.jpg：没有加入：照片合计过大。 (> 12 KB)")
    expect(form.locator(".previews img")).to_have_count(2)


def test_a_form_that_is_too_large_says_how_large_it_may_be_and_keeps_what_was_typed(
    feedback: tuple[Watched, Locator, str],
) -> None:
    watched, form, _number = feedback
    watched.expected.add(413)
    field = form.locator("input[type=file]")
    field.evaluate("(input) => { input.dataset.together = 1e9; }")
    _choose(form, *[_file(f"{no}.jpg", jpeg(240 + no) + bytes(9_000_000)) for no in range(4)])
    expect(form.locator(".previews img")).to_have_count(4)
    form.locator("[name=measure]").fill("已清理干净")
    form.get_by_role("button", name="处置反馈", exact=True).click()
    expect(form).to_contain_text("一次最多 32 MB")
    expect(form).to_contain_text("没有写入任何数据。请减少照片数量")
    expect(form.locator("[name=measure]")).to_have_value("已清理干净")
    expect(form.locator(".previews img")).to_have_count(4)


@pytest.mark.parametrize("is_legible", [True, False])
def test_a_photo_above_the_limit_is_made_smaller_and_keeps_what_the_camera_wrote(
    feedback: tuple[Watched, Locator, str], open_office: Office, is_legible: bool
) -> None:
    watched, form, number = feedback
    form.locator("input[type=file]").evaluate("(input) => { input.dataset.maxBytes = 6000; }")
    picture = encoded(Image.new("RGB", (40, 30), (9, 90, 200)), exif=exif(orientation=6))
    if not is_legible:
        # The first directory is said to lie behind the end.
        at = picture.index(b"Exif") + 10
        picture = picture[:at] + b"\xff\xff\xff\x7f" + picture[at + 4 :]
    _choose(form, _file("large.jpg", picture + bytes(6000)))
    expect(form.locator("[data-photos-told]")).to_contain_text("large.jpg：已缩小后加入")
    size = "(input) => input.files[0].size"
    assert 0 < form.locator("input[type=file]").evaluate(size) <= 6000

    form.locator("[name=measure]").fill("已清理")
    form.get_by_role("button", name="处置反馈", exact=True).click()
    expect(watched.page.locator(".case-state")).to_have_text("已反馈，待核查")
    (photo,) = [row for row in open_office.rows("photo", number) if row["kind"] == "after"]
    told = (photo["camera_taken"], photo["camera_lon"], photo["camera_lat"])
    assert told == ((TAKEN, LON, LAT) if is_legible else (None, None, None))
    # Drawn upright, and shown so.
    assert (photo["width"], photo["height"]) == ((30, 40) if is_legible else (40, 30))
    content = watched.page.request.get(f"{watched.base}/api/v1/photos/{photo['id']}").body()
    with Image.open(io.BytesIO(content)) as kept:
        assert kept.getexif().get(0x0112, 1) == 1


def test_a_slow_line_is_told_while_it_sends(feedback: tuple[Watched, Locator, str]) -> None:
    watched, form, _number = feedback
    page = watched.page
    _choose(form, _file("c.jpg", jpeg(235)))
    form.locator("[name=measure]").fill("已清理")
    held: list[Route] = []
    page.route("**/moves/**", lambda route: held.append(route))
    form.get_by_role("button", name="处置反馈", exact=True).click()
    expect(form.get_by_role("status")).to_have_text("正在发送，请不要关闭本页…")
    held[0].continue_()
    expect(page.locator(".case-state")).to_have_text("已反馈，待核查")
    expect(form.get_by_text("正在发送")).to_have_count(0)
