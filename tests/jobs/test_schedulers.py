"""Four schedulers on one database, one of them killed while it works: every run and every reminder exactly once."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from gridcase.config.tables import Jobs
from tests.jobs.nodes import Nodes, gridcase, set_clock
from tests.making import Office
from tests.reminders.month import DEPARTMENTS, Month
from tests.reminders.town import Town

# While the table `trap` has a row, storing a notice takes seconds: long enough to be killed in it.
TRAPS = {
    "sqlite": (
        "CREATE TABLE trap (x INTEGER)",
        "CREATE TRIGGER slow BEFORE INSERT ON notice WHEN EXISTS (SELECT 1 FROM trap) BEGIN "
        "SELECT count(*) FROM (WITH RECURSIVE n(i) AS "
        "(SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 30000000) SELECT i FROM n); END",
    ),
    "postgresql": (
        "CREATE TABLE trap (x INTEGER)",
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM trap) THEN PERFORM pg_sleep(5); END IF; RETURN NEW; END $$",
        "CREATE TRIGGER slow BEFORE INSERT ON notice FOR EACH ROW EXECUTE FUNCTION slow()",
    ),
}


def execute(office: Office, *statements: str) -> None:
    with office.database.transaction() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_four_schedulers_remind_each_slow_department_once_a_day_though_one_is_killed_at_work(
    office: Office, tmp_path: Path
) -> None:
    month, town = Month("2026-10-01", "2026-11-01"), Town(office, *DEPARTMENTS)
    execute(office, *TRAPS[office.database.engine.dialect.name])
    # Before the month begins: a node that started by the machine's own clock would run today's reminder as well.
    set_clock(office, datetime(2026, 9, 30, 17, tzinfo=UTC))
    killed: list[str] = []

    with Nodes(office, tmp_path, count=4) as nodes:
        nodes.wait_until_all_tick()

        def every_morning(morning: datetime) -> None:
            day = (morning + timedelta(hours=8)).date().isoformat()
            is_trapped = day == "2026-10-28"
            if is_trapped:
                execute(office, "INSERT INTO trap VALUES (1)")
            set_clock(office, morning)
            if is_trapped:
                owner = nodes.wait_for(lambda: nodes.run("remind", day))["owner"]
                nodes.kill(owner)
                killed.append(owner)
                execute(office, "DELETE FROM trap")
            nodes.wait_for_run("remind", day)

        month.play(town, every_morning)
        codes = nodes.terminate()
        log = nodes.log

    assert town.told == month.expected()
    assert len(month.expected()) == 20
    runs = {row["key"]: row for row in office.rows("job_run") if row["kind"] == "remind"}
    assert len(runs) == 31
    assert Counter(row["attempt_count"] for row in runs.values()) == {1: 30, 2: 1}
    assert runs["2026-10-28"]["attempt_count"] == 2
    assert runs["2026-10-28"]["owner"] not in killed
    assert codes == [0, 0, 0]
    assert "ERROR" not in log
    assert log.count("reminded ") == 20


def test_four_commands_at_once_store_one_reminder_a_department(office: Office) -> None:
    town = Town(office, *DEPARTMENTS)
    for code in "ACE":
        for hour in (10, 11, 12):
            town.owe(code, f"2026-10-20T{hour}:00")
    command = [*gridcase(office), "run-job", "remind", "--at", "2026-10-28T08:05"]

    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    answers = [process.communicate(timeout=60) for process in running]

    assert [process.returncode for process in running] == [0] * 4, answers
    assert sum(json.loads(answer)["stored_count"] for answer, _ in answers) == 3
    assert town.told == [("2026-10-28", code) for code in "ACE"]


def test_the_command_works_at_once_and_ends_at_sigterm_with_nothing_left_claimed(
    sqlite_office: Office, tmp_path: Path
) -> None:
    office = sqlite_office
    set_clock(office, office.set("2026-10-09T10:00"))

    with Nodes(office, tmp_path, count=1, is_fast=False) as nodes:
        nodes.wait_for(lambda: any(row["finished_at"] for row in office.rows("job_run")))
        codes = nodes.terminate()

    assert codes == [0]
    assert "stopped" in nodes.log
    assert [row["kind"] for row in office.rows("job_run")] == sorted(field.name for field in fields(Jobs))
    assert [row for row in office.rows("job_run") if row["finished_at"] is None] == []
