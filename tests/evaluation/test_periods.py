"""Names, edges and months of periods (evaluation.md 2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.clock import CHINA
from gridcase.errors import Invalid
from gridcase.evaluation.counting import moments_of
from gridcase.evaluation.periods import as_of_moment, parse_moment, parse_period, period_of


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("text", "start_day", "start", "end"),
    [
        ("2026-10", 1, "2026-10-01", "2026-11-01"),
        ("2026-12", 1, "2026-12-01", "2027-01-01"),
        ("2028-02", 1, "2028-02-01", "2028-03-01"),
        ("2026-10", 26, "2026-09-26", "2026-10-26"),
        ("2026-01", 26, "2025-12-26", "2026-01-26"),
        ("2026-03", 28, "2026-02-28", "2026-03-28"),
        ("2026-10", 2, "2026-09-02", "2026-10-02"),
        ("2026-10-05", 26, "2026-10-05", "2026-10-06"),
        ("2026-W43", 26, "2026-10-19", "2026-10-26"),
        ("2026-W01", 1, "2025-12-29", "2026-01-05"),
        ("2026-W53", 1, "2026-12-28", "2027-01-04"),
        ("2026-Q4", 1, "2026-10-01", "2027-01-01"),
        ("2026-Q1", 26, "2025-12-26", "2026-03-26"),
        ("2026-H2", 1, "2026-07-01", "2027-01-01"),
        ("2026", 1, "2026-01-01", "2027-01-01"),
        ("2026", 26, "2025-12-26", "2026-12-26"),
    ],
)
def test_a_period_runs_from_midnight_to_midnight_in_china(
    text: str, start_day: int, start: str, end: str
) -> None:
    period = parse_period(text, start_day=start_day)

    assert (period.start, period.end) == (china(start), china(end))
    assert period.last_day == date.fromisoformat(end) - timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "count"), [("2026-10", 0), ("2026-W43", 0), ("2026-Q4", 3), ("2026-H1", 6), ("2026", 12)]
)
def test_a_quarter_or_longer_is_made_of_its_months(text: str, count: int) -> None:
    period = parse_period(text, start_day=26)

    assert len(period.months) == count
    for month, following in pairwise(period.months):
        assert month.end == following.start
    if count:
        assert (period.months[0].start, period.months[-1].end) == (period.start, period.end)
        assert all(month.kind == "month" for month in period.months)


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-00", "2026-02-30", "2026-W54", "2025-W53", "2026-W00", "2026-Q5", "2026-H3", "26-10", "2026-1",
     "2026-10-5", " 2026", "2026-10 ", "0000", "0001", "9999", "１２３４", "october"],
)  # fmt: skip
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_period(text)
    assert refused.value.code == "bad_period"


@given(st.integers(0, 200 * 366 * 86400), st.integers(1, 28))
def test_every_moment_lies_in_the_month_that_is_told(seconds: int, start_day: int) -> None:
    aware = china("1950-01-01") + timedelta(seconds=seconds)

    period = period_of(aware, start_day=start_day)

    assert period.start <= aware < period.end
    assert parse_period(period.name, start_day=start_day) == period


def test_the_moment_of_judgement_is_the_end_with_its_delay_but_never_later_than_now() -> None:
    october = parse_period("2026-10")

    assert as_of_moment(october, now=china("2026-12-01")) == october.end
    assert as_of_moment(october, now=china("2026-12-01"), delay_hours=24) == china("2026-11-02")
    assert as_of_moment(october, now=china("2026-10-20T09:30"), delay_hours=24) == china("2026-10-20T09:30")


def test_a_month_is_taken_at_the_moment_given_even_a_later_one() -> None:
    october = parse_period("2026-10")

    moments = moments_of(october, now=china("2026-12-01"), as_of=china("2026-11-20"))

    assert moments == [(october, china("2026-11-20"))]


def test_months_of_a_quarter_are_taken_at_the_moment_given_only_when_theirs_lies_later() -> None:
    quarter = parse_period("2026-Q4")

    moments = moments_of(quarter, now=china("2027-02-01"), as_of=china("2026-11-20"))

    assert [at for _, at in moments] == [china("2026-11-01"), china("2026-11-20"), china("2026-11-20")]


def test_a_moment_without_offset_is_china_time() -> None:
    assert parse_moment("2026-11-01T00:00") == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert parse_moment("2026-11-01") == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert parse_moment("2026-11-01T00:00:00Z") == datetime(2026, 11, 1, tzinfo=UTC)
    assert parse_moment("2026-11-01T00:00:00.9+00:00") == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "0001-01-01T00:00+23:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_moment(text)
    assert refused.value.code == "bad_time"
