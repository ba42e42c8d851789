"""The leader's page on a phone, a desk and a wall; the wall screen through days of answers, silence and lost sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from gridcase.directory.credentials import make_token
from tests.browser.breaking import Line, line_to
from tests.browser.driving import Watched, served, watch
from tests.making import Office
from tests.web_pages.test_look_back import fill_months
from tests.web_pages.visiting import Site

pytestmark = pytest.mark.browser

SIZES = {"phone": (360, 740), "desk": (1440, 900), "wall": (1920, 1080)}
PART = "/leader/wall/part"
_CARDS = "[...document.querySelectorAll('.lead-card')].map((card) => card.getBoundingClientRect().bottom)"
# What is cut off at the edge of its box, and boxes that hang over the edge of the screen.
_CUT = """
[...document.querySelectorAll('.wall-box, .wall-left, .wall-right, .wall-main')].filter((box) =>
  box.scrollHeight > box.clientHeight + 2 || box.scrollWidth > box.clientWidth + 2 ||
  box.getBoundingClientRect().bottom > innerHeight + 1 || box.getBoundingClientRect().right > innerWidth + 1
).map((box) => box.className)
"""
# What grows when nodes, listeners or whole documents pile up.
_KEPT = ("Nodes", "JSEventListeners", "Documents", "Frames")
# Answers as the site gives them, but for the age of their figures.
_OLD = """
() => {
  const ask = fetch;
  window.fetch = async (...given) => {
    const { status, body } = await ask(...given);
    return new Response(body, { status, headers: { "X-Figures-Age": "400" } });
  };
}
"""


@pytest.fixture(scope="module")
def base(open_office: Office) -> Iterator[str]:
    """The address of an office with a frozen month and one that goes on."""
    fill_months(Site(open_office))
    with served(open_office) as address:
        yield address


@contextmanager
def _sized(browser: Browser, base: str, size: str) -> Iterator[Watched]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.add_init_script("window.violations = [];")
    context.set_default_timeout(20_000)
    watched = watch(context, base)
    try:
        yield watched
        assert watched.errors == []
    finally:
        context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_first_screen_answers_the_three_questions(browser: Browser, base: str, size: str) -> None:
    with _sized(browser, base, size) as watched:
        # Colours that fade into one another would be measured half-way.
        watched.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page = watched.enter("leader")

        assert page.url.endswith("/leader")
        assert max(page.evaluate(_CARDS)) <= SIZES[size][1]
        expect(page.locator(".lead-how")).to_contain_text("按期结案率")
        expect(page.locator(".lead-better .lead-big")).to_have_text("不作比较")
        watched.check(f"leader-{size}")

        page.get_by_role("link", name="部门", exact=True).click()
        expect(page.locator(".lead-better .lead-big")).to_have_text("↑ 好转")
        page.get_by_text("逐月数字表").last.click()
        expect(page.get_by_role("row", name="2026-10 上月")).to_contain_text("已发布")
        watched.check(f"leader-departments-{size}", with_axe=False)
        page.emulate_media(color_scheme="dark")
        assert watched.faults_of_colour(f"leader-dark-{size}") == []
        page.emulate_media(color_scheme="light", media="print")
        expect(page.locator(".lead-trend .trend").first).to_be_visible()
        expect(page.locator("[data-map]")).to_be_hidden()
        watched.shoot(f"leader-print-{size}")


@pytest.mark.parametrize("size", SIZES)
def test_the_wall_shows_everything_without_a_hand(browser: Browser, base: str, size: str) -> None:
    with _sized(browser, base, size) as watched:
        watched.enter("leader")
        page = watched.open("/leader/wall")

        expect(page.locator("[data-state]")).to_contain_text("数字是")
        expect(page.locator("[data-alarm]")).to_be_hidden()
        watched.check(f"wall-{size}")
        if size != "phone":
            assert page.evaluate(_CUT) == []
            assert page.evaluate("document.documentElement.scrollHeight") <= SIZES[size][1]


@dataclass
class Hung:
    """A wall screen behind a line that breaks, with a clock that a test sets on. `open` are requests without an answer."""

    page: Page
    line: Line
    open: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        def begin(request: Request) -> None:
            if request.url.endswith(PART):
                self.open.add(request)

        def end(request: Request) -> None:
            self.open.discard(request)

        self.page.on("request", begin)
        self.page.on("requestfinished", end)
        self.page.on("requestfailed", end)

    @property
    def asked(self) -> int:
        """How often the screen asked so far."""
        return len([asked for asked, _fault in self.line.seen if asked.path == PART])

    def wait(self, minutes: float, *, step_s: int = 5) -> int:
        """Let time pass; answers how often the screen asked meanwhile.

        An answer comes over a real line while the clock of the page stands almost still: it is waited for, or the
        screen would give it up long before it can be there.
        """
        before = self.asked
        for _ in range(int(minutes * 60 / step_s)):
            self.page.clock.run_for(step_s * 1000)
            self.page.wait_for_timeout(15)
            until = monotonic() + 20
            while self.open:
                assert monotonic() < until
                self.page.wait_for_timeout(10)
        return self.asked - before


@contextmanager
def _hung(browser: Browser, base: str) -> Iterator[Hung]:
    with line_to(base) as line, _sized(browser, line.base, "wall") as watched:
        watched.expected.update({401, 403, 500})
        watched.enter("leader")
        watched.page.clock.install()
        page = watched.open("/leader/wall")
        yield Hung(page, line)
        # A line that is cut is told by the browser itself.
        watched.errors[:] = [error for error in watched.errors if "ERR_" not in error]


@pytest.mark.parametrize(
    ("fault", "told"), [("cut_before", "连不上服务器"), ("portal", "连不上服务器"), ("500", "服务器出错")]
)
def test_a_wall_that_gets_no_figures_says_so_and_goes_on_when_they_come(
    browser: Browser, base: str, fault: str, told: str
) -> None:
    with _hung(browser, base) as hung:
        page, line = hung.page, hung.line
        alarm = page.locator("[data-alarm]")
        line.choose = lambda asked: fault if asked.path == PART else None

        hung.wait(0.5)
        expect(alarm).to_be_hidden()
        often = hung.wait(4)
        expect(alarm).to_contain_text(told)
        expect(alarm).to_contain_text("分钟")
        expect(page.locator(".wall-huge")).to_be_visible()
        line.choose = lambda _asked: None
        hung.wait(1.5)

        expect(alarm).to_be_hidden()
        assert 3 <= often <= 8


def test_a_wall_without_its_session_asks_seldom_and_says_to_sign_in(browser: Browser, base: str) -> None:
    with _hung(browser, base) as hung:
        page, line = hung.page, hung.line
        alarm = page.locator("[data-alarm]")
        line.choose = lambda asked: "401" if asked.path == PART else None
        hung.wait(0.5)

        expect(alarm).to_contain_text("登录已失效")
        expect(alarm.get_by_role("link", name="重新登录")).to_have_attribute(
            "href", "/sign-in?next=/leader/wall"
        )
        assert hung.wait(20, step_s=60) <= 4

        line.choose = lambda _asked: None
        hung.wait(6, step_s=30)
        expect(alarm).to_be_hidden()


def test_a_wall_with_a_token_goes_on_after_its_session(
    browser: Browser, base: str, open_office: Office
) -> None:
    with open_office.database.transaction() as connection:
        token = make_token(connection, open_office.district, "leader", now=open_office.now)
    with _hung(browser, base) as hung:
        page = hung.page
        page.context.clear_cookies()
        hung.wait(0.5)
        expect(page.locator("[data-alarm]")).to_contain_text("登录已失效")

        for typed, is_well in (("wrong", False), (token, True)):
            page.get_by_role("button", name="令牌").click()
            page.get_by_role("textbox", name="令牌").fill(typed)
            page.get_by_role("button", name="使用").click()
            hung.wait(0.1, step_s=1)
            expect(page.locator("[data-alarm]")).to_be_visible(visible=not is_well)

        assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
        assert hung.wait(2) >= 4


def test_figures_that_grow_old_while_the_server_answers_are_told(browser: Browser, base: str) -> None:
    with _hung(browser, base) as hung:
        page = hung.page
        page.evaluate(_OLD)

        hung.wait(1)

        expect(page.locator("[data-alarm]")).to_contain_text("服务器有应答，但数字已是 6 分钟前的")


def test_days_of_refreshing_leave_as_many_nodes_and_listeners_as_there_were(
    browser: Browser, base: str
) -> None:
    with _hung(browser, base) as hung:
        page = hung.page
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        body = page.evaluate(f"fetch('{PART}').then((answer) => answer.text())")
        answers: list[Route] = []

        def answer(route: Route) -> None:
            """Other figures each time: nothing is kept that could be used again."""
            answers.append(route)
            headers = {"ETag": f'"{len(answers)}"', "X-Figures-Age": "0", "Content-Type": "text/html"}
            route.fulfill(body=body.replace("数字截至", f" {len(answers)} 数字截至"), headers=headers)

        def refresh(times: int) -> dict[str, float]:
            for number in range(len(answers) + 1, len(answers) + 1 + times):
                page.clock.run_for(21_000)
                expect(page.locator(".wall-head")).to_contain_text(f" {number} 数字截至")
            # What the browser itself still works with goes a moment later.
            for _ in range(3):
                session.send("HeapProfiler.collectGarbage")
                page.wait_for_timeout(100)
            found = session.send("Performance.getMetrics")["metrics"]
            return {each["name"]: each["value"] for each in found if each["name"] in _KEPT}

        page.route(f"**{PART}", answer)
        before = refresh(10)
        after = refresh(150)

        assert len(answers) == 160
        expect(page.locator("[data-alarm]")).to_be_hidden()
        assert before["Nodes"] > 300
        assert after == before
