"""What intake corrects, and that nothing of what stood before is lost (flow.md 4)."""

from __future__ import annotations

from typing import Any

import pytest

from gridcase.errors import Invalid
from tests.cases.checking import check_case
from tests.cases.refusing import refusal
from tests.making import Office


def another_place(office: Office) -> dict[str, Any]:
    """A point in the cell after that of `office.point`."""
    cell = list(office.book.geography.cells(office.now.date()))[1]
    point = cell.shape.representative_point()
    return {"lon": point.x, "lat": point.y, "coordinate_system": "wgs84"}


def test_accepting_with_another_class_and_point_moves_the_case_there(standing: Office) -> None:
    number = standing.report()
    before = standing.case(number).fields

    standing.move(
        "intake_operator", number, "accept", corrections={"sub_code": "12", **another_place(standing)}
    )

    case = check_case(standing, number)
    (row,) = standing.rows("cases", number)
    assert (row["sub_code"], row["cell"]) == (case.fields["sub_code"], case.fields["cell"])
    assert case.fields["sub_code"] == "12"
    assert case.fields["cell"] != before["cell"]
    assert case.fields["sub_name"] != before["sub_name"]


def test_the_step_keeps_the_values_that_stood_before(standing: Office) -> None:
    number = standing.report(address="一号门")

    standing.move("intake_operator", number, "accept", corrections={"address": "二号门", "sub_code": "12"})

    data = standing.case(number).entries[-1].step.data
    assert data["corrections"]["address"] == "二号门"
    assert (data["corrected_from"]["address"], data["corrected_from"]["sub_code"]) == ("一号门", "10")


def test_a_confirmation_of_another_class_counts_as_present(standing: Office) -> None:
    number = standing.report("intake_operator", channel="hotline_12345")
    standing.walk(number, "confirming")

    standing.move(
        "inspector_2",
        number,
        "confirm",
        result="class_changed",
        corrections={"sub_code": "12"},
        photos=1,
        **standing.position,
    )

    assert standing.plain(number, "file").state == "filed"
    case = check_case(standing, number)
    assert (case.fields["sub_code"], case.filings[0]["sub_code"]) == ("12", "12")


def test_filing_takes_the_condition_of_the_corrected_class(standing: Office) -> None:
    number = standing.walk(standing.report(), "accepted")

    standing.move(
        "shift_supervisor",
        number,
        "file",
        condition_no=1,
        duplicates_seen=True,
        corrections={"sub_code": "12"},
    )

    category = standing.book.catalogue.find("event", "01", "12")
    assert category is not None
    (filing,) = standing.case(number).filings
    assert (filing["condition"], filing["limit"]) == (
        category.conditions[1].text,
        category.conditions[1].limit,
    )


def test_nothing_but_class_place_and_address_is_corrected(standing: Office) -> None:
    number = standing.report("intake_operator", channel="hotline_12345")

    error = refusal(
        standing,
        lambda: standing.move("intake_operator", number, "accept", corrections={"needs_confirmation": False}),
    )

    assert isinstance(error, Invalid)
    assert error.code == "unknown_field"


@pytest.mark.parametrize("corrections", [{}, {"address": None}, {"lon": None, "lat": None}])
def test_corrections_without_anything_in_them_change_nothing(
    standing: Office, corrections: dict[str, Any]
) -> None:
    number = standing.report(address="一号门")
    before = standing.case(number).fields

    standing.move("intake_operator", number, "accept", corrections=corrections)

    case = check_case(standing, number)
    assert case.fields == before
    assert "corrections" not in case.entries[-1].step.data
