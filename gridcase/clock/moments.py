"""Moments as whole seconds of China time: read from text and from `datetime`, written as ISO 8601."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from gridcase.clock.refusals import ClockError, shortened

CHINA = timezone(timedelta(hours=8))
DAY = 86_400
EPOCH = datetime(1900, 1, 1, tzinfo=CHINA)
"""Second 0 of all tables, a Monday: the first moment that an input may name."""
FIRST_DAY = EPOCH.toordinal()
INPUT_END = (date(2200, 1, 1).toordinal() - FIRST_DAY) * DAY
"""First second after the last moment that an input may name (clock.md 9: years 1900 to 2199)."""
HORIZON_DAYS = date(2300, 1, 1).toordinal() - FIRST_DAY
HORIZON = HORIZON_DAYS * DAY
"""First second after the last due moment that is given (clock.md 9, fault 11: year 2299)."""

_CHINA_OFFSET = 8 * 3600
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))?"
)


def parse_moment(text: object) -> int:
    """The second of China time that `text` names: `YYYY-MM-DDTHH:MM[:SS]`, then nothing, `Z` or `±HH:MM`.

    Raises ClockError `bad_time` for anything else, also when the year in China time is not 1900 to 2199
    (source: clock.md 9, field `start`).
    """
    match = _MOMENT.fullmatch(text) if isinstance(text, str) else None
    second = _second_of(match) if match else None
    if second is None or not 0 <= second < INPUT_END:
        raise ClockError(
            "bad_time", f"{shortened(text)} is not a moment like 2026-09-30T16:30 of 1900 to 2199"
        )
    return second


def _second_of(match: re.Match[str]) -> int | None:
    year, month, day, hour, minute, second, sign, off_hour, off_minute = match.groups()
    try:
        days = date(int(year), int(month), int(day)).toordinal() - FIRST_DAY
    except ValueError:
        return None
    clock = (int(hour), int(minute), int(second or 0))
    offset = (int(off_hour or 0), int(off_minute or 0))
    if clock[0] > 23 or clock[1] > 59 or clock[2] > 59 or offset[0] > 23 or offset[1] > 59:
        return None
    local = days * DAY + clock[0] * 3600 + clock[1] * 60 + clock[2]
    if sign is None:
        return local + _CHINA_OFFSET if match.string.endswith("Z") else local
    shift = offset[0] * 3600 + offset[1] * 60
    return local - (shift if sign == "+" else -shift) + _CHINA_OFFSET


def second_of(moment: datetime) -> int:
    """The second of China time in which the aware `moment` lies; fractions of a second are dropped.

    Raises TypeError for a naive moment.
    """
    since = moment - EPOCH
    return since.days * DAY + since.seconds


def moment_of(second: int) -> datetime:
    """The aware moment of China time that begins `second`."""
    return EPOCH + timedelta(seconds=second)


def input_second(moment: datetime) -> int:
    """As `second_of`; raises ClockError `bad_time` outside the years 1900 to 2199 of China time."""
    second = second_of(moment)
    if not 0 <= second < INPUT_END:
        raise ClockError("bad_time", f"{moment.isoformat()} is outside the years 1900 to 2199")
    return second


@lru_cache(maxsize=1 << 16)
def date_text(day: int) -> bytes:
    """Day number `day` as `YYYY-MM-DD` in ASCII."""
    return date.fromordinal(FIRST_DAY + day).isoformat().encode()


@lru_cache(maxsize=1 << 12)
def time_text(rest: int) -> str:
    """Second `rest` of a day (0 to 86,399) as `T16:30:00+08:00`."""
    return f"T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}+08:00"


def write_moment(second: int) -> str:
    """`second` as `YYYY-MM-DDTHH:MM:SS+08:00`."""
    day, rest = divmod(second, DAY)
    return date_text(day).decode() + time_text(rest)
