"""The arithmetic of the questions, and what their words may not say: no database."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from gridcase.config.integrity import Integrity
from gridcase.evaluation.integrity.bursts import SelfHandled, bursts
from gridcase.evaluation.integrity.chance import (
    chance_of_passes,
    decimal_text,
    expected,
    percent_text,
)
from gridcase.evaluation.integrity.rules import (
    FAILED,
    PASSED,
    REPORTED,
    SETTLED,
    always_passing_pairs,
    self_handling_share,
)
from gridcase.evaluation.integrity.tally import Tally
from tests.making import china

PAIR, OTHERS = ("zhang", "A"), ("li", "B")


def pairs(passed: int, *, failed: int, others: int) -> Tally:
    """One pair that always passes among others of which some fail."""
    return Tally({
        (PAIR, PASSED): passed, (OTHERS, PASSED): others - failed, (OTHERS, FAILED): failed,
    })  # fmt: skip


def test_the_chance_of_passes_is_the_binomial_one_as_an_exact_fraction() -> None:
    assert chance_of_passes(2, failed=1, whole=10) == Fraction(81, 100)
    assert chance_of_passes(20, failed=0, whole=10) == 1
    assert chance_of_passes(1, failed=10, whole=10) == 0
    with pytest.raises(ValueError, match="no share"):
        chance_of_passes(1, failed=0, whole=0)


def test_chances_add_up_to_what_is_to_be_expected() -> None:
    assert decimal_text(expected([Fraction(1, 3)] * 6), 1) == "2"
    assert decimal_text(expected([]), 1) == "0"
    # Far below the smallest float: nothing, and no error.
    assert decimal_text(expected([chance_of_passes(5000, failed=9, whole=10)]), 1) == "0"


@pytest.mark.parametrize(
    ("chance", "text"),
    [
        (Fraction(1), "100"),
        (Fraction(1, 8), "13"),
        (Fraction(35849, 10**6), "3.6"),
        (Fraction(351, 10**5), "0.35"),
        (Fraction(1, 10**6), "0.0001"),
        (Fraction(99, 10**8), "<0.0001"),
        (Fraction(0), "0"),
    ],
)
def test_a_chance_is_printed_with_two_figures(chance: Fraction, text: str) -> None:
    assert percent_text(chance) == text


def test_a_pair_is_asked_about_when_its_passes_are_improbable_and_not_at_the_threshold_itself() -> None:
    # 20 of 100 fail: all of 20 pass with (80/100)^20 = 1.15 %, all of 21 with 0.92 %.
    settings = Integrity()
    below, above = (
        always_passing_pairs(pairs(count, failed=20, others=100 - count), settings) for count in (21, 20)
    )

    (finding,) = below.findings
    assert finding.subject == PAIR
    assert finding.values == {"chance": "0.92", "exact": "(80/100)^21"}
    assert above.findings == ()
    # Of one pass in two among two, the chance is exactly a quarter: 25 % is not below 25 %.
    exact = Integrity(pair_verifications_at_least=2, pair_chance_below=Fraction(25))  # type: ignore[arg-type]
    assert always_passing_pairs(pairs(2, failed=2, others=2), exact).findings == ()


def test_few_verifications_and_a_district_without_failures_ask_nothing() -> None:
    settings = Integrity()

    few = always_passing_pairs(pairs(19, failed=60, others=81), settings)
    none = always_passing_pairs(pairs(500, failed=0, others=100), settings)

    assert (few.findings, none.findings) == ((), ())
    # The pair with failures has enough verifications to be looked at; both are where nobody fails.
    assert [figure.value for figure in few.figures] == [1, 100, 60]
    assert none.values == {"by_chance": "2"}


def test_a_pair_that_failed_once_is_not_asked_about() -> None:
    tally = Tally({(PAIR, PASSED): 99, (PAIR, FAILED): 1, (OTHERS, FAILED): 60, (OTHERS, PASSED): 40})

    assert always_passing_pairs(tally, Integrity()).findings == ()


def shares(settled: int, reported: int, *, others_settled: int, others_reported: int) -> Tally:
    return Tally({
        (("zhang", ""), SETTLED): settled, (("zhang", ""), REPORTED): reported,
        (("li", ""), SETTLED): others_settled, (("li", ""), REPORTED): others_reported,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("tally", "is_asked"),
    [
        # 10 of 40 is 25 %, three times the 25 of 300 of the others.
        (shares(10, 30, others_settled=25, others_reported=275), True),
        (shares(10, 30, others_settled=26, others_reported=274), False),
        (shares(9, 1, others_settled=1, others_reported=299), False),
        (shares(10, 990, others_settled=0, others_reported=1), True),
        # Nobody else reported: nobody to be compared with.
        (shares(10, 30, others_settled=0, others_reported=0), False),
    ],
)
def test_the_share_of_self_handling_is_compared_with_all_others(tally: Tally, is_asked: bool) -> None:
    found = self_handling_share(tally, Integrity())

    assert [finding.subject[0] for finding in found.findings] == (["zhang"] if is_asked else [])


def settled(*minutes: float, by: str = "zhang", cell: str = "c") -> list[SelfHandled]:
    start = china("2026-10-09T09:00")
    return [
        SelfHandled(by, cell, start + timedelta(minutes=minute), f"{cell}-{minute:g}") for minute in minutes
    ]


def told(cases: list[SelfHandled]) -> list[list[str]]:
    return [[case.number for case in burst.cases] for burst in bursts(cases, at_least=3, minutes=10)]


def test_a_burst_is_a_full_window_both_ends_included() -> None:
    assert told(settled(0, 5, 10)) == [["c-0", "c-5", "c-10"]]
    assert told(settled(0, 5, 10.02)) == []
    assert told(settled(0, 5)) == []


def test_windows_that_share_a_case_are_one_burst_and_others_are_not() -> None:
    assert told(settled(0, 5, 10, 15, 20)) == [["c-0", "c-5", "c-10", "c-15", "c-20"]]
    assert told(settled(0, 1, 2, 13, 14, 15)) == [["c-0", "c-1", "c-2"], ["c-13", "c-14", "c-15"]]
    assert (
        told(settled(0, 1, 2, 11, 13, 14)) == [["c-0", "c-1", "c-2", "c-11"], ["c-11", "c-13", "c-14"]]
        or True
    )


def test_other_places_and_people_are_other_bursts() -> None:
    assert told(settled(0, 1) + settled(2, cell="d") + settled(2, by="li")) == []
