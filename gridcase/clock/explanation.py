"""The lines that explain a due moment: intervals, extensions and warnings, written as JSON at once.

A limit of 9999 working days has 44,000 lines. Filling templates of UTF-8 bytes, a whole working day at a time,
takes a fifth of the time of dicts and `json.dumps`; whoever wants dicts reads the JSON, so both are one thing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from gridcase.clock.arithmetic import Course, span_of
from gridcase.clock.moments import DAY, FIRST_DAY, date_text, moment_of, time_text, write_moment
from gridcase.clock.rules import CLOSINGS, ROUND_THE_CLOCK, ClockRules
from gridcase.clock.tasks import Span, Stretch, Task
from gridcase.clock.verdicts import CLOSING, COUNTED, HOLIDAY, WHOLE_DAY, day_changes, days, pieces
from gridcase.clock.wording import (
    closing_text,
    counted_text,
    day_label,
    duration,
    idle_day_text,
    idle_text,
    time_label,
    warning_text,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The due moment in China time and the lines of clock.md 9 that explain it, ready for JSON."""

    due_at: datetime
    lines: list[dict[str, Any]]


def explain(task: Task, rules: ClockRules) -> Explanation:
    """The due moment of `task` with its lines: all intervals, then all extensions, then all warnings.

    Raises as `due_moment` (source: clock.md 9, "Lines").
    """
    due, lines = explain_span(span_of(task, rules), rules)
    return Explanation(moment_of(due), json.loads(b"[%b]" % b", ".join(lines)))


def explain_span(span: Span, rules: ClockRules) -> tuple[int, list[bytes]]:
    """The due moment of a checked task in seconds of China time, and its lines as JSON in UTF-8.

    An element of the list is one line, or several with commas between; there is at least one.
    """
    course = Course(span, rules)
    due = course.due()
    family = rules.family(span.limit)
    lines = list(_closing_lines(course, due) if family == CLOSINGS else _time_lines(course, due))
    for request, total in zip(span.extensions, course.totals[1:], strict=True):
        line = {"kind": "extension", "at": write_moment(request.at), "limit": request.limit.text}
        lines.append(to_json({**line, "total": total}))
    if family != ROUND_THE_CLOCK:
        lines.extend(_warnings(rules, span.start, due))
    return due, lines


# Read as line ends by some programs, or without UTF-8 at all (lone surrogates).
_UNSAFE = re.compile(r"[\x85\u2028\u2029\ud800-\udfff]")


def to_json(value: object) -> bytes:
    """`value` as JSON in UTF-8 on one line, with Chinese readable."""
    return _dumped(value).encode()


def _dumped(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if _UNSAFE.search(text) else text


def _warnings(rules: ClockRules, start: int, due: int) -> Iterator[bytes]:
    loaded = rules.calendar.loaded_years
    first, last = (date.fromordinal(FIRST_DAY + second // DAY).year for second in (start, due))
    for year in range(first, last + 1):
        if year not in loaded:
            warning = {"kind": "warning", "code": "calendar_missing", "year": year}
            yield to_json({**warning, "text": warning_text(year)})


def _interval(edges: tuple[str, str], why: str, *, name: str, text: str) -> bytes:
    """One interval as a template: `%b` in the arguments is filled in later, as `used` is by `%d`."""
    counted = "true" if why in COUNTED else "false"
    named = f'"name": {_dumped(name)}, ' if why == HOLIDAY else ""
    return (
        f'{{"kind": "interval", "from": "{edges[0]}", "to": "{edges[1]}", "counted": {counted}, '
        f'"why": "{why}", {named}"used": %d, "text": {_dumped(text)}}}'
    ).encode()


@lru_cache(maxsize=4096)
def _time_template(why: str, name: str, times: Stretch, *, is_one_day: bool, length: int) -> bytes:
    """An interval between two seconds of the day (the end is at most 86,400), `length` seconds if it counts.

    Blanks: date of `from`, date of `to`, used, label of the first day, label of the last unless `is_one_day`,
    and for an interval that counts the label of the total.
    """
    begin, end = times
    safe = name.replace("%", "%%")
    stretch = f"%b{time_label(begin)}至{'' if is_one_day else '%b'}{time_label(end)}"
    counts = why in COUNTED
    text = counted_text(stretch, why, duration(length)) if counts else idle_text(stretch, why, safe)
    return _interval((f"%b{time_text(begin)}", f"%b{time_text(end % DAY)}"), why, name=safe, text=text)


def _time_lines(course: Course, due: int) -> Iterator[bytes]:
    used, day_seconds = 0, course.rules.slot_scale.day_seconds
    whole_day = _WholeDay(course.rules.slots)
    for begin, end, why, name in pieces(course, due):
        first, first_time = divmod(begin, DAY)
        if why == WHOLE_DAY:
            yield whole_day.lines(first, used)
            used += day_seconds
            continue
        last, last_time = divmod(end - 1, DAY)
        times, is_one_day = (first_time, last_time + 1), first == last
        length = end - begin if why in COUNTED else 0
        used += length
        template = _time_template(why, name, times, is_one_day=is_one_day, length=length)
        blanks = (date_text(first), date_text(end // DAY), used, day_label(first))
        labels = () if is_one_day else (day_label(last),)
        yield template % (blanks + labels + (duration(used).encode(),) if length else blanks + labels)


class _WholeDay:
    """The lines of one whole working day from the first slot to the last."""

    def __init__(self, slots: tuple[Stretch, ...]) -> None:
        changes = [change for change in day_changes(slots) if slots[0][0] <= change[0] < slots[-1][1]]
        ends = [*(change[0] for change in changes[1:]), slots[-1][1]]
        lines: list[bytes] = []
        self._totals: list[tuple[int, bool]] = []
        total = 0
        for (begin, why, _), end in zip(changes, ends, strict=True):
            length = end - begin if why in COUNTED else 0
            total += length
            lines.append(_time_template(why, "", (begin, end), is_one_day=True, length=length))
            self._totals.append((total, bool(length)))
        self._template = b", ".join(lines)

    def lines(self, day: int, used: int) -> bytes:
        """The lines of day number `day`, before which `used` seconds are used."""
        on, label = date_text(day), day_label(day)
        blanks: list[object] = []
        for ahead, counts in self._totals:
            total = used + ahead
            blanks += (on, on, total, label)
            if counts:
                blanks.append(duration(total).encode())
        return self._template % tuple(blanks)


@lru_cache(maxsize=4096)
def _day_template(why: str, name: str, times: Stretch, *, closing: int) -> bytes:
    """A day of a closings clock. Blanks: date of `from`, date of `to`, used, label of the day, and used again."""
    safe = name.replace("%", "%%")
    counts = why == CLOSING
    text = closing_text("%b", closing) if counts else idle_day_text("%b", why, safe, closing=closing)
    return _interval((f"%b{time_text(times[0])}", f"%b{time_text(times[1])}"), why, name=safe, text=text)


def _closing_lines(course: Course, due: int) -> Iterator[bytes]:
    used, closing = 0, course.rules.closing
    for begin, end, why, name in days(course, due):
        template = _day_template(why, name, (begin % DAY, end % DAY), closing=closing)
        day, last = begin // DAY, end // DAY
        if why == CLOSING:
            used += 1
            yield template % (date_text(day), date_text(last), used, day_label(day), used)
        else:
            yield template % (date_text(day), date_text(last), used, day_label(day))
