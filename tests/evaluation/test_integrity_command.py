"""`gridcase integrity`: a month's questions as text and as JSON, at its end or another moment; altered answers are told."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from gridcase.cli import main
from gridcase.db import table_of
from gridcase.evaluation.integrity.answers import Asked, answers_of, first_altered, give_answer
from gridcase.evaluation.integrity.looking import query_of
from gridcase.evaluation.integrity.models import IntegrityAnswer
from gridcase.evaluation.integrity.telling import asked_of, tell
from gridcase.evaluation.integrity.wording import wording_of
from gridcase.evaluation.periods import parse_period
from tests.evaluation.test_bulletin_command import run as run_at_its_clock
from tests.making import Office, china

_TABLE = table_of(IntegrityAnswer)


def run(office: Office, *options: str) -> Result:
    url = office.database.url.render_as_string(hide_password=False)
    where = ["--db", url, "--site", str(office.installation.site.root)]
    return CliRunner().invoke(main, ["integrity", *where, *options])


def void(office: Office, at: str, *, department: str = "A") -> str:
    """A case of a department that is voided at a moment of October."""
    office.set("2026-10-28T10:00")
    number = office.walk(office.report(), "handling", department=department)
    office.ask("dispatcher", number, "void")
    office.set(at)
    office.move("shift_supervisor", number, "void", opinion="重复上报")
    return number


@pytest.fixture
def october(office: Office) -> tuple[Office, list[str]]:
    """Two voids on the last day of October, and the clock in November."""
    numbers = [void(office, f"2026-10-31T{hour}:00") for hour in (10, 11)]
    office.set("2026-11-02T09:00")
    return office, numbers


def asked(office: Office) -> Asked:
    """The only question of October."""
    settings = office.book.settings.integrity
    with office.database.reading() as connection:
        judged = (parse_period("2026-10"), china("2026-11-01T00:00"))
        query = query_of(office.district, judged, settings, start_day=1)
        told = tell(connection, query)
        (question,) = told.questions["last_day_voids"]
        wording = wording_of(connection, office.district, settings, site=office.installation.site)
        return asked_of(told, question, wording)


def answer(
    office: Office, text: str = "经核实为重复上报", who: str = "leader", *, is_closing: bool = False
) -> int:
    about = asked(office)
    return office.write(
        lambda desk: give_answer(desk, office.actor(who), about, text=text, is_closing=is_closing)
    )


def test_a_month_is_told_with_its_questions_in_both_forms(october: tuple[Office, list[str]]) -> None:
    office, numbers = october

    told = json.loads(run(office, "--month", "2026-10", "--format", "json").stdout)
    text = run(office, "--month", "2026-10")
    before = json.loads(
        run(office, "--month", "2026-10", "--at", "2026-10-31T11:00", "--format", "json").stdout
    )

    (question,) = told["rules"][0]["questions"]
    assert (told["as_of"], question["name"], question["cases"]) == (
        "2026-11-01T00:00:00+08:00",
        "甲局",
        numbers,
    )
    assert text.exit_code == 0
    assert "主办部门为甲局的案件，在周期最后 24 小时内作废 2 件" in text.stdout
    assert ", ".join(numbers) in text.stdout
    assert text.stdout.count("没有需要说明的事项。") == 6
    # The second void lies at T, and so after it.
    assert (before["rules"][0]["figures"]["looked_at"], before["rules"][0]["questions"]) == (1, [])
    assert before["rules"][2]["is_ready"] is False


def test_a_site_counts_months_by_its_own_clock(october: tuple[Office, list[str]]) -> None:
    office, _numbers = october
    assert run_at_its_clock(office, "--draft", "--format", "json").exit_code == 0

    told = json.loads(run(office, "--month", "2026-11", "--format", "json").stdout)

    assert told["as_of"].startswith("2026-11-02T09:00")


@pytest.mark.parametrize("month", ["2026-13", "2026-Q4", "2026", "2026-10-05", "October"])
def test_what_is_no_month_is_not_understood(sqlite_office: Office, month: str) -> None:
    result = run(sqlite_office, "--month", month)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("bad_period")


def test_an_answer_stands_beside_its_question_and_an_altered_one_is_told(
    october: tuple[Office, list[str]],
) -> None:
    office, numbers = october
    assert [answer(office), answer(office, "两件均有照片为证", is_closing=True)] == [1, 2]

    told = json.loads(run(office, "--month", "2026-10", "--format", "json").stdout)
    (question,) = told["rules"][0]["questions"]
    assert question["state"] == "closed"
    assert [(each["no"], each["text"], each["by"], each["is_closing"]) for each in question["answers"]] == [
        (1, "经核实为重复上报", "leader", False),
        (2, "两件均有照片为证", "leader", True),
    ]
    assert question["answers"][0]["at"] == "2026-11-02T09:00:00+08:00"
    assert question["answers"][0]["case_count"] == len(numbers)

    with office.database.transaction() as connection:
        connection.execute(update(_TABLE).where(_TABLE.c.no == 1).values(text="经核实为误报"))
    altered = run(office, "--month", "2026-10")
    assert (altered.exit_code, altered.stderr) == (3, "answers_altered: answer 1 is not what was written\n")
    assert "经核实为误报" in altered.stdout

    with office.database.transaction() as connection:
        connection.execute(delete(_TABLE).where(_TABLE.c.no == 1))
    assert run(office, "--month", "2026-10").stderr == "answers_altered: answer 1 is gone\n"


def test_a_closed_question_is_open_again_when_a_case_comes_under_it(office: Office) -> None:
    for hour in (10, 11):
        void(office, f"2026-10-31T{hour}:00")
    assert answer(office, is_closing=True) == 1
    void(office, "2026-10-31T12:00")
    office.set("2026-11-02T09:00")

    told = json.loads(run(office, "--month", "2026-10", "--format", "json").stdout)

    (question,) = told["rules"][0]["questions"]
    assert (question["state"], len(question["cases"])) == ("answered", 3)
    with office.database.reading() as connection:
        ((kept,),) = answers_of(connection, office.district, "2026-10").values()
    assert (kept.is_closing, len(kept.cases)) == (True, 2)
    assert "作废 2 件" in kept.question


def test_answers_given_at_once_follow_one_another(october: tuple[Office, list[str]]) -> None:
    office, _numbers = october

    with ThreadPoolExecutor(max_workers=4) as pool:
        numbers = list(pool.map(lambda text: answer(office, text), ["说明一", "说明二", "说明三", "说明四"]))

    assert sorted(numbers) == [1, 2, 3, 4]
    with office.database.reading() as connection:
        assert first_altered(connection, office.district) is None
