"""Whatever people try in whatever order, the register stays the exact fold of its steps."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.cases.walking import Walk
from tests.making import Office

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@pytest.mark.parametrize(
    ("kind", "workflow", "examples", "steps"),
    [("sqlite", "standard", 25, 12), ("postgres", "standard", 6, 10), ("sqlite", "two_level", 8, 12)],
)
def test_random_walks_keep_every_rule(
    request: pytest.FixtureRequest, kind: str, workflow: str, *, examples: int, steps: int
) -> None:
    office: Office = request.getfixturevalue(f"_standing_{kind}")
    walk = type("OfficeWalk", (Walk,), {"office": office, "workflow": workflow})

    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=_SLOW
        ),
    )
