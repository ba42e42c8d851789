"""Properties over random histories: the chain of mode `reported`, the partition of columns, the slow reference."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridcase.facts import Selection, Span, columns_at, facts
from gridcase.facts.blocks import COLUMN_NAMES
from tests.facts.past import Choice, History, Period
from tests.facts.reference import reference
from tests.facts.story import START, Story
from tests.facts.walks import Plan, random_plan, walk

CHAIN = ("reported", "accepted", "filed", "dispatched", "handle_due", "due", "handled", "closed")
PERIOD = Span(START + timedelta(hours=6), START + timedelta(days=4))

numbers = st.integers(0, 999)
plans = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=26)
hours = st.integers(0, 400).map(lambda n: START + timedelta(hours=n, minutes=n % 7))
selections = st.builds(
    Selection,
    mode=st.sampled_from(["due", "reported"]),
    carry_over=st.sampled_from(["own_column", "included"]),
    handle_due=st.sampled_from(["all_dispatched", "without_not_yet_due"]),
    on_time_closing=st.sampled_from(["handling", "closing"]),
)


def counted(story: Story, at: datetime, period: Span, selection: Selection) -> dict[str, int]:
    row = facts(story.steps, until=at)
    return (
        columns_at(row, period=period, at=at, selection=selection) if row else dict.fromkeys(COLUMN_NAMES, 0)
    )


def reference_of(story: Story, at: datetime, period: Span, selection: Selection) -> dict[str, int]:
    """The same from plain data, by a second reading of the rules."""
    steps = [asdict(step) for step in story.steps if step.at < at]
    choice = Choice(selection.mode, selection.carry_over, selection.handle_due, selection.on_time_closing)
    return reference(History(steps), Period(period.start, period.end), at, choice) if steps else {}


@settings(max_examples=600, deadline=None)
@given(plan=plans, at=hours, selection=selections, begins=st.integers(-60, 60))
def test_every_count_equals_the_slow_reference(
    plan: Plan, at: datetime, selection: Selection, begins: int
) -> None:
    period = Span(PERIOD.start + timedelta(hours=begins), PERIOD.end + timedelta(hours=begins))
    story = walk(plan)

    columns = counted(story, at, period, selection)

    expected = reference_of(story, at, period, selection)
    assert {name: n for name, n in columns.items() if n} == expected


@settings(max_examples=300, deadline=None)
@given(plan=plans, at=hours)
@example(plan=random_plan(5), at=START + timedelta(hours=400))
def test_the_chain_of_mode_reported_never_rises(plan: Plan, at: datetime) -> None:
    period = Span(datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC))

    columns = counted(walk(plan), at, period, Selection(mode="reported"))

    values = [columns[name] for name in CHAIN]
    assert values == sorted(values, reverse=True)
    assert columns["on_time_closed"] <= min(columns["on_time_handled"], columns["closed"])


@settings(max_examples=300, deadline=None)
@given(plan=plans, at=hours, selection=selections)
def test_columns_part_their_sums_without_rest(plan: Plan, at: datetime, selection: Selection) -> None:
    columns = counted(walk(plan), at, PERIOD, selection)

    assert columns["handled"] == columns["on_time_handled"] + columns["late_handled"]
    assert columns["closed"] == columns["on_time_closed"] + columns["late_closed"]
    assert columns["unhandled"] == columns["open_in_time"] + columns["overdue_unhandled"]
    assert columns["due"] == columns["handled"] + columns["overdue_unhandled"]
    assert columns["overdue_unclosed"] == columns["due"] - columns["closed"]
    assert columns["carried_over"] == columns["carried_over_handled"] + columns["carried_over_open"]
    assert columns["dispatch_due"] == columns["filed"]


@settings(max_examples=150, deadline=None)
@given(plan=plans, at=hours)
def test_the_row_before_a_moment_is_the_row_of_the_steps_before_it(plan: Plan, at: datetime) -> None:
    steps = walk(plan).steps

    assert facts(steps, until=at) == facts([step for step in steps if step.at < at])


@settings(max_examples=150, deadline=None)
@given(plan=plans)
def test_a_case_is_due_in_at_most_one_month(plan: Plan) -> None:
    story = walk(plan)
    at = START + timedelta(days=200)
    months = [Span(START + timedelta(days=30 * n), START + timedelta(days=30 * n + 30)) for n in range(6)]

    judged = [counted(story, at, month, Selection())["handle_due"] for month in months]

    assert sum(judged) <= 1


def test_random_walks_reach_every_ending_and_every_side_path() -> None:
    stories = [walk(random_plan(seed)) for seed in range(400)]

    endings = {story.state for story in stories}
    triggers = {step.trigger for story in stories for step in story.steps}

    assert {"closed", "force_closed", "voided", "rejected", "merged", "self_closed"} <= endings
    assert {"rework", "redispatch", "return_to_intake", "release", "revoke_finding", "call_back"} <= triggers
