"""Every page in both sizes: no error, nothing foreign, nothing sideways, nothing that axe-core finds."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import SIZES, opened
from tests.making import Office

pytestmark = pytest.mark.browser

ROLES = (
    "inspector",
    "intake_operator",
    "shift_supervisor",
    "dispatcher",
    "officer_a",
    "handler_a",
    "leader",
    "administrator",
)

# How many streets are named on a map inside of its edges, each apart from the others and from the buttons.
_LEGIBLE = """() => {
  const edge = document.querySelector(".leaflet-container").getBoundingClientRect();
  const boxes = (name) => [...document.querySelectorAll(name)].filter((each) => each.style.visibility !== "hidden").map((each) => each.getBoundingClientRect());
  const inside = (box) => box.left >= edge.left - 1 && box.right <= edge.right + 1 && box.top >= edge.top && box.bottom <= edge.bottom;
  const meets = (one, other) => one.right > other.left && one.left < other.right && one.bottom > other.top && one.top < other.bottom;
  const names = boxes(".street-name");
  const all = [...names, ...boxes(".leaflet-control")];
  return names.filter((box) => inside(box) && !all.some((other) => other !== box && meets(box, other))).length;
}"""


@pytest.fixture(scope="module")
def numbers(open_office: Office) -> dict[str, str]:
    """A case in each state that pages look different in, by its state."""
    office = open_office
    goals = ("reported", "accepted", "filed", "dispatched", "handling", "handed_back", "handled", "verifying",
             "verification_failed", "verified", "closed", "rejected")  # fmt: skip
    found = {goal: office.report(address=f"红旗路 {n} 号") for n, goal in enumerate(goals, 1)}
    for goal, number in found.items():
        if goal != "reported":
            office.walk(number, goal)
    asked = office.ask("officer_a", found["handling"], "extension")
    assert asked.state == "requested"
    office.tick(hours=3)
    return found


@pytest.mark.parametrize("size", SIZES)
def test_each_role_comes_in_by_a_click_and_finds_its_list(
    browser: Browser, base: str, numbers: dict[str, str], size: str
) -> None:
    with opened(browser, base, size=size) as watched:
        watched.open("/sign-in")
        watched.check(f"{size}-sign-in")
        for who in ROLES:
            page = watched.enter(who)
            watched.open("/cases")
            expect(page.locator(".tabs .tab").first).to_be_visible()
            watched.check(f"{size}-list-{who}", with_axe=who in ("dispatcher", "administrator"))
            watched.leave()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("who", "state"),
    [
        ("intake_operator", "reported"),
        ("shift_supervisor", "accepted"),
        ("dispatcher", "filed"),
        ("officer_a", "handling"),
        ("inspector_2", "verifying"),
        ("leader", "closed"),
    ],
)
def test_the_case_page_shows_well_to_each_role(
    browser: Browser, base: str, numbers: dict[str, str], size: str, who: str, state: str
) -> None:
    with opened(browser, base, size=size) as watched:
        page = watched.enter(who)
        watched.open(f"/cases/{numbers[state]}")
        watched.shoot(f"{size}-case-{state}")
        # Closed forms are looked at too; only one of them is open at a time otherwise.
        page.evaluate(
            "document.querySelectorAll('details').forEach((d) => { d.removeAttribute('name'); d.open = true; })"
        )

        watched.check(f"{size}-case-{state}-all-forms")


@pytest.mark.parametrize("size", SIZES)
def test_report_ranking_and_problem_pages_show_well(
    browser: Browser, base: str, numbers: dict[str, str], size: str
) -> None:
    with opened(browser, base, size=size) as watched:
        page = watched.enter("intake_operator")
        watched.open("/report")
        expect(page.locator(".point-map.leaflet-container")).to_be_visible()
        watched.check(f"{size}-report", with_axe=False)
        watched.open("/rankings")
        expect(page.locator(".ranking")).to_contain_text("甲局")
        watched.check(f"{size}-ranking-departments", with_axe=False)
        watched.open("/rankings?of=streets")
        watched.check(f"{size}-ranking-streets")
        watched.open("/rankings?of=dispatchers")
        watched.check(f"{size}-ranking-dispatchers")
        page.locator(".r-open").first.click()
        expect(page.locator("h1")).to_contain_text("派遣数")
        watched.check(f"{size}-ranking-cases")
        watched.expected.add(404)
        watched.open("/cases/20200101000001")
        expect(page.get_by_role("heading", name="没有找到")).to_be_visible()
        watched.check(f"{size}-problem")


@pytest.mark.parametrize("size", SIZES)
def test_the_page_of_a_department_shows_well(
    browser: Browser, base: str, numbers: dict[str, str], size: str
) -> None:
    with opened(browser, base, size=size) as watched:
        page = watched.enter("officer_a")
        page.get_by_role("link", name="本部门", exact=True).click()
        expect(page.locator("h1")).to_contain_text("甲局")
        watched.check(f"{size}-department", with_axe=False)
        page.get_by_label("想达到第").fill("1")
        page.get_by_role("button", name="预测").click()
        expect(page.locator(".ahead").first).to_contain_text("第 1 名")
        watched.check(f"{size}-department-forecast")


@pytest.mark.parametrize("size", SIZES)
def test_the_map_colours_cells_and_tells_of_the_one_that_is_clicked(
    browser: Browser, base: str, numbers: dict[str, str], open_office: Office, size: str
) -> None:
    with opened(browser, base, size=size) as watched:
        page = watched.enter("leader")
        watched.open("/map")
        expect(page.locator("[data-map][data-ready]")).to_be_visible()
        counted = [int(text) for text in page.locator("[data-tally]").all_inner_texts()]
        assert sum(counted) == len(list(open_office.book.geography.cells(open_office.now.date())))
        box = page.locator("#map").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.6)
        expect(page.locator('[data-f="code"]')).to_have_text(re.compile(r"^\d{15}$"))
        assert page.evaluate(_LEGIBLE) == 12
        watched.check(f"{size}-map")
        page.get_by_role("link", name="查看此网格的案件").click()
        expect(page.locator(".chip")).to_contain_text("单元网格")
        watched.open("/map?of=streets")
        expect(page.locator("[data-map][data-ready]")).to_be_visible()
        watched.open("/public/report")
        expect(page.locator(".street-name").first).to_be_visible()
        assert page.evaluate(_LEGIBLE) == 12


def test_a_case_leads_to_its_cell_on_the_map(
    browser: Browser, base: str, numbers: dict[str, str], open_office: Office
) -> None:
    cell = open_office.case(numbers["filed"]).fields["cell"]
    with opened(browser, base) as watched:
        page = watched.enter("dispatcher")
        watched.open(f"/cases/{numbers['filed']}")
        page.get_by_role("link", name=cell).click()

        expect(page.locator('[data-f="code"]')).to_have_text(cell)


def test_at_twice_the_size_nothing_hangs_over_the_side(
    browser: Browser, base: str, numbers: dict[str, str]
) -> None:
    with opened(browser, base) as watched:
        page = watched.enter("officer_a")
        # A window of 1440 × 900 at 200 % has the room of one of 720 × 450.
        page.set_viewport_size({"width": 720, "height": 450})
        for path in ("/cases?tab=all", f"/cases/{numbers['handling']}", "/rankings", "/map"):
            watched.open(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 720, path


def test_without_scripts_forms_work_as_forms(browser: Browser, base: str, open_office: Office) -> None:
    number = open_office.report()
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{base}/sign-in")
    page.locator('button[value="intake_operator"]').first.click()
    page.goto(f"{base}/cases/{number}")

    page.get_by_role("button", name="受理", exact=True).click()

    expect(page.locator(".case-state")).to_have_text("已受理，待立案")
    context.close()
