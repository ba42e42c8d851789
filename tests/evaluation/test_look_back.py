"""Months side by side: the figures of frozen months worked out by hand, what is not published, and where the rules changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from gridcase.config.tables import Evaluation
from gridcase.errors import Invalid
from gridcase.evaluation.look_back.answers import look_back_as_json, look_back_text
from gridcase.evaluation.look_back.looking import Asked, LookBack, look_back, month_tables, narrowed
from gridcase.evaluation.look_back.months import month, months_between
from gridcase.evaluation.look_back.whole import whole_of
from gridcase.evaluation.periods import parse_period
from tests.evaluation.bulletin_month import Known, copy_of, make_known
from tests.evaluation.ledger import DISTRICT

LATER = datetime(2026, 11, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """The register of `bulletin_month`, nothing frozen; tests get copies."""
    folder = tmp_path_factory.mktemp("open")
    made = make_known(f"sqlite:///{folder / 'gridcase.db'}", folder)
    yield made
    made.months.ledger.database.close()


@pytest.fixture
def known(plain: Known, tmp_path: Path) -> Iterator[Known]:
    copied = copy_of(plain, tmp_path)
    yield copied
    copied.months.ledger.database.close()


def amend_october(known: Known) -> None:
    """The appeal of the late case is granted on 10 November, and October amended."""
    known.months.now = LATER
    known.months.tell_all(LATER)
    known.months.amend("2026-114")


def looked(known: Known, last: str = "2026-11", count: int = 3, **changes: Any) -> LookBack:
    asked = Asked(
        DISTRICT, "departments", parse_period(last), count, known.months.now, Evaluation(), **changes
    )
    with known.months.ledger.database.reading() as connection:
        return look_back(connection, asked, known.months.schemes)


def cells(found: LookBack, code: str) -> dict[str, dict[str, Any]]:
    """The cells of a unit in JSON, by month."""
    units = look_back_as_json(found)["units"]
    return {cell["period"]: cell for cell in next(unit for unit in units if unit["code"] == code)["months"]}


def test_each_month_is_set_against_the_month_before_and_the_same_month_last_year_in_points(
    known: Known,
) -> None:
    known.freeze("2025-10", "2026-09", "2026-10")
    amend_october(known)

    found = looked(known)

    a, b = cells(found, "A"), cells(found, "B")
    # 60 + 30 + 10 × 5/6 after the appeal, 100.00 in September and a year ago.
    assert (a["2026-10"]["score"], a["2026-10"]["score_change"]) == (
        "98.33",
        {"month": "-1.67", "year": "-1.67"},
    )
    assert a["2026-10"]["rates"]["rework_rate"] == {"value": "16.67", "month": "16.67", "year": "16.67"}
    assert a["2026-10"]["amended"]["score"] == "88.33 → 98.33 (更正 1, 申诉 2026-114)"
    # 70.00 after 55.00; the rates rise by points, not by percent; a year ago B had no case.
    assert b["2026-10"]["score_change"] == {"month": "15.00", "year": "—"}
    assert b["2026-10"]["rates"]["closing_rate"] == {"value": "66.67", "month": "16.67", "year": "—"}
    assert (b["2026-09"]["rank"], b["2026-10"]["rank"], b["2026-10"]["risen"]) == (2, 2, 0)
    assert b["2026-09"]["score_change"] == {"month": "—", "year": "—"}
    assert list(found.rates.values()) == ["按期处置率", "结案率", "返工率"]


def test_a_month_that_is_not_frozen_is_marked_and_nothing_is_compared_with_it(known: Known) -> None:
    known.freeze("2026-09")
    known.months.now = LATER

    found = looked(known, last="2026-11")

    told = look_back_as_json(found)
    assert [(each["period"], each["frozen"]) for each in told["months"]] == [
        ("2026-09", 0),
        ("2026-10", None),
        ("2026-11", None),
    ]
    a = cells(found, "A")
    assert a["2026-10"]["score_change"]["month"] == "-11.67"
    assert a["2026-11"]["unranked"] == "no_data"
    assert told["months"][2]["month_before"] is None
    text = look_back_text(found, "table")
    assert "未发布：2026-10、2026-11" in text
    assert [line.count("未发布") for line in text.splitlines()[1:4]] == [0, 1, 1]


def test_months_made_by_other_rules_are_marked(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        for module in ("freezing", "publishing"):
            patched.setattr(f"gridcase.evaluation.frozen.{module}.FORMULA_VERSION", 7)
        known.freeze("2025-10", "2026-09")
    known.freeze("2026-10", scheme="department-d2")

    found = looked(known, last="2026-10", count=2)

    september, october = look_back_as_json(found)["months"]
    assert (september["formula_version"], october["formula_version"]) == (7, 1)
    assert september["differs_from_next"] == ["scheme", "formula_version"]
    assert october["differs_from_next"] == []
    assert october["month_before"] == {
        "period": "2026-09",
        "frozen": 0,
        "differs": ["scheme", "formula_version"],
    }
    # The figures of another formula stand as they were printed.
    assert cells(found, "B")["2026-09"]["score"] == "55.00"
    text = look_back_text(found, "table")
    assert "方案不同（department-d1 → department-d2）" in text
    assert "公式版本不同（第 7 版 → 第 1 版）" in text


def test_a_scheme_that_was_edited_or_raised_between_two_months_is_marked(known: Known) -> None:
    known.freeze("2025-10")
    file = known.months.schemes.folder / "department-d1.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("# Department", "# The department"), encoding="utf-8")
    known.freeze("2026-09")
    file.write_text(text.replace("version = 1", "version = 2"), encoding="utf-8")
    known.months.schemes = type(known.months.schemes)(known.months.schemes.folder)
    known.freeze("2026-10")

    found = look_back_as_json(looked(known, last="2026-10", count=13))

    marks = {each["period"]: each["differs_from_next"] for each in found["months"]}
    assert marks["2025-10"] == ["version"]
    assert marks["2026-09"] == ["version"]
    october = next(each for each in found["months"] if each["period"] == "2026-10")
    assert october["year_before"]["differs"] == ["version"]


def test_the_look_back_begins_with_the_first_case_and_the_first_version_of_the_scheme(known: Known) -> None:
    file = known.months.schemes.folder / "department-d1.toml"
    old = file.read_text(encoding="utf-8").replace("2025-01-01", "2026-08-01")
    file.write_text(old, encoding="utf-8")
    known.freeze("2026-09")

    by_scheme = looked(known, last="2026-10", count=24)
    by_cases = looked(known, last="2026-10", count=24, scheme="department-d3")

    assert [column.table.period for column in by_scheme.columns] == ["2026-08", "2026-09", "2026-10"]
    # The first case is of October 2025, but no version of D3 was valid before 2026.
    assert by_cases.columns[0].table.period == "2026-01"
    # September was frozen by another scheme: by this one it is computed, and nobody has published it.
    assert {column.table.amendment for column in by_cases.columns} == {None}


def test_a_month_that_has_not_begun_is_left_out(known: Known) -> None:
    found = looked(known, last="2027-01", count=4)

    assert [column.table.period for column in found.columns] == ["2026-10", "2026-11"]


def test_rates_and_units_are_chosen_by_name(known: Known) -> None:
    known.freeze("2026-10")

    found = narrowed(looked(known, rates=("extension_rate",)), ["乙局"])

    told = json.loads(look_back_text(found, "json"))
    assert told["rates"] == [{"rate": "extension_rate", "label": "延期率"}]
    assert [unit["code"] for unit in told["units"]] == ["B"]
    with pytest.raises(Invalid, match="closing_rate"):
        looked(known, rates=("closing_rates",))
    with pytest.raises(Invalid, match="unit_not_found"):
        narrowed(found, ["丁局"])


def test_only_months_in_their_order_are_a_range() -> None:
    assert [each.name for each in months_between("2025-11", "2026-02", start_day=26)] == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]
    for first, last in (("2026-03", "2026-02"), ("2026-Q1", "2026-02"), ("2026-01", "2026-W05")):
        with pytest.raises(Invalid, match="bad_period"):
            months_between(first, last, start_day=1)
    assert month("2026-02", start_day=26).start.day == 26


def test_months_read_as_printed_are_those_that_are_made_anew(known: Known) -> None:
    known.freeze("2025-10", "2026-09", "2026-10")
    amend_october(known)
    asked = Asked(DISTRICT, "departments", parse_period("2026-11"), 3, known.months.now, Evaluation())

    with known.months.ledger.database.reading() as connection:
        exact = month_tables(connection, asked, known.months.schemes)
        printed = month_tables(connection, replace(asked, is_exact=False), known.months.schemes)

    wholes = [whole_of(table, ("closing_rate", "missed_rate")) for table in printed]
    assert [whole.table.period for whole in wholes] == ["2026-09", "2026-10", "2026-11"]
    for one, whole in zip(exact, wholes, strict=True):
        other = whole_of(one, ("closing_rate", "missed_rate"))
        assert (whole.mean, whole.best, whole.worst) == (other.mean, other.best, other.worst)
        assert whole.rates == other.rates
    # A 100.00 and B 55.00; then 98.33 after the appeal, 70.00 and C with 100.00.
    assert [whole.mean for whole in wholes[:2]] == [Fraction("77.5"), Fraction("268.33") / 3]
    assert (wholes[1].best, wholes[1].worst) == (Fraction(100), Fraction(70))
    assert wholes[1].rates["closing_rate"] == Fraction(9, 10)
