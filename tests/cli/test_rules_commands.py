"""`gridcase import rules` and `gridcase rules gaps`: shown before it is written, all faults at once, quick on a district."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gridcase.cli import main
from gridcase.evaluation.periods import last_month
from tests.cases.ruling import give_rules, rule
from tests.cli.site import OwnSite, own_site
from tests.making import Office

HEADER = "kind,main_code,sub_code,area,department,owner,priority,valid_from,valid_to,note\n"
ALL = f"{HEADER},,,,A,,,,,兜底\n"


@pytest.fixture
def site(tmp_path: Path, quick_geo: Path) -> OwnSite:
    made = own_site(tmp_path, quick_geo)
    for code, name, kind in (("A", "甲局", "handling"), ("B", "乙局", "handling"), ("Z", "中心", "centre")):
        assert made.run("department", "add", code, name, "--kind", kind).exit_code == 0
    return made


def file_of(site: OwnSite, text: str) -> str:
    path = site.folder / "rules.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def load(site: OwnSite, *lines: str) -> None:
    result = site.run("import", "rules", file_of(site, HEADER + "\n".join(lines)))
    assert result.exit_code == 0, result.output


def test_an_import_shows_what_it_changes_and_a_second_one_changes_nothing(site: OwnSite) -> None:
    file = file_of(site, f"{ALL}event,01,10,120104,B,园林,2,2026-10-01,,\n")

    dry = site.run("import", "rules", file, "--dry-run")
    first = site.run("import", "rules", file)
    again = site.run("import", "rules", file)

    assert [result.exit_code for result in (dry, first, again)] == [0, 0, 0]
    assert "2 added, 0 changed, 0 removed" in dry.stdout
    assert dry.stdout == first.stdout
    assert "+ event/01/10 120104 权属 园林 B (2) 2026-10-01.." in dry.stdout
    assert "0 added, 0 changed, 0 removed" in again.stdout
    # What changed nothing, or was only shown, is not told to the audit.
    with closing(sqlite3.connect(site.folder / "own.db")) as connection:
        told = connection.execute("SELECT actor, act, subject FROM audit_entry ORDER BY id").fetchall()
    assert [act for _actor, act, _subject in told] == [*["department_added"] * 3, "rules_imported"]
    assert told[-1][0] == "system"
    assert told[-1][2].startswith("rules.csv +2 ~0 -0 (")
    third = site.run("import", "rules", file_of(site, f"{HEADER},,,,A,,7,,,\n"))
    assert "0 added, 1 changed, 1 removed" in third.stdout
    assert "~ * * A (0) 兜底 -> (7)" in third.stdout


def test_every_fault_of_a_file_is_told_at_once_and_nothing_is_written(site: OwnSite) -> None:
    load(site, ",,,,A,,,,,")
    lines = (
        "thing,,,,A,,,,,", "event,99,,,A,,,,,", ",01,,,A,,,,,", "event,,,120199,A,,,,,", "event,,,,AA,,,,,",
        "event,,,,Z,,,,,", "event,,,,A,,high,,,", "event,,,,A,,,2026-2-1,,", "event,,,,A,,,2026-10-02,2026-10-02,",
        "event,,,,A", "event,,,,B,,,,,", "event,,,,B,,5,,,",
    )  # fmt: skip

    result = site.run("import", "rules", file_of(site, HEADER + "\n".join(lines)))

    assert result.exit_code == 2
    told = [line.partition("rules.csv: ")[2].split(": ")[:2] for line in result.stderr.splitlines()]
    assert told == [
        ["line 2", "class_in_catalogue"], ["line 3", "class_in_catalogue"], ["line 4", "bad_value"],
        ["line 5", "unknown_area"], ["line 6", "unknown_department"], ["line 7", "one_main_department"],
        ["line 8", "bad_value"], ["line 9", "bad_date"], ["line 10", "bad_value"], ["line 11", "bad_value"],
        ["line 13", "duplicate_name"],
    ]  # fmt: skip
    assert (
        "0 added, 1 changed, 0 removed" in site.run("import", "rules", file_of(site, ALL), "--dry-run").stdout
    )


@pytest.mark.parametrize(("text", "code"), [
    ("kind,main_code,sub_code,department\n", "missing_key: column area"),
    (HEADER.replace("owner", "ower"), "unknown_key: column 'ower', nearest is owner"),
    (HEADER.replace("note", "area"), "duplicate_name"),
    ('kind,"main\n', "bad_file"),
])  # fmt: skip
def test_a_file_that_is_no_table_of_rules_is_refused(site: OwnSite, text: str, code: str) -> None:
    result = site.run("import", "rules", file_of(site, text))

    assert (result.exit_code, code in result.stderr) == (2, True), result.stderr


def test_one_rule_for_everything_leaves_no_gap(site: OwnSite) -> None:
    load(site, ",,,,A,,,,,")

    result = site.run("rules", "gaps")

    assert (result.exit_code, result.stdout) == (0, "")


def test_cells_with_no_department_and_with_two_are_named(site: OwnSite) -> None:
    load(site, "component,,,,A,,,,,", "event,,,,A,,,,,", "event,01,10,120104001,A,,,,,", "event,01,10,120104001,B,,,,,",
         "component,01,,120104001,B,,,,,")  # fmt: skip

    lines = [json.loads(line) for line in site.run("rules", "gaps", "--format", "json").stdout.splitlines()]
    rows = list(csv.DictReader(io.StringIO(site.run("rules", "gaps", "--format", "csv").stdout)))
    text = site.run("rules", "gaps")

    (only,) = lines
    assert (only["kind"], only["main_code"], only["sub_code"], only["finding"]) == (
        "event",
        "01",
        "10",
        "two",
    )
    assert only["departments"] == ["A", "B"]
    assert {cell[:9] for cell in only["cells"]} == {"120104001"}
    assert [(row["cell"], row["departments"]) for row in rows] == [(cell, "A B") for cell in only["cells"]]
    assert text.exit_code == 1
    assert f"{len(only['cells'])} 个网格" in text.stdout


def test_rules_that_are_not_yet_or_no_longer_valid_do_not_count(site: OwnSite) -> None:
    load(site, ",,,,A,,,,2026-11-01,", ",,,,B,,,2026-12-01,,")

    def finding(day: str) -> int:
        return site.run("rules", "gaps", "--on", day).exit_code

    assert [finding(day) for day in ("2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01")] == [0, 1, 1, 0]


def test_a_file_is_looked_through_before_it_is_imported(site: OwnSite) -> None:
    load(site, ",,,,A,,,,,")

    result = site.run("rules", "gaps", "--file", file_of(site, f"{HEADER},,,,A,,,,,\n,,,,B,,,,,\n"))

    assert result.exit_code == 1
    assert "A、B（全部网格）" in result.stdout
    assert site.run("rules", "gaps").exit_code == 0


# --- replay --------------------------------------------------------------------------------------------------


def test_the_month_before_today_is_replayed_by_default() -> None:
    days = {date(2026, 1, 31): "2025-12", date(2026, 10, 1): "2026-09"}
    assert {day: last_month(day, 1) for day in days} == days
    # With months that begin on the 26th, 26 October lies in the month called November.
    assert (last_month(date(2026, 10, 25), 26), last_month(date(2026, 10, 26), 26)) == ("2026-09", "2026-10")
    assert last_month(date(2026, 12, 26), 26) == "2026-12"


def test_a_replay_tells_which_dispatches_would_go_elsewhere(office: Office, tmp_path: Path) -> None:
    give_rules(office, rule("A"))
    office.set("2026-10-09T09:00")
    number = office.walk(office.report(), "dispatched")
    file = tmp_path / "new.csv"
    file.write_text(f"{HEADER}event,01,,,B,,,2199-01-01,,\n", encoding="utf-8")
    url = office.database.url.render_as_string(hide_password=False)
    where = ["--site", str(office.installation.site.root), "--db", url]

    def run(*more: str) -> Result:
        return CliRunner().invoke(main, [*where, "rules", "replay", str(file), "--period", "2026-10", *more])

    told = json.loads(run("--format", "json").stdout)
    text = run().stdout

    assert (told["period"], told["on"]) == ("2026-10", "2199-01-01")
    counts = [told[f"{name}_count"] for name in ("dispatch", "same", "elsewhere", "undecided", "changed")]
    assert counts == [1, 0, 1, 0, 1]
    assert told["departments"] == [
        {"department": "A", "had": 1, "would_have": 0, "lost": 1, "gained": 0},
        {"department": "B", "had": 0, "would_have": 1, "lost": 0, "gained": 1},
    ]
    (moved,) = told["elsewhere"]
    assert (moved["number"], moved["from"], moved["to"], moved["step"]) == (number, "A", "B", 4)
    assert f"{number} 2026-10-09T09:03 event/01/10 A -> B" in text
    assert "A: 1 -> 0（减少 1，增加 0）" in text
    assert json.loads(run("--format", "json", "--on", "2198-12-31").stdout)["undecided_count"] == 1
    assert run("--period", "nonsense").exit_code == 2
