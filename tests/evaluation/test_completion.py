"""Completion of unknown counts: rules in order, from the first again, never overwriting (evaluation.md 8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.evaluation.completion import complete
from gridcase.evaluation.rates import Sum, parse_sum


def completed(
    *, counts: dict[str, str] | None = None, derive: dict[str, str] | None = None, **given_counts: int
) -> dict[str, int]:
    """Completed counts without `_count`."""

    def sums(table: dict[str, str] | None) -> dict[str, Sum]:
        return {
            f"{name}_count": parse_sum([f"{word}_count" for word in words.split()])
            for name, words in (table or {}).items()
        }

    known = complete(
        {f"{name}_count": value for name, value in given_counts.items()},
        replaced=sums(counts),
        derived=sums(derive),
    )
    return {name.removesuffix("_count"): value for name, value in known.items()}


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ({"handled": 3, "overdue_unhandled": 2}, {"due": 5}),
        ({"due": 5, "overdue_unclosed": 2}, {"closed": 3}),
        ({"due": 5, "closed": 2}, {"overdue_unclosed": 3}),
        ({"open_in_time": 1, "overdue_unhandled": 2}, {"unhandled": 3}),
        ({"handled": 3, "unhandled": 2}, {"handle_due": 5}),
        ({"handled": 3, "on_time_handled": 1}, {"late_handled": 2}),
        ({"handled": 3, "late_handled": 1}, {"on_time_handled": 2}),
        ({"closed": 3, "on_time_closed": 1}, {"late_closed": 2}),
        ({"closed": 3, "late_closed": 1}, {"on_time_closed": 2}),
    ],
)
def test_each_rule_finds_its_count(known: dict[str, int], found: dict[str, int]) -> None:
    assert completed(**known) == {**known, **found}


@pytest.mark.parametrize(
    "known",
    [
        {"due": 5, "handled": 3},
        {"unhandled": 3, "open_in_time": 1},
        {"handle_due": 5, "handled": 3},
        {"on_time_handled": 1, "late_handled": 1},
    ],
)
def test_there_are_no_other_reversals(known: dict[str, int]) -> None:
    assert completed(**known) == known


def test_new_values_open_further_rules() -> None:
    known = completed(handled=532, overdue_unhandled=100, open_in_time=15, overdue_unclosed=109)

    assert (known["due"], known["closed"], known["unhandled"], known["handle_due"]) == (632, 523, 115, 647)


def test_a_negative_result_is_no_value() -> None:
    assert completed(due=2, closed=3) == {"due": 2, "closed": 3}


def test_given_counts_that_contradict_each_other_are_not_touched() -> None:
    known = {"handled": 1, "overdue_unhandled": 1, "due": 9, "closed": 9, "overdue_unclosed": 9}

    assert completed(**known) == known


def test_counts_replaces_a_given_value() -> None:
    known = completed(counts={"due": "filed -open_in_time"}, filed=10, open_in_time=3, due=99)

    assert known["due"] == 7


def test_counts_drops_a_given_value_when_a_column_is_unknown() -> None:
    assert completed(counts={"due": "filed -open_in_time"}, filed=10, due=99) == {"filed": 10}


def test_for_a_count_named_in_counts_no_other_rule_is_used() -> None:
    known = completed(
        counts={"due": "filed -open_in_time"},
        derive={"due": "accepted"},
        handled=1,
        overdue_unhandled=1,
        accepted=4,
    )

    assert "due" not in known


def test_a_negative_replacement_is_unknown() -> None:
    assert "due" not in completed(counts={"due": "filed -open_in_time"}, filed=1, open_in_time=3)


def test_a_replacement_may_need_a_count_that_is_completed_first() -> None:
    known = completed(counts={"due": "handled unhandled"}, handled=3, open_in_time=1, overdue_unhandled=2)

    assert known["due"] == 6


def test_a_replacement_of_itself_stays_unknown() -> None:
    assert "due" not in completed(counts={"due": "due -held"}, due=5, held=1)


def test_derive_fills_a_gap_before_the_standard_rules() -> None:
    derive = {"closed": "on_time_closed late_closed"}

    filled = completed(derive=derive, on_time_closed=2, late_closed=1, due=9, overdue_unclosed=1)
    kept = completed(derive=derive, on_time_closed=2, late_closed=1, closed=8)

    assert filled["closed"] == 3
    assert kept["closed"] == 8


def test_a_negative_derived_value_leaves_the_gap_to_the_standard_rules() -> None:
    known = completed(
        derive={"closed": "on_time_closed -late_closed"},
        on_time_closed=1,
        late_closed=2,
        due=9,
        overdue_unclosed=4,
    )

    assert known["closed"] == 5


_names = st.sampled_from(
    ["handled", "due", "closed", "overdue_unhandled", "open_in_time", "unhandled", "handle_due"]
)


@given(st.dictionaries(_names, st.integers(0, 30)))
def test_completion_never_changes_what_was_given_and_is_done_after_one_pass(known: dict[str, int]) -> None:
    once = completed(**known)

    assert {name: once[name] for name in known} == known
    assert completed(**once) == once
    assert all(value >= 0 for value in once.values())
