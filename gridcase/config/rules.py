"""What a value of config.toml may be: one rule for each kind of setting, with the words that say it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

T = TypeVar("T")

TIME_OF_DAY = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_LIMIT = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?(?:紧急)?工作时|[0-9]+(?:紧急工作日|工作日|自然日)")
_LIMIT_DIGITS = str.maketrans("０１２３４５６７８９．", "0123456789.")
DESK_ROLES = ("intake_operator", "shift_supervisor", "dispatcher")
MERGES = (("intake_operator", "shift_supervisor"), ("intake_operator", "dispatcher"))  # flow.md 2


@dataclass(frozen=True)
class Rule:
    """What a setting may hold: `read` turns a TOML value into ours, or answers None when it does not fit."""

    expects: str
    read: Callable[[Any], Any]
    names: tuple[str, ...] = ()


def whole(low: int, high: int) -> Rule:
    """An integer within both bounds; true and false are none."""

    def read(value: Any) -> int | None:
        return value if type(value) is int and low <= value <= high else None

    return Rule(f"a whole number from {low} to {high}", read)


def number(low: int, high: int, kind: Callable[[Any], Any]) -> Rule:
    """A finite number within both bounds, kept as `kind`."""

    def read(value: Any) -> Any:
        if type(value) not in (int, Decimal) or not Decimal(value).is_finite():
            return None
        return kind(value) if low <= value <= high else None

    return Rule(f"a number from {low} to {high}", read)


def choice(*names: str) -> Rule:
    """One of the given words."""
    quoted = ", ".join(f'"{name}"' for name in names)
    return Rule(f"one of {quoted}", lambda value: value if value in names else None, names)


def matching(pattern: str, expects: str) -> Rule:
    """A text that matches `pattern` from end to end."""
    compiled = re.compile(pattern)

    def read(value: Any) -> str | None:
        return value if isinstance(value, str) and compiled.fullmatch(value) else None

    return Rule(expects, read)


def _read_limit(value: Any) -> str | None:
    """A limit text in the grammar of clock.md 2; the clock itself parses it again, with its own fault codes."""
    if not isinstance(value, str):
        return None
    text = "".join(value.split()).translate(_LIMIT_DIGITS)
    if not _LIMIT.fullmatch(text):
        return None
    amount = Decimal(text.rstrip("紧急工作时日自然"))
    return value if 0 < amount <= 9999 else None


def _read_slots(value: Any) -> tuple[tuple[str, str], ...] | None:
    """Pairs of times of day, ascending and not overlapping; 24:00 is allowed as an end (clock.md 3)."""
    if not isinstance(value, list) or not value:
        return None
    slots = []
    earliest = "00:00"
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
            return None
        start, end = pair
        if not TIME_OF_DAY.fullmatch(start) or not (TIME_OF_DAY.fullmatch(end) or end == "24:00"):
            return None
        if start < earliest or end <= start:
            return None
        slots.append((start, end))
        earliest = end
    return tuple(slots)


def _read_merge(value: Any) -> tuple[tuple[str, str], ...] | None:
    """Pairs of desk roles that one person may hold, in either order (flow.md 2)."""
    if not isinstance(value, list) or not all(isinstance(pair, list) for pair in value):
        return None
    pairs = [tuple(sorted(map(str, pair))) for pair in value]
    allowed = {tuple(sorted(pair)): pair for pair in MERGES}
    if any(pair not in allowed for pair in pairs):
        return None
    return tuple(allowed[pair] for pair in pairs)


def _read_classes(value: Any) -> tuple[str, ...] | None:
    pattern = re.compile(r"(?:component|event)/[0-9]{2}/[0-9]{2,3}")
    if not isinstance(value, list):
        return None
    if not all(isinstance(text, str) and pattern.fullmatch(text) for text in value):
        return None
    return tuple(value)


def _read_size(value: Any) -> str | None:
    return "original" if value == "original" else _read_limit(value)


TEXT = matching(r"\S(?:.*\S)?", "a text, not empty, without blanks at its ends")
NAME = matching(r"[a-z][a-z0-9_]*", 'a name of small letters, digits and _, such as "standard"')
SCHEME = matching(r"[a-z][a-z0-9-]*", 'the name of a scheme file, such as "area"')
TRUSTED = matching(r"[0-9a-fA-F.:]*", 'the address of one machine, such as "10.0.0.2", or ""')
TIME = matching(TIME_OF_DAY.pattern, 'a time of day "HH:MM"')
SCHEDULE = matching(
    rf"{TIME_OF_DAY.pattern}|every minute|every (?:[2-9]|[1-5][0-9]) minutes",
    'a time of day "HH:MM", "every minute" or "every N minutes"',
)
LIMIT_TEXT = Rule('a limit text such as "4工作时" or "2工作日"', _read_limit)
FLAG = Rule("true or false", lambda value: value if isinstance(value, bool) else None)
SIZE = Rule('"original" or a limit text such as "4工作时"', _read_size)
SLOTS = Rule('a list of ["HH:MM", "HH:MM"], ascending and not overlapping', _read_slots)
MERGE = Rule("a list of these pairs: " + ", ".join(f'["{a}", "{b}"]' for a, b in MERGES), _read_merge)
CLASSES = Rule('a list of kind/main/sub such as "event/01/10"', _read_classes)


def setting(default: T, rule: Rule) -> T:
    """A dataclass field with its shipped value and its rule."""
    made: T = field(default=default, metadata={"rule": rule})
    return made


def table(kind: type[T]) -> T:
    """A dataclass field that is a table of config.toml."""
    made: T = field(default_factory=kind, metadata={"table": kind})
    return made
