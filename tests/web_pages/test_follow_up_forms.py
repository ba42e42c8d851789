"""What goes beside the flow is done on the case page: orders, replies, reminders, findings, call-backs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from tests.cases.checking import check_case
from tests.cases.following import find, run_watchdog, supervise, told
from tests.making import Office
from tests.web_pages.visiting import Site, Visitor, words_of

ORDER = {"to": "department:A", "level": "2", "reply_by": "2026-10-10T12:00", "text": "请今日办结"}


def handled(office: Office, *states: str, **fields: Any) -> str:
    return office.walk(office.report(**fields), *(states or ("handling",)))


def buttons(visitor: Visitor, number: str) -> set[str]:
    """The buttons on the page of a case."""
    page = visitor.get(f"/cases/{number}").text
    return {words_of(each) for each in re.findall(r"<button[^>]*>.*?</button>", page)}


def sent(visitor: Visitor, number: str, path: str, fields: Mapping[str, str]) -> str:
    """Send a form that is accepted; the words of the page after it."""
    answer = visitor.post(f"/cases/{number}/{path}", **fields)
    assert (answer.status_code, answer.location) == (303, f"/cases/{number}"), words_of(answer.text)
    return visitor.text(f"/cases/{number}")


def refused(visitor: Visitor, number: str, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
    """Send a form that is refused; status and page."""
    before = len(visitor.office.case(number).entries)
    answer = visitor.post(f"/cases/{number}/{path}", **fields)
    assert len(visitor.office.case(number).entries) == before
    return answer.status_code, answer.text


def test_an_order_is_given_and_answered_on_the_page(both_sites: Site) -> None:
    office = both_sites.office
    number = handled(office)
    leader, officer = both_sites.visitor("leader"), both_sites.visitor("officer_a")
    assert {"下达督办单", "发出催办"} & buttons(leader, number) == {"下达督办单"}

    text = sent(leader, number, "supervision-orders", ORDER)

    assert "督办单已下达。" in text
    assert "DB2026000001 2 级（再次督办） · 甲局 待回复" in text
    assert "2026-10-10 12:00 前回复 请今日办结" in text
    assert "回复督办单" not in text
    assert "回复督办单" in buttons(officer, number)
    text = sent(officer, number, "supervision-orders/S1/reply", {"text": "车辆已到场"})
    assert "督办单已回复。" in text
    assert "甲局 已回复" in text
    assert "回复督办单" not in buttons(officer, number)
    assert [entry.step.trigger for entry in check_case(office, number).entries[-2:]] == [
        "supervise",
        "reply_supervision",
    ]


def test_an_order_may_go_to_a_desk(site: Site) -> None:
    number = handled(site.office, "filed")
    visitor = site.visitor("shift_supervisor")
    page = visitor.get(f"/cases/{number}").text
    assert '<option value="desk:dispatcher" selected>派遣员</option>' in page
    assert "department:" not in page

    sent(visitor, number, "supervision-orders", {**ORDER, "to": "desk:dispatcher"})

    (order,) = site.office.case(number).follow_ups.orders.values()
    assert (order.department, order.desk, order.level) == (None, "dispatcher", 2)


def test_what_an_escalation_proposes_is_chosen_beforehand(site: Site) -> None:
    office = site.office
    number = handled(office)
    supervise(office, number)
    office.tick(days=10)
    run_watchdog(office)

    page = site.visitor("leader").get(f"/cases/{number}").text

    assert '<option value="department:A" selected>甲局</option>' in page
    assert '<option value="2" selected>2 级（再次督办）</option>' in page


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"text": " "}, 422, "督办内容"),
        ({"reply_by": ""}, 422, "缺少必填内容：回复期限"),
        ({"reply_by": "明天"}, 422, "回复期限"),
        ({"reply_by": "2026-10-09T00:00"}, 409, "回复期限须晚于现在"),
        ({"level": "9"}, 422, "督办级别"),
        ({"to": "department:B"}, 409, "督办对象须是本案派遣过的部门"),
    ],
)
def test_an_order_that_is_refused_keeps_what_was_typed(
    kept_site: Site, fields: dict[str, str], status: int, words: str
) -> None:
    number = handled(kept_site.office)

    found, page = refused(
        kept_site.visitor("leader"), number, "supervision-orders", {**ORDER, "text": "请尽快", **fields}
    )

    assert found == status
    assert "没有执行，原因如下" in page
    assert words in words_of(page)
    assert f">{fields.get('text', '请尽快')}</textarea>" in page
    assert "您填写的内容：" not in page


def test_a_reminder_is_sent_on_the_page_and_told_to_whom(both_sites: Site) -> None:
    office = both_sites.office
    number = handled(office)
    visitor = both_sites.visitor("dispatcher")
    assert "通知 甲局" in visitor.text(f"/cases/{number}")

    text = sent(visitor, number, "reminders", {"text": "市民再次来电"})

    assert "已催办，通知已发出。" in text
    assert "催办 1 次" in text
    assert "催办部门 甲局" in text
    assert "催办内容：市民再次来电" in text
    (notice,) = told(office, number)
    assert notice.department == "A"
    check_case(office, number)


def test_the_reminder_names_the_inspector_who_has_the_task(site: Site) -> None:
    number = handled(site.office, "verifying")

    assert "通知 监督员 inspector_2" in site.visitor("dispatcher").text(f"/cases/{number}")


def test_a_held_case_shows_no_button_to_remind(site: Site) -> None:
    office = site.office
    number = handled(office)
    asked = office.ask("officer_a", number, "suspension", until=date(2026, 10, 20), photos=1)
    visitor = site.visitor("dispatcher")
    assert "发出催办" in buttons(visitor, number)
    office.grant("shift_supervisor", number, asked.id)

    assert "发出催办" not in buttons(visitor, number)
    status, page = refused(visitor, number, "reminders", {"text": "请抓紧办理"})
    assert status == 409
    assert "您填写的内容：" in page
    assert "请抓紧办理" in words_of(page)


def test_a_finding_is_made_and_revoked_on_the_page_by_two_people(both_sites: Site) -> None:
    office = both_sites.office
    number = handled(office)
    first, second = both_sites.visitor("shift_supervisor"), both_sites.visitor("shift_supervisor_2")

    text = sent(first, number, "findings", {"kind": "faked", "reason": "照片与现场不符"})

    assert "认定已记录。" in text
    assert "撤销认定" not in buttons(first, number)
    assert "撤销认定" in buttons(second, number)
    status, page = refused(second, number, "findings/F1/revoke", {"reason": "无"})
    assert (status, "缺少必填内容：撤销理由" in words_of(page)) == (409, True)
    assert ">无</textarea>" in page
    text = sent(second, number, "findings/F1/revoke", {"reason": "复查属实"})
    assert "认定已撤销。" in text
    assert "虚假处置 已撤销" in text
    check_case(office, number)


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"kind": "", "reason": "照片与现场不符"}, 422, "认定种类"),
        ({"kind": "faked", "reason": ""}, 409, "缺少必填内容：认定理由"),
    ],
)
def test_a_finding_without_kind_or_reason_is_refused(
    kept_site: Site, fields: dict[str, str], status: int, words: str
) -> None:
    number = handled(kept_site.office)

    found, page = refused(kept_site.visitor("shift_supervisor"), number, "findings", fields)

    assert (found, words in words_of(page)) == (status, True)


def test_a_reporter_is_called_back_on_the_page(both_sites: Site) -> None:
    office = both_sites.office
    number = handled(office, "closed", reporter={"name": "王五", "phone": "13900000000"})
    visitor = both_sites.visitor("intake_operator")
    status, page = refused(visitor, number, "call-backs", {"opinion": "还有异味"})
    assert (status, "缺少必填内容：回访结果" in words_of(page)) == (422, True)
    assert ">还有异味</textarea>" in page

    text = sent(visitor, number, "call-backs", {"satisfied": "no", "opinion": "还有异味"})

    assert "回访已记录。" in text
    assert "回访结果 不满意" in text
    assert "登记回访" in buttons(visitor, number)
    check_case(office, number)


def test_the_same_form_sent_twice_is_one_step(both_sites: Site) -> None:
    office = both_sites.office
    number = handled(office)
    visitor = both_sites.visitor("shift_supervisor")

    for path, fields in (
        ("supervision-orders", ORDER),
        ("reminders", {"text": "请抓紧办理"}),
        ("findings", {"kind": "missed", "reason": "巡查漏报"}),
    ):
        again = {**fields, "client_id": str(uuid4())}
        before = len(office.case(number).entries)
        sent(visitor, number, path, again)
        sent(visitor, number, path, again)
        assert len(office.case(number).entries) == before + 1


def test_whoever_may_not_finds_no_form_and_is_refused_with_the_words_kept(kept_site: Site) -> None:
    number = handled(kept_site.office)
    find(kept_site.office, number)
    officer = kept_site.visitor("officer_a")
    mine = {"下达督办单", "发出催办", "作出认定", "登记回访", "撤销认定", "回复督办单"}
    assert mine & buttons(officer, number) == set()

    for path, fields in (
        ("supervision-orders", ORDER),
        ("reminders", {"text": "请抓紧办理"}),
        ("findings", {"kind": "faked", "reason": "推卸责任"}),
        ("findings/F1/revoke", {"reason": "复查属实"}),
        ("call-backs", {"satisfied": "yes", "opinion": "很快"}),
    ):
        status, page = refused(officer, number, path, fields)
        assert status == 403
        assert "您填写的内容：" in page


def test_a_case_that_is_not_visible_has_no_such_forms(kept_site: Site) -> None:
    number = handled(kept_site.office)
    stranger = kept_site.visitor("officer_b")

    for path in ("supervision-orders", "supervision-orders/S1/reply", "reminders", "findings", "call-backs"):
        answer = stranger.post(
            f"/cases/{number}/{path}", **ORDER, kind="faked", reason="无故", satisfied="yes"
        )
        assert answer.status_code == 404
    unknown = kept_site.visitor("officer_a").post(f"/cases/{number}/supervision-orders/S9/reply", text="已办")
    assert unknown.status_code == 404
