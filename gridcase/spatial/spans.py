"""Life spans of areas and cells: half-open spans of dates (geo.md 3)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Span(NamedTuple):
    """Valid on `valid_from` and no longer on `valid_to`; None means since ever, or still valid."""

    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        """Whether something with this span is valid on the date."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on < self.valid_to
        )

    def lies_inside(self, other: Span) -> bool:
        """Whether each day of this span is a day of `other`."""
        starts = other.valid_from is None or (
            self.valid_from is not None and other.valid_from <= self.valid_from
        )
        ends = other.valid_to is None or (self.valid_to is not None and self.valid_to <= other.valid_to)
        return starts and ends

    @property
    def fault(self) -> str | None:
        """What is wrong with the order of the two dates, or None."""
        if self.valid_from is not None and self.valid_to is not None and self.valid_to <= self.valid_from:
            return f"valid_to {self.valid_to} is not after valid_from {self.valid_from}"
        return None


ALWAYS = Span()


def parse_date(text: str) -> date:
    """A date written YYYY-MM-DD. Raises ValueError with a clear text for anything else."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date like 2026-07-01")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a day of the calendar") from None


def read_span(valid_from: Any, valid_to: Any) -> tuple[Span, list[str]]:
    """The span of two values as files hold them (text, empty or null), and what is wrong with them."""
    faults: list[str] = []
    days: list[date | None] = []
    for name, value in (("valid_from", valid_from), ("valid_to", valid_to)):
        day = None
        if value is not None and value != "":
            try:
                day = parse_date(value) if isinstance(value, str) else None
                if day is None:
                    faults.append(f"{name}: {value!r} is not a date like 2026-07-01")
            except ValueError as error:
                faults.append(f"{name}: {error}")
        days.append(day)
    span = Span(*days)
    if span.fault:
        faults.append(span.fault)
    return span, faults
