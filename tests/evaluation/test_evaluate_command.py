"""`gridcase evaluate` as a person or a program uses it (evaluation.md 8)."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gridcase.cli import main
from tests.evaluation.schemes import CLOSING_ITEM, HEAD, RANKING

COUNTS = """unit,group,due_count,closed_count
甲,街道,190,180
乙,企业,10,10
丙,街道,0,0
丁,街道,200,190
"""


def run(folder: Path, *options: str, scheme: str | None = None, counts: str | bytes = COUNTS) -> Result:
    """The command on a counts file; `scheme` is the text of a scheme file, else pass `--scheme`."""
    data = counts.encode() if isinstance(counts, str) else counts
    (folder / "counts.csv").write_bytes(data)
    arguments = ["evaluate", "--counts", str(folder / "counts.csv"), *options]
    if scheme is not None:
        (folder / "scheme.toml").write_text(HEAD + scheme, encoding="utf-8")
        arguments += ["--scheme", str(folder / "scheme.toml")]
    return CliRunner().invoke(main, arguments)


SCHEME = CLOSING_ITEM + RANKING + '[grades]\nbands = [{ from = 90, grade = "A", colour = "green" }]\n'


def test_json_holds_what_the_page_shows(tmp_path: Path) -> None:
    answer = run(tmp_path, "--format", "json", scheme=SCHEME)

    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {
        "scheme": "test",
        "version": 1,
        "digits": 2,
        "formulas": [{"rate": "closing_rate", "numerator": ["closed_count"], "denominator": ["due_count"]}],
        "units": [
            {
                "unit": "甲",
                "group": "街道",
                "counts": {"due_count": 190, "closed_count": 180, "overdue_unclosed_count": 10},
                "rates": {"closing_rate": "94.74"},
                "score": "94.74",
                "grade": "A",
                "rank": 2,
            },
            {
                "unit": "乙",
                "group": "企业",
                "counts": {"due_count": 10, "closed_count": 10, "overdue_unclosed_count": 0},
                "rates": {"closing_rate": "100.00"},
                "score": "100.00",
                "grade": "A",
                "rank": 1,
            },
            {
                "unit": "丙",
                "group": "街道",
                "counts": {"due_count": 0, "closed_count": 0, "overdue_unclosed_count": 0},
                "rates": {"closing_rate": "—"},
                "score": "—",
                "unranked": "no_data",
            },
            {
                "unit": "丁",
                "group": "街道",
                "counts": {"due_count": 200, "closed_count": 190, "overdue_unclosed_count": 10},
                "rates": {"closing_rate": "95.00"},
                "score": "95.00",
                "grade": "A",
                "rank": 1,
            },
        ],
        "totals": [
            {
                "group": "街道",
                "counts": {"due_count": 390, "closed_count": 370, "overdue_unclosed_count": 20},
                "rates": {"closing_rate": "94.87"},
            },
            {
                "group": "企业",
                "counts": {"due_count": 10, "closed_count": 10, "overdue_unclosed_count": 0},
                "rates": {"closing_rate": "100.00"},
            },
        ],
    }
    assert "甲" in answer.stdout


def test_csv_holds_the_units_in_the_order_of_the_input(tmp_path: Path) -> None:
    answer = run(tmp_path, "--format", "csv", scheme=SCHEME)

    assert list(csv.reader(io.StringIO(answer.stdout))) == [
        ["unit", "group", "closing_rate", "score", "grade", "rank"],
        ["甲", "街道", "94.74", "94.74", "A", "2"],
        ["乙", "企业", "100.00", "100.00", "A", "1"],
        ["丙", "街道", "—", "—", "", ""],
        ["丁", "街道", "95.00", "95.00", "A", "1"],
    ]


def test_the_table_stands_by_group_and_rank_with_totals_and_formulas_below(tmp_path: Path) -> None:
    lines = run(tmp_path, scheme=SCHEME).stdout.splitlines()

    assert [line.split()[1] for line in lines[1:7]] == ["丁", "甲", "丙", "乙", "合计", "合计"]
    assert lines[-2] == "结案率 closing_rate = 结案数 ÷ 应结案数"
    assert "test 第 1 版" in lines[-1]
    assert "due" in lines[-1]


def test_a_scheme_without_items_and_ranking_shows_rates_only(tmp_path: Path) -> None:
    answer = run(tmp_path, "--scheme", "rates", "--format", "json")

    units = json.loads(answer.stdout)["units"]
    assert units[0].keys() == {"unit", "group", "counts", "rates"}


def test_an_unknown_score_is_absent_and_the_reason_stands_only_when_ranked(tmp_path: Path) -> None:
    counts = "unit,due_count\n甲,190\n"

    ranked = run(tmp_path, "--format", "json", scheme=SCHEME, counts=counts)
    unranked = run(tmp_path, "--format", "json", scheme=CLOSING_ITEM, counts=counts)

    assert json.loads(ranked.stdout)["units"][0]["unranked"] == "unknown"
    assert json.loads(unranked.stdout)["units"][0].keys() == {"unit", "group", "counts", "rates"}
    assert json.loads(unranked.stdout)["formulas"] == []


def test_digits_override_the_scheme_for_rates_and_score(tmp_path: Path) -> None:
    answer = json.loads(run(tmp_path, "--format", "json", "--digits", "0", scheme=SCHEME).stdout)

    assert answer["digits"] == 0
    assert (answer["units"][0]["rates"]["closing_rate"], answer["units"][0]["score"]) == ("95", "95")


def test_a_header_without_rows_gives_a_complete_answer_with_empty_lists(tmp_path: Path) -> None:
    answer = run(tmp_path, "--format", "json", scheme=SCHEME, counts="unit,due_count\n")

    found = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert (found["units"], found["totals"], found["formulas"]) == ([], [], [])
    assert (
        run(tmp_path, "--format", "csv", scheme=SCHEME, counts="unit\n").stdout
        == "unit,group,score,grade,rank\n"
    )
    assert run(tmp_path, scheme=SCHEME, counts="unit\n").exit_code == 0


@pytest.mark.parametrize(
    "options", [["--digits", "7"], ["--digits", "-1"], ["--digits", "x"], ["--format", "xml"]]
)
def test_options_out_of_range_end_with_exit_2(tmp_path: Path, options: list[str]) -> None:
    answer = run(tmp_path, *options, scheme=SCHEME)

    assert (answer.exit_code, answer.stdout) == (2, "")


def test_the_faults_of_scheme_and_counts_are_told_together(tmp_path: Path) -> None:
    answer = run(tmp_path, scheme="colour = 1\n", counts="unit,closd_count\n甲,x\n")

    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "scheme.toml: line 7, column 1: colour: unknown_key" in answer.stderr
    assert "counts.csv: line 1, column 2: unknown_column" in answer.stderr


@pytest.mark.parametrize("name", ["no-such-scheme", "no-such-file.toml", "../schemes"])
def test_a_scheme_that_is_not_there_ends_with_exit_2(tmp_path: Path, name: str) -> None:
    answer = run(tmp_path, "--scheme", name)

    assert (answer.exit_code, answer.stdout) == (2, "")
    assert name in answer.stderr


def test_a_counts_file_that_is_not_there_ends_with_exit_2(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["evaluate", "--scheme", "rates", "--counts", str(tmp_path / "no.csv")])

    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "no.csv" in answer.stderr


def test_a_site_folder_has_its_own_schemes(tmp_path: Path) -> None:
    schemes = tmp_path / "site" / "workflows" / "schemes"
    schemes.mkdir(parents=True)
    (schemes / "own.toml").write_text(HEAD.replace('"test"', '"own"'), encoding="utf-8")

    answer = run(tmp_path, "--site", str(tmp_path / "site"), "--scheme", "own", "--format", "json")

    assert json.loads(answer.stdout)["scheme"] == "own"


def test_a_site_without_schemes_has_those_that_ship(tmp_path: Path) -> None:
    (tmp_path / "site" / "workflows").mkdir(parents=True)

    answer = run(tmp_path, "--site", str(tmp_path / "site"), "--scheme", "department-d3", "--format", "json")

    assert json.loads(answer.stdout)["scheme"] == "department-d3"


def test_counts_of_any_length_are_exact(tmp_path: Path) -> None:
    digits = "9" * 5000

    answer = run(
        tmp_path,
        "--format",
        "json",
        scheme=SCHEME,
        counts=f"unit,due_count,closed_count\n甲,{digits},{digits}\n",
    )

    assert answer.exit_code == 0
    assert f'"due_count": {digits}' in answer.stdout


def test_an_answer_that_cannot_be_written_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text(COUNTS, encoding="utf-8")

    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [
                sys.executable,
                "-m",
                "gridcase",
                "evaluate",
                "--scheme",
                "rates",
                "--counts",
                tmp_path / "counts.csv",
            ],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert ended.returncode == 1


def test_the_command_imports_no_database_and_no_web() -> None:
    code = (
        "import sys; from gridcase.cli import main; "
        "main(['evaluate', '--scheme', 'rates', '--counts', '/dev/stdin'], standalone_mode=False); "
        "print([name for name in ('sqlalchemy', 'flask', 'shapely') if name in sys.modules], file=sys.stderr)"
    )

    ended = subprocess.run([sys.executable, "-c", code], input=b"unit\n", capture_output=True, check=True)

    assert ended.stderr.decode().strip() == "[]"


def test_a_scheme_by_its_path_is_a_file_whatever_its_ending(tmp_path: Path) -> None:
    (tmp_path / "own").write_text(HEAD + SCHEME, encoding="utf-8")

    found = run(tmp_path, "--scheme", str(tmp_path / "own"))
    missing = run(tmp_path, "--scheme", str(tmp_path / "none"))

    assert found.exit_code == 0
    assert found.stdout == run(tmp_path, scheme=SCHEME).stdout
    assert missing.exit_code != 0
    assert str(tmp_path / "none") in missing.stderr
    assert "no scheme" not in missing.stderr
