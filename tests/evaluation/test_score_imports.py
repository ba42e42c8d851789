"""Scores from elsewhere: what a file may hold, which units it means, raters, versions, and what rank makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import insert

from gridcase.db import table_of
from gridcase.directory.models import Department
from gridcase.errors import DefinitionError
from gridcase.evaluation.score_files import parse_scores, read_out_of
from gridcase.evaluation.score_queries import newest_scores
from gridcase.evaluation.score_values import ScoreRow, scores_of
from tests.evaluation.frozen_month import Months, make_months
from tests.evaluation.ledger import DISTRICT

HEAD = "unit,city_score,source,document,issued_on\n"


@pytest.fixture
def months(database_url: str, tmp_path: Path) -> Iterator[Months]:
    made = make_months(database_url, tmp_path)
    yield made
    made.ledger.database.close()


def known(months: Months, *, at_least: int = 0, period: str = "2026-10") -> dict[str, dict[str, Fraction]]:
    return scores_of(rows(months, period=period), raters_at_least=at_least)


def rows(months: Months, *, period: str = "2026-10") -> list[ScoreRow]:
    with months.ledger.database.reading() as connection:
        return newest_scores(connection, DISTRICT, period)


def faults(text: str, *, out_of: str = "100") -> list[tuple[str, str]]:
    with pytest.raises(DefinitionError) as refusal:
        parse_scores(text, "scores.csv", out_of=out_of)
    return [(fault.place, fault.code) for fault in refusal.value.faults]


def import_faults(months: Months, text: str) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionError) as refusal:
        months.import_scores(text)
    assert known(months) == {}
    return [(fault.place, fault.code) for fault in refusal.value.faults]


# --- the file ---------------------------------------------------------------------------------------------------


def test_columns_stand_in_any_order_with_several_scores() -> None:
    text = "source,unit,a_score,document,issued_on,b_score\n市局, 甲局 ,1.5,文,2026-11-03,\n\n"

    file = parse_scores(text, "scores.csv", out_of="100")

    assert file.columns == ("a_score", "b_score")
    assert [(row.line, row.unit, dict(row.scores)) for row in file.rows] == [
        (2, "甲局", {"a_score": "1.5", "b_score": None})
    ]
    assert str(file.rows[0].issued_on) == "2026-11-03"


def test_all_faults_of_a_file_are_told_with_their_lines() -> None:
    body = (
        "甲局,-1,市局,,\n,80,市局,,\n乙局,100.5,市局,,\n丙局,80,市局,,3. Nov\n丁局,80,市局\n戊局,1e2,市局,,"
    )

    assert sorted(faults(HEAD + body)) == [
        ("line 2", "bad_score"),
        ("line 3", "no_unit"),
        ("line 4", "score_above_full"),
        ("line 5", "bad_date"),
        ("line 6", "bad_value"),
        ("line 7", "bad_score"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("unit,source,document,issued_on\n", [("line 1", "no_score_column")]),
        ("unit,city_score,source\n", [("line 1", "missing_key"), ("line 1", "missing_key")]),
        ("unit,city_score,source,document,issued_on,score\n", [("line 1", "unknown_key")]),
        (HEAD.replace("source", "city_score"), [("line 1", "missing_key"), ("line 1", "duplicate_name")]),
    ],
)
def test_a_faulty_header_is_refused(text: str, found: list[tuple[str, str]]) -> None:
    assert faults(text) == found


def test_a_score_may_be_the_full_one_and_not_more() -> None:
    row = "甲局,{},市局,,\n"

    assert parse_scores(HEAD + row.format("1000.0"), "f", out_of="1000").rows[0].scores["city_score"]
    assert faults(HEAD + row.format("1000.1"), out_of="1000") == [("line 2", "score_above_full")]


@pytest.mark.parametrize("text", ["0", "0.0", "-1", "x", "", "1e3"])
def test_the_full_score_is_a_number_above_zero(text: str) -> None:
    with pytest.raises(ValueError, match=text or "^$"):
        read_out_of(text)
    assert read_out_of("99.5") == "99.5"


# --- units and versions -----------------------------------------------------------------------------------------


def test_a_score_is_scaled_exactly_and_units_are_named_by_code_or_name(months: Months) -> None:
    imported = months.import_scores(
        HEAD + "甲局,200,市局,,\nB,100,市局,,\n120104001,300,市局,,\n社区1001,0,市局,,", out_of="300"
    )

    assert (imported.version, imported.row_count) == (1, 4)
    assert known(months) == {
        "A": {"city_score": Fraction(200, 3)},
        "B": {"city_score": Fraction(100, 3)},
        "120104001": {"city_score": Fraction(100)},
        "120104001001": {"city_score": Fraction(0)},
    }


def test_a_unit_that_is_unknown_ambiguous_or_told_twice_is_refused(months: Months) -> None:
    with months.ledger.database.transaction() as connection:
        for code, name in (("C1", "同名局"), ("C2", "同名局"), ("T", "街道1")):
            values = {"district": DISTRICT, "code": code, "name": name, "kind": "handling"}
            connection.execute(insert(table_of(Department)), {**values, "group_name": "", "is_active": True})

    assert import_faults(
        months, HEAD + "甲局,80,,,\n丁局,80,,,\n同名局,80,,,\nA,81,,,\nC1,80,,,\n监督中心,80,,,"
    ) == [
        ("line 3", "unit_not_found"),
        ("line 4", "ambiguous_unit"),
        ("line 5", "repeated_unit"),
        ("line 7", "unit_not_found"),
    ]
    # A department and a street that share a name are both meant.
    months.import_scores(HEAD + "街道1,80,,,")
    assert set(known(months)) == {"T", "120104001"}


def test_the_newest_import_that_names_a_unit_counts_and_an_empty_field_takes_back(months: Months) -> None:
    months.import_scores("unit,a_score,b_score,source,document,issued_on\nA,1,2,,,\nB,3,4,,,")
    months.import_scores("unit,a_score,source,document,issued_on\nA,5,,,")
    second = months.import_scores("unit,b_score,source,document,issued_on\nB,,,,")
    months.import_scores(HEAD + "A,9,,,", period="2026-11")

    assert second.version == 3
    assert known(months) == {"A": {"a_score": 5, "b_score": 2}, "B": {"a_score": 3}}
    assert known(months, period="2026-11") == {"A": {"city_score": 9}}
    assert {row.version for row in rows(months)} == {1, 2, 3}


def test_rank_uses_imported_scores_and_looks_past_no_moment_that_is_given(months: Months) -> None:
    months.import_scores(HEAD + "A,80,,,\nB,90,,,")
    imported_at = months.now
    months.now += timedelta(days=1)
    months.import_scores(HEAD + "A,85,,,")

    def city(**changes: object) -> list[object]:
        units = months.rank("2026-10", "departments", "city", **changes)["units"]
        return [unit.get("scores") or unit["unranked"] for unit in units]

    assert city() == [{"city_score": "85.00"}, {"city_score": "90.00"}, "unknown"]
    assert city(as_of=imported_at + timedelta(seconds=1))[0] == {"city_score": "80.00"}
    assert city(as_of=imported_at) == ["unknown"] * 3


# --- raters -----------------------------------------------------------------------------------------------------

RATED = "unit,rater,duty_score,source,document,issued_on\n"


def test_the_mean_of_raters_is_known_when_all_are_there(months: Months) -> None:
    imported = months.import_scores(
        RATED + "A,乙局,80,,,\nA,区领导,90,,,\nB,甲局,70,,,\nB,区领导,75,,,\nS,区领导,60,,,\nS,甲局,,,,"
    )

    assert [(each.unit, each.column, each.raters) for each in imported.missing] == [
        ("街道办", "duty_score", ("乙局", "甲局"))
    ]
    # The bureaus do not owe themselves a score; the street's office lacks two.
    assert known(months) == {"A": {"duty_score": 85}, "B": {"duty_score": Fraction(145, 2)}}
    assert known(months, at_least=1)["S"] == {"duty_score": 60}
    assert known(months, at_least=2) == known(months)
    assert known(months, at_least=3) == {}


def test_a_unit_may_not_rate_itself(months: Months) -> None:
    assert import_faults(months, RATED + "A,甲局,80,,,\n乙局,B,80,,,\n甲局,丙局,80,,,") == [
        ("line 2", "self_rating"),
        ("line 3", "self_rating"),
    ]
    assert faults(RATED + "A,,80,,,") == [("line 2", "no_rater")]
