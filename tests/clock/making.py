"""Factories for clock tests: moments, rules on the shipped calendar, tasks, batch questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gridcase.clock import (
    CHINA,
    ClockError,
    ClockRules,
    Extension,
    Hold,
    Task,
    WorkCalendar,
    answer_line,
    load_calendar,
    make_rules,
    parse_limit,
)

CALENDARS = Path(__file__).resolve().parents[2] / "workflows" / "calendars"
SHIPPED_SLOTS = (("08:00", "12:00"), ("14:00", "18:00"))


@cache
def shipped_calendar() -> WorkCalendar:
    return load_calendar(CALENDARS)


def rules(workday: str = "span", slots: Sequence[Sequence[str]] = SHIPPED_SLOTS) -> ClockRules:
    return make_rules(shipped_calendar(), slots, workday)


def at(text: str) -> datetime:
    """`2026-09-30T16:30` as an aware moment of China time."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def task(
    start: str,
    limit: str,
    *,
    holds: Sequence[tuple[str, str]] = (),
    extensions: Sequence[tuple[str, str]] = (),
) -> Task:
    return Task(
        at(start),
        parse_limit(limit),
        tuple(Hold(at(begin), at(end)) for begin, end in holds),
        tuple(Extension(at(asked), parse_limit(size)) for asked, size in extensions),
    )


def ask(using: ClockRules | None = None, **fields: Any) -> dict[str, Any]:
    """The answer to one batch line; `id`, `start` and `limit` have sensible defaults."""
    question = {"id": "a", "start": "2026-09-30T16:30", "limit": "4工作时", **fields}
    return ask_text(json.dumps(question), using)


def ask_text(line: str, using: ClockRules | None = None) -> dict[str, Any]:
    found = json.loads(answer_line(line, using or rules()))
    assert isinstance(found, dict)
    return found


def fault(**fields: Any) -> str:
    """The code with which a batch line is refused."""
    return str(ask(**fields)["error"]["code"])


def refusal(act: Callable[[], object]) -> str:
    """The code with which the clock refuses what `act` asks for."""
    with pytest.raises(ClockError) as caught:
        act()
    return caught.value.code
