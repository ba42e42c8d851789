"""Replay of dispatches against another set of rules: how many would go elsewhere, which, by department; reading only."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from gridcase.cases.book import Desk
from gridcase.cases.responsibility import Rule, RuleSet
from gridcase.cases.rule_replay import Comparing, DepartmentShift, Replayed, replay_dispatches, shifts_of
from gridcase.cases.rule_store import stored_rules
from gridcase.spatial.spans import Span
from tests.cases.checking import everything
from tests.cases.ruling import give_rules, rule
from tests.making import Office, china

HERE = "event/01/10"
ON = date(2026, 11, 1)


def replayed(
    office: Office, *rules: Rule, on: date = ON, span: tuple[datetime, datetime] | None = None
) -> list[Replayed]:
    begin, end = span or (china("2026-10-01T00:00"), china("2026-11-01T00:00"))
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        comparing = Comparing(RuleSet(stored_rules(connection, office.district)), RuleSet(rules), on)
        return list(replay_dispatches(desk, (begin, end), comparing))


def test_dispatches_that_would_go_elsewhere_are_named_and_counted_by_department(office: Office) -> None:
    give_rules(office, rule("A", HERE))
    first, second = (office.walk(office.report(), "filed") for _ in range(2))
    office.move("dispatcher", first, "dispatch", department="A")
    office.move("dispatcher", second, "dispatch", department="B")
    before = everything(office)

    found = replayed(office, rule("B", HERE))

    assert [(one.number, one.went_to, one.would_go_to, one.is_elsewhere) for one in found] == [
        (first, "A", "B", True), (second, "B", "B", False),
    ]  # fmt: skip
    assert all(one.is_changed and one.category == HERE for one in found)
    assert shifts_of(found) == [DepartmentShift("A", 1, 0, 1, 0), DepartmentShift("B", 1, 2, 0, 1)]
    assert everything(office) == before
    assert [one.is_elsewhere for one in replayed(office, rule("A", HERE))] == [False, True]


def test_where_the_other_set_has_no_rule_a_dispatch_stays_where_it_went(office: Office) -> None:
    give_rules(office, rule("A", HERE))
    office.walk(office.report(), "dispatched")

    (one,) = replayed(office, rule("B", "component"))

    assert (one.after, one.would_go_to, one.is_elsewhere, one.is_changed) == (None, "A", False, True)


def test_each_dispatch_is_judged_as_the_case_stood_before_it(office: Office) -> None:
    number = office.walk(office.report(), "handling")
    office.plain(number, "hand_back")
    office.move("dispatcher", number, "redispatch", department="B")
    # Later corrections of the place or class change nothing about what was known then.
    office.walk(number, "verification_failed", "dispatched")

    found = replayed(office, rule("A", HERE), rule("S", "event"))

    # A sent it back as not its own; the rework went to the same department and is nobody's choice.
    assert [(one.no, one.went_to, one.would_go_to) for one in found] == [(4, "A", "A"), (7, "B", "S")]


def test_the_period_is_half_open_and_the_sets_are_dated(office: Office) -> None:
    give_rules(office, rule("A", HERE, span=Span(None, date(2026, 10, 9))))
    number = office.walk(office.report(), "dispatched")
    at = office.case(number).entries[-1].step.at
    second = timedelta(seconds=1)
    new = rule("B", HERE, span=Span(date(2026, 11, 1)))

    assert replayed(office, new, span=(at - second, at)) == []
    (one,) = replayed(office, new, span=(at, at + second))
    # The old rule had ended on the day of the dispatch; the new one is judged as it will be in force.
    assert (one.before, one.would_go_to) == (None, "B")
    assert replayed(office, new, on=date(2026, 10, 31))[0].after is None
