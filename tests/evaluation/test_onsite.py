"""On-site checks: dust by weight, lamps, exam sheets with slips, and the score that is their mean (evaluation.md 10)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from gridcase.config.onsite import Onsite
from gridcase.errors import DefinitionError
from gridcase.evaluation.onsite.files import CheckFile, parse_checks
from gridcase.evaluation.onsite.imports import ImportedChecks, import_checks
from gridcase.evaluation.onsite.queries import checks_of, slips_of
from gridcase.evaluation.onsite.scores import (
    DustSample,
    ExamItem,
    ExamLine,
    LampCheck,
    dust_score,
    exam_score,
    lamp_score,
    site_score,
)
from gridcase.evaluation.onsite.sheets import Sheet, find_sheet, parse_sheet
from gridcase.evaluation.score_imports import Sender
from gridcase.evaluation.score_queries import newest_scores
from gridcase.evaluation.score_values import scores_of
from gridcase.resources import shipped_folder
from tests.evaluation.frozen_month import Months, make_months
from tests.evaluation.ledger import DISTRICT
from tests.evaluation.test_frozen_commands import run
from tests.making import Office

DAY = date(2026, 10, 15)
LIMITS = tuple(Decimal(limit) for limit in (10, 12, 15, 20))
TARGETS = {"main": Decimal(98), "other": Decimal(96), "intact": Decimal(95)}
DUST = "unit,road,road_class,point,grams,area,date\n"
LAMPS = "unit,road,road_class,checked,lit,intact,date\n"
EXAM = "unit,item,place,found,finding,photo,date\n"
SHEETS = shipped_folder() / "workflows" / "exams"


@pytest.fixture
def months(database_url: str, tmp_path: Path) -> Iterator[Months]:
    made = make_months(database_url, tmp_path)
    yield made
    made.ledger.database.close()


def brought(months: Months, file: CheckFile, settings: Onsite | None = None) -> ImportedChecks:
    sender = Sender(DISTRICT, "2026-10", "王五", months.now, "0" * 64)
    with months.ledger.database.transaction() as connection:
        return import_checks(connection, file, sender, settings=settings or Onsite())


def known(months: Months) -> dict[str, dict[str, Fraction]]:
    with months.ledger.database.reading() as connection:
        return scores_of(newest_scores(connection, DISTRICT, "2026-10"))


def parsed(kind: str, text: str, sheet: Sheet | None = None) -> CheckFile:
    return parse_checks(text, "checks.csv", kind=kind, sheet=sheet)


def faults(kind: str, text: str, sheet: Sheet | None = None) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionError) as refusal:
        parsed(kind, text, sheet)
    return [(fault.place, fault.code) for fault in refusal.value.faults]


# --- pure scores ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("road_class", "grams", "passes"),
    [(2, "12.0", True), (2, "12.1", False), (1, "10", True), (1, "10.01", False), (3, "15", True), (4, "20.1", False)],
)  # fmt: skip
def test_dust_passes_up_to_the_limit_of_the_road_class(road_class: int, grams: str, passes: bool) -> None:
    sample = DustSample("A", road_class, Fraction(grams), Fraction(1), DAY)

    assert sample.passes(LIMITS) is passes
    assert DustSample("A", road_class, Fraction(grams) * 4, Fraction(4), DAY).passes(LIMITS) is passes
    assert dust_score([sample], LIMITS) == (100 if passes else 0)


def test_lamps_lose_a_point_a_percent_point_short_weighted_by_lamps() -> None:
    def lamps(road_class: str, checked: int, lit: int, intact: int | None = None) -> LampCheck:
        return LampCheck("A", road_class, checked, lit, intact, DAY)

    assert lamp_score([lamps("main", 100, 98)], TARGETS) == 100
    assert lamp_score([lamps("main", 100, 97)], TARGETS) == 99
    # 300 lamps: main roads 2 points short, the others on target.
    assert lamp_score([lamps("main", 100, 96), lamps("other", 200, 192)], TARGETS) == 100 - Fraction(2, 3)
    # Roads of one sort add up before they are compared.
    assert lamp_score([lamps("main", 50, 50), lamps("main", 50, 46)], TARGETS) == 98
    assert lamp_score([lamps("other", 100, 100, 90)], TARGETS) == 100 - Fraction(5, 2)
    assert lamp_score([lamps("main", 10, 0, 0)], TARGETS) == 100 - Fraction(98 + 95, 2)


def test_an_exam_gives_the_points_left_of_all_its_items() -> None:
    items = [
        ExamItem("a", "甲", Fraction(30), Fraction(1), 1, False),
        ExamItem("b", "乙", Fraction(20), Fraction(8), 1, False),
    ]

    def score(**found: int) -> Fraction | None:
        return exam_score([ExamLine("A", code, count, DAY) for code, count in found.items()], items)

    assert score(a=0, b=0) == 100
    assert score(a=5, b=1) == Fraction(100 * (25 + 12), 50)
    # An item gives no less than nothing.
    assert score(a=0, b=3) == 60
    assert score(a=0) is None


def test_the_site_score_is_the_weighted_mean_and_unknown_without_a_part() -> None:
    weights = {"dust_score": Decimal(1), "lamp_score": Decimal(3)}

    assert site_score({"dust_score": Fraction(60), "lamp_score": Fraction(100)}, weights) == 90
    assert site_score({"dust_score": Fraction(60)}, weights) is None
    assert site_score({}, {}) is None


# --- files and sheets -------------------------------------------------------------------------------------------


def test_faults_of_checks_are_told_with_their_lines() -> None:
    sheet = find_sheet(SHEETS, "street-site")

    assert faults("dust", DUST + "A,x,5,1,3,1,2026-10-15\nA,x,1,1,3,0,2026-10-15\n,x,1,1,-,1,15.10.2026") == [
        ("line 2", "bad_value"),
        ("line 3", "bad_value"),
        ("line 4", "no_unit"),
        ("line 4", "bad_value"),
        ("line 4", "bad_date"),
    ]
    assert faults(
        "lamps", LAMPS + "A,x,side,10,9,,2026-10-15\nA,x,main,0,0,,2026-10-15\nA,x,main,9,10,10,2026-10-15"
    ) == [
        ("line 2", "bad_value"),
        ("line 3", "bad_value"),
        ("line 4", "bad_value"),
        ("line 4", "bad_value"),
    ]
    assert faults("exam", EXAM + "A,rood,x,1,,p.jpg,2026-10-15\nA,road,x,2,污渍,,2026-10-15", sheet) == [
        ("line 2", "bad_value"),
        ("line 3", "no_photo"),
    ]


def test_every_shipped_sheet_is_sound_and_a_faulty_one_is_refused() -> None:
    names = [parse_sheet(path.read_text("utf-8"), path.name).name for path in SHEETS.glob("*.toml")]
    assert names == ["street-site"]
    sheet = find_sheet(SHEETS, "street-site")
    assert sum(item.points for item in sheet.items) == 100

    with pytest.raises(DefinitionError, match="street-site"):
        find_sheet(SHEETS, "street-sit")
    with pytest.raises(DefinitionError) as refusal:
        parse_sheet(
            'name = "x"\nversion = 1\n[[item]]\ncode = "a"\nlabel = "甲"\npoints = 0\nper = 1\nday = 1', "f"
        )
    assert {fault.code for fault in refusal.value.faults} == {"unknown_key", "missing_key", "bad_value"}


# --- imports ----------------------------------------------------------------------------------------------------


def test_checks_become_exact_scores_and_a_mean_of_the_parts_in_use(months: Months) -> None:
    brought(months, parsed("dust", DUST + "甲局,路,2,1,12,1,2026-10-15\nA,路,2,2,13,1,2026-10-16\nA,路,2,3,1,1,2026-10-14\nB,路,1,1,1,1,2026-10-15"))  # fmt: skip
    assert known(months)["A"] == {"dust_score": Fraction(200, 3), "site_score": Fraction(200, 3)}

    made = brought(months, parsed("lamps", LAMPS + "A,路,main,100,97,,2026-10-15"))

    assert made.version == 2
    assert known(months)["A"]["site_score"] == (Fraction(200, 3) + 99) / 2
    # B has no lamps: with lamps in use its mean is unknown, not the dust alone.
    assert known(months)["B"] == {"dust_score": 100}
    with months.ledger.database.reading() as connection:
        lines = checks_of(connection, DISTRICT, "2026-10", kind="dust", unit="A")
        days = [row.issued_on for row in newest_scores(connection, DISTRICT, "2026-10") if row.unit == "A"]
    assert [(line["point"], line["passed"]) for line in lines] == [("1", True), ("2", False), ("3", True)]
    assert max(day for day in days if day) == date(2026, 10, 16)


def test_a_weight_of_zero_takes_a_part_out(months: Months) -> None:
    settings = Onsite(lamp_weight=Decimal(0))
    brought(months, parsed("lamps", LAMPS + "A,路,main,100,97,,2026-10-15"), settings)
    assert known(months)["A"] == {"lamp_score": 99}

    brought(months, parsed("dust", DUST + "A,路,1,1,1,1,2026-10-15"), settings)

    assert known(months)["A"]["site_score"] == 100


def test_a_finding_becomes_a_slip_with_its_deadline(months: Months) -> None:
    sheet = find_sheet(SHEETS, "street-site")
    text = EXAM + (
        "街道1,road,长江道,2,路面污渍,p1.jpg,2026-10-15\n街道1,waste,长江道,0,,,2026-10-15\n"
        "街道1,order,长江道,0,,,2026-10-15\n街道1,facility,长江道,1,井盖破损,p2.jpg,2026-10-15\n"
        "街道2,road,黄河道,0,,,2026-10-15\n"
    )

    made = brought(months, parsed("exam", text, sheet))

    assert made.scores == {"120104001": Fraction(96), "120104002": None}
    assert made.slip_count == 2
    with months.ledger.database.reading() as connection:
        slips = slips_of(connection, DISTRICT, "2026-10")
    assert [
        (slip["item"], slip["found_count"], str(slip["deadline_on"]), slip["answer"]) for slip in slips
    ] == [
        ("road", 2, "2026-10-16", None),
        ("facility", 1, "2026-10-20", None),
    ]
    assert known(months)["120104001"] == {"exam_score": 96, "site_score": 96}


def test_units_that_are_unknown_leave_nothing(months: Months) -> None:
    with pytest.raises(DefinitionError) as refusal:
        brought(months, parsed("dust", DUST + "A,路,1,1,1,1,2026-10-15\n丁局,路,1,1,1,1,2026-10-15"))

    assert [(fault.place, fault.code) for fault in refusal.value.faults] == [("line 3", "unit_not_found")]
    assert known(months) == {}


def test_checks_are_imported_and_listed_by_command(sqlite_office: Office, tmp_path: Path) -> None:
    office = sqlite_office
    dust, exam, scores = tmp_path / "dust.csv", tmp_path / "exam.csv", tmp_path / "scores.csv"
    dust.write_text(DUST + "甲局,路,2,1,12.1,1,2026-10-15\n甲局,路,2,2,12.0,1,2026-10-15\n", "utf-8")
    exam.write_text(EXAM + "甲局,road,路,1,污渍,p.jpg,2026-10-15\n", "utf-8")
    scores.write_text("unit,lamp_score,source,document,issued_on\nA,90,市局,,\n", "utf-8")
    period = ("--period", "2026-10")

    def told(command: str, *options: str) -> dict[str, Any]:
        ended = run(office, command, *options)
        assert ended.exit_code == 0, ended.stderr
        found: dict[str, Any] = json.loads(ended.stdout.splitlines()[0])
        return found

    assert told("import-checks", "dust", str(dust), *period) == {
        "period": "2026-10", "kind": "dust", "version": 1, "slips": 0, "scores": {"A": "50.00"},
    }  # fmt: skip
    assert told("import-scores", str(scores), *period)["version"] == 2
    with office.database.reading() as connection:
        found = scores_of(newest_scores(connection, office.district, "2026-10"))
    assert found["A"] == {"dust_score": 50, "lamp_score": 90, "site_score": 70}
    assert told("list-checks", "dust", *period)["passed"] is False
    assert told("import-checks", "exam", str(exam), *period, "--sheet", "street-site")["slips"] == 1
    assert told("list-checks", "slips", *period)["deadline_on"] == "2026-10-16"
    assert run(office, "import-checks", "exam", str(exam), *period).exit_code == 2
    assert run(office, "import-checks", "exam", str(exam), *period, "--sheet", "none").exit_code == 2
    assert run(office, "import-checks", "dust", str(exam), *period).exit_code == 2
