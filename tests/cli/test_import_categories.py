"""`gridcase import categories`: shown before it is written, all or nothing, kept with what it was before."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gridcase.cases import catalogue_store, following
from gridcase.cases.book import Desk
from gridcase.cases.catalogue import Catalogue
from gridcase.cases.catalogue_file import NEEDED
from gridcase.cases.catalogue_live import LiveCatalogue
from gridcase.cases.catalogue_store import catalogue_on, load_catalogue
from gridcase.cases.following import LOOK_EVERY_S
from gridcase.cli import main
from gridcase.errors import Invalid
from gridcase.resources import shipped_folder
from tests.cases.refusing import refusal
from tests.making import Office

STANDARD = "yuncheng-2026"
WASTE = ("event", "01", "10")
Rows = list[dict[str, str]]


@pytest.fixture(autouse=True)
def _nobody_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "SETTLE_S", 0)


def shipped_rows() -> Rows:
    """The table that is in force from the first."""
    path = shipped_folder() / "workflows" / "catalogue" / "catalogue.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["standard"] == STANDARD]


def of_class(rows: Rows, kind: str, main_code: str, sub_code: str) -> Rows:
    return [
        row for row in rows if (row["kind"], row["main_code"], row["sub_code"]) == (kind, main_code, sub_code)
    ]


def imported(office: Office, folder: Path, rows: Rows, *options: str) -> Result:
    """The command on a file of these rows."""
    path = folder / "own.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, NEEDED, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    site = str(office.installation.site.root)
    url = office.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(
        main, ["--site", site, "--db", url, "import", "categories", str(path), *options]
    )


def with_changes() -> Rows:
    """The shipped table: one limit changed, one category removed, one condition added."""
    rows = shipped_rows()
    (waste,) = of_class(rows, *WASTE)
    waste["limit"] = "2工作时"
    gone = of_class(rows, "event", "02", "02")
    added = {**waste, "condition_no": "2", "condition": "焚烧", "limit": "1紧急工作时"}
    return [*(row for row in rows if row not in gone), added]


def in_database(office: Office) -> Catalogue:
    with office.database.reading() as connection:
        return load_catalogue(connection, office.district, STANDARD)


def seen(office: Office) -> LiveCatalogue:
    """The catalogue of the running office, as it goes by it a second later."""
    catalogue = office.book.catalogue
    assert isinstance(catalogue, LiveCatalogue)
    catalogue.refresh()
    return catalogue


def test_what_comes_changes_and_goes_is_shown_and_a_dry_run_writes_nothing(
    office: Office, tmp_path: Path
) -> None:
    before = in_database(office)

    result = imported(office, tmp_path, with_changes(), "--dry-run")

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "own.csv: 标准 yuncheng-2026，519 个立案条件：新增 1，修改 1，删除 1 (1 added, 1 changed, 1 removed)",
        "+ event/01/10 暴露生活垃圾 2. 焚烧 1紧急工作时",
        "~ event/01/10 暴露生活垃圾 1. 时限 4工作时 -> 2工作时",
        "- event/02/02 街头散发广告 1. 公共场所散发广告 2工作时",
    ]
    assert "nothing was written" in result.stderr
    assert in_database(office) == before


def test_new_filings_go_by_the_new_table_and_filed_cases_keep_theirs(office: Office, tmp_path: Path) -> None:
    filed = office.walk(office.report(), "filed")
    waiting = office.walk(office.report(), "accepted")
    gone = office.walk(office.report(main_code="02", sub_code="02"), "accepted")
    assert seen(office).version == 1

    result = imported(office, tmp_path, with_changes())

    assert result.exit_code == 0, result.output
    assert f"1 个未立案案件的类别不在新目录中，立案前须更正：{gone} (event/02/02)" in result.stderr
    assert seen(office).version == 2
    office.move("shift_supervisor", waiting, "file", condition_no=2, duplicates_seen=True)
    old, new = (office.case(number).filings[-1] for number in (filed, waiting))
    assert (old["limit"], old["standard_version"]) == ("4工作时", 1)
    assert (new["limit"], new["standard_version"]) == ("1紧急工作时", 2)
    error = refusal(office, lambda: office.move("shift_supervisor", gone, "file", condition_no=1))
    assert (type(error), error.code) == (Invalid, "class_in_catalogue")


def test_running_it_twice_changes_nothing_and_adds_no_version(office: Office, tmp_path: Path) -> None:
    first = imported(office, tmp_path, shipped_rows())
    assert "0 added, 0 changed, 0 removed" in first.stdout
    assert seen(office).version == 1
    imported(office, tmp_path, with_changes())
    once = in_database(office)

    again = imported(office, tmp_path, with_changes())

    assert (again.exit_code, "0 added, 0 changed, 0 removed" in again.stdout) == (0, True)
    assert in_database(office) == once
    assert once.version == 2


def test_how_the_table_read_on_a_day_is_known_after_two_imports(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = []
    for moment, rows in (
        ("2026-10-10T09:00", with_changes()),
        ("2026-10-12T18:00", of_class(shipped_rows(), *WASTE)),
    ):
        office.set(moment)
        monkeypatch.setattr("gridcase.app.datetime", fixed(office))
        tables.append(in_database(office))
        assert imported(office, tmp_path, rows).exit_code == 0
    tables.append(in_database(office))

    seen(office)
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        on = [catalogue_on(desk, date(2026, 10, day)) for day in (9, 10, 11, 12)]
        now = catalogue_on(desk, None)

    assert [table.version for table in (*on, now)] == [1, 2, 2, 3, 3]
    assert on == [tables[0], tables[1], tables[1], tables[2]]
    assert list(now.categories) == [WASTE]


def fixed(office: Office) -> type:
    """A machine clock that stands where the office's does."""

    class Fixed:
        @staticmethod
        def now(_zone: object) -> object:
            return office.now

    return Fixed


def test_an_import_that_breaks_off_leaves_the_table_as_it_was(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = in_database(office)

    def broken(_value: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(catalogue_store, "dump_json", broken)
        assert imported(office, tmp_path, with_changes()).exit_code == 1

    assert in_database(office) == before
    assert imported(office, tmp_path, with_changes()).exit_code == 0
    assert in_database(office).version == 2


def test_a_faulty_file_is_told_line_by_line_and_nothing_is_written(
    sqlite_office: Office, tmp_path: Path
) -> None:
    rows = [{**row} for row in shipped_rows()[:4]]
    for row, limit in zip(rows, ("1紧急工作时制止", "4小时", "半天", ""), strict=True):
        row["limit"] = limit
    before = in_database(sqlite_office)

    plain = imported(sqlite_office, tmp_path, rows)
    mapped = imported(
        sqlite_office, tmp_path, rows, "--unit", "紧急工作时制止=紧急工作时", "--unit", "小时=工作时"
    )

    for result, lines in ((plain, [2, 3, 4, 5]), (mapped, [4, 5])):
        assert (result.exit_code, result.stdout) == (2, "")
        told = [line.split(": ")[1] for line in result.stderr.splitlines()]
        assert told == [f"line {line}, column limit" for line in lines]
    assert "--unit 小时=工作时" in plain.stderr
    assert in_database(sqlite_office) == before


def test_a_mapped_limit_is_counted_by_its_unit_and_shown_with_its_words(
    sqlite_office: Office, tmp_path: Path
) -> None:
    rows = shipped_rows()
    (waste,) = of_class(rows, *WASTE)
    waste["limit"] = "1紧急工作时制止"

    result = imported(sqlite_office, tmp_path, rows, "--unit", "紧急工作时制止=紧急工作时")

    assert (
        "~ event/01/10 暴露生活垃圾 1. 时限 4工作时 -> 1紧急工作时；时限原文 - -> 1紧急工作时制止"
        in result.stdout
    )
    condition = seen(sqlite_office).categories[WASTE].conditions[1]
    assert (condition.limit, condition.note) == ("1紧急工作时", "1紧急工作时制止")
    number = sqlite_office.walk(sqlite_office.report(), "dispatched")
    filing = sqlite_office.case(number).filings[-1]
    assert (filing["limit"], filing["limit_note"]) == ("1紧急工作时", "1紧急工作时制止")


@pytest.mark.parametrize("given", ["小时", "小时=小时", "=工作时", "4小时=工作时"])
def test_a_mapping_that_cannot_be_read_is_refused(sqlite_office: Office, tmp_path: Path, given: str) -> None:
    result = imported(sqlite_office, tmp_path, shipped_rows(), "--unit", given)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "WORDS=UNIT" in result.stderr


def test_another_standard_is_stored_and_left_for_the_setting_to_choose(
    sqlite_office: Office, tmp_path: Path
) -> None:
    rows = [{**row, "standard": "own"} for row in of_class(shipped_rows(), *WASTE)]
    before = in_database(sqlite_office)

    refused = imported(sqlite_office, tmp_path, rows)
    result = imported(sqlite_office, tmp_path, [*rows, *shipped_rows()], "--standard", "own")

    assert (refused.exit_code, "unknown_standard" in refused.stderr) == (2, True)
    assert "1 added, 0 changed, 0 removed" in result.stdout
    assert "519 rows of other standards were left alone" in result.stderr
    assert "在用的是 yuncheng-2026" in result.stderr
    assert in_database(sqlite_office) == before
    with sqlite_office.database.reading() as connection:
        own = load_catalogue(connection, sqlite_office.district, "own")
    assert list(own.categories) == [WASTE]


def test_a_running_process_goes_by_an_import_a_second_later_without_asking_at_every_act() -> None:
    tables = {None: Catalogue("own", {}), "1": Catalogue("own", {}, version=2)}
    asked, mark, seconds = [], [None], [100.0]

    def look(known: str | None) -> tuple[str | None, Catalogue] | None:
        asked.append(known)
        return None if known == mark[0] else (mark[0], tables[mark[0]])

    catalogue = LiveCatalogue("own", look, seconds=lambda: seconds[0])
    versions = [catalogue.version for _ in range(50)]
    mark[0] = "1"
    held = catalogue.current
    versions.append(catalogue.version)
    seconds[0] += LOOK_EVERY_S
    versions.append(catalogue.version)

    assert versions == [1] * 51 + [2]
    assert (held.version, asked) == (1, ["", None, None])
