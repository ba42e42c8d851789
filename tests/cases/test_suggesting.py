"""Dispatch explains itself: which rule fits, the second choice, and how often the suggestion was taken."""

from __future__ import annotations

from datetime import date

import pytest

from gridcase.cases.book import Desk
from gridcase.cases.responsibility import Rule
from gridcase.cases.suggesting import Share, accepted_shares, choosing_rows
from gridcase.directory.people import DepartmentCard
from gridcase.directory.service import add_department
from gridcase.spatial.spans import Span
from tests.cases.checking import check_case
from tests.cases.ruling import departments_of, give_rules, rule, suggested
from tests.making import Office

HERE = "event/01/10"


def shares(office: Office, *rules: Rule) -> dict[str | None, Share]:
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        return accepted_shares(desk, [one.id for one in rules])


def add_street_unit(office: Office, number: str) -> None:
    """A unit JD of the street in which the case lies."""
    card = DepartmentCard("JD", "街道", "street", str(office.case(number).fields["street"]))
    with office.database.transaction() as connection:
        add_department(connection, office.district, card)


@pytest.mark.parametrize(("rules", "expected"), [
    ([], []),
    ([rule("A", "component")], []),
    ([rule("A", HERE)], ["A"]),
    ([rule("A"), rule("B", "event")], ["B", "A"]),
    ([rule("A", "event/01"), rule("B", HERE)], ["B", "A"]),
    ([rule("A", "event/01", priority=1), rule("B", HERE)], ["A", "B"]),
    ([rule("A", HERE, "120104"), rule("B", HERE, "{street}")], ["B", "A"]),
    ([rule("A", HERE, "{street}"), rule("B", HERE, "{community}")], ["B", "A"]),
    ([rule("A", HERE, "{community}"), rule("B", HERE, "{cell}")], ["B", "A"]),
    ([rule("A", HERE, "{community}"), rule("B", "event/01", "{cell}")], ["A", "B"]),
    ([rule("A", HERE), rule("B", "event", owner="园林")], ["A"]),
    ([rule("B", HERE), rule("A", HERE)], ["A", "B"]),
    ([rule("A", HERE, span=Span(date(2026, 10, 9))), rule("B", "event")], ["A", "B"]),
    ([rule("A", HERE, span=Span(date(2026, 10, 10))), rule("B", "event")], ["B"]),
    ([rule("A", HERE, span=Span(None, date(2026, 10, 9))), rule("B", "event")], ["B"]),
    ([rule("A", HERE, span=Span(None, date(2026, 10, 10)))], ["A"]),
])  # fmt: skip
def test_the_rule_that_says_most_wins_and_the_next_department_is_the_second_choice(
    standing_both: Office, rules: list[Rule], expected: list[str]
) -> None:
    office = standing_both
    number = office.report()
    office.walk(number, "filed")
    fields = office.case(number).fields
    placed = [
        Rule(one.department, one.kind, one.main_code, one.sub_code, one.area.format(**fields), one.owner,
             one.priority, one.span)
        for one in rules
    ]  # fmt: skip

    give_rules(office, *placed)

    assert departments_of(suggested(office, number)) == expected


def test_an_owner_that_is_known_counts_more_than_the_category(office: Office) -> None:
    give_rules(office, rule("A", HERE), rule("B", "event", owner="园林"))
    number = office.walk(office.report(), "filed")

    assert departments_of(suggested(office, number, owner="园林")) == ["B", "A"]
    assert departments_of(suggested(office, number, owner="市政")) == ["A"]


def test_the_unit_of_the_territory_is_the_second_choice_where_no_rule_is(office: Office) -> None:
    number = office.walk(office.report(), "filed")
    add_street_unit(office, number)
    give_rules(office, rule("A", HERE))

    found = suggested(office, number)

    assert departments_of(found) == ["A", "JD"]
    assert (found.first and found.first.rule, found.second and found.second.rule) == (rule("A", HERE), None)
    give_rules(office)
    assert suggested(office, number).first is None


def test_who_sent_the_case_back_as_not_its_own_is_passed_over(office: Office) -> None:
    give_rules(office, rule("A", HERE), rule("B", "event"))
    number = office.walk(office.report(), "handling")

    office.plain(number, "hand_back")

    found = suggested(office, number)
    assert departments_of(found) == ["B"]
    assert found.passed_over == ("A",)


def test_the_department_that_a_case_may_not_go_to_again_is_not_suggested(office: Office) -> None:
    give_rules(office, rule("A", HERE), rule("B", "event"))
    number = office.walk(office.report(), "verification_failed")

    assert departments_of(suggested(office, number)) == ["B"]


def test_a_case_that_nobody_wants_goes_to_the_territory_first(office: Office) -> None:
    number = office.walk(office.report(), "handling")
    add_street_unit(office, number)
    give_rules(office, rule("A", HERE), rule("B", "event"))
    office.move("officer_a", number, "hand_back", reason_code="no_need", reason="无需处置")
    office.move("dispatcher", number, "redispatch", department="B")
    office.move("officer_b", number, "hand_back", reason_code="no_need", reason="无需处置")

    assert departments_of(suggested(office, number)) == ["JD", "A"]


def test_nothing_is_suggested_where_nobody_chooses_a_department(office: Office) -> None:
    give_rules(office, rule("A", HERE))
    number = office.report()

    assert choosing_rows(office.case(number)) == []


def test_the_step_keeps_what_was_suggested_and_the_share_is_counted(office: Office) -> None:
    mine = rule("A", HERE)
    give_rules(office, mine, rule("B", "event"))
    taken, refused = office.report(), office.report()
    for number in (taken, refused):
        office.walk(number, "filed")
    assert shares(office, mine) == {mine.id: Share(0, 0), None: Share(0, 0)}

    office.move("dispatcher", taken, "dispatch", department="A")
    office.move("dispatcher", refused, "dispatch", department="B")

    for number, department in ((taken, "A"), (refused, "B")):
        case = check_case(office, number)
        assert case.entries[-1].step.data["suggested"] == {"department": "A", "rule": mine.id}
        (row,) = office.rows("dispatch_suggestion", number)
        assert (row["department"], row["suggested"], row["rule"]) == (department, "A", mine.id)
    assert shares(office, mine)[mine.id] == Share(2, 1)
    assert shares(office, mine)[None].as_dict() == {
        "days": 90, "offered_count": 2, "taken_count": 1, "rate": 0.5,
    }  # fmt: skip


def test_a_dispatch_counts_for_ninety_days(office: Office) -> None:
    give_rules(office, rule("A", HERE))
    office.walk(office.report(), "dispatched")

    office.tick(minutes=0, days=90, seconds=-1)
    assert shares(office)[None] == Share(1, 1)
    office.tick(minutes=0, seconds=1)
    assert shares(office)[None] == Share(0, 0)


def test_a_dispatch_without_rules_and_a_rework_keep_no_suggestion(office: Office) -> None:
    number = office.walk(office.report(), "dispatched")
    give_rules(office, rule("A", HERE))
    office.walk(number, "verification_failed", "dispatched")

    check_case(office, number)
    assert office.rows("dispatch_suggestion") == []
