"""All item kinds and the order of decisions (evaluation.md 6)."""

from __future__ import annotations

from zlib import crc32

import pytest

from tests.evaluation.schemes import CLOSING_ITEM, RANKING, result, scheme, score, unit


def item(kind: str, text: str) -> str:
    return f'[[item]]\nname = "{kind}_{crc32(text.encode())}"\nlabel = "项"\nkind = "{kind}"\n{text}\n'


RATE = item("rate", 'rate = "closing_rate"\npoints = 60')


@pytest.mark.parametrize(
    ("closed", "due", "expected"), [(1, 2, "30.00"), (2, 2, "60.00"), (3, 2, "60.00"), (0, 2, "0.00")]
)
def test_a_rate_item_limits_its_rate_to_one(closed: int, due: int, expected: str) -> None:
    assert score(scheme(RATE), closed=closed, due=due) == expected


def test_an_inverted_rate_gives_what_is_missing_to_one() -> None:
    own = scheme(item("rate", 'rate = "rework_rate"\npoints = 10\ninvert = true'))

    assert score(own, reworked=1, due=4) == "7.50"
    assert score(own, reworked=9, due=4) == "0.00"


@pytest.mark.parametrize(
    ("given", "expected"), [("0", "0.00"), ("50", "20.00"), ("99.99", "40.00"), ("250", "40.00")]
)
def test_a_score_item_is_limited_to_its_points(given: str, expected: str) -> None:
    own = scheme(item("score", 'column = "city_score"\npoints = 40'))

    assert score(own, city_score=given) == expected


@pytest.mark.parametrize(
    ("filed", "expected"), [(0, "20.00"), (1, "18.00"), (2, "18.00"), (3, "15.00"), (8, "8.00"), (9, "0.00")]
)
def test_bands_include_their_upper_limit(filed: int, expected: str) -> None:
    text = 'column = "filed_count"\npoints = 20\nbands = [[0, 100], [2, 90], [4, 75], [6, 60], [8, 40]]\nabove = 0'

    assert score(scheme(item("bands", text)), filed=filed) == expected


@pytest.mark.parametrize(("closed", "expected"), [(50, "5.00"), (51, "10.00")])
def test_bands_compare_a_rate_in_percent(closed: int, expected: str) -> None:
    text = 'rate = "closing_rate"\npoints = 10\nbands = [[50, 50]]\nabove = 100'

    assert score(scheme(item("bands", text)), closed=closed, due=100) == expected


def test_a_threshold_counts_fractions_of_a_point_short() -> None:
    own = scheme(
        item("threshold", 'points = 50\nterms = [{ rate = "closing_rate", target = 70, per_point = 1 }]')
    )

    assert score(own, closed=7, due=10) == "50.00"
    assert score(own, closed=2, due=3) == "46.67"
    assert score(own, closed=0, due=3) == "0.00"


def test_a_threshold_stops_at_its_floor_and_adds_up_its_terms() -> None:
    terms = '{ rate = "closing_rate", target = 100, per_point = 0.5 }, { rate = "rework_rate", target = 10, per_point = 1 }'
    own = scheme(item("threshold", f"points = 20\nfloor = 2.5\nterms = [{terms}]"))

    assert score(own, closed=9, due=10, reworked=0) == "5.00"
    assert score(own, closed=1, due=10, reworked=0) == "2.50"


def test_a_deduction_stops_at_its_floor() -> None:
    text = 'points = 10\nterms = [{ column = "supervised_count", per = 0.5 }, { column = "supervision_unanswered_count", per = 1 }]'
    own = scheme(item("deduct", text))

    assert score(own, supervised=3, supervision_unanswered=1) == "7.50"
    assert score(own, supervised=30, supervision_unanswered=1) == "0.00"


def test_a_bonus_comes_on_top_and_has_a_most() -> None:
    bonus = item("bonus", 'most = 5\nterms = [{ column = "settled_locally_count", per = 0.1 }]')

    assert score(scheme(RATE + bonus), closed=2, due=2, settled_locally=13) == "61.30"
    assert score(scheme(RATE + bonus), closed=2, due=2, settled_locally=1300) == "65.00"


def test_floor_and_cap_bound_the_total() -> None:
    bonus = item("bonus", 'most = 50\nterms = [{ column = "settled_locally_count", per = 1 }]')
    own = scheme(RATE + bonus, head="floor = 10\ncap = 105\n")

    assert score(own, closed=0, due=2, settled_locally=0) == "10.00"
    assert score(own, closed=2, due=2, settled_locally=50) == "105.00"


def test_a_scheme_without_items_has_no_score() -> None:
    assert score(scheme(), closed=1, due=1) is None


def test_an_unknown_input_makes_the_score_unknown_before_all_else() -> None:
    own = scheme(
        CLOSING_ITEM + item("score", 'column = "city_score"\npoints = 1') + RANKING,
        head='zero_score_when = [{ column = "due_count", is = 0 }]\n',
    )

    found = result(own, unit(closed=0, due=0)).units[0]

    assert found.score is not None
    assert (found.score.value, found.score.reason) == (None, "unknown")
    assert found.place is not None
    assert (found.place.rank, found.place.unranked, found.grade) == (None, "unknown", None)


def test_an_unknown_bonus_makes_the_score_unknown_too() -> None:
    bonus = item("bonus", 'most = 5\nterms = [{ column = "settled_locally_count", per = 0.1 }]')

    assert score(scheme(RATE + bonus), closed=2, due=2) == "unknown"


def test_zero_score_when_comes_before_nothing_over_nothing() -> None:
    zero = 'zero_score_when = [{ column = "filed_count", above = 0 }, { column = "closed_count", is = 0 }]\nfloor = 30\n'
    grades = '[grades]\nbands = [{ from = 60, grade = "A" }, { from = 0, grade = "E" }]\n'
    own = scheme(CLOSING_ITEM + grades + RANKING, head=zero)

    found = result(own, unit(filed=1, closed=0, due=0)).units[0]

    assert score(own, filed=1, closed=0, due=0) == "0.00"
    assert score(own, filed=0, closed=0, due=0) == "no_data"
    assert score(own, closed=0, due=0) == "no_data"
    assert score(own, filed=1, closed=1, due=4) == "30.00"
    assert found.grade is not None
    assert found.grade.grade == "E"
    assert found.place is not None
    assert found.place.rank == 1


@pytest.mark.parametrize(
    ("when_empty", "expected"),
    [("unranked", "no_data"), ("full", "80.00"), ("zero", "20.00"), ("leave_out", "50.00")],
)
def test_an_empty_item_does_what_it_says(when_empty: str, expected: str) -> None:
    other = item("rate", 'rate = "handling_rate"\npoints = 40')
    own = scheme(
        item("rate", f'rate = "closing_rate"\npoints = 60\nwhen_empty = "{when_empty}"\ninvert = true')
        + other
    )

    # handling 1/2 gives 20 of 40 points
    assert score(own, closed=0, due=0, handled=1, handle_due=2) == expected


def test_the_shipped_default_is_unranked() -> None:
    assert score(scheme(RATE), closed=0, due=0) == "no_data"


def test_left_out_points_are_taken_over_by_the_others_but_not_by_a_bonus() -> None:
    left = item("rate", 'rate = "closing_rate"\npoints = 70\nwhen_empty = "leave_out"')
    kept = item("rate", 'rate = "handling_rate"\npoints = 30')
    bonus = item("bonus", 'most = 5\nterms = [{ column = "settled_locally_count", per = 1 }]')

    value = score(scheme(left + kept + bonus), closed=0, due=0, handled=1, handle_due=2, settled_locally=3)

    assert value == "53.00"


def test_a_scheme_of_bonus_items_alone_scores_them() -> None:
    bonus = item("bonus", 'most = 5\nterms = [{ column = "settled_locally_count", per = 1 }]')

    assert score(scheme(bonus), settled_locally=3) == "3.00"


def test_when_nothing_is_left_there_is_no_data() -> None:
    left = item("rate", 'rate = "closing_rate"\npoints = 70\nwhen_empty = "leave_out"')
    bonus = item("bonus", 'most = 5\nterms = [{ column = "settled_locally_count", per = 1 }]')

    assert score(scheme(left), closed=0, due=0) == "no_data"
    assert score(scheme(left + bonus), closed=0, due=0, settled_locally=3) == "no_data"


def test_a_threshold_is_empty_when_any_of_its_rates_is() -> None:
    terms = '{ rate = "closing_rate", target = 100, per_point = 1 }, { rate = "handling_rate", target = 100, per_point = 1 }'
    own = scheme(item("threshold", f'points = 10\nwhen_empty = "full"\nterms = [{terms}]'))

    assert score(own, closed=0, due=0, handled=0, handle_due=5) == "10.00"
    assert score(own, closed=0, due=0) == "unknown"


def test_grades_include_their_lower_bound() -> None:
    grades = '[grades]\nbands = [{ from = 90, grade = "A", colour = "green" }, { from = 40, grade = "D", colour = "red" }]\n'
    own = scheme(CLOSING_ITEM + grades)

    found = [result(own, unit(closed=closed, due=1000)).units[0].grade for closed in (900, 899, 400, 399)]

    assert [grade.grade if grade else None for grade in found] == ["A", "D", "D", None]


def test_the_grade_uses_the_unrounded_score_unless_printed_ones_are_compared() -> None:
    grades = '[grades]\nbands = [{ from = 90, grade = "A" }, { from = 0, grade = "E" }]\n'
    printed = '[ranking]\ncompare = "printed"\n'
    row = unit(closed=899996, due=1000000)

    exact = result(scheme(CLOSING_ITEM + grades + RANKING), row).units[0]
    rounded = result(scheme(CLOSING_ITEM + grades + printed), row).units[0]

    assert exact.grade is not None
    assert rounded.grade is not None
    assert (exact.grade.grade, rounded.grade.grade) == ("E", "A")
