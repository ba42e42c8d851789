"""Code schemes, the first bad position of a code, numbers and their order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.errors import Invalid
from gridcase.spatial.codes import (
    SCHEMES,
    CodeScheme,
    cell_code_fault,
    code_fault,
    find_scheme,
    next_number,
    numbering_order,
)

STANDARD = find_scheme("gbt30428")


@pytest.mark.parametrize(
    ("scheme", "cell", "component", "event"),
    [("cjt213", 14, 16, 10), ("gbt30428", 15, 16, 10), ("gbt47678", 15, 17, 11)],
)
def test_the_schemes_have_the_lengths_of_the_standards(
    scheme: str, cell: int, component: int, event: int
) -> None:
    found = SCHEMES[scheme]

    assert (found.cell_length, sum(found.component), sum(found.event)) == (cell, component, event)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("12010400900100", "14 characters instead of 15: too short from character 15"),
        ("1201040090010011", "16 characters instead of 15: too long from character 16"),
        ("12010400900100A", "character 15 of '12010400900100A' is 'A', a letter"),
        ("1201040０9001001", "character 8 of '1201040０9001001' is '０', a full-width"),
        ("120104 09001001", "character 7 of '120104 09001001' is a blank"),
        ("12010400900100１", "character 15"),
        ("120104009001001 ", "character 16 of '120104009001001 ' is a blank"),
        ("120104-09001001", "character 7 of '120104-09001001' is '-'"),
    ],
)
def test_a_bad_cell_code_names_the_position(code: str, told: str) -> None:
    assert told in (cell_code_fault(code, STANDARD) or "")


@given(st.from_regex(r"[0-9]{15}", fullmatch=True))
def test_fifteen_digits_are_a_cell_code(code: str) -> None:
    assert cell_code_fault(code, STANDARD) is None


@given(st.text(max_size=20).filter(lambda code: not (len(code) == 15 and code.isascii() and code.isdigit())))
def test_everything_else_is_not(code: str) -> None:
    assert cell_code_fault(code, STANDARD) is not None


def test_capitals_are_legal_after_the_district_when_the_setting_allows_them() -> None:
    scheme = CodeScheme("own", (6, 3, 3, 3), (6, 2, 3, 6), (6, 2, 3), allow_letters=True)

    assert cell_code_fault("120104A09001001", scheme) is None
    assert "character 6" in (cell_code_fault("12010A009001001", scheme) or "")
    assert "character 7" in (cell_code_fault("120104a09001001", scheme) or "")
    assert code_fault("120104A09", 9) is not None


def test_an_unknown_scheme_names_the_nearest() -> None:
    with pytest.raises(Invalid, match="gbt30428"):
        find_scheme("gbt-30428")


def test_the_next_number_is_above_all_that_were_ever_given() -> None:
    assert next_number([], STANDARD) == 1
    assert next_number([1, 2, 31], STANDARD) == 32
    assert next_number([998], STANDARD) == 999


@pytest.mark.parametrize(("scheme", "last"), [("gbt30428", 999), ("cjt213", 99)])
def test_numbering_stops_after_the_last_number_and_never_wraps(scheme: str, last: int) -> None:
    with pytest.raises(Invalid, match=str(last)):
        next_number([last], find_scheme(scheme))


def test_numbers_run_west_to_east_in_bands_from_north_to_south() -> None:
    centroids = [(250.0, 40.0), (50.0, 160.0), (150.0, 199.0), (50.0, 60.0), (20.0, 101.0)]

    order = numbering_order(centroids, top=200.0)

    assert order == [4, 1, 2, 3, 0]
    assert numbering_order(centroids, top=200.0, band=50.0) == [1, 2, 4, 3, 0]
