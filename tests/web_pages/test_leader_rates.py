"""Which rates the leader's page tells: those that the scheme in force scores."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.schemes import RateItem
from gridcase.resources import shipped_folder
from gridcase.web.pages.leader_rates import chief_rates

SCHEMES = SchemeFolder(shipped_folder() / "workflows" / "schemes")


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("department-d1", ("on_time_handling_rate", "closing_rate", "on_time_closing_rate")),
        ("department-d2", ("on_time_closing_rate", "closing_rate", "handling_rate")),
        ("department-d3", ("handling_rate", "on_time_handling_rate", "on_time_closing_rate")),
        ("area", ("on_time_closing_rate", "closing_rate", "handling_rate")),
        ("rates", ("on_time_closing_rate", "closing_rate", "handling_rate")),
    ],
)
def test_the_rates_that_a_scheme_scores_come_first_and_most_points_first(
    name: str, rates: tuple[str, ...]
) -> None:
    assert chief_rates(SCHEMES.find(name)) == rates


def test_another_weight_brings_another_rate_to_the_front() -> None:
    scheme = SCHEMES.find("department-d1")
    items = [
        replace(item, points=item.points * 10)
        if isinstance(item, RateItem) and item.rate == "closing_rate"
        else item
        for item in scheme.items
    ]

    assert chief_rates(replace(scheme, items=tuple(items)))[0] == "closing_rate"
