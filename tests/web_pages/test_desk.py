"""The centre desk: queue, case and map side by side; the next case opens by itself; what moved meanwhile is told."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote, unquote

import pytest

from tests.web_pages.visiting import Site, words_of

_OPEN = re.compile(r'data-case="(\w+)"')


@pytest.fixture
def site(kept_site: Site) -> Site:
    return kept_site


def open_case(page: str) -> str | None:
    """The number of the case beside the queue."""
    found = _OPEN.search(page)
    return found[1] if found else None


def test_the_first_of_the_queue_is_open_beside_it(site: Site) -> None:
    number = site.office.walk(site.office.report(address="红旗路 8 号"), "filed")
    site.office.tick(90)

    page = site.visitor("dispatcher").get(f"/desk?case={number}").text

    words = words_of(page)
    assert open_case(page) == number
    assert "工作台" in words
    assert re.search(r"已 1小时\d+分", words)
    site.office.report()
    fresh = site.visitor("intake_operator").text("/desk?tab=reported&sort=-reported_at")
    assert "刚刚" in fresh
    assert "已 不到1分" not in fresh
    assert "红旗路 8 号" in words
    assert f'action="/cases/{number}/moves/dispatch?back=' in page
    assert 'data-queue="filed"' in page
    assert open_case(site.visitor("dispatcher").get("/desk?tab=filed").text) is not None


def test_an_ended_case_among_all_has_no_age(site: Site) -> None:
    number = site.office.walk(site.office.report(address="红旗路 88 号"), "filed")
    site.office.tick(90)
    visitor = site.visitor("dispatcher")
    assert "已 1小时" in visitor.text(f"/desk?tab=all&q={number}")

    site.office.walk(number, "closed")
    page = visitor.get(f"/desk?tab=all&q={number}").text
    row = words_of(page.split("data-row ")[1].split("</li>")[0])

    assert number in row
    assert "小时" not in row


@pytest.mark.parametrize("who", ["officer_a", "handler_a", "leader", "inspector", "administrator"])
def test_the_desk_is_for_the_centre(site: Site, who: str) -> None:
    visitor = site.visitor(who)

    assert visitor.get("/desk").status_code == 403
    assert visitor.get("/desk/bulk?trigger=dispatch").status_code == 403
    assert visitor.post("/desk/bulk", trigger="dispatch").status_code == 403
    assert 'href="/desk"' not in visitor.get("/cases").text


def test_after_a_move_the_next_case_opens_and_what_was_done_is_told(site: Site) -> None:
    office = site.office
    first, second, third = (office.walk(office.report(), "filed") for _ in range(3))
    visitor = site.visitor("dispatcher")
    cell = office.case(first).fields["cell"]
    back = _way_back(visitor.get(f"/desk?tab=filed&cell={cell}&case={first}").text, first, "dispatch")
    assert f"next={second}" in back

    answer = visitor.post(
        f"/cases/{first}/moves/dispatch?back={quote(back)}",
        department="A",
        version=office.case(first).version,
    )

    page = visitor.get(answer.location).text
    assert answer.location.startswith("/desk?")
    assert open_case(page) == second
    assert f"{first} 已办理，现在的状态： 已派遣，待接收" in words_of(page)
    assert f"next={third}" in _way_back(page, second, "dispatch")
    assert "已办理，现在的状态" not in visitor.text(answer.location)


def _way_back(page: str, number: str, trigger: str) -> str:
    """The way back that the action of a form has."""
    found = re.search(rf'action="/cases/{number}/moves/{trigger}\?back=([^"]+)"', page)
    assert found is not None
    return unquote(unescape(found[1]))


def test_a_refused_form_stays_at_the_desk_with_what_was_typed(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "filed")
    visitor = site.visitor("dispatcher")

    answer = visitor.post(f"/cases/{number}/moves/dispatch?back=/desk?tab=filed", opinion="请尽快")

    assert answer.status_code == 409
    assert open_case(answer.text) == number
    assert "请尽快" in answer.text
    assert "缺少必填内容：主办部门" in words_of(answer.text)
    assert 'data-queue="filed"' in answer.text


def test_a_note_leaves_the_case_open(site: Site) -> None:
    number = site.office.walk(site.office.report(), "filed")
    visitor = site.visitor("dispatcher")

    answer = visitor.post(
        f"/cases/{number}/additions?back=/desk?tab=filed%26next=1", kind="other", text="已电话联系"
    )

    assert answer.location == f"/desk?tab=filed&case={number}"
    assert f"{number} 已补充" in visitor.text(answer.location)


def test_what_moved_meanwhile_is_told_with_who_when_and_what(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "filed")
    seen = office.case(number).version
    office.add_user(f"colleague{seen}", "dispatcher")
    visitor = site.visitor("dispatcher")
    assert f"{number} 刚刚有变动" not in visitor.text(f"/desk?tab=filed&case={number}&seen={seen}")
    office.tick(3)
    office.move(f"colleague{seen}", number, "dispatch", department="A")

    opened = visitor.text(f"/desk?tab=filed&case={number}&seen={seen}")
    passed_over = visitor.text(f"/desk?tab=filed&next={number}")

    for text in (opened, passed_over):
        assert re.search(rf"{number} 刚刚有变动 ：10-09 \d\d:\d\d colleague{seen} 已办理“派遣”", text)
    assert "打开此案" in passed_over
    own = site.visitor(f"colleague{seen}").text(f"/desk?tab=filed&next={number}")
    assert f"{number} 刚刚有变动" not in own


def test_a_way_back_that_leads_elsewhere_is_not_followed(site: Site) -> None:
    number = site.office.walk(site.office.report(), "filed")
    visitor = site.visitor("dispatcher")

    answer = visitor.post(
        f"/cases/{number}/moves/dispatch?back=https://elsewhere.example/desk", department="A"
    )

    assert answer.location.startswith(f"/cases/{number}")


def test_whoever_takes_over_a_case_reads_why_it_came_back(site: Site) -> None:
    number = site.office.walk(site.office.report(), "handed_back")

    words = words_of(site.visitor("dispatcher").get(f"/desk?tab=handed_back&case={number}").text)

    assert "不属本局职责" in words
    assert words.index("不属本局职责") < words.index("主办部门")


def test_what_was_typed_for_a_move_that_is_gone_is_told_in_the_words_of_the_form(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "accepted")
    office.walk(number, "filed")
    visitor = site.visitor("shift_supervisor")

    page = visitor.post(
        f"/cases/{number}/moves/file?back=/desk?tab=accepted",
        version=1, opinion="拟立案", condition_no="1", duplicates_seen="yes",
        **{"corrections.coordinate_system": "wgs84", "corrections.address": "红旗路 9 号", "corrections.lon": ""},
    ).text  # fmt: skip

    told = re.search(r"(?s)您填写的内容：</p>(<dl.*?</dl>)", page)
    assert told is not None
    assert words_of(told[1]) == "意见 拟立案 立案条件 1 附近同类案件已查看 是 更正：地址 红旗路 9 号"


def test_a_system_of_coordinates_is_told_with_its_point(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "filed")

    page = site.visitor("shift_supervisor").post(
        f"/cases/{number}/moves/file?back=/desk?tab=accepted",
        version=1, **{"corrections.coordinate_system": "gcj02", "corrections.lon": "117.1", "corrections.lat": "39.1"},
    ).text  # fmt: skip

    assert "更正：坐标系 GCJ-02（高德、腾讯）" in words_of(page)


def test_a_search_without_a_hit_does_not_say_that_all_work_is_done(site: Site) -> None:
    site.office.walk(site.office.report(), "filed")

    words = site.visitor("dispatcher").text("/desk?q=没有这样的地方")

    assert "没有符合条件的案件。" in words
    assert "已全部处理完毕" not in words
