"""A case that a frozen month judged makes its department slow by its carry-over only, never a second time by the rate."""

from __future__ import annotations

from dataclasses import replace

from gridcase.evaluation.frozen.freezing import freeze
from gridcase.evaluation.periods import Period, parse_period
from gridcase.evaluation.rank import RankRequest, rank_as_json
from gridcase.evaluation.rank import rank as rank_units
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.facts import Span
from gridcase.reminders.efficiency import efficiency_of
from gridcase.reminders.rules import BACKLOG_RULE, RATE_RULE
from tests.making import Office, china
from tests.reminders.town import Town

AT = "2026-11-26T08:05"


def schemes(office: Office) -> SchemeFolder:
    return SchemeFolder(office.installation.site.workflows / "schemes")


def request(office: Office, period: Period) -> RankRequest:
    scheme = schemes(office).find("department-d1", on=period.first_day)
    return RankRequest(office.district, period, "departments", scheme=scheme, now=office.now)


def freeze_october(office: Office) -> None:
    office.set("2026-11-01T00:00:01")
    freeze(office.database, request(office, parse_period("2026-10")), schemes(office), by="王五")


def give_new_due_moments(office: Office, numbers: list[str]) -> None:
    """Overdue cases go back to the desk in November, are filed again and dispatched anew with a full limit."""
    for number in numbers:
        office.set("2026-11-03T10:00")
        office.move("officer_a", number, "hand_back", reason="权属不清", reason_code="not_ours")
        office.move("dispatcher", number, "return_to_intake", reason="重新核定")
        office.plain(number, "file")
        office.plain(number, "dispatch", department="A")


def test_what_a_frozen_month_judged_does_not_make_slow_once_more(office: Office) -> None:
    town = Town(office)
    owed = [town.owe("A", f"2026-10-20T{hour}:00") for hour in (10, 11, 12)]
    freeze_october(office)
    give_new_due_moments(office, owed)

    assert town.slow(AT) == {}

    # A fourth and a fifth case of November's own are judged by November.
    new = [town.owe("A", f"2026-11-20T{hour}:00") for hour in (10, 11, 12)]
    (slow,) = town.remind(AT).slow
    assert (slow.rules, slow.figures.overdue_unhandled, slow.figures.due) == ((BACKLOG_RULE,), 3, 3)
    assert [case.number for case in slow.cases] == new


def test_without_a_frozen_month_the_cases_belong_to_the_month_of_their_new_due_moment(office: Office) -> None:
    town = Town(office)
    owed = [town.owe("A", f"2026-10-20T{hour}:00") for hour in (10, 11, 12)]
    give_new_due_moments(office, owed)

    assert town.slow(AT) == {"A": (BACKLOG_RULE,)}


def test_the_figures_are_those_of_the_ranking_at_the_same_moment(office: Office) -> None:
    town = Town(office)
    owed = [town.owe("A", f"2026-10-20T{hour}:00") for hour in (10, 11, 12, 13)]
    freeze_october(office)
    give_new_due_moments(office, owed[:2])
    for hour in range(10, 16):
        town.closed("A", f"2026-11-{hour}T10:00", late=hour < 12)
    office.set(AT)

    period = parse_period("2026-11")
    until_now = Span(period.span.start, china(AT))
    asked = request(office, replace(period, end=until_now.end))
    with office.database.reading() as connection:
        told = rank_as_json(rank_units(connection, asked, schemes(office)))
        own = efficiency_of(
            connection,
            office.district,
            "A",
            until_now=until_now,
            slow=office.book.settings.reminders.slow,
        )
    counts = next(unit["counts"] for unit in told["units"] if unit["code"] == "A")

    assert told["judged_before"] == 2
    assert own.rules == (RATE_RULE,)
    assert (own.figures.due, own.figures.on_time_closed) == (
        counts["due_count"],
        counts["on_time_closed_count"],
    )
    assert (own.figures.due, own.figures.on_time_closed) == (6, 4)
    assert own.figures.overdue_unhandled == counts["overdue_unhandled_count"] == 0
    assert own.figures.carried_over_open == counts["carried_over_open_count"] == 2
    assert {case.number for case in own.cases if case.standing == "carried_over_open"} == set(owed[2:])
