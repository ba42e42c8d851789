"""What goes with a case beside its flow, as its page tells it in Chinese."""

from __future__ import annotations

from datetime import timedelta

from tests.cases.following import call_back, find, reply, revoke, run_watchdog, supervise
from tests.web_pages.visiting import Site


def test_orders_findings_and_call_backs_are_told_with_who_when_and_why(both_sites: Site) -> None:
    office = both_sites.office
    number = office.walk(office.report(reporter={"name": "王五"}), "handling")
    order = supervise(office, number, "leader", level=2, reply_by=office.now + timedelta(hours=1))
    desk = supervise(office, number, desk="dispatcher")
    office.tick(120)
    reply(office, number, order.id, text="今日完成")
    office.walk(number, "closed")
    finding = find(office, number, kind="faked")
    revoke(office, number, finding.id)
    call_back(office, number, satisfied=False, opinion="还有异味")

    text = both_sites.visitor("shift_supervisor").text(f"/cases/{number}")

    for words in (
        f"{order.number} 2 级（再次督办） · 甲局 已回复 超期 1小时",
        f"{desk.number} 1 级（首次督办） · 派遣员 待回复",
        "今日完成",
        "虚假处置 已撤销",
        "照片与现场不符",
        "复查属实",
        "不满意",
        "还有异味",
        "督办 2 次",
        "督办部门 甲局",
        "认定种类 虚假处置",
        "回访结果 不满意",
    ):
        assert words in text, words


def test_a_proposed_order_is_shown_to_those_who_may_give_it(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling")
    assert "建议督办" not in site.visitor("leader").text(f"/cases/{number}")
    office.tick(days=10)
    run_watchdog(office)

    text = site.visitor("shift_supervisor").text(f"/cases/{number}")

    for words in (
        "建议督办",
        "超过最长停留时间 12工作时",
        "已升级至值班长",
        "建议向 甲局 下达督办单，级别 1 级（首次督办）",
        "升级至 值班长",
    ):
        assert words in text, words
    assert "建议督办" in site.visitor("leader").text(f"/cases/{number}")
    assert "建议督办" not in site.visitor("officer_a").text(f"/cases/{number}")
