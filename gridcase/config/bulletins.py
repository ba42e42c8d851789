"""What the settings of bulletins may hold: papers they rest on, limits of age, an address, a file of the site."""

from __future__ import annotations

from typing import Any

from gridcase.config.rules import Rule, matching

_MOST_BANDS = 12
_LONGEST = 3650


def _read_texts(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    is_sound = all(isinstance(text, str) and text.strip() == text and text for text in value)
    return tuple(value) if is_sound else None


def _read_days(value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_BANDS:
        return None
    if not all(type(day) is int and 0 < day <= _LONGEST for day in value):
        return None
    return tuple(value) if sorted(set(value)) == value else None


TEXTS = Rule("a list of texts, none empty or with blanks at its ends", _read_texts)
BANDS = Rule(f"a list of at most {_MOST_BANDS} ascending whole numbers of days", _read_days)
MAY_BE_EMPTY = matching(r"(?:\S(?:.*\S)?)?", "a text without blanks at its ends, or an empty one")
ADDRESS = matching(
    r"(?:https?://[^\s/?#]+(?:/[^\s?#]*[^\s/?#])?)?",
    'an address such as "http://10.0.0.5:8000" without a slash at its end, or an empty text',
)
