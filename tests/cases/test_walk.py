"""The plain way through the standard flow."""

from __future__ import annotations

import pytest

from tests.cases.checking import check_case
from tests.making import PLAIN_WAY, Office


@pytest.mark.parametrize("goal", sorted(PLAIN_WAY))
def test_every_state_of_the_plain_way_is_reached(office: Office, goal: str) -> None:
    number = office.report()

    office.walk(number, goal)

    assert check_case(office, number).state == goal
