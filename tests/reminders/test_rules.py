"""The pure rules: which days are the last of a period, and what makes a department slow, on both sides of each edge."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.clock import CHINA
from gridcase.config.tables import Slow
from gridcase.evaluation.periods import period_of
from gridcase.reminders.rules import BACKLOG_RULE, RATE_RULE, Figures, broken_rules, is_in_last_days

SECOND = timedelta(seconds=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def is_reminded(moment: datetime, *, start_day: int = 1, days: int = 7) -> bool:
    return is_in_last_days(moment, period_of(moment, start_day=start_day), days)


@pytest.mark.parametrize(
    ("first", "end", "start_day"),
    [
        ("2026-02-22", "2026-03-01", 1),
        ("2028-02-23", "2028-03-01", 1),
        ("2026-11-24", "2026-12-01", 1),
        ("2026-10-25", "2026-11-01", 1),
        ("2026-12-25", "2027-01-01", 1),
        ("2026-10-19", "2026-10-26", 26),
        ("2026-03-19", "2026-03-26", 26),
        ("2026-12-19", "2026-12-26", 26),
        ("2027-01-19", "2027-01-26", 26),
        ("2026-02-21", "2026-02-28", 28),
        ("2026-02-27", "2026-03-06", 6),
        ("2028-02-28", "2028-03-06", 6),
    ],
)
def test_the_last_seven_days_begin_and_end_at_midnight(first: str, end: str, start_day: int) -> None:
    begin, after = local(f"{first}T00:00:00"), local(f"{end}T00:00:00")

    assert not is_reminded(begin - SECOND, start_day=start_day)
    assert is_reminded(begin, start_day=start_day)
    assert is_reminded(after - SECOND, start_day=start_day)
    assert not is_reminded(after, start_day=start_day)


@given(
    st.dates(date(2020, 1, 1), date(2040, 12, 31)),
    st.integers(1, 28),
    st.integers(1, 28),
)
def test_every_period_has_exactly_its_last_days(day: date, start_day: int, days: int) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=CHINA)
    period = period_of(noon, start_day=start_day)
    length = (period.end - period.start).days

    found = [
        number
        for number in range(length)
        if is_reminded(period.start + timedelta(days=number, hours=8), start_day=start_day, days=days)
    ]

    assert found == list(range(length))[-days:]


def test_the_day_is_that_of_china_wherever_the_moment_was_taken() -> None:
    assert not is_reminded(datetime(2026, 10, 24, 15, 59, 59, tzinfo=UTC))
    assert is_reminded(datetime(2026, 10, 24, 16, tzinfo=UTC))


SLOW = Slow()


@pytest.mark.parametrize(
    ("figures", "rules"),
    [
        (Figures(), ()),
        (Figures(due=5, on_time_closed=4), ()),
        (Figures(due=5, on_time_closed=3), (RATE_RULE,)),
        (Figures(due=4, on_time_closed=0), ()),
        (Figures(due=10000, on_time_closed=8000), ()),
        (Figures(due=10000, on_time_closed=7999), (RATE_RULE,)),
        (Figures(due=10**18, on_time_closed=8 * 10**17 - 1), (RATE_RULE,)),
        (Figures(overdue_unhandled=2), ()),
        (Figures(overdue_unhandled=3), (BACKLOG_RULE,)),
        (Figures(overdue_unhandled=1, carried_over_open=1), ()),
        (Figures(overdue_unhandled=1, carried_over_open=2), (BACKLOG_RULE,)),
        (Figures(carried_over_open=3), (BACKLOG_RULE,)),
        (Figures(due=5, on_time_closed=2, overdue_unhandled=3), (RATE_RULE, BACKLOG_RULE)),
    ],
)
def test_slow_is_strictly_below_the_rate_or_a_full_backlog(figures: Figures, rules: tuple[str, ...]) -> None:
    assert broken_rules(figures, SLOW) == rules


def test_the_threshold_is_exact_where_binary_fractions_are_not() -> None:
    slow = Slow(on_time_closing_rate_below=Decimal("0.1"), min_due=1)

    assert broken_rules(Figures(due=1000, on_time_closed=1), slow) == ()
    assert broken_rules(Figures(due=1001, on_time_closed=1), slow) == (RATE_RULE,)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 20), st.integers(0, 10000), st.integers(0, 9))
def test_the_rules_say_what_their_words_say(
    due: int, closed: int, min_due: int, hundredths: int, backlog: int
) -> None:
    closed = min(closed, due)
    slow = Slow(Decimal(hundredths) / 100, min_due, overdue_open_at_least=4)
    figures = Figures(due, closed, overdue_unhandled=backlog // 2, carried_over_open=backlog - backlog // 2)

    is_below = due >= min_due and Fraction(closed, due) < Fraction(hundredths, 10000)
    assert (RATE_RULE in broken_rules(figures, slow)) == is_below
    assert (BACKLOG_RULE in broken_rules(figures, slow)) == (backlog >= 4)
