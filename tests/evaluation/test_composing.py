"""Scores that a scheme takes from other schemes and from the cells of a unit (evaluation.md 6)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from gridcase.errors import DefinitionError
from gridcase.evaluation.composing import CountedCell, CountedUnit, computed_scores, mean_mark, needs_cells
from gridcase.evaluation.scheme_files import parse_scheme
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.schemes import MeanOverCells, Scheme
from gridcase.resources import shipped_folder
from tests.evaluation.schemes import HEAD, scheme

SHIPPED = SchemeFolder(shipped_folder() / "workflows" / "schemes")
VOLUME = MeanOverCells("volume", {1: "area-cell-1", 2: "area-cell-2"})


def cell(filed: int, area_class: int | None = 1) -> CountedCell:
    return CountedCell(area_class, {"filed_count": filed})


def among(**schemes: Scheme) -> Callable[[str], Scheme]:
    return lambda name: schemes[name]


def score_item(name: str, **keys: str) -> str:
    more = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return f'[[item]]\nname = "{name}"\nkind = "score"\ncolumn = "{name}_score"\npoints = 10\n{more}'


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([cell(0)], 100),
        ([cell(0), cell(2), cell(3)], Fraction(100 + 90 + 75, 3)),
        ([cell(2, 1), cell(3, 2)], 90),
        ([cell(9, 1), cell(9, 2)], 20),
        ([], None),
        ([cell(0), cell(0, 3)], None),
        ([cell(0), cell(0, None)], None),
    ],
)
def test_the_mean_of_the_marks_takes_each_cell_by_the_scheme_of_its_class(
    cells: list[CountedCell], expected: int | Fraction | None
) -> None:
    assert mean_mark(VOLUME, cells, SHIPPED.find) == expected


def test_a_cell_whose_input_is_missing_makes_the_mean_unknown() -> None:
    assert mean_mark(VOLUME, [cell(0), CountedCell(1, {})], SHIPPED.find) is None


@pytest.mark.parametrize(
    ("when_empty", "expected"), [("full", 75), ("zero", 25), ("leave_out", 50), ("unranked", 50)]
)
def test_a_cell_whose_rate_is_empty_does_what_the_item_says(when_empty: str, expected: int) -> None:
    item = f'[[item]]\nname = "c"\nkind = "rate"\nrate = "closing_rate"\npoints = 7\nwhen_empty = "{when_empty}"\n'
    cells = [CountedCell(1, {"closed_count": closed, "due_count": due}) for closed, due in ((1, 2), (0, 0))]

    assert mean_mark(MeanOverCells("c", {1: "x"}), cells, among(x=scheme(item))) == expected


def test_an_item_that_does_not_exist_is_told() -> None:
    with pytest.raises(DefinitionError, match="unknown_item"):
        mean_mark(MeanOverCells("volumes", {1: "area-cell-1"}), [cell(0)], SHIPPED.find)


def test_the_shipped_street_scheme_takes_its_system_score_from_the_area_scheme() -> None:
    counts = {
        "filed_count": 4,
        "public_filed_count": 1,
        "due_count": 4,
        "closed_count": 3,
        "on_time_closed_count": 2,
    }
    unit = CountedUnit(counts, [cell(0), cell(4)], {"city_score": Fraction(90)})

    scores = computed_scores(SHIPPED.find("street-month"), unit, SHIPPED.find)

    # 10 × 3/4 + 20 × (100 + 75)/2/100 + 30 × 3/4 + 40 × 2/4
    assert scores == {
        "city_score": 90,
        "system_score": Fraction(75, 10) + Fraction(175, 10) + Fraction(225, 10) + 20,
    }


def test_a_computed_score_takes_the_place_of_a_given_one_even_when_it_is_unknown() -> None:
    unit = CountedUnit({}, [], {"volume_score": Fraction(1)})

    assert computed_scores(SHIPPED.find("area"), unit, SHIPPED.find) == {}


def test_only_schemes_that_ask_for_cells_need_them() -> None:
    assert needs_cells(SHIPPED.find("area"), SHIPPED.find)
    assert needs_cells(SHIPPED.find("street-month"), SHIPPED.find)
    assert not needs_cells(SHIPPED.find("department-d1"), SHIPPED.find)


def test_schemes_that_take_scores_from_each_other_in_a_circle_are_refused() -> None:
    one = scheme(score_item("a", from_scheme='"two"'))
    two_text = HEAD.replace('"test"', '"two"') + score_item("b", from_scheme='"test"')
    two = parse_scheme(two_text, "two.toml")

    for ask in (needs_cells, lambda own, find: computed_scores(own, CountedUnit({}), find)):
        with pytest.raises(DefinitionError, match="scheme_circle"):
            ask(one, among(two=two, test=one))
