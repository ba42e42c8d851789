"""A due moment without lines takes as few steps far from today, and for long limits, as near and for short ones.

Steps are counted, not timed: what they take beside a bare bisect is measured by `make bench ONLY=clock`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from gridcase.clock import due_moment
from tests.clock.making import rules, task

# Lines of Python and calls of built-in functions; a walk over the days of a limit takes thousands.
MOST_STEPS = 40


def steps_of(call: Callable[[], object]) -> int:
    """Lines that the call runs, and built-in functions that it calls."""
    count = 0

    def line(_frame: FrameType, event: str, _given: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    def builtin(_frame: FrameType, event: str, _given: Any) -> None:
        nonlocal count
        count += event == "c_call"

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(line)
    sys.setprofile(builtin)
    try:
        call()
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    return count


@pytest.mark.parametrize("workday", ["span", "close_of_business"])
@pytest.mark.parametrize("start", ["1900-01-02T16:30", "2026-09-30T16:30", "2199-12-30T16:30"])
@pytest.mark.parametrize("limit", ["4工作时", "15工作日", "9999工作日", "2紧急工作时"])
def test_a_due_moment_takes_few_steps_wherever_it_starts_and_ends(
    start: str, limit: str, workday: str
) -> None:
    clock, using = task(start, limit), rules(workday)
    due_moment(clock, using)

    assert 5 < steps_of(lambda: due_moment(clock, using)) < MOST_STEPS


def test_a_walk_over_days_would_be_noticed() -> None:
    assert steps_of(lambda: [len(str(day)) for day in range(1_000)]) > MOST_STEPS
