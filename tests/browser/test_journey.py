"""A whole case across all roles through pages alone: phones for citizen, inspectors and handler, keys for the centre."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.driving import Watched, choose_photo, move_form, opened, send_move
from tests.cases.ruling import give_rules, rule
from tests.making import Office, jpeg

pytestmark = pytest.mark.browser

_MOST_TABS = 120


@dataclass
class City:
    """The browsers of everybody, and the clock: nobody works without a minute passing."""

    office: Office
    citizen: Watched
    centre: Watched
    department: Watched
    inspector: Watched
    verifier: Watched
    handler: Watched
    number: str = ""
    code: str = ""


@pytest.fixture
def city(browser: Browser, base: str, open_office: Office) -> Iterator[City]:
    office = open_office
    give_rules(office, rule("A", "event/01/10"))
    with ExitStack() as stack:
        desks = [stack.enter_context(opened(browser, base)) for _ in range(2)]
        phones = [
            stack.enter_context(opened(browser, base, size="phone", position=office.point)) for _ in range(4)
        ]
        yield City(office, phones[0], desks[0], desks[1], *phones[1:])


def test_a_case_goes_from_a_citizens_report_to_its_closing_through_pages_alone(city: City) -> None:
    _report_as_citizen(city)
    with _at_the_desk(city, "intake_operator") as page:
        _move_by_keys(
            page, "发核实", "核实中", choose={"inspector": "inspector"}, write={"question": "是否仍有垃圾"}
        )
    _confirm(city)
    with _at_the_desk(city, "shift_supervisor") as page:
        _move_by_keys(page, "立案", "已立案，待派遣", tick="condition_no")
    with _at_the_desk(city, "dispatcher") as page:
        expect(page.locator(".suggestion")).to_contain_text("甲局")
        page.keyboard.press("s")
        page.keyboard.press("Enter")
        _expect_done(page, city.number, "已派遣，待接收")
    _receive_and_assign(city)
    _hand_in(city)
    _give_feedback(city)
    _send_verification(city)
    _verify(city, "核查不通过", reason="仍有残留垃圾")
    with _at_the_desk(city, "dispatcher") as page:
        _move_by_keys(page, "返工", "已派遣，待接收", write={"reason": "请清理残留"})
    _rework(city)
    _send_verification(city)
    _verify(city, "核查通过")
    with _at_the_desk(city, "shift_supervisor") as page:
        _move_by_keys(page, "结案", "结案", tick="ticked")
    _follow_as_citizen(city)

    case = city.office.case(city.number)
    assert [entry.step.trigger for entry in case.entries] == [
        "report", "send_confirmation", "confirm", "file", "dispatch", "receive", "request", "grant", "assign",
        "submit_result", "give_feedback", "send_verification", "verify_fail", "rework", "receive", "give_feedback",
        "send_verification", "verify_pass", "close",
    ]  # fmt: skip
    assert (case.counters["rework_count"], case.counters["extension_count"]) == (1, 1)


# --- the centre, by keyboard alone ----------------------------------------------------------------------------


def _tab_to(page: Page, selector: str) -> None:
    """Go on by Tab until the keyboard stands where it should, on a page that has its scripts."""
    page.wait_for_load_state()
    for _ in range(_MOST_TABS):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {selector} by Tab")


def _press_at(page: Page, selector: str, key: str = "Enter") -> None:
    _tab_to(page, selector)
    page.keyboard.press(key)


@contextmanager
def _at_the_desk(city: City, who: str) -> Iterator[Page]:
    """Come in at the centre desk without a mouse, the case open; leave when it has been seen to be sound."""
    watched = city.centre
    page = watched.open("/sign-in")
    _press_at(page, f'button[name="name"][value="{who}"]')
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    city.office.tick(2)
    _press_at(page, '.bar-nav a[href="/desk"]')
    expect(page.locator("[data-case]")).to_have_attribute("data-case", city.number)
    page.wait_for_load_state()
    yield page
    _look(watched, f"journey-desk-{who}")
    watched.settle()
    _press_at(page, ".bar-leave button")
    expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()


def _move_by_keys(
    page: Page,
    label: str,
    state: str,
    *,
    choose: dict[str, str] | None = None,
    write: dict[str, str] | None = None,
    tick: str | None = None,
) -> None:
    """Open the form of a move by its digit, fill it in by keys, send it, and see where the case is now."""
    number = page.locator("[data-case]").get_attribute("data-case") or ""
    labels = page.locator("details.move > summary").all_inner_texts()
    page.keyboard.press(str(labels.index(label) + 1))
    form = move_form(page, label)
    for name, value in (choose or {}).items():
        _tab_to(page, f"details.move[open] select[name={name}]")
        select = form.locator(f"select[name={name}]")
        for _ in range(select.locator("option").count()):
            if select.input_value() != value:
                page.keyboard.press("ArrowDown")
        expect(select).to_have_value(value)
    for name, text in (write or {}).items():
        if not form.locator(f"[name={name}]").is_visible():
            _press_at(page, "details.move[open] form details:not([open]) > summary")
        _tab_to(page, f"details.move[open] [name={name}]")
        page.keyboard.type(text)
    if tick is not None:
        _press_at(page, f"details.move[open] [name={tick}]", "Space")
        expect(form.locator(f"[name={tick}]").first).to_be_checked()
    page.keyboard.press("Control+Enter")
    _expect_done(page, number, state)


def _expect_done(page: Page, number: str, state: str) -> None:
    expect(page.locator(".notice-good")).to_contain_text(f"{number} 已办理，现在的状态：{state}")


def _send_verification(city: City) -> None:
    with _at_the_desk(city, "intake_operator") as page:
        _move_by_keys(page, "发核查", "核查中", choose={"inspector": "inspector_2"})


# --- a citizen ------------------------------------------------------------------------------------------------


def _report_as_citizen(city: City) -> None:
    page = city.citizen.open("/public")
    page.get_by_role("link", name="反映问题").click()
    choose_photo(page.locator("form[data-key=public]"))
    page.locator(".category-search").fill("垃圾")
    expect(page.locator("[name=category]")).to_have_value("")  # several fit: the person chooses
    page.locator(".category-search").fill("暴露生活垃圾")
    expect(page.locator("[name=category]")).to_have_value("event/01/10")
    page.get_by_label("问题描述").fill("垃圾桶旁堆放生活垃圾")
    page.get_by_role("button", name="取当前定位").click()
    expect(page.locator("[name=lon]")).not_to_have_value("")
    page.get_by_label("地址").fill("红旗路 8 号")
    _look(city.citizen, "journey-citizen-report")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", name="已提交")).to_be_visible()
    told = page.locator("dl.facts dd")
    city.number, city.code = told.nth(0).inner_text(), told.nth(1).inner_text()
    assert re.fullmatch(r"\d{14}", city.number)
    _look(city.citizen, "journey-citizen-made")


def _follow_as_citizen(city: City) -> None:
    page = city.citizen.open("/public/follow")
    page.get_by_label("案件编号").fill(city.number)
    page.get_by_label("查询码").fill(city.code)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("结果：结案")).to_be_visible()
    shown = page.locator("ol.brief").inner_text()
    for stage in ("正在核实", "正在安排处理", "责任单位正在处理", "正在现场核查", "已办结"):
        assert stage in shown
    assert not re.search("甲局|张三|handler_a|officer_a", page.locator("main").inner_text())
    _look(city.citizen, "journey-citizen-follow")


# --- inspectors -----------------------------------------------------------------------------------------------


def _task(city: City, watched: Watched, who: str, label: str) -> Locator:
    """Sign in at the phone, open the tasks, and the form of the task."""
    watched.enter(who)
    city.office.tick(5)
    page = watched.open("/phone/tasks")
    task = page.locator(f'[data-number="{city.number}"]')
    expect(task).to_contain_text("暴露生活垃圾")
    task.get_by_text(label, exact=True).first.click()
    return task.locator("details[open] form")


def _send_task(watched: Watched, form: Locator, label: str, *, shade: int) -> None:
    page = watched.page
    form.locator("input[type=file]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(shade)}
    )
    expect(form.locator(".thumb")).to_have_count(1)
    _look(watched, "journey-inspector-task")
    form.get_by_role("button", name=label).click()
    expect(page.locator("[data-told]").first).to_have_text("没有待办的核实、核查任务。")
    expect(page.locator("[data-count]")).to_have_text("0 条待发，0 条丢失")
    page.get_by_role("link", name="待发", exact=True).click()
    expect(page.locator("[data-receipts] li").first).to_contain_text("已签收")
    _leave_the_phone(watched)


def _confirm(city: City) -> None:
    form = _task(city, city.inspector, "inspector", "核实属实")
    expect(city.inspector.page.locator("[data-tasks]")).to_contain_text("要求：是否仍有垃圾")
    form.locator("[name=result]").select_option("present")
    _send_task(city.inspector, form, "核实属实", shade=400)


def _verify(city: City, label: str, *, reason: str = "") -> None:
    form = _task(city, city.verifier, "inspector_2", label)
    if reason:
        form.locator("[name=reason]").fill(reason)
    _send_task(city.verifier, form, label, shade=500 + len(reason))


def _leave_the_phone(watched: Watched) -> None:
    watched.settle()
    watched.leave()


# --- the department -------------------------------------------------------------------------------------------


@contextmanager
def _at_the_department(city: City) -> Iterator[Page]:
    watched = city.department
    page = watched.enter("officer_a")
    city.office.tick(10)
    page.get_by_role("link", name="待办", exact=True).first.click()
    yield page
    _look(watched, "journey-department")
    watched.settle()
    watched.leave()


def _act(page: Page, number: str, label: str, state: str, **fields: str) -> None:
    """A move by its form; it may leave the list empty."""
    send_move(page, label, **fields)
    _expect_done(page, number, state)


def _receive_and_assign(city: City) -> None:
    with _at_the_department(city) as page:
        expect(page.locator("[data-case]")).to_have_attribute("data-case", city.number)
        _act(page, city.number, "接收", "处置中")
        form = move_form(page, "申请延期")
        form.locator("[name=reason]").fill("清运车辆检修")
        form.get_by_role("button", name="提交延期申请").click()
        expect(page.locator(".request")).to_contain_text("待决定")
    with _at_the_desk(city, "dispatcher") as page:
        _press_at(page, "button[formaction*='/grant']")
        expect(page.locator(".notice-good")).to_contain_text("已同意")
    with _at_the_department(city) as page:
        _act(page, city.number, "指派处置人员", "处置中", handler="handler_a")


def _hand_in(city: City) -> None:
    watched = city.handler
    page = watched.enter("handler_a")
    watched.open("/handler")
    task = page.locator(f'[data-number="{city.number}"]')
    expect(task).to_contain_text("红旗路 8 号")
    task.get_by_text("提交处置结果", exact=True).first.click()
    form = task.locator("details[open] form")
    form.locator("input[type=file]").first.set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(600)}
    )
    expect(form.locator(".thumb")).to_have_count(1)
    form.locator("[name=measure]").fill("已清运并冲洗")
    _look(watched, "journey-handler")
    form.get_by_role("button", name="提交处置结果").click()
    expect(page.locator("[data-handed-in]")).to_contain_text(city.number)
    expect(page.locator("[data-count]")).to_have_text("0 条待发，0 条丢失")
    _leave_the_phone(watched)


def _give_feedback(city: City) -> None:
    with _at_the_department(city) as page:
        page.get_by_role("link", name=city.number).first.click()
        expect(page.locator("[data-case]")).to_have_attribute("data-case", city.number)
        # What the handler wrote stands there; the clerk has looked at it and sends it on.
        expect(move_form(page, "处置反馈").locator("[name=measure]")).to_have_value("已清运并冲洗")
        _look(city.department, "journey-department-feedback")
        _act(page, city.number, "处置反馈", "已反馈，待核查")


def _rework(city: City) -> None:
    with _at_the_department(city) as page:
        _act(page, city.number, "接收", "处置中")
        choose_photo(move_form(page, "处置反馈"), shade=700)
        _act(page, city.number, "处置反馈", "已反馈，待核查", measure="已再次清理")


# --- looking --------------------------------------------------------------------------------------------------


def _look(watched: Watched, name: str) -> None:
    """No broken policy so far, nothing over the side; what went wrong by itself fails the test at its end."""
    watched.check(name, with_axe=False)
    assert watched.errors == []
