"""`gridcase bulletin`: refused without a record, drafts marked, parts by hand kept, every form written."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner, Result

from gridcase.cli import main
from gridcase.demo.marks import set_demo_clock
from gridcase.directory.service import DEMO_MARK, set_site_fact
from gridcase.evaluation.bulletin.hand_store import known_cases
from tests.making import Office

MONTH = ("--period", "2026-10", "--of", "departments")


def run(office: Office, *options: str, command: str = "bulletin") -> Result:
    """The command at the office's own moment."""
    with office.database.transaction() as connection:
        set_demo_clock(connection, office.district, stands=office.now, machine=datetime.now(UTC))
    url = office.database.url.render_as_string(hide_password=False)
    site = str(office.installation.site.root)
    return CliRunner().invoke(main, [command, "--db", url, "--site", site, *MONTH, *options])


@pytest.fixture
def october(sqlite_office: Office) -> tuple[Office, str]:
    """A month with one case closed in time and one that is open and overdue, and the number of that."""
    office = sqlite_office
    office.walk(office.report(), "closed")
    number = office.walk(office.report(), "handling", department="B")
    office.set("2026-11-02T09:00")
    return office, number


def test_a_period_that_is_not_frozen_is_refused_unless_a_draft_is_wanted(october: tuple[Office, str]) -> None:
    office, _number = october

    refused = run(office)
    draft = run(office, "--draft", "--format", "json")

    assert (refused.exit_code, refused.stdout) == (3, "")
    assert refused.stderr.startswith("not_published: ")
    assert json.loads(draft.stdout)["draft"] is True
    assert '<p class="running">未发布</p>' in run(office, "--draft").stdout


def test_a_frozen_month_is_printed_in_every_form(october: tuple[Office, str], tmp_path: Path) -> None:
    office, number = october
    assert run(office, command="freeze").exit_code == 0
    with office.database.transaction() as connection:
        set_site_fact(connection, office.district, DEMO_MARK, value="yes")

    told = json.loads(run(office, "--format", "json").stdout)
    page = run(office, "--output", str(tmp_path / "page.html"))
    paper = run(office, "--format", "docx")
    book = run(office, "--format", "xlsx")
    pdf = run(office, "--format", "pdf")

    assert (told["draft"], told["frozen"]) == (False, 0)
    assert (told["backlog"]["longest"]["number"], told["marks"]) == (
        number,
        ["演示数据由模拟产生，与任何真实单位和个人无关。"],
    )
    assert page.exit_code == 0
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "演示数据" in text
    assert "<style>" in text
    assert "未发布" not in text
    assert [file.name for file in tmp_path.glob("page*")] == ["page.html"]
    assert docx.Document(io.BytesIO(paper.stdout_bytes)).paragraphs[0].text == told["title"]
    assert "核算" in openpyxl.load_workbook(io.BytesIO(book.stdout_bytes)).sheetnames
    assert pdf.stdout_bytes.startswith(b"%PDF-")


def test_what_is_given_by_hand_is_kept_and_each_part_replaces_its_own(
    october: tuple[Office, str], tmp_path: Path
) -> None:
    office, number = october
    run(office, command="freeze")
    (tmp_path / "text.txt").write_text("一是超期较多。\n二是反复。\n", encoding="utf-8")
    (tmp_path / "places.csv").write_text(
        f"list,place,address,case\nblack,某路市场,某路12号,{number}\n", encoding="utf-8"
    )

    first = run(
        office, "--number", "城管〔2026〕11号", "--text", str(tmp_path / "text.txt"), "--places",
        str(tmp_path / "places.csv"), "--issued-on", "2026-11-05", "--format", "json",
    )  # fmt: skip
    again = run(office, "--signature", "监督指挥中心", "--format", "json")

    assert first.exit_code == 0, first.stderr
    told = json.loads(again.stdout)
    assert (told["number"], told["signature"], told["issued_on"]) == (
        "城管〔2026〕11号", "监督指挥中心", "2026-11-05",
    )  # fmt: skip
    assert told["problems"] == ["一是超期较多。", "二是反复。"]
    assert told["places"] == [
        {"list": "black", "place": "某路市场", "address": "某路12号", "case": number, "remark": ""}
    ]


def test_text_by_hand_may_be_indented_as_papers_are_and_holds_no_sign_that_is_no_text(
    october: tuple[Office, str], tmp_path: Path
) -> None:
    office, _number = october
    run(office, command="freeze")
    (tmp_path / "text.txt").write_text("\u3000\u3000一是超期\u3000较多。\n", encoding="utf-8")

    kept = run(office, "--text", str(tmp_path / "text.txt"), "--format", "json")
    refused = run(office, "--number", "城管\x0711号", "--format", "json")

    assert kept.exit_code == 0, kept.stderr
    assert json.loads(kept.stdout)["problems"] == ["一是超期\u3000较多。"]
    assert (refused.exit_code, refused.stderr.partition(":")[0]) == (2, "bad_value")


def test_a_number_that_no_database_takes_is_no_case(office: Office) -> None:
    number = office.report()

    with office.database.reading() as connection:
        assert known_cases(connection, office.district, [number, "1\0", ""]) == {number}


def test_input_that_cannot_be_understood_ends_with_exit_2_and_keeps_nothing(
    october: tuple[Office, str], tmp_path: Path
) -> None:
    office, _number = october
    run(office, command="freeze")
    (tmp_path / "places.csv").write_text("list,place,address,case\nred,公园,公园路,1\n", encoding="utf-8")

    ended = {
        name: run(office, "--number", "号", *options)
        for name, options in {
            "case": ("--places", str(tmp_path / "places.csv")),
            "day": ("--issued-on", "gestern"),
            "file": ("--text", str(tmp_path / "nothing.txt")),
            "query": ("--cases", "colour=red"),
            "count": ("--cases", "count=red_count"),
        }.items()
    }

    assert {name: (result.exit_code, result.stdout) for name, result in ended.items()} == dict.fromkeys(
        ended, (2, "")
    )
    assert "unknown_case" in ended["case"].stderr
    assert json.loads(run(office, "--format", "json").stdout)["number"] == ""


def test_the_cases_behind_a_number_are_listed(october: tuple[Office, str]) -> None:
    office, number = october
    run(office, command="freeze")

    assert (
        run(office, "--cases", "count=overdue_unhandled_count&unit=B").stdout == f"number,value\n{number},1\n"
    )
    assert run(office, "--cases", "count=filed_count&channel=media").stdout == "number,value\n"
