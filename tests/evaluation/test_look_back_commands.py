"""`gridcase look-back` and `gridcase what-if` by command line, on both databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from gridcase.cli import main
from gridcase.resources import shipped_folder
from tests.evaluation.test_frozen_commands import MONTH, play_october, refused, run, told
from tests.making import Office

SCHEMES = shipped_folder() / "workflows" / "schemes"
RANGE = ("--from", "2026-10", "--to", "2026-11")


def _unit(month: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(unit for unit in month["units"] if unit["code"] == code)
    return found


def test_past_months_are_looked_back_on_and_tried_by_another_scheme(office: Office, tmp_path: Path) -> None:
    play_october(office)
    told(office, "freeze", *MONTH)
    published = told(office, "rank", *MONTH, "--format", "json")
    record = _unit(published, "A")

    looked = told(office, "look-back", "--of", "departments", "--to", "2026-11", "--format", "json")
    tried = told(office, "what-if", "--scheme", "department-d2", *RANGE, "--format", "json")
    file = tmp_path / "own.toml"
    file.write_bytes((SCHEMES / "department-d1.toml").read_bytes())
    same = told(office, "what-if", "--scheme", str(file), *RANGE, "--unit", "甲局", "--format", "json")

    assert [(month["period"], month["frozen"]) for month in looked["months"]] == [
        ("2026-10", 0),
        ("2026-11", None),
    ]
    cell = _unit(looked, "A")["months"][0]
    assert (cell["score"], cell["grade"], cell["rank"]) == (record["score"], record["grade"], record["rank"])
    assert cell["rates"]["closing_rate"]["value"] == record["rates"]["closing_rate"]
    assert (tried["trial"], tried["note"], tried["of"]) == (True, "试算，不是发布结果", "departments")
    assert [month["basis"] for month in tried["months"]] == ["record", "register"]
    # One of two closed late: on time 50 × 1/2 + closing 30 + no rework 10 + supervision 10.
    assert _unit(tried["months"][0], "A")["new"]["score"] == "75.00"
    assert [unit["code"] for unit in same["months"][0]["units"]] == ["A"]
    assert _unit(same["months"][0], "A")["old"] == _unit(same["months"][0], "A")["new"]
    assert told(office, "rank", *MONTH, "--format", "json") == published
    assert told(office, "check-frozen", *MONTH)["is_sound"] is True
    table = run(office, "look-back", "--of", "departments", "--to", "2026-11").stdout
    assert "未发布：2026-11" in table
    assert "没有写入任何记录" in run(office, "what-if", "--scheme", "department-d2", *RANGE).stdout


def test_a_month_frozen_by_another_selection_is_counted_anew(office: Office) -> None:
    play_october(office)
    told(office, "freeze", *MONTH)
    office.walk(office.report(), "handling")
    office.set("2026-12-02T09:00")
    told(office, "freeze", "--period", "2026-11", "--of", "departments", "--scheme", "department-d2")
    by_d1 = told(
        office,
        "rank",
        "--period",
        "2026-11",
        "--of",
        "departments",
        "--scheme",
        "department-d1",
        "--format",
        "json",
    )

    tried = told(
        office,
        "what-if",
        *("--scheme", "department-d1", "--from", "2026-10", "--to", "2026-12", "--format", "json"),
    )

    assert [(month["basis"], month["why"]) for month in tried["months"]] == [
        ("record", None),
        ("register", "other_mode"),
        ("register", None),
    ]
    november = _unit(tried["months"][1], "A")
    assert november["new"]["score"] == _unit(by_d1, "A")["score"]
    assert november["old"] != november["new"]
    # Judged in November already: the open case is only carried over.
    assert _unit(tried["months"][2], "A")["new"] == {"score": "—", "unranked": "no_data"}


def test_every_fault_of_a_scheme_is_told_and_nothing_is_printed(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    text = (SCHEMES / "department-d1.toml").read_text(encoding="utf-8")
    file.write_text(
        text.replace('"closing_rate"', '"closed_rate"').replace('ties = "dense"', 'ties = "thick"'),
        encoding="utf-8",
    )

    wrong = run(office, "what-if", "--scheme", str(file), *RANGE)
    unknown = run(office, "what-if", "--scheme", "department-d9", *RANGE)
    counted = CliRunner().invoke(main, ["evaluate", "--scheme", str(file), "--counts", str(tmp_path)])

    assert (wrong.exit_code, wrong.stdout) == (2, "")
    faults = wrong.stderr.splitlines()
    assert len(faults) == 2
    assert "closing_rate" in wrong.stderr
    assert set(faults) <= set(counted.stderr.splitlines())
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "department-d" in unknown.stderr


def test_what_cannot_be_asked_is_exit_2(office: Office) -> None:
    for options, code in (
        (("what-if", "--scheme", "rates", *RANGE), "unknown_of"),
        (("what-if", "--scheme", "department-d1", "--from", "2026-11", "--to", "2026-10"), "bad_period"),
        (("what-if", "--scheme", "department-d1", "--from", "2026-Q3", "--to", "2026-10"), "bad_period"),
        (("what-if", "--scheme", "department-d1", *RANGE, "--unit", "丁局"), "unit_not_found"),
        (("what-if", "--scheme", "department-d2", *RANGE, "--of", "inspectors"), "mode_posts"),
        (("look-back", "--of", "departments", "--to", "2026"), "bad_period"),
        (("look-back", "--of", "departments", "--rate", "closing"), "unknown_rate"),
    ):
        assert refused(office, *options) == (2, "", code), options


def test_a_changed_byte_of_a_record_is_refused_by_both(office: Office) -> None:
    play_october(office)
    told(office, "freeze", *MONTH)
    with office.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE frozen_record SET head = head || ' '")

    for options in (("look-back", "--of", "departments"), ("what-if", "--scheme", "department-d1", *RANGE)):
        assert refused(office, *options) == (3, "", "record_differs")
    assert (
        json.loads(run(office, "look-back", "--of", "streets", "--format", "json").stdout)["of"] == "streets"
    )
