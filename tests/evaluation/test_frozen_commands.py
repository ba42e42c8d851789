"""A month end by command line: rank, import-scores, freeze, check-frozen, amend; and the same over the interface."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from gridcase.cli import main
from gridcase.demo.marks import set_demo_clock
from tests.making import Office
from tests.web.calling import Caller

MONTH = ("--period", "2026-10", "--of", "departments")


def url_of(office: Office) -> str:
    return office.database.url.render_as_string(hide_password=False)


def run(office: Office, command: str, *options: str) -> Result:
    """The command at the office's own moment."""
    with office.database.transaction() as connection:
        set_demo_clock(connection, office.district, stands=office.now, machine=datetime.now(UTC))
    return CliRunner().invoke(main, [command, "--db", url_of(office), *options])


def told(office: Office, command: str, *options: str) -> dict[str, Any]:
    """The JSON that a command prints."""
    ended = run(office, command, *options)
    assert ended.exit_code == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def refused(office: Office, command: str, *options: str) -> tuple[int, str, str]:
    """Exit code, standard output, and the code that stands first on standard error."""
    ended = run(office, command, *options)
    return ended.exit_code, ended.stdout, ended.stderr.partition(":")[0]


def play_october(office: Office) -> str:
    """One case closed in time and one closed late, whose number is answered; then the month is over."""
    office.walk(office.report(), "closed")
    late = office.walk(office.report(), "handling")
    office.tick(days=10)
    office.walk(late, "closed")
    office.set("2026-11-02T09:00")
    return late


def appeal(office: Office, number: str) -> None:
    asked = office.ask("officer_a", number, "appeal")
    office.forward("dispatcher", number, asked.id)
    office.tick()
    office.grant("shift_supervisor", number, asked.id)
    office.tick()


def test_a_month_is_frozen_checked_and_amended_by_command(office: Office, tmp_path: Path) -> None:
    late = play_october(office)
    computed = told(office, "rank", *MONTH, "--format", "json")
    assert computed["frozen"] is None

    frozen = told(office, "freeze", *MONTH, "--by", "王五")

    answer = told(office, "rank", *MONTH, "--format", "json")
    assert (frozen["frozen"], frozen["fact_rows"], frozen["by"], frozen["previous_sha256"]) == (
        0,
        2,
        "王五",
        None,
    )
    assert {**computed, "frozen": 0} == {name: answer[name] for name in computed}
    assert answer["inputs_sha256"] == frozen["inputs_sha256"]
    table = run(office, "rank", *MONTH).stdout
    assert "已冻结" in table
    assert "未发布" not in table
    assert run(office, "rank", *MONTH, "--format", "csv").stdout.startswith("unit,group,")
    # Another moment or another scheme is computed, and marked.
    for options in (("--as-of", "2026-11-02"), ("--scheme", "department-d3")):
        assert told(office, "rank", *MONTH, "--format", "json", *options)["frozen"] is None
        assert "未发布" in run(office, "rank", *MONTH, *options).stdout
    assert told(office, "rank", *MONTH, "--format", "json", "--scheme", "department-d1") == answer

    file = tmp_path / "lines.jsonl"
    checked = told(office, "check-frozen", *MONTH, "--export", str(file))
    assert hashlib.sha256(file.read_bytes()).hexdigest() == checked["inputs_sha256"]
    assert (checked["is_sound"], checked["is_recomputed"]) == (True, True)
    assert [path.name for path in tmp_path.glob("lines*")] == ["lines.jsonl"]

    assert refused(office, "amend", *MONTH, "--ref", "2026-114", "--reason", "暴雨") == (
        3,
        "",
        "nothing_changed",
    )
    appeal(office, late)
    assert told(office, "rank", *MONTH, "--format", "json") == answer
    amended = told(office, "amend", *MONTH, "--ref", "2026-114", "--reason", "暴雨", "--by", "赵六")

    unit = next(unit for unit in answer["units"] if unit["code"] == "A")
    cells = {cell["field"]: (cell["old"], cell["new"]) for cell in amended["cells"] if cell["code"] == "A"}
    assert amended["frozen"] == 1
    assert amended["previous_sha256"] == frozen["record_sha256"]
    assert cells["on_time_closed_count"] == ("1", "2")
    assert cells["score"] == (unit["score"], "100.00")
    assert f"{unit['score']} → 100.00 (更正 1, 申诉 2026-114)" in run(office, "rank", *MONTH).stdout
    after = told(office, "rank", *MONTH, "--format", "json")
    assert (after["frozen"], after["amendments"][0]["ref"]) == (1, "2026-114")
    assert told(office, "check-frozen", *MONTH)["inputs_sha256"] == amended["inputs_sha256"]
    # A moment that is given is not looked past: the appeal came later.
    again = told(office, "rank", *MONTH, "--format", "json", "--as-of", "2026-11-01")
    assert again["units"] == computed["units"]


def test_what_is_refused_ends_with_exit_3_and_what_is_not_understood_with_exit_2(
    sqlite_office: Office, tmp_path: Path
) -> None:
    office = sqlite_office
    play_october(office)
    why = ("--ref", "2026-1", "--reason", "更正")
    november = ("--period", "2026-11", "--of", "departments")

    assert refused(office, "check-frozen", *MONTH) == (1, "", "not_frozen")
    assert refused(office, "amend", *MONTH, *why) == (1, "", "not_frozen")
    assert refused(office, "freeze", *november) == (3, "", "not_over_yet")
    assert refused(office, "freeze", *MONTH, "--as-of", "2026-11-03") == (3, "", "not_over_yet")
    streets = ("--period", "2026-10", "--of", "streets")
    assert refused(office, "freeze", *streets, "--scheme", "street-month") == (3, "", "example_weights")
    assert told(office, "freeze", *MONTH)["frozen"] == 0
    assert refused(office, "freeze", *MONTH) == (3, "", "already_frozen")
    for options in (
        ("--period", "2026-13", "--of", "departments"),
        ("--period", "2026-10", "--of", "offices"),
        (*MONTH, "--scheme", "nothing"),
        (*MONTH, "--as-of", "soon"),
    ):
        assert run(office, "freeze", *options).exit_code == 2
    assert refused(office, "amend", *MONTH, "--ref", " ", "--reason", "x")[0] == 2
    assert run(office, "amend", *MONTH, "--ref", "1").exit_code == 2
    nowhere = str(tmp_path / "none" / "lines.jsonl")
    assert refused(office, "check-frozen", *MONTH, "--export", nowhere) == (2, "", "bad_file")


def test_a_record_that_was_altered_ends_with_exit_3_and_names_the_row(
    sqlite_office: Office, tmp_path: Path
) -> None:
    office = sqlite_office
    late = play_october(office)
    told(office, "freeze", *MONTH)
    with office.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE frozen_chunk SET content = zeroblob(20)")

    ended = run(office, "check-frozen", *MONTH, "--export", str(tmp_path / "lines.jsonl"))

    assert ended.exit_code == 3
    assert ended.stderr.startswith("record_differs: 20261009000001 2026-10: ")
    assert late not in ended.stderr
    assert list(tmp_path.glob("lines*")) == []


def test_scores_are_imported_by_command(office: Office, tmp_path: Path) -> None:
    play_october(office)
    head = "unit,city_score,source,document,issued_on\n"
    file = tmp_path / "city.csv"
    file.write_text(head + "甲局,870,市局,通报第3期,2026-11-03\nB,1001,市局,,\n丁局,8,市局,,\n", "utf-8")

    ended = run(office, "import-scores", "--period", "2026-10", str(file), "--out-of", "1000")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "line 3: score_above_full" in ended.stderr
    file.write_text(head + "甲局,870,市局,通报第3期,2026-11-03\nB,900,市局,,\nS,,市局,,\n", "utf-8-sig")
    imported = told(office, "import-scores", "--period", "2026-10", str(file), "--out-of", "1000")

    assert imported == {
        "period": "2026-10",
        "version": 1,
        "rows": 3,
        "columns": ["city_score"],
        "missing": [],
    }
    rated = tmp_path / "rated.csv"
    rated.write_text(
        "unit,rater,duty_score,source,document,issued_on\nA,乙局,80,,,\nS,甲局,90,,,\n", encoding="utf-8"
    )
    ended = run(office, "import-scores", "--period", "2026-10", str(rated))
    assert (ended.exit_code, json.loads(ended.stdout)["version"]) == (0, 2)
    assert json.loads(ended.stdout)["missing"] == [
        {"unit": "某街道办事处", "column": "duty_score", "raters": ["乙局"]}
    ]
    assert "某街道办事处 duty_score: 乙局" in ended.stderr
    for bad in ("0", "x"):
        assert run(office, "import-scores", "--period", "2026-10", str(file), "--out-of", bad).exit_code == 2
    assert run(office, "import-scores", "--period", "2026-10", str(tmp_path / "none.csv")).exit_code == 2


def test_a_frozen_ranking_is_answered_over_the_interface(sqlite_office: Office) -> None:
    play_october(sqlite_office)
    caller = Caller(sqlite_office)
    path = "/rankings/2026-10/departments"
    assert caller.get("leader", path)[1]["frozen"] is None
    told(sqlite_office, "freeze", *MONTH)

    status, answer = caller.get("leader", path)

    assert (status, answer["frozen"]) == (200, 0)
    assert answer == told(sqlite_office, "rank", *MONTH, "--format", "json")
    assert caller.get("leader", f"{path}?scheme=department-d1")[1] == answer
    assert caller.get("leader", f"{path}?scheme=department-d3")[1]["frozen"] is None
    assert caller.get("leader", f"{path}?as_of=2026-11-01T00:00:00%2B08:00")[1]["frozen"] is None


KILLED = """
import os, signal, sys
from gridcase.cli import main
from gridcase.evaluation.frozen import freezing
freezing.write_judged = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
sys.argv = ["gridcase", "freeze", "--db", sys.argv[1], *sys.argv[2:]]
main()
"""


def test_a_freeze_that_is_killed_leaves_nothing(office: Office) -> None:
    play_october(office)
    assert told(office, "rank", *MONTH, "--format", "json")["frozen"] is None

    ended = subprocess.run([sys.executable, "-c", KILLED, url_of(office), *MONTH], capture_output=True)

    assert ended.returncode == -signal.SIGKILL, ended.stderr
    for table in ("frozen_record", "frozen_chunk", "frozen_text", "judged_case"):
        with office.database.reading() as connection:
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
    assert told(office, "freeze", *MONTH)["fact_rows"] == 2
    assert told(office, "check-frozen", *MONTH)["is_sound"]
