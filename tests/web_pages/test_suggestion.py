"""The dispatch form names the department that the responsibility rules suggest, and says why in Chinese."""

from __future__ import annotations

import re

import pytest

from tests.cases.ruling import give_rules, rule
from tests.web_pages.visiting import Site, words_of

HERE = "event/01/10"
_SELECTED = re.compile(r'<option value="([A-Z]+)" selected(?: data-suggested)?>')


@pytest.fixture
def number(site: Site) -> str:
    return site.office.walk(site.office.report(), "filed")


def test_the_suggested_department_is_chosen_beforehand_with_its_reason(site: Site, number: str) -> None:
    give_rules(site.office, rule("B", HERE, "120104", note="权责清单"), rule("A", "event"))
    earlier = site.office.walk(site.office.report(), "filed")
    site.office.move("dispatcher", earlier, "dispatch", department="B")

    page = site.visitor("dispatcher").get(f"/cases/{number}").text

    assert _SELECTED.findall(page) == ["B"]
    words = words_of(page)
    assert (
        "建议 乙局 （规则：小类“暴露生活垃圾”，南开区，依据：权责清单）；近 90 天建议 1 次，采纳 1 次（100%）"
        in words
    )
    assert "第二选择 甲局 （规则：全部事件" in words


def test_without_a_fitting_rule_nothing_is_chosen(site: Site, number: str) -> None:
    give_rules(site.office, rule("B", "component"))

    page = site.visitor("dispatcher").get(f"/cases/{number}").text

    assert _SELECTED.findall(page) == []
    assert "没有适合的责任规则" in words_of(page)


def test_who_sent_the_case_back_is_named_as_passed_over(site: Site, number: str) -> None:
    give_rules(site.office, rule("A", HERE), rule("B"))
    site.office.walk(number, "handed_back")

    page = site.visitor("dispatcher").get(f"/cases/{number}").text

    assert _SELECTED.findall(page) == ["B"]
    assert "不再建议：甲局（已回退本案，或须改派）" in words_of(page)


def test_the_history_tells_what_was_suggested(site: Site, number: str) -> None:
    give_rules(site.office, rule("A", HERE))
    site.office.move("dispatcher", number, "dispatch", department="B")

    assert "系统建议 甲局（未采纳）" in words_of(site.visitor("dispatcher").get(f"/cases/{number}").text)
