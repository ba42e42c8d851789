"""Which period a figure is compared with: the one before (环比) and the same a year before (同比)."""

from __future__ import annotations

from datetime import date, timedelta

from gridcase.errors import Invalid
from gridcase.evaluation.periods import parse_period

_PARTS = {"quarter": ("Q", 4), "half": ("H", 2)}


def before(name: str) -> str | None:
    """The period of the same kind just before; None before the first year that a period may have."""
    kind = parse_period(name).kind
    if kind == "day":
        return _known((date.fromisoformat(name) - timedelta(days=1)).isoformat())
    if kind == "week":
        return _known(_week(_monday(name) - timedelta(days=7)))
    year = int(name[:4])
    if kind == "month":
        return _known(f"{year:04}-{int(name[5:]) - 1:02}" if name[5:] != "01" else f"{year - 1:04}-12")
    if kind in _PARTS:
        letter, most = _PARTS[kind]
        number = int(name[6:])
        return _known(f"{year:04}-{letter}{number - 1}" if number > 1 else f"{year - 1:04}-{letter}{most}")
    return _known(f"{year - 1:04}")


def year_before(name: str) -> str | None:
    """The same period of the year before; None for a day or a week that this year does not have."""
    return _known(f"{int(name[:4]) - 1:04}{name[4:]}")


def _known(name: str) -> str | None:
    try:
        return parse_period(name).name
    except Invalid:
        return None


def _monday(name: str) -> date:
    return date.fromisocalendar(int(name[:4]), int(name[6:]), 1)


def _week(monday: date) -> str:
    year, week, _day = monday.isocalendar()
    return f"{year:04}-W{week:02}"
