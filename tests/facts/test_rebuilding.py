"""`gridcase facts rebuild`: fact rows are what the history says, row for row, or are made so again."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, insert, text, update

from gridcase.cases.fact_rebuilding import compare_facts, rebuild_facts
from gridcase.cases.models import StepRow, case_fact
from gridcase.cli import main
from gridcase.db import table_of
from tests.evaluation.test_rank_command import play_a_month
from tests.making import Office

STEP = table_of(StepRow)


def run(office: Office, *options: str) -> Result:
    url = office.database.url.render_as_string(hide_password=False)
    site = str(office.installation.site.root)
    return CliRunner().invoke(main, ["facts", "rebuild", "--db", url, "--site", site, *options])


def change(office: Office, number: str, **values: Any) -> None:
    with office.database.transaction() as connection:
        connection.execute(update(case_fact).where(case_fact.c.number == number).values(**values))


def test_a_sound_table_differs_nowhere_and_a_rebuilding_changes_nothing(office: Office) -> None:
    play_a_month(office)
    before = office.rows("case_fact")

    checked, rebuilt = run(office, "--check"), run(office)

    assert (checked.stdout, checked.exit_code) == ("", 0)
    assert (rebuilt.exit_code, rebuilt.stdout) == (0, "")
    assert office.rows("case_fact") == before


def test_a_table_that_was_emptied_is_the_same_again(office: Office) -> None:
    play_a_month(office)
    before = office.rows("case_fact")
    with office.database.transaction() as connection:
        connection.execute(delete(case_fact))

    rebuilt = run(office)

    assert (rebuilt.exit_code, office.rows("case_fact")) == (0, before)
    assert f"{len(before)} rows" in rebuilt.stderr


def test_the_first_case_and_column_that_differ_are_named(office: Office) -> None:
    play_a_month(office)
    first, second = [row["number"] for row in office.rows("case_fact")][1:3]
    before = office.rows("case_fact")
    change(office, second, handled=7)
    change(office, first, department="B", reworked=1)

    checked = run(office, "--check")

    assert checked.exit_code == 3
    assert first in checked.stdout
    assert "department" in checked.stdout
    assert second not in checked.stdout
    assert run(office).exit_code == 0
    assert run(office, "--check").exit_code == 0
    assert office.rows("case_fact") == before


@pytest.mark.parametrize(
    "column", ["last_step_at", "acts", "due_at", "is_countable", "held_until", "rejecter", "supervision_open"]
)
def test_every_kind_of_column_is_compared(sqlite_office: Office, column: str) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "closed")
    (row,) = office.rows("case_fact")
    other = {"acts": "[]", "is_countable": False, "rejecter": "x", "supervision_open": "x"}
    change(office, number, **{column: other.get(column, office.now.replace(year=2030))})

    (found,) = compare_facts(office.database, office.district)

    assert [one.column for one in found.differences] == [column]
    assert [case.mended for case in rebuild_facts(office.database, office.book, office.now)] == [
        found.differences
    ]
    assert office.rows("case_fact") == [row]


def test_a_row_of_no_case_goes_and_a_missing_one_comes(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "handling")
    (row,) = office.rows("case_fact")
    with office.database.transaction() as connection:
        connection.execute(insert(case_fact), {**row, "number": "20990101000001"})
        connection.execute(delete(case_fact).where(case_fact.c.number == number))

    codes = [one.code for case in compare_facts(office.database, office.district) for one in case.differences]
    checked = run(office, "--check")

    assert codes == ["row_absent", "row_surplus"]
    assert (checked.exit_code, number in checked.stdout) == (3, True)


def test_rows_of_a_history_that_was_altered_are_told_and_left_alone(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "handled")
    with office.database.transaction() as connection:
        connection.execute(
            update(STEP).where(STEP.c.number == number, STEP.c.trigger == "give_feedback")
            .values(at=office.now.replace(year=2030))
        )  # fmt: skip
    before = office.rows("case_fact")

    rebuilt = run(office)

    assert rebuilt.exit_code == 3
    assert number in rebuilt.stdout
    assert office.rows("case_fact") == before


def test_a_history_that_cannot_be_read_is_told(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.report()
    with office.database.transaction() as connection:
        connection.execute(text("UPDATE step SET data = 'x'"))

    checked = run(office, "--check")

    assert checked.exit_code == 3
    assert number in checked.stdout
    assert "unreadable" in checked.stdout
