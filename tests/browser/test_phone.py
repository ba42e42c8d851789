"""The inspector's phone: works without a line, and its outbox loses nothing whatever the line does."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gridcase.web.pages import phone as phone_pages
from tests.browser.breaking import ANSWERS, CUTS, Asked, Line, line_to
from tests.browser.driving import _VIOLATIONS, FLAGS, Watched, chromium, watch
from tests.making import Office, jpeg

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
WIDE = {"width": 360, "height": 740}


@pytest.fixture
def line(base: str) -> Iterator[Line]:
    with line_to(base) as made:
        yield made


@contextmanager
def phone(browser: Browser, line: Line, office: Office) -> Iterator[tuple[BrowserContext, Page, list[str]]]:
    """A phone at the office's point, signed in, with the pages kept; gives its page and what went wrong in scripts."""
    context = browser.new_context(
        viewport=WIDE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        geolocation={"longitude": office.point[0], "latitude": office.point[1], "accuracy": 12},
        permissions=["geolocation"],
    )
    context.add_init_script(_VIOLATIONS)
    context.set_default_timeout(15_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    Watched(page, line.base).enter("inspector")
    page.goto(f"{line.base}/phone")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    expect(page.locator("[data-who]")).to_have_text("张三")
    expect(page.locator("[data-place] [data-told]").first).to_contain_text("单元网格")
    try:
        yield context, page, errors
        assert errors == []
        assert page.evaluate("window.violations") == []
    finally:
        context.close()


def take_photo(page: Page, shade: int, *, size: int = 0) -> None:
    """Take a picture with the phone's camera; `size` bytes when it is to be a large one."""
    content = jpeg(shade)
    # What stands behind the end of a JPEG is no part of the picture.
    content += bytes(max(0, size - len(content)))
    files = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content}
    page.locator("[data-photos=before] input[type=file]").set_input_files(files)
    expect(page.locator("[data-photos=before] .thumb")).to_have_count(1)


def report(page: Page, shade: int, *, size: int = 0) -> None:
    """A report as an inspector makes it: photo, category, send."""
    take_photo(page, shade, size=size)
    chip = page.locator(".chip", has_text="暴露生活垃圾").first
    if not chip.is_visible():
        page.locator("[data-category] input").fill("blshlj")
    chip.click()
    expect(page.locator("[data-place]")).to_have_class(re.compile("has-point"))
    page.locator("[data-submit]").click()
    expect(page.locator("[data-photos=before] .thumb")).to_have_count(0)
    expect(page.locator("[data-result]")).to_contain_text("已存入手机")


def expect_counts(page: Page, waiting: int, lost: int = 0) -> None:
    """What the phone says at the top of every page."""
    expect(page.locator("[data-count]")).to_have_text(f"{waiting} 条待发，{lost} 条丢失")


def send_until_empty(page: Page, rounds: int = 150) -> int:
    """Press 立即发送, and 再发一次 where the site said no, until nothing waits; answers how often."""
    for number in range(rounds):
        if page.locator("[data-empty]").is_visible():
            return number
        for again in page.get_by_role("button", name="再发一次").all():
            again.click()
        button = page.locator("[data-send]")
        if button.is_visible():
            button.click()
            expect(button).to_be_enabled(timeout=30_000)
        page.wait_for_timeout(20)
    raise AssertionError(page.locator("main").inner_text())


def nth_point(office: Office, number: int) -> tuple[float, float]:
    """A point in another cell, where nobody has reported anything."""
    cells = list(office.book.geography.cells(office.now.date()))
    middle = cells[number].shape.representative_point()
    return middle.x, middle.y


def shoot_screen(page: Page, name: str) -> None:
    """Keep a picture of what a person sees without scrolling, in the folder GRIDCASE_SHOTS."""
    folder = os.environ.get("GRIDCASE_SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


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
        expect(page.locator("[data-waiting]")).to_contain_text("属于 inspector")
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


def expect_soon(page: Page, is_so: Callable[[], bool], tries: int = 100) -> None:
    """Wait until something that no locator sees is so."""
    for _ in range(tries):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come to be so")


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
        expect(page.locator("[data-result]")).to_contain_text("已存入手机")
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
        expect_counts(page, 1, 1)
        line.is_down = False
        page.locator("[data-send]").click()
        expect(page.locator(".why")).to_contain_text("请重新拍摄上报")
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="放弃").click()
        expect(page.locator("[data-empty]")).to_be_visible()
        expect_counts(page, 0)


def test_what_the_site_refuses_stays_until_the_person_decides(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    number = office.walk(office.report("inspector_2", sub_code="08"), "accepted")
    office.move("intake_operator", number, "send_confirmation", inspector="inspector")
    with phone(browser, line, office) as (_context, page, _errors):
        page.goto(f"{line.base}/phone/tasks")
        task = page.locator(f'[data-number="{number}"]')
        task.locator("summary", has_text="核实不属实").click()
        form = task.locator("form").last
        photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(168)}
        form.locator("input[type=file]").set_input_files(photo)
        expect(form.locator(".thumb")).to_have_count(1)
        line.is_down = True
        form.get_by_role("button", name="核实不属实").click()
        expect_counts(page, 1)
        # Meanwhile the centre gives the task to somebody else.
        office.move("intake_operator", number, "reassign", inspector="inspector_2", reason="临时换班")

        line.is_down = False
        page.goto(f"{line.base}/phone/outbox")
        page.locator("[data-send]").click()
        expect(page.locator(".why")).to_contain_text("任务未分派给本人")
        page.reload()
        expect(page.locator(".why")).to_contain_text("任务未分派给本人")
        expect_counts(page, 1)
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="放弃").click()
        expect_counts(page, 0)
    assert office.case(number).state == "confirming"


def test_on_plain_http_the_page_says_what_is_missing_and_sends_all_the_same(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    # Of the addresses of this machine, browsers trust only 127.0.0.1 without https.
    plain = line.base.replace("127.0.0.1", "0.0.0.0")
    context = browser.new_context(viewport=WIDE, locale="zh-CN")
    page = context.new_page()
    Watched(page, plain).enter("inspector")
    page.goto(f"{plain}/phone")

    assert page.evaluate("[window.isSecureContext, typeof crypto.subtle, 'serviceWorker' in navigator]") == [
        False, "undefined", False,
    ]  # fmt: skip
    expect(page.locator('[data-notice="lack"]')).to_contain_text("普通 http 连接")
    expect(page.locator("[data-place] [data-told]").first).to_contain_text("浏览器不提供定位")
    take_photo(page, 170)
    page.locator("[data-place] summary").click()
    lon, lat = office.point
    page.get_by_label("经度").fill(str(lon))
    page.get_by_label("纬度").fill(str(lat))
    page.get_by_label("坐标系").select_option("wgs84")
    page.locator("[data-category] input").fill("ffxgg")
    page.locator(".chip", has_text="非法小广告").first.click()
    page.locator("[data-submit]").click()
    expect(page.locator("[data-result]")).to_contain_text("已存入手机")
    expect_counts(page, 0)

    (made,) = office.rows("cases")[before:]
    assert made["sub_name"] == "非法小广告"
    context.close()


def test_tasks_are_done_without_a_line_and_on_the_spot_work_goes_in_order(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    confirming = office.walk(office.report("inspector_2", sub_code="05"), "accepted")
    office.move(
        "intake_operator", confirming, "send_confirmation", inspector="inspector", question="是否占压盲道"
    )
    before = len(office.rows("cases"))
    with phone(browser, line, office) as (_context, page, _errors):
        page.goto(f"{line.base}/phone/tasks")
        task = page.locator(f'[data-number="{confirming}"]')
        expect(task).to_contain_text("要求：是否占压盲道")
        expect(task.locator(".thumb img").first).to_be_visible()
        line.is_down = True
        page.reload()
        expect(page.locator("[data-told]").first).to_contain_text("显示上次保存的")
        expect(task.locator(".thumb img").first).to_be_visible()

        task.locator("summary", has_text="核实属实").click()
        form = task.locator("form").first
        form.get_by_role("button", name="核实属实").click()
        expect(form.locator("[role=alert]")).to_contain_text("请先拍一张照片")
        photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(180)}
        form.locator("input[type=file]").set_input_files(photo)
        form.locator("[name=result]").select_option("present")
        form.get_by_role("button", name="核实属实").click()
        expect(task).to_contain_text("已存入待发")

        page.goto(f"{line.base}/phone")
        take_photo(page, 181)
        page.locator("[data-category] input").fill("暴露生活")
        page.locator(".chip", has_text="暴露生活垃圾").first.click()
        page.get_by_text("已当场处置").click()
        after = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(182)}
        page.locator("[data-photos=after] input[type=file]").set_input_files(after)
        page.get_by_label("处置措施").fill("已清理")
        page.locator("[data-submit]").click()
        expect(page.locator("[data-result]")).to_contain_text("已存入手机")
        expect_counts(page, 3)

        line.is_down = False
        page.goto(f"{line.base}/phone/outbox")
        send_until_empty(page)
    assert office.case(confirming).state == "accepted"
    assert office.case(confirming).entries[-1].step.trigger == "confirm"
    (made,) = office.rows("cases")[before:]
    assert made["state"] == "self_closed"
    assert sorted(row["kind"] for row in office.rows("photo", made["number"])) == ["after", "before"]


def test_a_photo_is_added_to_the_open_case_near_by_instead_of_a_second_case(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    number = office.report(sub_code="07")
    name = office.case(number).fields["sub_name"]
    before = len(office.rows("cases"))
    with phone(browser, line, office) as (_context, page, _errors):
        take_photo(page, 190)
        page.locator("[data-category] input").fill(name)
        page.locator(".chip", has_text=name).first.click()
        plan = page.locator("[data-place] svg")
        for _ in range(3):
            plan.press("ArrowRight")
        expect(page.locator("[data-place] [data-told]").first).to_contain_text("图钉移动了 6 米")
        near = page.locator("[data-near] li", has_text=name).first
        expect(near).to_contain_text("6 米")
        near.get_by_role("button").click()
        expect(page.locator("[data-result]")).to_contain_text("已存入手机")
        expect_counts(page, 0)
    assert len(office.rows("cases")) == before
    assert {row["kind"] for row in office.rows("photo", number)} == {"before", "other"}


def test_the_old_photo_lies_over_the_camera_like_a_veil(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    number = office.walk(office.report("inspector_2", sub_code="06"), "handled")
    office.move("intake_operator", number, "send_verification", inspector="inspector")
    flags = [*FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with (
        browser.browser_type.launch(executable_path=chromium(), args=flags) as own,
        phone(own, line, office) as (_context, page, _errors),
    ):
        page.goto(f"{line.base}/phone/tasks")
        task = page.locator(f'[data-number="{number}"]')
        expect(task.locator(".thumb img").first).to_be_visible()
        task.locator("summary", has_text="核查通过").click()
        form = task.locator("form").first
        form.get_by_role("button", name="拍照对比").click()
        veil = page.locator("[data-camera] [data-old]")
        expect(veil).to_have_css("opacity", "0.45")
        page.locator("[data-veil]").fill("80")
        expect(veil).to_have_css("opacity", "0.8")
        shoot_screen(page, "phone-camera")
        page.locator("[data-shoot]").click()
        expect(form.locator(".thumb")).to_have_count(1)
        form.get_by_role("button", name="核查通过").click()
        expect(task).to_contain_text("已存入待发")
        expect_counts(page, 0)
    assert office.case(number).state == "verified"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_phone_is_in_order(
    browser: Browser, base: str, open_office: Office, scheme: str
) -> None:
    office = open_office
    office.point = nth_point(office, 5 if scheme == "dark" else 3)
    number = office.walk(office.report("inspector_2"), "handled")
    office.move("intake_operator", number, "send_verification", inspector="inspector", same_time=True)
    context = browser.new_context(
        viewport=WIDE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if scheme == "dark" else "light",
        geolocation={"longitude": office.point[0], "latitude": office.point[1], "accuracy": 12},
        permissions=["geolocation", "camera"],
    )
    context.add_init_script(_VIOLATIONS)
    watched = watch(context, base)
    page = watched.enter("inspector")
    watched.open("/phone")
    expect(page.locator("[data-place] [data-told]").first).to_contain_text("单元网格")
    expect(page.locator(".chip").first).to_be_visible()
    take_photo(page, 200)
    page.locator(".chip").first.click()
    watched.check(f"phone-report-{scheme}")
    shoot_screen(page, f"phone-first-screen-{scheme}")
    watched.open("/phone/tasks")
    expect(page.locator("[data-tasks] .thumb img").first).to_be_visible()
    page.locator("summary", has_text="核查通过").first.click()
    watched.check(f"phone-tasks-{scheme}")
    watched.open("/phone/area")
    expect(page.locator("[data-here]")).to_contain_text("单元网格")
    watched.check(f"phone-area-{scheme}")
    watched.open("/phone/month")
    expect(page.locator("[data-figures] dd").first).to_be_visible()
    watched.check(f"phone-month-{scheme}")
    watched.open("/phone/outbox")
    expect(page.locator("[data-empty]")).to_be_visible()
    watched.check(f"phone-outbox-{scheme}")
    context.close()
    assert watched.errors == []


def test_a_photo_above_the_limit_is_made_smaller_and_goes_in_pieces(
    browser: Browser, line: Line, open_office: Office
) -> None:
    office = open_office
    before = len(office.rows("cases"))
    large = io.BytesIO()
    Image.effect_noise((4000, 3000), 120).convert("RGB").save(large, "JPEG", quality=97)
    assert len(large.getvalue()) > office.book.settings.photos.max_bytes
    with phone(browser, line, office) as (_context, page, _errors):
        files = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": large.getvalue()}
        page.locator("[data-photos=before] input[type=file]").set_input_files(files)
        expect(page.locator("[data-photos=before] [data-told]")).to_contain_text("已缩小为")
        page.locator("[data-category] input").fill("blshlj")
        page.locator(".chip").first.click()
        page.locator("[data-submit]").click()
        expect(page.locator("[data-result]")).to_contain_text("已存入手机")
        expect(page.locator("[data-count]")).to_have_text("0 条待发，0 条丢失", timeout=20_000)
    (made,) = office.rows("cases")[before:]
    (photo,) = office.rows("photo", made["number"])
    assert (photo["width"], photo["height"]) == (3000, 2250)
    pieces = [asked for asked, _fault in line.seen if asked.method == "PUT"]
    assert len(pieces) > 5
    assert max(piece.size for piece in pieces) <= 512 * 1024
