"""What each person did, counted by post on both databases, with figures worked out by hand (evaluation.md 2, 3, 5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from gridcase.db import table_of
from gridcase.directory.models import DutyShift, User
from gridcase.evaluation.counting import moments_of
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.post_columns import POSTS
from gridcase.evaluation.post_counting import PostQuery, count_posts, person_shares
from gridcase.evaluation.post_units import judged_people
from tests.evaluation.ledger import DISTRICT, Ledger, make_ledger
from tests.facts.story import START, Story

OCTOBER = parse_period("2026-10")
NOW = datetime(2027, 1, 1, tzinfo=UTC)
CELL = "120104001001001"


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    made = make_ledger(database_url)
    yield made
    made.database.close()


def people(
    ledger: Ledger, of: str, *, at: datetime = NOW, period: str = "2026-10"
) -> dict[str, dict[str, int]]:
    """Person -> the counts that are not 0."""
    with ledger.database.reading() as connection:
        moments = moments_of(parse_period(period), now=at)
        found = count_posts(connection, DISTRICT, of, moments=moments)
    shown = {person: {name: n for name, n in counts.items() if n} for person, counts in found.items()}
    return {person: counts for person, counts in shown.items() if counts}


def on_duty(ledger: Ledger, inspector: str, cells: str, *, begin: datetime, end: datetime) -> None:
    row = {"district": DISTRICT, "inspector": inspector, "cells": cells, "from_at": begin, "to_at": end,
           "entered_by": "值班长", "entered_at": begin}  # fmt: skip
    with ledger.database.transaction() as connection:
        connection.execute(insert(table_of(DutyShift)), row)


def missed(story: Story) -> Story:
    return story.note("find", finding="F1", finding_kind="missed")


def test_the_acts_of_a_whole_case_count_on_whoever_did_them(ledger: Ledger) -> None:
    story = Story().report(needs_confirmation=True)
    story.do("send_confirmation", actor="甲受理", inspector="乙监督").do("confirm", actor="乙监督")
    story.do("file", actor="丙值班").do("dispatch", actor="丁派遣").play("receive give_feedback")
    story.do("send_verification", actor="戊受理", inspector="己监督").wait(minutes=40)
    story.do("verify_pass", actor="己监督").do("close", actor="庚值班")
    ledger.add(story)

    filed = {"filed": 1, "reported": 1, "inspector_reported": 1, "valid_reported": 1}
    assert people(ledger, "inspectors") == {
        "inspector_1": filed,
        "乙监督": {"confirm_due": 1, "confirmed": 1, "on_time_confirmed": 1},
        "己监督": {"verify_due": 1, "verified": 1},
    }
    assert people(ledger, "intake-operators") == {
        "甲受理": {"accepted": 1, "confirm_send_due": 1, "on_time_confirm_sent": 1},
        "戊受理": {"verify_send_due": 1, "on_time_verify_sent": 1},
    }
    assert people(ledger, "shift-supervisors") == {
        "丙值班": {"filed": 1, "on_time_filed": 1},
        "庚值班": {"desk_close_due": 1, "on_time_desk_closed": 1},
    }
    on_time = {"on_time_dispatched": 1, "accurate_dispatched": 1}
    assert people(ledger, "dispatchers") == {"丁派遣": {"dispatch_due": 1, "dispatched": 1, **on_time}}


def test_a_wrong_dispatch_counts_on_the_person_of_the_first_one(ledger: Ledger) -> None:
    story = (
        Story().report().play("accept file").wait(minutes=30).do("dispatch", actor="甲派遣", department="A")
    )
    story.play("receive hand_back").do("redispatch", actor="乙派遣", department="B")
    ledger.add(story)

    counts = people(ledger, "dispatchers")

    assert counts == {
        "甲派遣": {"dispatch_due": 1, "dispatched": 1, "late_dispatched": 1, "wrong_dispatched": 1}
    }


def test_a_voided_case_counts_against_whoever_filed_it_and_a_rejection_on_whoever_rejected(
    ledger: Ledger,
) -> None:
    voided = Story().report().do("accept").do("file", actor="甲值班").do("dispatch").play("receive hand_back")
    ledger.add(voided.do("void", actor="乙值班"))
    ledger.add(Story().report().do("accept").do("reject", actor="乙值班"))
    ledger.add(Story().report().do("reject", actor="丙受理"))

    assert people(ledger, "shift-supervisors") == {"甲值班": {"voided": 1}, "乙值班": {"rejected": 1}}
    assert people(ledger, "intake-operators") == {
        "intake_operator_1": {"accepted": 2},
        "丙受理": {"declined": 1},
    }


def test_a_duty_that_nobody_met_is_nobodys(ledger: Ledger) -> None:
    ledger.add(Story().report("intake_operator", needs_confirmation=True))
    ledger.add(Story().to_handled())

    assert people(ledger, "intake-operators") == {"intake_operator_1": {"accepted": 1}}


def test_a_task_taken_away_counts_on_the_second_inspector_alone(ledger: Ledger) -> None:
    story = Story().report().do("send_confirmation", inspector="甲监督")
    story.do("reassign", inspector="乙监督").do("confirm", actor="乙监督")
    ledger.add(story)

    counts = people(ledger, "inspectors")

    assert counts["乙监督"] == {"confirm_due": 1, "confirmed": 1, "on_time_confirmed": 1}
    assert "甲监督" not in counts


def test_each_act_counts_in_the_period_of_its_own_moment(ledger: Ledger) -> None:
    story = Story(start=OCTOBER.end.astimezone(UTC) - timedelta(minutes=8)).to_handled()
    story.until(OCTOBER.end.astimezone(UTC)).do("send_verification", inspector="甲监督").do("verify_fail")
    ledger.add(story.do("rework").play("receive give_feedback").do("send_verification", inspector="甲监督"))

    october, november = (people(ledger, "inspectors", period=name) for name in ("2026-10", "2026-11"))
    quarter = people(ledger, "inspectors", period="2026-Q4")

    assert october == {
        "inspector_1": {"reported": 1, "inspector_reported": 1, "valid_reported": 1, "filed": 1}
    }
    assert november == {"甲监督": {"verify_due": 2, "verified": 1, "on_time_verified": 1}}
    assert quarter == {**october, **november}
    # The duty that arose in October was met only at its T: it is nobody's there, and not November's either.
    november = people(ledger, "intake-operators", period="2026-11")
    assert people(ledger, "intake-operators") == {"intake_operator_1": {"accepted": 1}}
    assert november == {"intake_operator_1": {"verify_send_due": 1, "on_time_verify_sent": 1}}


def test_a_missed_case_counts_on_the_inspector_on_duty_in_the_cell_when_it_was_reported(
    ledger: Ledger,
) -> None:
    for _ in range(2):
        ledger.add(missed(Story().report("intake_operator").play("accept file")), cell=CELL)
    ledger.add(missed(Story().report("intake_operator").play("accept file")), cell="120104001001002")
    hour = timedelta(hours=1)
    on_duty(ledger, "甲监督", f"{CELL} 120104001001003", begin=START - hour, end=START + hour)
    on_duty(ledger, "乙监督", CELL, begin=START - hour, end=START)
    on_duty(ledger, "丙监督", CELL, begin=START + timedelta(seconds=1), end=START + hour)
    on_duty(ledger, "丁监督", "120104001001003", begin=START - hour, end=START + hour)

    counts = people(ledger, "inspectors")

    assert counts == {"甲监督": {"missed": 2}}


def test_a_shift_begins_with_its_first_second_and_two_on_duty_are_both_asked(ledger: Ledger) -> None:
    ledger.add(missed(Story().report("intake_operator").play("accept file")), cell=CELL)
    on_duty(ledger, "甲监督", CELL, begin=START, end=START + timedelta(hours=8))
    on_duty(ledger, "乙监督", CELL, begin=START - timedelta(hours=8), end=START + timedelta(seconds=1))

    assert people(ledger, "inspectors") == {"甲监督": {"missed": 1}, "乙监督": {"missed": 1}}


def test_a_revoked_finding_and_one_made_later_than_t_count_nowhere(ledger: Ledger) -> None:
    story = missed(Story().report("intake_operator").play("accept file"))
    found_at = story.steps[-1].at
    ledger.add(story.wait(days=1).note("revoke_finding", finding="F1", finding_kind="missed"), cell=CELL)
    on_duty(ledger, "甲监督", CELL, begin=START, end=START + timedelta(hours=8))

    assert people(ledger, "inspectors") == {}
    assert people(ledger, "inspectors", at=found_at) == {}
    assert people(ledger, "inspectors", at=found_at + timedelta(seconds=1)) == {"甲监督": {"missed": 1}}


@pytest.mark.parametrize("of", list(POSTS))
def test_a_moment_in_the_past_is_judged_by_the_steps_before_it_and_every_case_is_told(
    ledger: Ledger, of: str
) -> None:
    story = Story().report(needs_confirmation=True).play("send_confirmation confirm file dispatch")
    before = story.now
    ledger.add(story.play("receive give_feedback send_verification verify_pass close"))
    ledger.add(Story(start=before + timedelta(hours=1)).to_closed())

    early, late = people(ledger, of, at=before), people(ledger, of)

    for at, counts in ((before, early), (NOW, late)):
        query = PostQuery(DISTRICT, of, OCTOBER.span, at)
        for person, own in counts.items():
            assert summed(ledger, query, person) == own
    assert early.keys() <= late.keys()
    assert sum(sum(own.values()) for own in early.values()) < sum(sum(own.values()) for own in late.values())


def summed(ledger: Ledger, query: PostQuery, person: str) -> dict[str, int]:
    """The shares of all cases of one person, added up."""
    found: dict[str, int] = {}
    with ledger.database.reading() as connection:
        for share in person_shares(connection, query, person):
            assert share.number
            for name, value in share.columns.items():
                found[name] = found.get(name, 0) + value
    return {name: value for name, value in found.items() if value}


def test_people_of_the_role_are_judged_and_whoever_else_did_its_work(ledger: Ledger) -> None:
    rows = [
        ("a", "李一", " inspector ", True),
        ("b", "李一", " inspector handler ", True),
        ("c", "王五", " dispatcher ", True),
        ("d", "赵六", " inspector ", False),
    ]
    with ledger.database.transaction() as connection:
        for name, display, roles, is_active in rows:
            connection.execute(insert(table_of(User)), {
                "district": DISTRICT, "name": name, "display_name": display, "area": DISTRICT, "roles": roles,
                "is_active": is_active, "created_at": START,
            })  # fmt: skip
        post = POSTS["inspectors"]
        found = judged_people(connection, DISTRICT, post, with_acts=["c", "gone"])

    assert [(unit.code, unit.name) for unit in found] == [
        ("a", "李一（a）"), ("b", "李一（b）"), ("c", "王五"), ("gone", "gone")
    ]  # fmt: skip
