"""Moments as texts: inside the records of a step, and as lists inside a fact row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

_CHINA = timezone(timedelta(hours=8))


def moment_of(value: datetime | str | None) -> datetime | None:
    """The aware UTC moment of a record: a moment, or its ISO 8601 text (China time without offset); None stays None.

    Raises ValueError for another text.
    """
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_CHINA)
    return moment.astimezone(UTC)


def moments_text(moments: Iterable[datetime]) -> str:
    """Moments joined by blanks, ascending, in UTC; empty when there are none."""
    return " ".join(moment.astimezone(UTC).isoformat() for moment in sorted(moments))


def moments_from_text(text: str) -> list[datetime]:
    """The aware moments that `moments_text` wrote."""
    return [datetime.fromisoformat(part) for part in text.split()]
