"""Several cases by one form: each judged by itself, one summary, and nothing done twice."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.cases.ruling import give_rules, rule
from tests.web_pages.visiting import Site, words_of


@pytest.fixture
def site(kept_site: Site) -> Site:
    return kept_site


def test_several_cases_are_dispatched_and_the_summary_names_what_was_refused(site: Site) -> None:
    office = site.office
    first, second, third, fourth = (office.walk(office.report(), "filed") for _ in range(4))
    office.add_user(f"colleague{first}", "dispatcher")
    versions = {f"version.{number}": office.case(number).version for number in (first, second, third, fourth)}
    office.move(f"colleague{first}", third, "dispatch", department="B")
    visitor = site.visitor("dispatcher")
    chosen = {f"department.{number}": "A" for number in (first, third)} | {f"department.{second}": "B"}
    form = {
        **versions, **chosen, "trigger": "dispatch", "opinion": "请尽快", "number": [first, second, third, fourth],
        "client_id": str(uuid4()),
    }  # fmt: skip

    page = visitor.post("/desk/bulk", **form).text
    words = words_of(page)

    # What a colleague has done already is not to be tried again.
    assert "重新办理这 1 件" in words
    assert re.findall(r'name="number" value="(\d+)"', page) == [fourth]
    assert f"已办理2件：{first}（甲局）、{second}（乙局）" in words.replace(" ", "")
    assert re.search(rf"2 件没有办理。 {third} ：10-09 \d\d:\d\d colleague{first} 已办理“派遣”", words)
    assert f"{fourth} ：缺少必填内容：主办部门" in words
    assert [office.case(number).department for number in (first, second, third, fourth)] == [
        "A",
        "B",
        "B",
        None,
    ]
    assert office.case(first).entries[-1].opinion == "请尽快"
    steps = len(office.case(first).entries)

    again = words_of(visitor.post("/desk/bulk", **form).text)

    assert f"已办理2件：{first}（甲局）、{second}（乙局）" in again.replace(" ", "")
    assert len(office.case(first).entries) == steps


def test_the_form_has_each_suggested_department_with_its_reason(site: Site) -> None:
    office = site.office
    give_rules(office, rule("B", "event/01/10"))
    numbers = [office.walk(office.report(), "filed") for _ in range(2)]
    early = office.report()

    page = site.visitor("dispatcher").get(
        "/desk/bulk?trigger=dispatch&" + "&".join(f"number={number}" for number in [*numbers, early, "1"])
    )

    assert re.findall(r'<option value="(\w+)" selected>', page.text) == ["B", "B"]
    words = words_of(page.text)
    assert "建议 乙局 （规则：小类“暴露生活垃圾”）" in words
    assert "不在其中的 2 件" in words
    assert f"{early}：" in words


def test_filing_asks_each_case_for_its_condition_and_its_duplicates(site: Site) -> None:
    office = site.office
    numbers = [office.walk(office.report(), "accepted") for _ in range(2)]
    visitor = site.visitor("shift_supervisor")
    path = "/desk/bulk?trigger=file&" + "&".join(f"number={number}" for number in numbers)
    page = visitor.get(path).text
    conditions = re.search(rf'name="condition_no\.{numbers[0]}" value="(\d+)"', page)
    assert conditions is not None
    assert f'name="duplicates_seen.{numbers[0]}"' in page
    fields = {f"condition_no.{number}": conditions[1] for number in numbers}

    unseen = visitor.post("/desk/bulk", trigger="file", number=numbers, **fields)
    seen = visitor.post(
        "/desk/bulk", trigger="file", number=numbers, **fields, **{f"duplicates_seen.{numbers[0]}": "yes"}
    )

    assert "2 件没有办理" in words_of(unseen.text)
    words = words_of(seen.text)
    assert f"已办理 1 件： {numbers[0]}" in words
    assert f"1 件没有办理。 {numbers[1]} ：" in words
    assert [office.case(number).state for number in numbers] == ["filed", "accepted"]


def test_only_moves_with_few_records_and_of_the_own_role_are_offered_in_bulk(site: Site) -> None:
    office = site.office
    office.walk(office.report(), "filed")
    office.walk(office.report(), "accepted")

    def offered(who: str, tab: str) -> list[str]:
        return re.findall(r'name="trigger" value="(\w+)"', site.visitor(who).get(f"/desk?tab={tab}").text)

    assert offered("dispatcher", "filed") == ["dispatch"]
    assert offered("shift_supervisor", "accepted") == ["file"]
    assert offered("intake_operator", "reported") == ["accept"]
    assert offered("dispatcher", "all") == []


def test_a_move_that_needs_more_is_made_case_by_case(site: Site) -> None:
    number = site.office.walk(site.office.report(), "verified")

    words = site.visitor("shift_supervisor").text(f"/desk/bulk?trigger=close&number={number}")

    assert "没有可以这样办理的案件" in words
    assert f"{number}：缺少必填内容：" in words


def test_more_cases_than_a_queue_shows_are_refused_before_any_is_judged(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "filed")
    numbers = [number, *(f"2026100990{at:04}" for at in range(50))]
    fields = {f"department.{number}": "A", f"version.{number}": office.case(number).version}
    visitor = site.visitor("dispatcher")

    form = visitor.text("/desk/bulk?trigger=dispatch&" + "&".join(f"number={each}" for each in numbers), 422)
    sent = visitor.post("/desk/bulk", trigger="dispatch", number=numbers, **fields)

    assert "一次最多办理 50 件" in form
    assert sent.status_code == 422
    assert "一次最多办理 50 件" in words_of(sent.text)
    assert office.case(number).state == "filed"
    assert visitor.post("/desk/bulk", trigger="dispatch", number=numbers[:50], **fields).status_code == 200
    assert office.case(number).state == "dispatched"


def test_a_form_without_a_ticked_case_does_nothing_and_says_so(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "filed")
    visitor = site.visitor("dispatcher")

    page = visitor.get(f"/desk/bulk?trigger=dispatch&number={number}").text
    words = words_of(visitor.post("/desk/bulk", trigger="dispatch", **{f"department.{number}": "A"}).text)

    assert re.search(rf'type="checkbox" name="number" value="{number}" checked', page)
    assert "没有勾选案件，什么都没有办理" in words
    assert office.case(number).state == "filed"
