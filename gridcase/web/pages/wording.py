"""How moments and lengths of time are written on pages; the words themselves stand in the templates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint

from gridcase.clock import CHINA
from gridcase.web.context import now, premises
from gridcase.web.pages.english import label_text
from gridcase.web.pages.look import look

WORDING = Blueprint("wording", __name__)

_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60
_KILOMETRE_M = 1000


def read_moment(value: Any) -> datetime | None:
    """A moment from a moment or its RFC 3339 text, in China time."""
    if not value:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(CHINA)


@WORDING.app_template_filter("moment")
def moment_text(value: Any) -> str:
    """`10-09 17:30` in the present year, else with the year."""
    return _written(value, "%H:%M")


@WORDING.app_template_filter("exact")
def exact_text(value: Any) -> str:
    """As `moment`, with the seconds where there are any: in sums nothing may be missing."""
    moment = read_moment(value)
    return _written(value, "%H:%M:%S" if moment and moment.second else "%H:%M")


def _written(value: Any, time: str) -> str:
    moment = read_moment(value)
    if moment is None:
        return ""
    day = "%m-%d" if moment.year == now().astimezone(CHINA).year else "%Y-%m-%d"
    return moment.strftime(f"{day} {time}")


@WORDING.app_template_filter("minute")
def minute_text(value: Any) -> str:
    """`2026-10-09 17:30`."""
    moment = read_moment(value)
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


@WORDING.app_template_filter("weekday")
def weekday_number(value: Any) -> int:
    """0 for Monday to 6 for Sunday."""
    moment = read_moment(value)
    return moment.weekday() if moment else 0


@WORDING.app_template_filter("parts")
def span_parts(seconds: int | None) -> list[tuple[int, str]]:
    """The two largest parts of a length of time, such as [(3, "hour"), (20, "minute")]; below a minute none."""
    left = abs(int(seconds or 0))
    days, rest = divmod(left, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    found = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (minutes, "minute")]
    return [(number, unit) for number, unit in found if number]


@WORDING.app_template_filter("whole")
def whole_parts(seconds: int | None) -> list[tuple[int, str]]:
    """Counted time to the second in hours, minutes and seconds: working time has no days."""
    left = abs(int(seconds or 0))
    found = [(left // _HOUR, "hour"), (left // _MINUTE % 60, "minute"), (left % _MINUTE, "second")]
    return [(number, unit) for number, unit in found if number]


@WORDING.app_template_filter("distance")
def distance_text(metres: float) -> str:
    """`35 米`, from a kilometre on `1.4 公里`."""
    if round(metres) < _KILOMETRE_M:
        return f"{round(metres)} 米"
    return f"{metres / _KILOMETRE_M:.1f} 公里"


@WORDING.app_template_global("message")
def message(code: str, data: dict[str, Any] | None = None) -> str:
    """The text of a code of the catalogue, in the language of the page."""
    return premises().messages.text(code, look().language, data)


@WORDING.app_template_filter("label")
def label(text: str | None) -> str:
    """A label of a definition, such as a state's or a rate's, in the language of the page."""
    return label_text(text, look().language)


@WORDING.app_template_filter("day")
def day_text(value: Any) -> str:
    """A date, or the date of a moment, as `2026-10-09`."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    moment = read_moment(value)
    return moment.strftime("%Y-%m-%d") if moment else ""
