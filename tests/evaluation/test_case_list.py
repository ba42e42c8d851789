"""Every number of a ranking opens to its cases: they add up to it, frozen or not, amended or not (evaluation.md 3)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from gridcase.cli import main
from gridcase.db import table_of
from gridcase.directory.models import Department
from gridcase.errors import Invalid
from gridcase.evaluation.case_list import CaseShare, cases_behind, count_sum, find_unit, source_of
from gridcase.evaluation.frozen.reading import published_text
from gridcase.evaluation.frozen.store import RecordKey
from tests.evaluation.frozen_month import FROZEN_AT, Months, make_months
from tests.evaluation.ledger import DISTRICT
from tests.evaluation.test_posts import missed, on_duty
from tests.evaluation.test_rank_command import play_a_month
from tests.facts.story import START, Story
from tests.making import Office

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(hours=8)


@pytest.fixture
def months(database_url: str, tmp_path: Path) -> Iterator[Months]:
    made = make_months(database_url, tmp_path)
    yield made
    made.ledger.database.close()


@pytest.fixture
def quick(sqlite_url: str, tmp_path: Path) -> Iterator[Months]:
    made = make_months(sqlite_url, tmp_path)
    yield made
    made.ledger.database.close()


def behind(
    months: Months,
    unit: str,
    count: str,
    *,
    period: str = "2026-10",
    of: str = "departments",
    scheme: str | None = None,
    **changes: Any,
) -> list[CaseShare]:
    """The cases behind a number as `gridcase cases` and the page ask for them."""
    request = months.request(period, of, scheme or "rates", **changes)
    with months.ledger.database.reading() as connection:
        source = source_of(connection, request, months.schemes, scheme_name=scheme)
        code = find_unit(connection, source, unit).code
        return cases_behind(connection, source, [code], columns=count_sum(count))


def table(months: Months, period: str, of: str, scheme: str | None, **changes: Any) -> list[dict[str, Any]]:
    """The units of the table that the same question gives."""
    with months.ledger.database.reading() as connection:
        text = published_text(connection, RecordKey(DISTRICT, of, period), "json", scheme=scheme)
    if text is not None and not changes:
        found: list[dict[str, Any]] = json.loads(text)["units"]
        return found
    units: list[dict[str, Any]] = months.rank(period, of, scheme or "rates", **changes)["units"]
    return units


def check_every_number(
    months: Months, period: str, of: str = "departments", scheme: str | None = None, **changes: Any
) -> int:
    """Every count of every unit is the sum of its cases; answers how many numbers were more than 0.

    Of the zeros only those of the first unit are opened.
    """
    found = 0
    for place, unit in enumerate(table(months, period, of, scheme, **changes)):
        for count, value in unit["counts"].items():
            if place and not value:
                continue
            cases = behind(months, unit["code"], count, period=period, of=of, scheme=scheme, **changes)
            assert sum(case.value for case in cases) == value, (unit["code"], count)
            assert [case.number for case in cases] == sorted({case.number for case in cases})
            assert all(case.value for case in cases)
            found += value > 0
    return found


def test_the_cases_of_every_number_add_up_to_it(months: Months) -> None:
    months.fill(30)

    assert check_every_number(months, "2026-10") > 70
    assert check_every_number(months, "2026-10", "streets", "department-d2") > 60


def test_a_moment_in_the_past_and_a_quarter_open_too(quick: Months) -> None:
    quick.fill(18)
    quick.now = datetime(2027, 1, 2, tzinfo=UTC)
    quick.tell_all(quick.now)

    assert check_every_number(quick, "2026-10", as_of=START + timedelta(days=28)) > 10
    assert check_every_number(quick, "2026-Q4") > 40


def test_a_frozen_month_opens_to_the_cases_of_its_record(months: Months) -> None:
    months.fill(40)
    months.freeze()
    months.freeze(of="streets")
    before = {of: behind(months, unit, "handled_count", of=of)
              for of, unit in (("departments", "A"), ("streets", "120104001"))}  # fmt: skip
    months.now = FROZEN_AT + timedelta(days=300)
    months.tell_all(months.now)

    assert check_every_number(months, "2026-10") > 100
    for of, unit in (("departments", "A"), ("streets", "120104001")):
        assert behind(months, unit, "handled_count", of=of) == before[of]
        # With another scheme the month is counted anew, from what is known now before its T.
        assert behind(months, unit, "handled_count", of=of, scheme="department-d1") == before[of]


def test_an_amended_month_and_its_quarter_open_to_the_amended_cases(quick: Months) -> None:
    story = Story().to_dispatched().do("receive").wait(days=1)
    story.play("give_feedback send_verification verify_pass close").until(FROZEN_AT + timedelta(days=2))
    number = quick.add(story.grant("appeal"))
    quick.fill(20)
    quick.freeze()
    assert number not in [case.number for case in behind(quick, "A", "appeal_exempted_count")]
    quick.now = FROZEN_AT + timedelta(days=30)
    quick.tell_all(quick.now)

    quick.amend("2026-114")

    assert number in [case.number for case in behind(quick, "A", "appeal_exempted_count")]
    assert check_every_number(quick, "2026-10") > 60
    assert check_every_number(quick, "2026-Q4") > 60


def test_a_case_judged_in_a_frozen_month_is_behind_no_number_of_the_next(quick: Months) -> None:
    quick.fill(30, seed=5, later=1, triggers=frozenset({"rework", "redispatch"}))
    quick.freeze()
    judged = {case.number for case in behind(quick, "A", "handle_due_count")}
    quick.now = NOVEMBER + timedelta(days=35)
    quick.tell_all(quick.now)

    assert quick.rank("2026-11")["judged_before"] > 3
    assert check_every_number(quick, "2026-11") > 30
    assert not judged & {case.number for case in behind(quick, "A", "due_count", period="2026-11")}


def test_the_numbers_of_people_open_too(quick: Months) -> None:
    quick.fill(30)
    number = quick.add(missed(Story().report("intake_operator").play("accept file")))
    on_duty(quick.ledger, "inspector_7", "120104001001001", begin=START, end=START + timedelta(hours=8))

    for of in ("inspectors", "intake-operators", "shift-supervisors", "dispatchers"):
        scheme = f"post-{of.removesuffix('s')}"
        assert check_every_number(quick, "2026-10", of, scheme) > 3
    cases = behind(quick, "inspector_7", "missed_count", of="inspectors", scheme="post-inspector")
    assert cases == [CaseShare(number, 1)]


def test_rounds_and_orders_carry_their_number(quick: Months) -> None:
    story = Story().to_handled()
    for _ in range(3):
        story.play("send_verification verify_fail rework receive give_feedback")
    number = quick.add(story)
    quick.add(Story().to_closed())

    assert behind(quick, "甲局", "rework_rounds_count") == [CaseShare(number, 3)]
    assert behind(quick, "甲局", "reworked_count") == [CaseShare(number, 1)]
    assert behind(quick, "甲局", "verification_failed_count") == [CaseShare(number, 2)]


def test_a_count_that_a_scheme_replaces_opens_to_its_parts(quick: Months) -> None:
    closed = quick.add(Story().to_closed())
    in_time = quick.add(Story(start=FROZEN_AT - timedelta(hours=2)).to_dispatched())

    due = behind(quick, "A", "due_count", period="2026-11", scheme="department-d2")
    filed = behind(quick, "A", "filed_count", period="2026-11", scheme="department-d2")
    both = behind(quick, "A", "filed_count,-open_in_time_count", scheme="department-d2")

    # due = filed − open_in_time: the case that is not yet due is filed, and taken away again
    assert ([case.number for case in filed], due) == ([in_time], [])
    assert both == behind(quick, "A", "due_count", scheme="department-d2") == [CaseShare(closed, 1)]


@pytest.mark.parametrize(
    ("unit", "count", "code", "nearest"),
    [
        ("甲句", "closed_count", "unit_not_found", "甲局"),
        ("A", "close_count", "unknown_count", "closed_count"),
        ("A", "closed", "unknown_count", "closed_count"),
        ("A", "target_count", "unknown_count", ""),
    ],
)
def test_a_unit_or_count_that_is_not_there_is_told_with_the_nearest(
    quick: Months, unit: str, count: str, code: str, nearest: str
) -> None:
    with pytest.raises(Invalid) as refused:
        behind(quick, unit, count)

    assert refused.value.code == code
    assert nearest in refused.value.message


def test_a_name_that_two_units_bear_asks_for_the_code(quick: Months) -> None:
    with quick.ledger.database.transaction() as connection:
        connection.execute(update(table_of(Department)).values(name="同名局"))

    with pytest.raises(Invalid, match="ambiguous_unit"):
        behind(quick, "同名局", "closed_count")


def test_a_unit_that_the_directory_does_not_know_has_its_cases(quick: Months) -> None:
    story = Story().report().play("accept file").do("dispatch", department="Q", department_kind="handling")
    number = quick.add(story)

    assert behind(quick, "Q", "dispatched_count") == [CaseShare(number, 1)]


# --- the command -----------------------------------------------------------------------------------------------


def run(office: Office, *options: str) -> Result:
    url = office.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(main, [*options, "--db", url])


def test_the_command_lists_the_cases_of_a_number(office: Office) -> None:
    play_a_month(office)
    asked = ("--period", "2026-10", "--of", "departments", "--as-of", "2026-12-01")
    ranked = json.loads(run(office, "rank", *asked, "--format", "json").stdout)
    counts = next(unit["counts"] for unit in ranked["units"] if unit["code"] == "A")

    ended = run(office, "cases", *asked, "--unit", "甲局", "--count", "handled_count")

    rows = list(csv.reader(io.StringIO(ended.stdout)))
    assert rows[0] == ["number", "value"]
    assert len(rows) - 1 == counts["handled_count"] == 2
    assert [row[0] for row in rows[1:]] == sorted(row[0] for row in rows[1:])
    assert {row["number"] for row in office.rows("cases")} >= {row[0] for row in rows[1:]}


def test_a_number_of_nothing_is_a_header_alone(sqlite_office: Office) -> None:
    ended = run(
        sqlite_office,
        "cases",
        "--period",
        "2026-10",
        "--of",
        "departments",
        "--unit",
        "A",
        "--count",
        "due_count",
    )

    assert (ended.exit_code, ended.stdout) == (0, "number,value\n")


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--unit", "甲", "甲局"),
        ("--count", "closd_count", "closed_count"),
        ("--scheme", "areaa", "area"),
        ("--period", "2026-13", "2026-13"),
        ("--of", "offices", "departments"),
    ],
)
def test_what_is_not_understood_ends_with_exit_2_and_the_nearest_name(
    sqlite_office: Office, option: str, value: str, told: str
) -> None:
    asked = {"--period": "2026-10", "--of": "departments", "--unit": "A", "--count": "closed_count"}

    ended = run(sqlite_office, "cases", *(part for pair in {**asked, option: value}.items() for part in pair))

    assert (ended.exit_code, ended.stdout) == (2, "")
    assert told in ended.stderr
