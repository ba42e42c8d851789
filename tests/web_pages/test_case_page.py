"""The page of a case: what stands there, what can be done, and how a refusal reads."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import uuid4

import pytest

from gridcase.clock import CHINA
from gridcase.web.pages.wording import distance_text
from tests.cases.test_corrections import another_place
from tests.web_pages.visiting import Site, words_of


@pytest.fixture
def site(kept_site: Site) -> Site:
    """One site for the whole file: every test has cases of its own."""
    return kept_site


def test_the_history_reads_in_the_labels_of_the_workflow(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "verification_failed", "closed")

    text = site.visitor("shift_supervisor").text(f"/cases/{number}")

    for label in (
        "上报",
        "受理",
        "立案",
        "派遣",
        "接收",
        "处置反馈",
        "发核查",
        "核查不通过",
        "返工",
        "核查通过",
        "结案",
    ):
        assert label in text, label
    assert "理由：没有清理干净" in text
    assert "处置措施 清理完毕" in text
    assert "返工 1 次" in text
    assert f"共 {len(office.case(number).entries)} 步" in text


def test_the_deadline_is_an_addition_that_ends_at_the_due_moment(site: Site) -> None:
    office = site.office
    office.set("2026-09-30T16:00")
    number = office.walk(office.report(kind="event", main_code="01", sub_code="13"), "handling")
    run = office.case(number).runs.latest("handling")
    assert run is not None

    page = site.visitor("officer_a").get(f"/cases/{number}").text

    text = words_of(page)
    table = page.split('class="sums"')[1].split("</table>")[0]
    assert "国庆节" in words_of(table)
    assert "不计" in words_of(table)
    assert "双休日" in words_of(table) or "非工作时段" in words_of(table)
    lengths = [
        int(hours or 0) * 3600 + int(minutes or 0) * 60
        for hours, minutes in re.findall(
            r'class="counts">.*?class="num">(?:(\d+)小时)?(?:(\d+)分)?</td>', table, flags=re.DOTALL
        )
    ]
    total = re.search(r"<b>(?:(\d+)小时)?(?:(\d+)分)?</b></td></tr></tfoot>", table)
    assert total is not None
    assert sum(lengths) == int(total[1] or 0) * 3600 + int(total[2] or 0) * 60
    assert run.due_at is not None
    assert f"到期 {run.due_at.astimezone(CHINA):%Y-%m-%d %H:%M}" in text


def test_another_clock_can_be_asked_for(site: Site) -> None:
    number = site.office.walk(site.office.report(), "handling")

    page = site.visitor("officer_a").text(f"/cases/{number}?clock=intake")

    assert "受理时限 0.25紧急工作时" in page
    assert "昼夜连续" in page


def test_a_hold_and_an_extension_stand_in_the_arithmetic_with_who_and_why(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling")
    asked = office.ask("officer_a", number, "extension", reason="连续下雨无法施工")
    office.grant("dispatcher", number, asked.id)
    asked = office.ask("officer_a", number, "suspension", reason="等待材料到货", photos=1, until="2026-11-02")
    office.grant("shift_supervisor", number, asked.id)
    office.tick(hours=1)
    office.release("officer_a", number, asked.id)

    text = site.visitor("officer_a").text(f"/cases/{number}")

    assert "申请延期，已同意，增加" in text
    assert "挂账（officer_a申请，shift_supervisor同意：等待材料到货）" in text
    assert "暂停计时" in text


def test_a_move_of_a_form_is_made_by_the_same_service(both_sites: Site) -> None:
    office = both_sites.office
    number = office.report()

    answer = both_sites.visitor("intake_operator").move(number, "accept", opinion="属实", version="1")

    case = office.case(number)
    assert (answer.status_code, answer.location) == (303, f"/cases/{number}")
    assert (case.state, case.entries[-1].opinion) == ("accepted", "属实")
    assert "→ 已受理，待立案" in both_sites.visitor("intake_operator").text(f"/cases/{number}")


def test_what_was_done_is_told_once(site: Site) -> None:
    number = site.office.report()
    visitor = site.visitor("intake_operator")

    visitor.move(number, "accept")

    assert "已办理" in visitor.text(f"/cases/{number}")
    assert "已办理" not in visitor.text(f"/cases/{number}")


def test_the_same_form_sent_twice_makes_one_step(both_sites: Site) -> None:
    number, client_id = both_sites.office.report(), str(uuid4())
    visitor = both_sites.visitor("intake_operator")

    answers = [visitor.move(number, "accept", client_id=client_id, version="1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(both_sites.office.case(number).entries) == 2


def test_a_refusal_lists_all_reasons_in_chinese_and_keeps_what_was_typed(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "accepted")
    before = len(office.case(number).entries)

    answer = site.visitor("shift_supervisor").move(number, "file", opinion="请尽快处理〈二〉")

    text = words_of(answer.text)
    assert answer.status_code == 409
    assert "没有执行，原因如下" in text
    assert "缺少必填内容：立案条件" in text
    assert "请尽快处理〈二〉" in text
    assert len(office.case(number).entries) == before


def test_a_field_that_cannot_be_read_is_named_and_marked(site: Site) -> None:
    number = site.office.walk(site.office.report(), "verifying")

    answer = site.visitor("inspector_2").move(
        number, "verify_pass", photos=1, lon="东经", lat="39.1", coordinate_system="wgs84"
    )

    assert answer.status_code == 422
    assert "经度：应为十进制度数" in words_of(answer.text)
    assert 'value="东经"' in answer.text
    assert "wrong-point" in answer.text


def test_a_position_off_the_map_is_refused_on_the_page_as_over_the_interface(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "verifying")
    visitor = site.visitor("inspector_2")

    answer = visitor.move(
        number, "verify_fail", photos=1, reason="仍有垃圾", lon="39.1", lat="117.1", coordinate_system="wgs84"
    )

    assert answer.status_code == 422
    assert "经度和纬度颠倒" in words_of(answer.text)
    assert office.case(number).state == "verifying"


def test_moments_beyond_the_calendar_are_refused(site: Site) -> None:
    number = site.office.walk(site.office.report(), "handling")

    answer = site.visitor("officer_a").move(
        number, "give_feedback", photos=1, measure="清理", started_at="0001-01-01T00:00"
    )

    assert answer.status_code == 422


def test_a_file_that_is_no_photo_is_refused_with_its_reason(site: Site) -> None:
    number = site.office.walk(site.office.report(), "handling")
    visitor = site.visitor("officer_a")
    data = {
        "csrf_token": visitor.token(),
        "measure": "清理",
        "photos": (io.BytesIO(b"%PDF"), "a.jpg"),
    }

    answer = visitor.client.post(f"/cases/{number}/moves/give_feedback", data=data)

    assert answer.status_code == 422
    assert "文件不是可识别的照片" in answer.text
    assert ">清理</textarea>" in answer.text


def test_who_came_first_what_and_when_is_said_to_who_came_second(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handled")
    version = len(office.case(number).entries)
    office.tick(3)
    office.move("shift_supervisor", number, "return_feedback", reason="照片不清楚")

    answer = site.visitor("intake_operator").move(
        number, "return_feedback", reason="请补充远景照片", version=str(version)
    )

    text = words_of(answer.text)
    assert answer.status_code == 409
    assert "本案刚刚有变动" in text
    assert "shift_supervisor 已办理“退回反馈”" in text
    assert "请补充远景照片" in text
    assert len(office.case(number).entries) == version + 1


def test_a_stale_form_of_a_move_that_is_still_open_can_be_sent_again_as_it_stands(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling")
    version = len(office.case(number).entries)
    office.move("officer_a2", number, "assign", handler="handler_a")
    office.move("officer_a2", number, "revoke_assignment")
    visitor = site.visitor("officer_a")

    stale = visitor.move(number, "give_feedback", photos=1, measure="已清理", version=str(version))
    fresh = re.search(r'name="version" value="(\d+)"', stale.text)
    assert fresh is not None
    again = visitor.move(number, "give_feedback", photos=1, measure="已清理", version=fresh[1])

    assert stale.status_code == 409
    assert ">已清理</textarea>" in stale.text
    assert again.status_code == 303


def test_a_script_is_told_the_way_and_gets_the_page_when_refused(site: Site) -> None:
    number = site.office.report()
    visitor = site.visitor("intake_operator")
    data, headers = {"csrf_token": visitor.token()}, {"X-Gridcase-Script": "1"}

    done = visitor.client.post(f"/cases/{number}/moves/accept", data=data, headers=headers)
    refused = visitor.client.post(f"/cases/{number}/moves/accept", data=data, headers=headers)

    assert (done.status_code, done.headers["X-Location"]) == (204, f"/cases/{number}")
    assert refused.status_code == 409
    assert "data-refusal" in refused.text


def test_near_cases_of_the_same_class_are_shown_before_filing(site: Site) -> None:
    office = site.office
    other = office.report(description="井边堆着旧家具")
    number = office.walk(office.report(), "accepted")

    visitor = site.visitor("shift_supervisor")
    text = visitor.text(f"/cases/{number}")

    assert "附近同类未结案件" in text
    assert f"{other} 距离 0 米" in text
    # To judge whether it is the same, the words and the first picture of the other case stand beside it.
    assert "井边堆着旧家具" in text
    picture = re.search(
        r'<ul class="near">.*?<img src="(/api/v1/photos/[^"]+/thumbnail)"',
        visitor.get(f"/cases/{number}").text,
        re.S,
    )
    assert picture is not None
    assert visitor.get(picture[1]).mimetype == "image/jpeg"


def test_the_step_of_filing_tells_the_condition_in_words(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "filed")
    condition = next(
        step.data["filing"]["condition"]
        for step in (each.step for each in office.case(number).entries)
        if step.trigger == "file"
    )

    text = site.visitor("leader").text(f"/cases/{number}")

    assert f"立案条件 1. {condition}" in text.partition("办理过程")[2]


def test_a_required_photo_is_asked_for_where_a_guard_wants_one(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling")
    visitor = site.visitor("officer_a")
    before = visitor.text(f"/cases/{number}")
    office.add_photo("officer_a", number, "after")

    assert "处置后照片 必填" in before
    assert "处置后照片 必填" not in visitor.text(f"/cases/{number}")


def test_a_request_is_asked_decided_and_told(both_sites: Site) -> None:
    office = both_sites.office
    number = office.walk(office.report(), "handling")
    officer, desk = both_sites.visitor("officer_a"), both_sites.visitor("dispatcher")

    asked = officer.post(f"/cases/{number}/requests", kind="extension", reason="材料未到")
    waiting = desk.text(f"/cases/{number}")
    granted = desk.post(f"/cases/{number}/requests/R1/grant", opinion="同意")

    assert (asked.status_code, granted.status_code) == (303, 303)
    assert "材料未到" in waiting
    assert "同意延期" in waiting
    assert office.case(number).requests["R1"].state == "granted"
    assert "已同意" in desk.text(f"/cases/{number}")


def test_whoever_asked_may_withdraw_but_not_decide(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling")
    asked = office.ask("dispatcher", number, "void", document="会议纪要 3 号")

    own = site.visitor("dispatcher").text(f"/cases/{number}")
    other = site.visitor("shift_supervisor").text(f"/cases/{number}")

    assert "撤回" in own
    assert "同意作废" not in own
    assert "同意作废" in other
    answer = site.visitor("dispatcher").post(f"/cases/{number}/requests/{asked.id}/grant", opinion="好")
    assert answer.status_code == 403
    assert office.case(number).requests[asked.id].state == "requested"


def test_a_refused_request_keeps_its_words_and_says_every_reason(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling")

    answer = site.visitor("officer_a").post(
        f"/cases/{number}/requests", kind="suspension", reason="等待拆迁谈判结果", until="2026-10-01"
    )

    text = words_of(answer.text)
    assert answer.status_code == 409
    assert "截止日期不在允许范围内" in text
    assert "缺少必填内容：照片" in text
    assert "等待拆迁谈判结果" in text
    assert 'value="2026-10-01"' in answer.text


def test_a_refusal_without_a_reason_is_refused_itself(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling")
    asked = office.ask("officer_a", number, "extension")

    answer = site.visitor("dispatcher").post(f"/cases/{number}/requests/{asked.id}/refuse")

    assert answer.status_code == 409
    assert "缺少必填内容：意见" in words_of(answer.text)


def test_an_unknown_act_on_a_request_is_no_address(site: Site) -> None:
    number = site.office.walk(site.office.report(), "handling")

    assert site.visitor("dispatcher").post(f"/cases/{number}/requests/R1/burn").status_code == 404


def test_photos_and_notes_are_added_beside_every_move(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling")
    visitor = site.visitor("officer_a")

    answer = visitor.post(f"/cases/{number}/additions", photos=2, kind="after", text="已到现场")

    text = visitor.text(f"/cases/{number}")
    assert answer.status_code == 303
    assert "已到现场" in text
    assert [row["kind"] for row in office.rows("photo", number)].count("after") == 2


def test_an_addition_of_nothing_is_refused(site: Site) -> None:
    number = site.office.report()

    answer = site.visitor("intake_operator").post(f"/cases/{number}/additions", kind="other")

    assert answer.status_code == 422
    assert "缺少必填内容：说明" in words_of(answer.text)


def test_the_way_back_and_the_next_case_come_from_the_list(site: Site) -> None:
    office = site.office
    first, _second = (office.walk(office.report(), "filed") for _ in range(2))
    visitor = site.visitor("dispatcher")
    listed = re.findall(r'href="/cases/([0-9]{14})', visitor.get("/cases?tab=filed").text)
    following = next(number for number in listed if number != first)

    page = visitor.get(f"/cases/{first}?back=/cases?tab=filed").text

    assert 'href="/cases?tab=filed" data-up' in page
    assert f"下一件 {following}" in page
    foreign = visitor.get(f"/cases/{first}?back=https://elsewhere.example/cases").text
    assert "elsewhere" not in foreign


def test_a_closed_case_shows_how_it_was_closed(site: Site) -> None:
    number = site.office.walk(site.office.report(), "closed")

    text = site.visitor("leader").text(f"/cases/{number}")

    assert "正常结案" in text
    assert "案件已办结" in text
    assert "立案时固定" in text


def test_a_typed_script_is_only_text(site: Site) -> None:
    number = site.office.report(
        description="<script>alert(1)</script>", address='"><img src=x onerror=alert(1)>'
    )

    page = site.visitor("dispatcher").get(f"/cases/{number}").text

    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_that_near_cases_were_seen_is_asked_only_where_there_are_some(site: Site) -> None:
    office = site.office
    alone = office.walk(office.report(), "accepted")
    visitor = site.visitor("shift_supervisor")

    assert "附近同类案件已查看" not in visitor.text(f"/cases/{alone}")
    visitor.move(alone, "file", condition_no=1)
    assert office.case(alone).state == "filed"

    office.plain(alone, "return_to_intake")
    office.report()
    assert "附近同类案件已查看（见上方 1 件）" in visitor.text(f"/cases/{alone}")


def test_a_request_is_not_offered_while_one_that_excludes_it_is_open(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "dispatched")
    visitor = site.visitor("officer_a")
    clock, void = {"申请延期", "申请挂账", "申请缓办"}, {"申请作废"}

    def asked() -> set[str]:
        page = visitor.get(f"/cases/{number}").text
        return {label for label in clock | void if f"<summary>{label}</summary>" in page}

    assert asked() == clock | void
    first = office.ask("officer_a", number, "extension")
    assert asked() == void
    office.ask("officer_a", number, "void", document="区城管〔2026〕5号")
    assert asked() == set()
    office.refuse("dispatcher", number, first.id)
    assert asked() == clock


def test_the_history_tells_how_far_from_the_case_somebody_stood(site: Site) -> None:
    office = site.office
    lon, lat = office.point
    # One thousandth of a degree of latitude is 111.2 metres.
    near: dict[str, Any] = {"lon": lon, "lat": lat + 0.0009, "coordinate_system": "wgs84"}
    far = {**near, "lat": lat + 0.0126}
    number = office.walk(office.report(), "confirming")
    office.move("inspector_2", number, "confirm", photos=1, result="present", **far)
    office.walk(number, "verifying")
    office.move("inspector_2", number, "verify_pass", photos=1, **near)
    there, moved = another_place(office), office.walk(office.report(), "confirming")
    office.move(
        "inspector_2", moved, "confirm", photos=1, result="class_changed", **there, corrections={"sub_code": "12", **there}
    )  # fmt: skip

    for page in (f"/cases/{number}", f"/cases/{number}/file"):
        text = site.visitor("leader").text(page)
        assert "（距案件 1.4 公里） 距离较远" in text
        assert "（距案件 100 米）" in text
        assert text.count("距离较远") == 1
    assert "（距案件 0 米）" in site.visitor("leader").text(f"/cases/{moved}")


@pytest.mark.parametrize(
    ("metres", "text"),
    [(0, "0 米"), (34.6, "35 米"), (999.4, "999 米"), (999.6, "1.0 公里"), (1449, "1.4 公里")],
)
def test_a_distance_is_told_in_metres_up_to_a_kilometre(metres: float, text: str) -> None:
    assert distance_text(metres) == text


def test_work_that_was_finished_before_it_began_is_refused_by_its_field(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")
    steps = len(office.case(number).entries)

    refused = site.visitor("officer_a").post(
        f"/cases/{number}/moves/give_feedback", photos=1, measure="已清理",
        started_at="2026-10-09T10:00", finished_at="2026-10-09T09:00",
    )  # fmt: skip

    assert refused.status_code == 422
    assert "完成时间：不能早于开始时间" in words_of(refused.text)
    assert len(office.case(number).entries) == steps
