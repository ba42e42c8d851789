"""The rankings of posts: scores worked out by hand, unknown columns, and the interval beside rates of few acts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.post_columns import POSTS
from gridcase.evaluation.post_intervals import wilson
from gridcase.evaluation.rank import RankAnswer, RankRequest, rank, rank_as_json, rank_as_text
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.resources import shipped_folder
from tests.evaluation.ledger import DISTRICT, Ledger, make_ledger
from tests.evaluation.test_posts import CELL, NOW, missed, on_duty
from tests.facts.story import START, Story

SCHEMES = SchemeFolder(shipped_folder() / "workflows" / "schemes")
DEFAULTS = {
    "inspectors": "post-inspector",
    "intake-operators": "post-intake-operator",
    "shift-supervisors": "post-shift-supervisor",
    "dispatchers": "post-dispatcher",
}


@pytest.fixture
def ledger(sqlite_url: str) -> Iterator[Ledger]:
    made = make_ledger(sqlite_url)
    yield made
    made.database.close()


def ranked(ledger: Ledger, of: str) -> RankAnswer:
    asked = RankRequest(DISTRICT, parse_period("2026-10"), of, scheme=SCHEMES.find(DEFAULTS[of]), now=NOW)
    with ledger.database.reading() as connection:
        return rank(connection, asked, SCHEMES)


def people(ledger: Ledger, of: str) -> dict[str, dict[str, Any]]:
    return {unit["code"]: unit for unit in rank_as_json(ranked(ledger, of))["units"]}


def test_an_inspector_is_scored_by_reports_misses_and_tasks(ledger: Ledger) -> None:
    # 甲: two reports of which one is voided; one missed case; a task in time and one late.
    story = (
        Story().report(needs_confirmation=True).do("send_confirmation", inspector="inspector_1").do("confirm")
    )
    story.play("file dispatch receive give_feedback").do("send_verification", inspector="inspector_1")
    ledger.add(story.wait(hours=1).play("verify_pass close"), cell=CELL)
    ledger.add(Story().report().play("accept file dispatch receive hand_back void"), cell=CELL)
    ledger.add(missed(Story().report("intake_operator").play("accept file")), cell=CELL)
    on_duty(ledger, "inspector_1", CELL, begin=START, end=START.replace(hour=9))

    found = people(ledger, "inspectors")["inspector_1"]

    assert found["rates"]["valid_report_rate"] == "50.00"
    assert found["rates"]["missed_rate"] == "100.00"
    assert found["rates"]["on_time_confirmation_rate"] == "100.00"
    assert found["rates"]["on_time_verification_rate"] == "0.00"
    # 40 × 1/2 + 20 × (1 − 1/1) + 20 × 1/1 + 20 × 0/1
    assert (found["score"], found["grade"], found["rank"]) == ("40.00", "D", 1)


def test_an_intake_operator_is_scored_by_volume_and_sending(ledger: Ledger) -> None:
    for late in (False, False, True):
        story = Story().report("intake_operator", needs_confirmation=True)
        story.wait(minutes=20 if late else 1).do("send_confirmation").do("confirm")
        ledger.add(story.play("file dispatch receive give_feedback send_verification"))

    found = people(ledger, "intake-operators")["intake_operator_1"]

    # 3 accepted → mark 0 of 25; 40 × 2/3; 35 × 3/3
    assert found["counts"]["confirm_send_due_count"] == 3
    assert found["score"] == "61.67"


def test_a_shift_supervisor_is_scored_by_filing_and_closing(ledger: Ledger) -> None:
    ledger.add(Story().to_closed())
    ledger.add(Story().report().do("accept").wait(minutes=20).play("file dispatch"))
    ledger.add(Story().report().play("accept file dispatch receive hand_back void"))
    late = Story().to_handled().play("send_verification verify_pass").wait(hours=1)
    ledger.add(late.do("close"))

    found = people(ledger, "shift-supervisors")["shift_supervisor_1"]

    # filed 3 (2 in time), voided 1, desk: 1 of 2 in time
    assert found["counts"]["filed_count"] == 3
    # 25 × 2/3 + 40 × 3/4 + 35 × 1/2
    assert found["score"] == "64.17"


def test_a_dispatcher_is_scored_by_volume_time_and_accuracy(ledger: Ledger) -> None:
    ledger.add(Story().to_closed())
    ledger.add(
        Story().report().play("accept file dispatch receive hand_back").do("redispatch", department="B")
    )
    ledger.add(Story().report().play("accept file").wait(minutes=30).do("dispatch"))
    ledger.add(Story().report().play("accept file").do("dispatch", actor="乙"))

    found = people(ledger, "dispatchers")

    # 3 dispatched → mark 0 of 20; 40 × 2/3 + 40 × 2/3
    assert found["dispatcher_1"]["score"] == "53.33"
    assert found["乙"]["score"] == "80.00"
    assert (found["乙"]["rank"], found["dispatcher_1"]["rank"]) == (1, 2)


@pytest.mark.parametrize("of", list(POSTS))
def test_what_is_not_the_work_of_a_post_is_unknown(ledger: Ledger, of: str) -> None:
    ledger.add(Story().to_closed())

    (found, *_others) = people(ledger, of).values()

    assert set(found["counts"]) == {f"{name}_count" for name in POSTS[of].columns}
    assert "closing_rate" not in found["rates"]


def test_few_acts_carry_their_interval_and_a_note(ledger: Ledger) -> None:
    ledger.add(Story().to_closed())
    ledger.add(Story().report().play("accept file").wait(minutes=30).do("dispatch"))
    answer = ranked(ledger, "dispatchers")

    told, table = rank_as_json(answer)["intervals"], rank_as_text(answer, "table")

    (own,) = [one for one in told if one["rate"] == "on_time_dispatch_rate"]
    assert (own["code"], own["part"], own["whole"], own["is_small"]) == ("dispatcher_1", 1, 2, True)
    # (1/2 + z²/4 ± z √(1/8 + z²/16)) / (1 + z²/2) with z = 1.96
    assert (own["low"], own["high"]) == ("9.45", "90.55")
    assert "公平提示" in table
    assert "dispatcher_1 按时派遣率 1/2 = 50.00（9.45 至 90.55）" in table


def test_many_acts_need_no_note(ledger: Ledger) -> None:
    for _ in range(30):
        ledger.add(Story().report().play("accept file dispatch"))

    answer = ranked(ledger, "dispatchers")

    assert not any(one["is_small"] for one in rank_as_json(answer)["intervals"])
    assert "公平提示" not in rank_as_text(answer, "table")


def test_departments_have_no_intervals(ledger: Ledger) -> None:
    asked = RankRequest(
        DISTRICT, parse_period("2026-10"), "departments", scheme=SCHEMES.find("department-d1"), now=NOW
    )
    with ledger.database.reading() as connection:
        assert "intervals" not in rank_as_json(rank(connection, asked, SCHEMES))


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # Values of the score interval as the literature prints them (Newcombe 1998, method 3, z = 1.96).
    [
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_the_interval_is_that_of_wilson(part: int, whole: int, low: str, high: str) -> None:
    found = wilson(part, whole)

    assert [abs(end - Fraction(told)) < Fraction(1, 10000) for end, told in zip(found, (low, high), strict=True)] == [
        True, True
    ]  # fmt: skip
    assert wilson(whole, whole)[1] == 1
