"""What a case page says of assisting departments, the city's review, repeated refusal and the duty roster."""

from __future__ import annotations

from datetime import timedelta

from gridcase.cases import appending
from gridcase.cases.roster import set_roster
from gridcase.directory.duty import Shift
from gridcase.directory.people import DepartmentCard
from gridcase.directory.service import add_department
from tests.web_pages.visiting import Site


def test_an_assisting_department_finds_its_part_and_its_answer(kept_site: Site) -> None:
    office = kept_site.office
    number = office.walk(office.report(), "filed")
    office.move("dispatcher", number, "dispatch", department="A", assisting=["B", "S"])
    before = kept_site.visitor("officer_b").text(f"/cases/{number}")
    office.tick(5)
    office.write(
        lambda desk: appending.add_note(desk, office.people["officer_b"], number, text="管线已核对", seed="n")
    )
    after = kept_site.visitor("officer_b").text(f"/cases/{number}")

    assert "协办 乙局 待答复" in before
    assert "某街道办事处 待答复" in before
    assert "乙局 已答复" in after
    assert "说明 1 条" in after
    assert "协办部门 乙局、某街道办事处" in before


def test_the_citys_review_is_shown_and_decided_on_the_page(kept_site: Site) -> None:
    office = kept_site.office
    number = office.walk(office.report(workflow="two_level"), "verified")
    office.move("shift_supervisor_z", number, "close", ticked=[1])
    reviewer = kept_site.visitor("upper_reviewer")

    page = reviewer.text(f"/cases/{number}")
    answer = reviewer.move(number, "approve_close", opinion="同意")

    assert "待上级审核结案" in page
    assert "两级审核案件 第 1 版" in page
    assert "同意结案" in page
    assert "退回，不予结案" in page
    assert answer.status_code == 303
    assert office.case(number).state == "closed"


def test_a_void_of_two_grants_is_passed_on_and_granted_on_the_page(kept_site: Site) -> None:
    office = kept_site.office
    number = office.walk(office.report(workflow="two_level"), "handling")
    request = office.ask("dispatcher", number, "void", reason="拆迁范围").id
    first, second = kept_site.visitor("shift_supervisor"), kept_site.visitor("upper_reviewer")

    assert "转报" in first.text(f"/cases/{number}")
    assert first.post(f"/cases/{number}/requests/{request}/forward", opinion="情况属实").status_code == 303
    assert "已转报，待决定（上级审核员）" in second.text(f"/cases/{number}")
    assert second.post(f"/cases/{number}/requests/{request}/grant", opinion="同意").status_code == 303
    assert office.case(number).state == "voided"


def test_a_difficult_case_names_the_unit_of_its_territory(site: Site) -> None:
    office = site.office
    street = office.case(office.report()).fields["street"]
    with office.database.transaction() as connection:
        add_department(connection, office.district, DepartmentCard("JD", "本街道办事处", "street", street))
    number = office.walk(office.report(), "handed_back", "dispatched", "handed_back")
    dispatcher = site.visitor("dispatcher")

    assert "疑难，属地：本街道办事处" in dispatcher.text(f"/cases/{number}")
    assert "本街道办事处（属地）" in dispatcher.get(f"/cases/{number}").text


def test_the_history_says_how_the_inspector_was_found(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handled")
    cell = office.case(number).fields["cell"]
    row = Shift("inspector_2", (cell,), office.now, office.now + timedelta(hours=8))
    office.write(lambda desk: set_roster(desk, office.people["administrator"], [row]))
    office.tick()
    answer = site.visitor("intake_operator").move(number, "send_verification", inspector="")

    assert answer.status_code == 303
    assert "就近值班，距离 0 米" in site.visitor("leader").text(f"/cases/{number}")


def test_a_case_that_came_back_is_marked_for_whoever_filed_it(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "filed", "accepted")

    mine = site.visitor("shift_supervisor").text("/cases?tab=all")
    others = site.visitor("shift_supervisor_2").text("/cases?tab=all")

    assert f"{number} 退回待您立案" in mine
    assert "退回待您立案" not in others
