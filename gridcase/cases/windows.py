"""The window of a same-time verification: the time of day of the report, a day or more later (flow.md 5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gridcase.clock import CHINA


def same_time_window(reported_at: datetime, sent_at: datetime, width: timedelta) -> tuple[datetime, datetime]:
    """The first interval [time of day of the report - width, + width] that ends after the sending, in UTC.

    Both ends belong to it. `width` is half of the window, the setting `verification.window_minutes`.
    """
    reported, sent = reported_at.astimezone(CHINA), sent_at.astimezone(CHINA)
    # A wide window of the evening before may still be open after midnight.
    middle = datetime.combine(sent.date(), reported.timetz()) - timedelta(days=1)
    while middle + width <= sent:
        middle += timedelta(days=1)
    return (middle - width).astimezone(UTC), (middle + width).astimezone(UTC)
