"""The plain way through the standard flow."""

from __future__ import annotations

import pytest

from tests.cases.checking import check_case
from tests.making import PLAIN_WAY, Office


@pytest.mark.parametrize("goal", sorted(PLAIN_WAY))
def test_every_state_of_the_plain_way_is_reached(standing_both: Office, goal: str) -> None:
    number = standing_both.report()

    standing_both.walk(number, goal)

    assert check_case(standing_both, number).state == goal
