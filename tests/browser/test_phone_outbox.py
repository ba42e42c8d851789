"""The inspector's outbox: it loses nothing, whatever the line, the phone or the site does."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from playwright.sync_api import Browser, Route, expect

from gridcase.clock import CHINA
from gridcase.web.pages import phone as phone_pages
from tests.browser.breaking import ANSWERS, CUTS, Asked, Line
from tests.browser.driving import Watched
from tests.browser.phoning import (
    KEPT,
    bare_phone,
    expect_counts,
    expect_soon,
    phone,
    report,
    send_until_empty,
    shoot_screen,
    take_photo,
)
from tests.making import Office, jpeg
from tests.picturing import LAT, LON, TAKEN, encoded, exif

pytestmark = pytest.mark.browser

REPORTS = 20
# A storage that has no room: every write is begun and comes to nothing.
_FULL = """() => {
    const kept = {put: IDBObjectStore.prototype.put, add: IDBObjectStore.prototype.add};
    for (const name of ["put", "add"]) {
        IDBObjectStore.prototype[name] = function (...values) {
            const asked = kept[name].apply(this, values);
            this.transaction.abort();
            return asked;
        };
    }
    window.makeRoom = () => Object.assign(IDBObjectStore.prototype, kept);
}"""


class Faults:
    """Every fault once for every kind of request of a delivery, then a line that works."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []

    def __call__(self, asked: Asked) -> str | None:
        is_delivery = "/uploads" in asked.path or asked.method == "POST" or asked.path.endswith("/session")
        if not is_delivery:
            return None
        for fault in (*CUTS, *ANSWERS):
            if (asked.kind, fault) not in self.done:
                self.done.append((asked.kind, fault))
                return fault
        return None


def test_twenty_reports_over_a_line_that_breaks_everywhere_are_twenty_cases(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    with phone(browser, line, office) as (_context, page, _errors):
        line.is_down = True
        page.reload()
        expect(page.locator("[data-place] [data-told]").first).to_contain_text("单元网格")
        for number in range(REPORTS):
            report(page, 100 + number, size=200_000 if number % 5 == 0 else 0)
            if number == 7:
                page.reload()
        expect_counts(page, REPORTS)
        assert office.rows("cases") == []

        faults = Faults()
        line.choose, line.is_down = faults, False
        page.goto(f"{line.base}/phone/outbox")
        send_until_empty(page)

        expect_counts(page, 0)
        expect(page.locator("[data-receipts] > li")).to_have_count(REPORTS)
    kinds = {kind for kind, _fault in faults.done}
    assert kinds == {
        "GET /phone/data/session", "GET /api/v1/uploads", "PUT /api/v1/uploads", "POST /api/v1/cases",
    }  # fmt: skip
    assert len(faults.done) == len(kinds) * (len(CUTS) + len(ANSWERS))
    rows = office.rows("cases")
    assert len(rows) == REPORTS
    assert {row["sub_code"] for row in rows} == {"10"}
    pictures = [row["sha256"] for row in office.rows("photo")]
    assert len(pictures) == len(set(pictures)) == REPORTS


def test_what_waits_survives_reload_update_expiry_and_signing_out(
    browser: Browser, line: Line, open_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    with phone(browser, line, office) as (context, page, _errors):
        line.choose = lambda asked: (
            "503" if asked.method in ("PUT", "POST") and "/api/" in asked.path else None
        )
        # As soon as a photo shows it is kept, also while the site has not answered yet.
        line.is_down = True
        page.reload()
        take_photo(page, 150)
        page.reload()
        # The photo of the report that was being written is still there.
        expect(page.locator("[data-photos=before] .thumb")).to_have_count(1)
        page.locator(".thumb-drop").click()
        line.is_down = False
        report(page, 151)
        report(page, 152)
        expect_counts(page, 2)

        monkeypatch.setattr(phone_pages, "version_of", lambda _site: "0123456789abcdef")
        page.evaluate("navigator.serviceWorker.ready.then((found) => found.update()).then(() => true)")
        names = "caches.keys().then((names) => names.join())"
        expect_soon(page, lambda: page.evaluate(names) == "gridcase-phone-0123456789abcdef")
        page.reload()
        expect_counts(page, 2)

        office.tick(office.book.settings.sessions.idle_minutes + 1)
        page.goto(f"{line.base}/phone/outbox")
        notice = page.locator('[data-notice="sign-in"]')
        expect(notice).to_contain_text("2 条待发，0 条丢失")
        expect_counts(page, 2)

        # Somebody else signs in on this phone: what waits stays, and is not sent in their name.
        notice.get_by_role("link", name="去登录").click()
        Watched(page, line.base).enter("inspector_2")
        page.goto(f"{line.base}/phone/outbox")
        line.choose = lambda _asked: None
        expect(page.locator("[data-waiting] > li").first).to_contain_text("属于 张三")
        # Nor is it theirs to give up.
        expect(page.locator("[data-waiting] button, [data-waiting] input")).to_have_count(0)
        page.locator("[data-send]").click()
        expect(page.locator("[data-send]")).to_be_enabled()
        expect_counts(page, 2)
        Watched(page, line.base).open("/cases")
        page.get_by_role("button", name="退出").click()
        Watched(page, line.base).enter("inspector")
        page.goto(f"{line.base}/phone/outbox")
        send_until_empty(page)
        expect_counts(page, 0)
        assert context.pages == [page]
    made = office.rows("cases")[before:]
    assert [row["reported_by"] for row in made] == ["inspector", "inspector"]


def test_an_answer_that_does_not_come_is_given_up_and_asked_for_again(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    with phone(browser, line, office) as (_context, page, _errors):
        line.is_down = True
        report(page, 155)
        page.clock.install()
        page.goto(f"{line.base}/phone/outbox")
        line.choose = lambda asked: "silence" if asked.method == "POST" else None
        line.is_down = False
        page.locator("[data-send]").click()
        expect_soon(page, lambda: any(fault == "silence" for _asked, fault in line.seen))
        expect_counts(page, 1)

        line.choose = lambda _asked: None
        page.clock.fast_forward("00:31")
        expect(page.locator("[data-send]")).to_be_enabled()
        page.locator("[data-send]").click()
        expect(page.locator("[data-empty]")).to_be_visible()
    assert len(office.rows("cases")) == before + 1


def test_a_full_storage_is_told_before_anything_is_lost(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    with phone(browser, line, office) as (_context, page, _errors):
        line.is_down = True
        report(page, 160)
        # What a browser tells of its room is one thing, what it takes is another: here it takes nothing more.
        page.evaluate(_FULL)
        take_photo(page, 161)
        expect(page.locator('[data-notice="room"]')).to_contain_text("请不要关闭本页")
        page.locator("[data-category] input").fill("blshlj")
        page.locator(".chip").first.click()
        page.locator("[data-submit]").click()
        expect(page.locator("[data-result]")).to_contain_text("没有存入")
        expect(page.locator("[data-photos=before] .thumb")).to_have_count(1)
        expect_counts(page, 1)

        page.evaluate("window.makeRoom()")
        page.locator("[data-submit]").click()
        expect(page.locator("[data-result]")).to_contain_text(KEPT)
        page.add_init_script("navigator.storage.estimate = async () => ({quota: 4e6, usage: 1e6})")
        page.reload()
        expect(page.locator('[data-notice="room"]')).to_contain_text("请先连网把待发的案件送出")
        files = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(162)}
        page.locator("[data-photos=before] input[type=file]").set_input_files(files)
        expect(page.locator("[data-photos=before] [data-told]")).to_contain_text("手机存储不够")

        expect_counts(page, 2)
        line.is_down = False
        page.goto(f"{line.base}/phone/outbox")
        send_until_empty(page)
        expect_counts(page, 0)
    assert len(office.rows("cases")) == before + 2


def test_a_photo_that_the_phone_lost_is_counted_and_told(
    browser: Browser, line: Line, open_office: Office
) -> None:
    with phone(browser, line, open_office) as (_context, page, _errors):
        line.is_down = True
        report(page, 165)
        page.evaluate("""() => new Promise((resolve) => {
            indexedDB.open("gridcase-phone").onsuccess = ({ target }) => {
                const act = target.result.transaction("photos", "readwrite");
                act.objectStore("photos").clear();
                act.oncomplete = resolve;
            };
        })""")

        page.goto(f"{line.base}/phone/outbox")
        # Also without a line it is known whose phone this is, and all times are those of the site.
        expect(page.locator("[data-who]")).to_have_text("张三")
        expect(page.locator("[data-waiting] > li")).to_contain_text(
            f"{open_office.now.astimezone(CHINA):%m-%d}"
        )
        expect_counts(page, 1, 1)
        line.is_down = False
        page.locator("[data-send]").click()
        expect(page.locator(".why")).to_contain_text("请重新拍摄上报")
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="放弃").click()
        expect(page.locator("[data-empty]")).to_be_visible()
        expect_counts(page, 0)


def test_a_photo_that_the_site_refuses_gives_way_and_the_rest_of_the_report_goes(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    broken = [b"\xff\xd8" + bytes([each]) * 400 for each in range(3)]
    with phone(browser, line, office) as (_context, page, _errors):
        chosen = page.locator("[data-photos=before] input[type=file]")
        chosen.set_input_files({"name": "note.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
        expect(page.locator("[data-photos=before] [data-told]")).to_contain_text("不是 JPEG、PNG 或 WebP")
        for count, content in enumerate((*broken[:2], jpeg(166)), start=1):
            chosen.set_input_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content})
            expect(page.locator("[data-photos=before] .thumb")).to_have_count(count)
        page.locator("[data-category] input").fill("blshlj")
        page.locator(".chip", has_text="暴露生活垃圾").first.click()
        page.locator("[data-submit]").click()
        expect(page.locator("[data-result]")).to_contain_text("没有被接收")
        page.goto(f"{line.base}/phone/outbox")
        expect(page.locator(".why")).to_contain_text("第 1 张照片（共 3 张）没有被接收：")
        page.evaluate("document.activeElement.blur()")
        shoot_screen(page, "phone-photo-refused")
        page.get_by_role("button", name="去掉这张，发送其余").click()
        # The next one that is broken.
        expect(page.locator(".why")).to_contain_text("第 1 张照片（共 2 张）没有被接收：")
        another = page.get_by_label("换一张照片")
        page.locator(".why").evaluate("why => why.classList.add('before')")
        another.set_input_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": broken[2]})
        # Drawn anew: that one went and was refused too.
        expect(page.locator(".why.before")).to_have_count(0)
        expect(page.locator(".why")).to_contain_text("第 1 张照片（共 2 张）没有被接收：")
        expect_counts(page, 1)
        page.get_by_label("换一张照片").set_input_files(
            {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(167)}
        )
        expect(page.locator("[data-empty]")).to_be_visible()
        expect_counts(page, 0)

        # A report with a single photo is not sent without any.
        page.goto(f"{line.base}/phone")
        chosen.set_input_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": broken[0]})
        page.locator("[data-category] input").fill("blshlj")
        page.locator(".chip", has_text="暴露生活垃圾").first.click()
        page.locator("[data-submit]").click()
        expect(page.locator("[data-result]")).to_contain_text("没有被接收")
        page.goto(f"{line.base}/phone/outbox")
        expect(page.locator(".why")).to_contain_text("请换一张照片。")
        expect(page.get_by_role("button", name="去掉这张，发送其余")).to_have_count(0)
        shoot_screen(page, "phone-only-photo-refused")
        page.get_by_label("换一张照片").set_input_files(
            {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(168)}
        )
        expect(page.locator("[data-empty]")).to_be_visible()
    made = office.rows("cases")[before:]
    assert [len(office.rows("photo", row["number"])) for row in made] == [2, 1]


def test_a_photo_above_the_limit_is_made_smaller_and_goes_in_pieces(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    # It lies on its side, as the camera says.
    noise = Image.effect_noise((300, 3200), 90).convert("RGB")
    large = encoded(noise, quality=97, exif=exif(orientation=6))
    with phone(browser, line, office) as (_context, page, _errors):
        page.locator("[data-photos=before]").evaluate("box => { box.dataset.maxBytes = 600000 }")
        assert len(large) > 600_000
        files = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": large}
        page.locator("[data-photos=before] input[type=file]").set_input_files(files)
        expect(page.locator("[data-photos=before] [data-told]")).to_contain_text("已缩小为")
        page.locator("[data-category] input").fill("blshlj")
        page.locator(".chip").first.click()
        page.locator("[data-submit]").click()
        expect(page.locator("[data-result]")).to_contain_text(KEPT)
        expect_soon(page, lambda: len(office.rows("cases")) == before + 1)
        expect_counts(page, 0)
    (made,) = office.rows("cases")[before:]
    (photo,) = office.rows("photo", made["number"])
    assert (photo["width"], photo["height"]) == (3000, 281)
    assert (photo["camera_taken"], photo["camera_lon"], photo["camera_lat"]) == (TAKEN, LON, LAT)
    pieces = [asked for asked, _fault in line.seen if asked.method == "PUT"]
    assert len(pieces) >= 3
    assert max(piece.size for piece in pieces) <= 512 * 1024


def test_a_photo_is_kept_before_the_phone_knows_whose_it_is(
    browser: Browser, line: Line, open_office: Office
) -> None:
    photos = "[data-photos=before] .thumb"
    held: list[Route] = []
    with bare_phone(browser, open_office) as page:
        page.route("**/phone/data/session", lambda route: held.append(route))
        Watched(page, line.base).come_in("inspector")
        page.goto(f"{line.base}/phone")
        take_photo(page, 170)
        # The page goes before the site has told who is signed in.
        page.reload()
        expect(page.locator(photos)).to_have_count(1)
        take_photo(page, 171, count=2)
        expect_soon(page, lambda: len(held) > 1)
        held[-1].continue_()
        page.unroute_all()
        expect(page.locator("[data-who]")).to_have_text("张三")
        page.reload()
        expect(page.locator(photos)).to_have_count(2)

        # The next one begins before the phone knows that it is in other hands.
        Watched(page, line.base).leave()
        held.clear()
        page.route("**/phone/data/session", lambda route: held.append(route))
        Watched(page, line.base).come_in("inspector_2")
        page.goto(f"{line.base}/phone")
        take_photo(page, 172, count=3)
        expect_soon(page, lambda: bool(held))
        with page.expect_navigation():
            held[-1].continue_()
        page.unroute_all()
        expect(page.locator("[data-who]")).not_to_have_text("张三")
        expect(page.locator(photos)).to_have_count(1)
        Watched(page, line.base).leave()
        Watched(page, line.base).enter("inspector")
        page.goto(f"{line.base}/phone")
        expect(page.locator("[data-who]")).to_have_text("张三")
        expect(page.locator(photos)).to_have_count(2)


def test_what_became_of_a_report_is_told_where_it_was_sent(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    with phone(browser, line, office) as (_context, page, _errors):
        told = page.locator("[data-result]")
        answers = ["503"]
        line.choose = lambda asked: answers[0] if asked.method == "POST" else None
        report(page, 175)
        expect(told).to_contain_text("服务器答复 503")
        shoot_screen(page, "phone-fate-waits")
        answers[0] = "409"
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(told).to_contain_text("没有被接收：线路上的拒绝。")
        expect(told.get_by_role("link")).to_have_attribute("href", re.compile("/phone/outbox$"))
        shoot_screen(page, "phone-fate-refused")

        line.choose = lambda _asked: None
        report(page, 176)
        expect(told).to_contain_text("暴露生活垃圾 已送达，案件编号")
        (made,) = office.rows("cases")[before:]
        expect(told.get_by_role("link")).to_have_text(made["number"])
        shoot_screen(page, "phone-fate-delivered")
        page.get_by_role("button", name="关闭").click()
        expect(told).to_be_hidden()

        line.is_down = True
        report(page, 177)
        expect(told).to_contain_text("还没有送到，会自动重试")
        line.is_down = False
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(told).to_contain_text("已送达")
