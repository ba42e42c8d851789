"""The batch of `gridcase clock`: one JSON object a line in, one answer a line out, the faults in a fixed order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gridcase.clock.explanation import explain_span, to_json
from gridcase.clock.limits import parse_limit
from gridcase.clock.moments import parse_moment, write_moment
from gridcase.clock.refusals import ClockError, shortened
from gridcase.clock.rules import ClockRules, parse_slots, parse_workday, with_settings
from gridcase.clock.tasks import (
    Request,
    Span,
    Stretch,
    check_extension,
    check_hold,
    in_order,
    merged,
)
from gridcase.errors import nearest_name

FIELDS = ("id", "start", "limit", "slots", "workday", "holds", "extensions")
HOLD_FIELDS = ("from", "to")
EXTENSION_FIELDS = ("at", "limit")

_BYTE_ORDER_MARK = "\ufeff"


def answers(lines: Iterable[bytes], defaults: ClockRules) -> Iterator[bytes]:
    """One answer, a JSON object on one line, for each line that is not blank, in the same order (clock.md 9)."""
    for line in lines:
        try:
            text = line.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
        except UnicodeDecodeError:
            yield _answer(None, refusal(ClockError("bad_line", "not UTF-8")))
            continue
        if text.strip():
            yield answer_line(text, defaults)


def answer_line(text: str, defaults: ClockRules) -> bytes:
    """The answer to one line: `id`, `due_at` and `lines`, or `id` and `error`; it never raises ClockError.

    `defaults` gives the calendar, and slots and reading where the line names none (source: clock.md 9).
    """
    given: object = None
    try:
        question = _object(text)
        given = question.get("id")
        _check_fields(question, FIELDS)
        if not isinstance(given, str):
            raise ClockError("missing_field", "id is not a text")
        return _answer(given, answer(question, defaults))
    except ClockError as error:
        return _answer(given if isinstance(given, str) else None, refusal(error))


def answer(question: Mapping[str, Any], defaults: ClockRules) -> list[bytes]:
    """The JSON members `due_at` and `lines`, in parts to be written one after the other, for a question with checked `id` and field names.

    Raises the first ClockError in the order of clock.md 9, from fault 3 on.
    """
    for name in ("start", "limit"):
        if name not in question:
            raise ClockError("missing_field", f"no {name}")
    holds, extensions = _list_of(question, "holds"), _list_of(question, "extensions")
    start = parse_moment(question["start"])
    limit = parse_limit(question["limit"])
    rules = _rules(question, defaults)
    bare = Span(start, limit, merged([_hold(item, start) for item in holds]))
    requests = [_extension(item, bare, rules) for item in extensions]
    due, lines = explain_span(Span(start, limit, bare.holds, in_order(requests)), rules)
    return [b'"due_at": "%b", "lines": [' % write_moment(due).encode(), b", ".join(lines), b"]"]


def refusal(error: ClockError) -> list[bytes]:
    """The JSON member `error`."""
    return [b'"error": ' + to_json({"code": error.code, "message": error.message})]


def _answer(given: str | None, members: list[bytes]) -> bytes:
    return b"".join((b'{"id": ', to_json(given), b", ", *members, b"}"))


def _object(text: str) -> dict[str, Any]:
    """The JSON object of a line. Numbers mean nothing anywhere, so none is converted, however long."""
    try:
        found = json.loads(text, parse_int=len, parse_float=len, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ClockError("bad_line", f"{shortened(text)} is not JSON") from None
    if not isinstance(found, dict):
        raise ClockError("bad_line", "not a JSON object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _check_fields(found: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in found:
        if name not in known:
            near = nearest_name(name, known) if len(name) <= 40 else None
            hint = f", nearest is {near}" if near else ""
            raise ClockError("unknown_field", f"{shortened(name)}{hint}")


def _list_of(question: Mapping[str, Any], name: str) -> list[Any]:
    found = question.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise ClockError("missing_field", f"{name} is not a list")
    return found


def _rules(question: Mapping[str, Any], defaults: ClockRules) -> ClockRules:
    slots, workday = question.get("slots"), question.get("workday")
    if slots is None and workday is None:
        return defaults
    return with_settings(
        defaults,
        slots=defaults.slots if slots is None else parse_slots(slots),
        workday=defaults.workday if workday is None else parse_workday(workday),
    )


def _part(item: object, name: str, fields: tuple[str, str]) -> Mapping[str, Any]:
    """A hold or an extension with exactly its two fields."""
    if not isinstance(item, dict) or not all(field in item for field in fields):
        raise ClockError("missing_field", f"each of {name} is an object with {fields[0]} and {fields[1]}")
    _check_fields(item, fields)
    return item


def _hold(item: object, start: int) -> Stretch:
    found = _part(item, "holds", HOLD_FIELDS)
    hold = parse_moment(found["from"]), parse_moment(found["to"])
    check_hold(hold, start)
    return hold


def _extension(item: object, bare: Span, rules: ClockRules) -> Request:
    found = _part(item, "extensions", EXTENSION_FIELDS)
    request = Request(parse_moment(found["at"]), parse_limit(found["limit"]))
    check_extension(request, bare, rules)
    return request
