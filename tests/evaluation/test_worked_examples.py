"""The published and made-up tables of evaluation.md 13, to the printed digit."""

from __future__ import annotations

from gridcase.evaluation.answer import as_json
from gridcase.evaluation.counts_file import read_counts
from gridcase.evaluation.evaluating import evaluate
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.resources import shipped_folder
from tests.evaluation.schemes import CLOSING_ITEM, scheme

FOLDER = SchemeFolder(shipped_folder() / "workflows" / "schemes")


def answer(name: str, text: str, *, digits: int | None = None) -> dict[str, dict[str, object]]:
    """The units of the answer by name."""
    rows = read_counts(text.encode(), "counts.csv")
    found = as_json(evaluate(FOLDER.find(name), rows, digits=digits))
    return {entry["unit"]: entry for entry in found["units"]}


def test_tianmen_december_2016() -> None:
    text = (
        "unit,accepted_count,filed_count,due_count,closed_count,on_time_closed_count\n"
        "全市,1054,996,972,911,737\n事件,,,956,902,\n部件,,,16,9,\n"
    )

    found = answer("rates", text)

    assert found["全市"]["rates"] == {
        "filing_rate": "94.50",
        "closing_rate": "93.72",
        "on_time_closing_rate": "75.82",
        "late_closing_rate": "17.90",
    }
    assert found["全市"]["counts"] == {
        "accepted_count": 1054,
        "filed_count": 996,
        "due_count": 972,
        "closed_count": 911,
        "on_time_closed_count": 737,
        "late_closed_count": 174,
        "overdue_unclosed_count": 61,
    }
    assert found["事件"]["rates"] == {"closing_rate": "94.35"}
    assert found["部件"]["rates"] == {"closing_rate": "56.25"}


def test_tianmen_sources_and_shares() -> None:
    text = "unit,part_count,whole_count\n监督员,953,996\n微信,43,996\n事件,971,996\n部件,25,996\n"

    two, one = answer("rates", text), answer("rates", text, digits=1)

    assert [two[unit]["rates"] for unit in ("监督员", "微信")] == [
        {"share_rate": "95.68"},
        {"share_rate": "4.32"},
    ]
    assert [one[unit]["rates"] for unit in ("事件", "部件")] == [
        {"share_rate": "97.5"},
        {"share_rate": "2.5"},
    ]


DAZHOU = """unit,reported_count,accepted_count,filed_count,dispatched_count,handle_due_count,handled_count,due_count,closed_count
巡查,660,651,650,647,647,532,632,523
公众,27,27,27,27,27,27,27,25
"""


def test_dazhou_february_2020() -> None:
    found = as_json(evaluate(FOLDER.find("rates"), read_counts(DAZHOU.encode(), "counts.csv")))

    rates = [(entry["rates"]["handling_rate"], entry["rates"]["closing_rate"]) for entry in found["units"]]
    total = found["totals"][0]
    assert rates == [("82.23", "82.75"), ("100.00", "92.59")]
    assert (total["rates"]["handling_rate"], total["rates"]["closing_rate"]) == ("82.94", "83.16")
    assert total["counts"]["due_count"] == 659


def test_dazhou_prints_without_zeros() -> None:
    plain = scheme("[print]\nstrip_zeros = true\n")

    found = as_json(evaluate(plain, read_counts(DAZHOU.encode(), "counts.csv")))

    assert [entry["rates"]["handling_rate"] for entry in found["units"]] == ["82.23", "100"]


def test_dazhou_counts_the_due_from_handled_and_overdue() -> None:
    found = answer(
        "rates", "unit,handled_count,overdue_unhandled_count,open_in_time_count\n巡查,532,100,15\n"
    )

    counts = found["巡查"]["counts"]
    assert isinstance(counts, dict)
    assert (counts["due_count"], counts["unhandled_count"], counts["handle_due_count"]) == (632, 115, 647)


def test_dazhou_takes_its_filing_rate_over_reports() -> None:
    own = scheme('[rates.filing_rate]\nnumerator = "filed_count"\ndenominator = "reported_count"\n')

    found = as_json(evaluate(own, read_counts(b"unit,reported_count,filed_count\nx,220,219\n", "counts.csv")))

    assert found["units"][0]["rates"] == {"filing_rate": "99.55"}
    assert found["formulas"] == [
        {"rate": "filing_rate", "numerator": ["filed_count"], "denominator": ["reported_count"]}
    ]


def test_d1_made_up() -> None:
    text = "unit,handle_due_count,on_time_handled_count,due_count,closed_count,reworked_count\n甲,200,170,190,180,5\n"

    found = answer("department-d1", text)["甲"]

    assert (found["score"], found["grade"], found["rank"]) == ("89.16", "B", 1)


def test_ties_made_up() -> None:
    text = "unit,due_count,closed_count\n甲,100000,80004\n乙,100000,79996\n"
    rows = read_counts(text.encode(), "counts.csv")

    exact = as_json(evaluate(scheme(CLOSING_ITEM + "[ranking]\n"), rows))
    printed = as_json(evaluate(scheme(CLOSING_ITEM + '[ranking]\ncompare = "printed"\n'), rows))

    assert [entry["score"] for entry in exact["units"]] == ["80.00", "80.00"]
    assert [entry["rank"] for entry in exact["units"]] == [1, 2]
    assert [entry["rank"] for entry in printed["units"]] == [1, 1]


def test_d2_counts_the_due_itself_and_gives_nothing_for_nothing_closed() -> None:
    header = (
        "unit,filed_count,open_in_time_count,due_count,closed_count,on_time_closed_count,reworked_count,"
        "supervised_count,supervision_unanswered_count\n"
    )
    found = answer(
        "department-d2",
        header + "甲,10,2,999,6,5,1,3,1\n乙,4,0,4,0,0,0,0,0\n丙,4,4,,0,0,0,0,0\n丁,0,0,,0,0,0,0,0\n",
    )

    # 50 × 5/8 + 30 × 6/8 + 10 × (1 − 1/10) + 10 − 1.5 − 1
    assert found["甲"]["score"] == "70.25"
    assert found["甲"]["counts"]["due_count"] == 8  # type: ignore[index]
    assert (found["乙"]["score"], found["乙"]["grade"], found["乙"]["rank"]) == ("0.00", "E", 2)
    assert (found["丙"]["score"], found["丙"]["rank"]) == ("0.00", 2)
    assert (found["丁"]["score"], found["丁"]["unranked"]) == ("—", "no_data")


def test_d3_takes_the_extensions_over_cases_to_handle() -> None:
    header = "unit,handle_due_count,handled_count,on_time_handled_count,overdue_unhandled_count,due_count,reworked_count,extended_count\n"

    found = answer("department-d3", header + "甲,10,8,6,1,9,3,2\n")

    # 30 × 0.8 + 20 × 0.6 + 20 × (1 − 3/9) + 20 × 0.9 + 10 × 0.8
    assert found["甲"]["score"] == "75.33"


def test_d5_deducts_from_targets_and_leaves_full_points_where_nothing_was_asked() -> None:
    header = (
        "unit,due_count,closed_count,on_time_closed_count,urgent_due_count,urgent_closed_count,"
        "urgent_on_time_closed_count,verification_failed_count,verification_failed_again_count,faked_count,"
        "buck_passed_count,assigned_due_count,assigned_closed_count,assigned_on_time_closed_count\n"
    )

    found = answer(
        "department-d5", header + "甲,100,85,60,0,0,0,2,1,1,1,0,0,0\n乙,100,100,100,10,9,9,0,0,0,0,4,4,3\n"
    )

    # 50 − 10, 20 − 5, 10, 15 − 0.4 − 0.5 − 2, 5
    assert found["甲"]["score"] == "82.10"
    # 50, 20, 10 − 0.5 × 10 − 0.5 × 5, 15, 5 − 20 → 0
    assert found["乙"]["score"] == "87.50"


def test_area_cell_by_hand() -> None:
    header = "unit,filed_count,public_filed_count,due_count,closed_count,on_time_closed_count\n"

    found = answer("area-cell-1", header + "甲,3,1,2,2,1\n乙,0,0,0,0,0\n")

    # 10 × 2/3 + 20 × 0.75 + 30 + 40 × 0.5
    assert found["甲"]["score"] == "71.67"
    # no case: 10 and 20 points in full, scaled from 30 to 100
    assert found["乙"]["score"] == "100.00"
