"""A due moment without lines is cheap, also far from today."""

from __future__ import annotations

from bisect import bisect_left
from timeit import repeat

import pytest

from gridcase.clock import due_moment
from tests.clock.making import rules, task

CALLS = 2000


def microseconds(call: object) -> float:
    """The best of several rounds: other work on the machine only ever adds."""
    assert callable(call)
    return min(repeat(call, number=CALLS, repeat=15)) / CALLS * 1e6


@pytest.mark.parametrize("workday", ["span", "close_of_business"])
@pytest.mark.parametrize("start", ["1900-01-02T16:30", "2026-09-30T16:30", "2199-12-30T16:30"])
@pytest.mark.parametrize("limit", ["4工作时", "15工作日", "9999工作日", "2紧急工作时"])
def test_a_due_moment_takes_little_more_than_a_look_into_a_table(
    start: str, limit: str, workday: str
) -> None:
    clock, using = task(start, limit), rules(workday)
    table = list(range(0, 400 * 250 * 2 * 4 * 3600, 4 * 3600))
    wanted = table[len(table) // 2] + 1

    ours = microseconds(lambda: due_moment(clock, using))
    bare = microseconds(lambda: bisect_left(table, wanted))

    assert ours < 20
    assert ours < 15 * bare
