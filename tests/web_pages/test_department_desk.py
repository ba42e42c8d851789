"""The desk of a department: what waits, by deadline and by what it is worth; rules on the forms; nobody else's cases."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest

from gridcase.cases.orders import OrderForm, supervise
from tests.making import Office
from tests.web_pages.visiting import Site, words_of

_ROW = re.compile(r'data-row data-number="(\d{14})"')


def rows_of(page: str) -> list[str]:
    """The numbers of the list in their order."""
    return _ROW.findall(page)


def row(page: str, number: str) -> str:
    """The words of one row."""
    return words_of(page.split(f'data-number="{number}"')[1].split("</li>")[0])


def pane(page: str, name: str) -> str:
    """The words of one pane."""
    return words_of(page.split(f'id="desk-{name}-title"')[1].split("data-keys-help")[0])


def counts(page: str) -> dict[str, int]:
    """The counts of the tabs."""
    found = re.findall(r'data-queue="([^"]+)">.*?data-count="count">(\d+)<', page)
    return {key: int(count) for key, count in found}


def order_to(office: Office, number: str, department: str) -> None:
    form = OrderForm(
        level=1, text="限期处置", reply_by=office.now + timedelta(hours=3), department=department
    )
    office.write(lambda desk: supervise(desk, office.actor("shift_supervisor"), number, form=form))


@pytest.fixture(scope="module")
def day(shared_site: Site) -> dict[str, str]:
    """What 甲局 may have on a day; the department is late with one case. Nothing of it is changed by a test."""
    office = shared_site.office
    found = {"late": office.walk(office.report(), "handling", department="A")}
    office.set("2026-10-20T08:30")
    for name, state in (("new", "dispatched"), ("plain", "handling"), ("assigned", "handling"),
                        ("submitted", "handling"), ("held", "handling"), ("asked", "handling"), ("sent", "handled"),
                        ("ordered", "handling")):  # fmt: skip
        found[name] = office.walk(office.report(), state, department="A")
    for name in ("assigned", "submitted"):
        office.move("officer_a", found[name], "assign", handler="handler_a")
    office.move("handler_a", found["submitted"], "submit_result", photos=1)
    asked = office.ask("officer_a", found["held"], "suspension", photos=1, until="2026-10-28")
    office.grant("shift_supervisor", found["held"], asked.id)
    office.ask("officer_a", found["asked"], "extension")
    order_to(office, found["ordered"], "A")
    found["helped"] = office.walk(office.report(), "filed")
    office.move(
        "dispatcher", found["helped"], "dispatch", department="B", assisting=["A"], opinion="请甲局封路"
    )
    found["others"] = office.walk(office.report(), "handling", department="B")
    office.tick(2)
    return found


def test_the_inbox_holds_what_is_wanted_first_due_first(shared_site: Site, day: dict[str, str]) -> None:
    page = shared_site.visitor("officer_a").get("/department/desk").text

    shown = rows_of(page)
    assert shown[0] == day["late"]
    assert set(shown) == {day[name] for name in ("late", "new", "plain", "submitted", "asked", "ordered", "helped")}  # fmt: skip
    assert counts(page) == {
        "todo": 7, "in-dispatched": 1, "in-handling": 7, "soon": 0, "late": 1, "held": 2, "assisting": 1, "orders": 1,
        "sent": 1, "appeal": 0,
    }  # fmt: skip
    for name, words in (
        ("new", "接收"),
        ("plain", "指派处置人员，或直接反馈"),
        ("submitted", "审核处置结果，反馈"),
        ("ordered", "回复督办单"),
        ("helped", "答复协办"),
        ("asked", "有申请"),
        ("late", "超期"),
    ):
        assert words in row(page, day[name]), name


def test_what_a_handler_has_is_told_beside_what_is_to_do(shared_site: Site, day: dict[str, str]) -> None:
    visitor = shared_site.visitor("officer_a")

    assert "另有 1 件等待处置人员提交结果，见 处置中 。" in visitor.text("/department/desk")
    assert "另有" not in visitor.text("/department/desk?tab=soon")
    page = visitor.get("/department/desk?tab=in-handling").text
    assert "等待 handler_a 提交结果" in row(page, day["assigned"])


@pytest.mark.parametrize(
    ("tab", "names"),
    [
        ("in-dispatched", ["new"]),
        ("late", ["late"]),
        ("held", ["asked", "held"]),
        ("assisting", ["helped"]),
        ("orders", ["ordered"]),
        ("sent", ["sent"]),
        ("appeal", []),
    ],
)
def test_each_tab_holds_its_cases(shared_site: Site, day: dict[str, str], tab: str, names: list[str]) -> None:
    page = shared_site.visitor("officer_a").get(f"/department/desk?tab={tab}").text

    assert sorted(rows_of(page)) == sorted(day[name] for name in names)


def test_the_order_by_effect_puts_first_what_moves_the_score_most(
    shared_site: Site, day: dict[str, str]
) -> None:
    page = shared_site.visitor("officer_a").get("/department/desk?by=effect").text

    shown = rows_of(page)
    # An overdue case adds to closing alone; what may still be in time adds to both.
    assert shown.index(day["late"]) > shown.index(day["plain"])
    assert shown[-1] == day["helped"]
    assert "不影响本月成绩" in row(page, day["helped"])
    assert re.search(r"处置并结案 得分 \+\d+\.\d\d", row(page, day["plain"]))


def test_what_a_case_is_worth_is_said_in_words(shared_site: Site, day: dict[str, str]) -> None:
    visitor = shared_site.visitor("officer_a")

    plain, late, held = (
        pane(visitor.get(f"/department/desk?case={day[name]}").text, "side")
        for name in ("plain", "late", "held")
    )

    assert re.search(r"前处置并结案：按期处置率 \+\d+\.\d\d 个百分点", plain)
    assert "到周期结束仍不处置：" in plain
    assert re.search(r"现在处置并结案（已超期）：结案率 \+\d+\.\d\d 个百分点", late)
    assert "按期处置率" not in late
    assert "暂停计时的案件不计入本月成绩" in held
    assert "时限怎样算出来" in plain


def test_the_rules_and_what_is_left_of_them_stand_on_the_forms(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")
    visitor = site.visitor("officer_a")
    first = words_of(visitor.get(f"/department/desk?case={number}").text)
    asked = office.ask("officer_a", number, "extension")
    office.grant("dispatcher", number, asked.id)

    second = words_of(visitor.get(f"/department/desk?case={number}").text)

    limit = office.case(number).filings[-1]["limit"]
    assert f"可延 {limit} ，同意后到期" in first
    assert "最多 2 次，已用 0 次， 还可 2 次" in first
    assert "派遣员 决定；再申请由值班长决定" in first
    assert "最多 2 次，已用 1 次， 还可 1 次" in second
    assert "值班长 决定" in second
    assert "2026-10-10 起，最迟 2027-10-09" in first
    assert "最多 1 次，已用 0 次， 还可 1 次" in first
    assert "派遣后 4工作时" in first
    assert "已回退 0 次" in first
    office.set("2026-10-28T09:00")
    late = site.visitor("officer_a").text(f"/department/desk?case={number}")
    assert "申请延期 现在不能申请" in late
    assert "已过到期时刻" in late


def test_a_second_hand_back_is_said_to_make_the_case_difficult(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handed_back", "dispatched", department="A")

    page = site.visitor("officer_a").text(f"/department/desk?case={number}")

    assert "已回退 1 次， 再回退即列为疑难案件" in page


def test_moves_are_made_beside_the_list_and_the_next_case_opens_when_the_turn_is_over(site: Site) -> None:
    office = site.office
    first, second = (office.walk(office.report(), "dispatched", department="A") for _ in range(2))
    visitor = site.visitor("officer_a")
    back = f"/department/desk?tab=todo&next={second}"

    received = visitor.move(f"{first}", "receive", back=back)
    assert received.status_code == 303
    # Without a way back the case page itself is the answer.
    assert received.location == f"/cases/{first}"
    path = f"/cases/{first}/moves/assign?back=" + back.replace("&", "%26")
    assigned = visitor.post(path, handler="handler_a", version=office.case(first).version)
    assert assigned.location == f"/department/desk?tab=todo&case={first}"
    office.move("handler_a", first, "submit_result", photos=1)
    path = f"/cases/{first}/moves/give_feedback?back=" + back.replace("&", "%26")
    fed = visitor.post(path, photos=2, measure="已清理", version=office.case(first).version)
    assert fed.location == back
    page = visitor.get(fed.location).text
    assert f'data-case="{second}"' in page
    assert f"{first} 已办理，现在的状态： 已反馈，待核查" in words_of(page)
    assert office.case(first).state == "handled"


def test_a_refused_form_comes_back_at_the_desk_as_it_was_typed(
    shared_site: Site, day: dict[str, str]
) -> None:
    visitor = shared_site.visitor("officer_a")

    answer = visitor.post(
        f"/cases/{day['plain']}/moves/give_feedback?back=/department/desk%3Ftab=in-handling",
        measure="已清理干净",
    )

    assert answer.status_code == 409
    assert "data-desk" in answer.text
    assert "已清理干净" in answer.text
    assert "没有执行，原因如下" in answer.text
    assert shared_site.office.case(day["plain"]).state == "handling"


def test_an_assisting_department_answers_on_the_same_page(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "filed")
    office.move("dispatcher", number, "dispatch", department="B", assisting=["A"], opinion="请甲局封路")
    visitor = site.visitor("officer_a")
    page = visitor.get("/department/desk?tab=assisting").text
    assert "派遣意见： 请甲局封路" in words_of(page)
    action = re.search(r'action="(/cases/\d+/additions[^"]*)"', page)
    assert action is not None

    answer = visitor.post(unescape(action[1]), photos=1, text="已封路", kind="other")

    assert answer.status_code == 303
    after = visitor.get("/department/desk?tab=assisting").text
    assert "协办已答复" in row(after, number)
    assert counts(after)["todo"] == 0


def test_a_case_closed_late_may_be_appealed_until_it_is(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")
    office.set("2026-10-20T09:00")
    office.walk(number, "closed")
    office.tick(2)
    visitor = site.visitor("officer_a")

    page = visitor.get("/department/desk?tab=appeal").text
    assert rows_of(page) == [number]
    assert "超期结案，可以申诉" in row(page, number)
    assert "最多 1 次，已用 0 次， 还可 1 次" in words_of(page)
    assert "派遣员转报， 值班长 决定" in words_of(page)
    office.ask("officer_a", number, "appeal")
    assert counts(visitor.get("/department/desk").text)["appeal"] == 0


def test_a_late_closing_of_the_month_that_is_just_over_may_still_be_appealed(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")
    office.set("2026-10-30T09:00")
    office.walk(number, "closed")
    office.set("2026-11-02T09:00")

    page = site.visitor("officer_a").get("/department/desk?tab=appeal").text

    assert rows_of(page) == [number]
    assert counts(page)["appeal"] == 1


def test_nobody_sees_the_desk_or_the_cases_of_another_department(
    shared_site: Site, day: dict[str, str]
) -> None:
    office = shared_site.office
    own = shared_site.visitor("officer_b").get("/department/desk?tab=in-handling").text
    assert rows_of(own) == [day["others"]]
    photo = office.rows("photo", day["plain"])[0]["id"]
    for who in ("officer_b", "officer_s"):
        visitor = shared_site.visitor(who)
        assert visitor.get(f"/department/desk?case={day['plain']}").status_code == 404
        assert visitor.get(f"/cases/{day['plain']}").status_code == 404
        assert visitor.get(f"/api/v1/photos/{photo}").status_code == 404
        live = visitor.get(f"/department/desk/live?tab=todo&case={day['plain']}&seen=1")
        assert json.loads(live.data)["changed"] is None
        assert day["plain"] not in visitor.text("/cases?tab=all")
    for who in ("handler_a", "dispatcher", "leader", "inspector", "administrator", "system"):
        assert shared_site.visitor(who).get("/department/desk").status_code == 403, who
        assert shared_site.visitor(who).get("/department/desk/live").status_code == 403, who


@pytest.mark.parametrize("query", ["tab=x&by=y&page=0", "page=99999", "page=-1", "tab=%00", "next=%00x", "seen=x"])  # fmt: skip
def test_a_query_that_means_nothing_is_passed_over(site: Site, query: str) -> None:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")

    assert rows_of(site.visitor("officer_a").get(f"/department/desk?{query}").text) == [number]


def test_counts_keep_up_and_what_somebody_else_did_is_told(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "dispatched", department="A")
    visitor = site.visitor("officer_a")
    path = f"/department/desk/live?tab=todo&case={number}&seen={office.case(number).version}"
    before = json.loads(visitor.get(path).data)
    office.move("officer_a2", number, "receive")

    after = json.loads(visitor.get(path).data)

    assert (before["queues"]["in-dispatched"], after["queues"]["in-dispatched"]) == (
        {"count": 1},
        {"count": 0},
    )
    assert before["changed"] is None
    assert after["changed"]["what"] == "接收"
    page = visitor.get(f"/department/desk?case={number}&seen=1").text
    assert "刚刚有变动" in words_of(page.split("data-meanwhile")[1])


def test_the_pages_of_a_department_lead_to_each_other_and_are_where_its_people_begin(site: Site) -> None:
    officer, handler = site.visitor("officer_a"), site.visitor("handler_a")

    assert officer.get("/").location == "/department/desk"
    assert handler.get("/").location == "/handler/"
    assert 'href="/department"' in officer.get("/department/desk").text
    assert 'href="/department/desk"' in officer.get("/department").text
    assert 'href="/department/desk"' not in handler.get("/department").text


def test_what_is_slow_is_said_at_the_top(site: Site) -> None:
    office = site.office
    for _ in range(4):
        office.walk(office.report(), "handling", department="A")
    office.set("2026-10-20T09:00")

    text = site.visitor("officer_a").text("/department/desk")

    assert "处置效率不高 超期和遗留未处置 4 件，再处置 2 件就不再因此被提醒" in text
