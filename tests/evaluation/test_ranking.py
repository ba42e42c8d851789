"""Groups, ties, further keys, minimum counts and reasons for no rank (evaluation.md 7)."""

from __future__ import annotations

from random import Random

import pytest

from gridcase.evaluation.answer import COMPARED_UNROUNDED, differs_behind_print, table_text
from gridcase.evaluation.counts_file import UnitCounts
from gridcase.evaluation.evaluating import candidate_of, completed_counts
from gridcase.evaluation.ranking import Rivals, rank_units
from gridcase.evaluation.schemes import Scheme
from tests.evaluation.schemes import CLOSING_ITEM, result, scheme, unit


def ranks(of: Scheme, *rows: UnitCounts) -> list[int | str | None]:
    """The rank of each row, or its reason for none."""
    places = [found.place for found in result(of, *rows).units]
    return [None if place is None else place.rank or place.unranked for place in places]


def ranked(text: str = "") -> Scheme:
    return scheme(f"{CLOSING_ITEM}[ranking]\n{text}\n")


def closed(per_mille: int, name: str = "甲", group: str = "", **more: int) -> UnitCounts:
    return unit(name, group, closed=per_mille, due=1000, **more)


def test_without_a_ranking_nothing_is_ranked() -> None:
    assert ranks(scheme(CLOSING_ITEM), closed(5), unit(closed=0, due=0)) == [None, None]


def test_higher_scores_come_first() -> None:
    assert ranks(ranked(), closed(300), closed(900), closed(500)) == [3, 1, 2]


def test_order_asc_turns_the_list() -> None:
    assert ranks(ranked('order = "asc"'), closed(300), closed(900), closed(500)) == [1, 3, 2]


def test_units_are_ranked_inside_their_group() -> None:
    rows = [closed(300, group="街道"), closed(900, group="企业"), closed(500, group="街道")]

    assert ranks(ranked(), *rows) == [2, 1, 1]


def test_dense_ties_share_a_rank_and_the_next_is_one_more() -> None:
    assert ranks(ranked(), closed(900), closed(900), closed(500)) == [1, 1, 2]


def test_consecutive_ties_keep_the_order_of_the_input() -> None:
    own = ranked('ties = "consecutive"')

    assert ranks(own, closed(500), closed(900), closed(500), closed(900)) == [3, 1, 4, 2]


def test_unrounded_scores_part_what_prints_alike() -> None:
    rows = [unit("甲", closed=80004, due=100000), unit("乙", closed=79996, due=100000)]

    assert ranks(ranked(), *rows) == [1, 2]
    assert ranks(ranked('compare = "printed"'), *rows) == [1, 1]
    assert ranks(ranked('compare = "printed"\nties = "consecutive"'), *rows) == [1, 2]


def test_a_table_says_why_what_prints_alike_has_several_ranks() -> None:
    close = [unit("甲", closed=80004, due=100000), unit("乙", closed=79996, due=100000)]
    apart = [unit("甲", closed=81, due=100), unit("乙", closed=80, due=100)]
    equal = [unit("甲", closed=80, due=100), unit("乙", closed=800, due=1000)]
    of_groups = [unit("甲", "街道", closed=80004, due=100000), unit("乙", "企业", closed=79996, due=100000)]

    def says(own: Scheme, rows: list[UnitCounts]) -> bool:
        found = result(own, *rows)
        assert differs_behind_print(found) == (COMPARED_UNROUNDED in table_text(found))
        return differs_behind_print(found)

    assert says(ranked(), close)
    assert says(ranked('by = "closing_rate"'), close)
    assert not any(says(ranked(), rows) for rows in (apart, equal, of_groups))
    assert not says(ranked('compare = "printed"\nties = "consecutive"'), close)
    assert not says(scheme(CLOSING_ITEM), close)


def test_then_by_is_part_of_the_key() -> None:
    own = ranked('then_by = ["filed_count", "-held_count"]')
    rows = [
        closed(500, filed=3, held=1),
        closed(500, filed=3, held=0),
        closed(500, filed=9, held=5),
        closed(500, filed=3, held=0),
    ]

    assert ranks(own, *rows) == [3, 2, 1, 2]


def test_order_asc_turns_by_only() -> None:
    own = ranked('order = "asc"\nthen_by = ["filed_count"]')

    assert ranks(own, closed(500, filed=1), closed(500, filed=2), closed(100, filed=0)) == [3, 2, 1]


def test_unknown_and_empty_further_keys_count_as_nothing() -> None:
    own = ranked('then_by = ["filed_count", "handling_rate"]')
    rows = [
        closed(500),
        closed(500, filed=0, handled=0, handle_due=0),
        closed(500, filed=0, handled=1, handle_due=2),
        closed(500, filed=0, handled=0, handle_due=2),
    ]

    assert ranks(own, *rows) == [2, 2, 1, 2]


def test_further_rates_are_compared_as_printed_when_the_scheme_says_so() -> None:
    rows = [
        closed(500, handled=80004, handle_due=100000),
        closed(500, handled=79996, handle_due=100000),
    ]

    assert ranks(ranked('then_by = ["handling_rate"]'), *rows) == [1, 2]
    assert ranks(ranked('then_by = ["handling_rate"]\ncompare = "printed"'), *rows) == [1, 1]


def test_a_score_column_can_part_printed_ties() -> None:
    own = ranked('compare = "printed"\nthen_by = ["system_score"]')
    rows = [
        unit("甲", closed=80004, due=100000, system_score="70.5"),
        unit("乙", closed=79996, due=100000, system_score="70.6"),
    ]

    assert ranks(own, *rows) == [2, 1]


@pytest.mark.parametrize(("due", "expected"), [(10, 1), (9, "too_few")])
def test_fewer_than_the_minimum_are_not_ranked(due: int, expected: int | str) -> None:
    own = ranked('min_count = { column = "due_count", at_least = 10 }')

    found = result(own, unit(closed=due, due=due)).units[0]

    assert ranks(own, unit(closed=due, due=due)) == [expected]
    assert found.score is not None
    assert found.score.value == 100


def test_reasons_come_in_the_order_of_decisions() -> None:
    own = ranked('min_count = { column = "filed_count", at_least = 10 }')
    rows = [
        unit("甲", closed=1),
        unit("乙", closed=0, due=0),
        unit("丙", closed=1, due=1),
        unit("丁", closed=1, due=1, filed=9),
        unit("戊", closed=1, due=1, filed=10),
    ]

    assert ranks(own, *rows) == ["unknown", "no_data", "unknown", "too_few", 1]


def test_unranked_units_take_no_number() -> None:
    assert ranks(ranked(), closed(900), unit("乙", closed=0, due=0), closed(500)) == [1, "no_data", 2]


def test_a_rate_can_rank_a_scheme_without_items() -> None:
    own = scheme('[ranking]\nby = "closing_rate"\n')
    rows = [
        unit("甲", closed=1, due=2),
        unit("乙", closed=2, due=2),
        unit("丙", closed=0, due=0),
        unit("丁", filed=1),
    ]

    found = result(own, *rows)

    assert ranks(own, *rows) == [2, 1, "no_data", "unknown"]
    assert all(one.score is None and one.grade is None for one in found.units)


def test_a_rate_ranks_although_the_score_has_no_data() -> None:
    own = scheme(CLOSING_ITEM + '[ranking]\nby = "handling_rate"\norder = "asc"\n')

    found = result(own, unit(closed=0, due=0, handled=1, handle_due=2)).units[0]

    assert found.place is not None
    assert found.place.rank == 1
    assert found.score is not None
    assert found.score.reason == "no_data"


def test_ranking_by_a_rate_needs_no_known_score() -> None:
    own = scheme(CLOSING_ITEM + '[ranking]\nby = "handling_rate"\n')

    assert ranks(own, unit(handled=1, handle_due=2)) == [1]


@pytest.mark.parametrize("ties", ["dense", "consecutive"])
@pytest.mark.parametrize("order", ["desc", "asc"])
def test_one_placed_among_rivals_that_stand_still_has_the_place_of_the_whole_table(
    ties: str, order: str
) -> None:
    own = scheme(
        f'{CLOSING_ITEM}[ranking]\nties = "{ties}"\norder = "{order}"\nthen_by = ["closed_count"]\n'
        'min_count = { column = "due_count", at_least = 2 }\n'
    )
    chance = Random(f"{ties}/{order}")
    for _ in range(60):
        rows = [unit(name, due=chance.randrange(5), closed=chance.randrange(3)) for name in "甲乙丙丁戊"]
        candidates = [candidate_of(own, row, completed_counts(own, row)) for row in rows]
        places = rank_units(own, candidates, own.printing)

        for at, candidate in enumerate(candidates):
            rivals = Rivals(own, own.printing, before=candidates[:at], after=candidates[at + 1 :])
            assert rivals.place(candidate) == places[at]


def test_rivals_of_a_scheme_without_a_ranking_give_no_place() -> None:
    own = scheme(CLOSING_ITEM)
    candidate = candidate_of(own, unit(due=1, closed=1), {"due_count": 1, "closed_count": 1})

    assert Rivals(own, own.printing, before=[], after=[candidate]).place(candidate) is None
