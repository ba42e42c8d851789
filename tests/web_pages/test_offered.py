"""The moves of a case stand in the order in which people usually make them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from gridcase.directory.duty import Shift, set_shifts
from tests.web_pages.visiting import Site

_MOVES = re.compile(r'<details class="(move[^"]*)" name="move" data-move( open)?>\s*<summary>([^<]+)<')


@pytest.fixture
def site(kept_site: Site) -> Site:
    return kept_site


def _moves(site: Site, who: str, number: str) -> list[str]:
    return [label for _class, _open, label in _MOVES.findall(site.visitor(who).get(f"/cases/{number}").text)]


def _opened(site: Site, who: str, number: str) -> list[str]:
    found = _MOVES.findall(site.visitor(who).get(f"/cases/{number}").text)
    return [label for _class, is_open, label in found if is_open]


@pytest.mark.parametrize(
    ("state", "who", "first"),
    [
        ("reported", "intake_operator", "受理"),
        ("accepted", "shift_supervisor", "立案"),
        ("filed", "dispatcher", "派遣"),
        ("dispatched", "officer_a", "接收"),
        ("handling", "officer_a", "处置反馈"),
        ("handed_back", "dispatcher", "再派遣"),
        ("handled", "intake_operator", "发核查"),
        ("verifying", "inspector_2", "核查通过"),
        ("verification_failed", "dispatcher", "返工"),
        ("verified", "shift_supervisor", "结案"),
    ],
)
def test_the_usual_move_stands_first_and_open_for_whom_the_state_waits(
    site: Site, state: str, who: str, first: str
) -> None:
    number = site.office.report()
    if state != "reported":
        site.office.walk(number, state)

    assert _moves(site, who, number)[0] == first
    assert _opened(site, who, number) == [first]


def test_a_report_that_needs_a_confirmation_is_offered_for_one_first(site: Site) -> None:
    number = site.office.report("intake_operator", channel="hotline_12345")

    assert _moves(site, "intake_operator", number)[0] == "发核实"


def test_nothing_stands_open_for_whom_the_state_does_not_wait(site: Site) -> None:
    number = site.office.walk(site.office.report(), "filed")

    assert "强制结案" in _moves(site, "shift_supervisor", number)
    assert _opened(site, "shift_supervisor", number) == []


def test_moves_back_and_other_endings_are_marked_apart(site: Site) -> None:
    number = site.office.walk(site.office.report(), "verified")

    found = {
        label: kind
        for kind, _open, label in _MOVES.findall(
            site.visitor("shift_supervisor").get(f"/cases/{number}").text
        )
    }

    assert "move-back" not in found["结案"]
    assert "move-back" in found["强制结案"]
    assert "move-back" in found["不予结案"]


def _measure(page: str) -> str | None:
    found = re.search(r'<textarea [^>]*name="measure"[^>]*>([^<]*)</textarea>', page)
    return found[1] if found else None


def test_what_the_handler_wrote_of_the_work_stands_in_the_feedback_until_it_is_returned(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling")
    office.move("officer_a", number, "assign", handler="handler_a")
    office.move("handler_a", number, "submit_result", photos=1, measure="已清运<并>冲洗")
    officer = site.visitor("officer_a")

    shown = _measure(officer.get(f"/cases/{number}").text)
    refused = officer.move(number, "give_feedback", measure="")
    office.move("officer_a", number, "return_result", reason="照片不清楚")

    assert shown == "已清运&lt;并&gt;冲洗"
    assert (refused.status_code, _measure(refused.text)) == (409, "")
    assert _measure(officer.get(f"/cases/{number}").text) in (None, "")


def test_inspectors_stand_by_nearness_with_who_is_on_duty_and_the_question_lies_open(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handled")
    cell = office.case(number).fields["cell"]
    grid = office.case(number).fields["responsibility_grid"]
    for name, area in (
        (f"own{number}", grid),
        (f"away{number}", "120104999"),
        (f"duty{number}", "120104999"),
    ):
        office.add_user(name, "inspector", area=area)
    shift = Shift(f"duty{number}", (cell,), office.now - timedelta(hours=1), office.now + timedelta(hours=1))
    with office.database.transaction() as connection:
        set_shifts(connection, office.district, [shift], by="shift_supervisor", now=office.now)

    page = site.visitor("intake_operator").get(f"/cases/{number}").text

    form = page.split('id="m-send_verification-inspector"')[1].split("</select>")[0]
    groups = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', form)
    assert [label for label, _options in groups][:2] == ["本网格当班", "责任网格在此"]
    assert f"duty{number}）  · 当班".replace("  ", " ") in groups[0][1]
    assert f'value="own{number}"' in groups[1][1]
    assert (groups[-1][0], f'value="away{number}"' in groups[-1][1]) == ("其他监督员", True)
    assert "按值班表安排" in form
    # What the inspector is asked lies open; an opinion is beside the usual.
    fields, more = (
        page.split('data-key="move:send_verification"')[1].split("</form>")[0].split('class="more"')
    )
    assert 'name="question"' in fields
    assert 'name="opinion"' in more


def test_a_joining_looks_like_an_ending_wherever_it_stands(site: Site) -> None:
    number = site.office.walk(site.office.report(), "accepted")

    kinds = {label: kind for kind, _open, label in _MOVES.findall(
        site.visitor("intake_operator").get(f"/cases/{number}").text
    )}  # fmt: skip

    assert "move-back" in kinds["并案"]


def test_a_closing_without_ticks_is_refused_with_one_reason(site: Site) -> None:
    number = site.office.walk(site.office.report(), "verified")

    page = site.visitor("shift_supervisor").move(number, "close").text

    refusal = page.split("没有执行，原因如下")[1].split("</ul>")[0]
    assert refusal.count("<li>") == 1
    assert "缺少必填内容：结案条件" in refusal
