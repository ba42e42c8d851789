"""The faults of an uploaded file in the language of the page: lines by number, and what would be right."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from gridcase.errors import Fault, in_one_line
from gridcase.web.context import premises
from gridcase.web.pages.look import look

# Faults that are shown; the count tells the rest. A file with more has one fault in every line.
TOO_MANY = 300
_PLACE = re.compile(r"\{(\d)(\*?)\}")
_LINE = re.compile(r"line ([0-9]+)(?:, column (\w+))?")


@dataclass(frozen=True, slots=True)
class ToldFault:
    """A fault: `line` and `column` where it has them, its code and words."""

    line: str
    column: str
    code: str
    text: str


def told_faults(faults: Sequence[Fault]) -> list[ToldFault]:
    """The first faults as they are shown."""
    chinese = look().language == "zh"
    patterns = _patterns(premises().site.path("templates/faults.toml")) if chinese else ()
    return [_told(fault, patterns) for fault in faults[:TOO_MANY]]


def _told(fault: Fault, patterns: Sequence[tuple[re.Pattern[str], str]]) -> ToldFault:
    place = _LINE.fullmatch(fault.place)
    line, column = (place[1], place[2] or "") if place else ("", fault.place)
    return ToldFault(line, column, fault.code, in_one_line(in_chinese(fault.text, patterns)))


def in_chinese(text: str, patterns: Sequence[tuple[re.Pattern[str], str]]) -> str:
    """The text of a fault by the first pattern that fits it whole; the text itself when none does."""
    for pattern, chinese in patterns:
        found = pattern.fullmatch(text)
        if found is not None:
            return _PLACE.sub(partial(_part, found, patterns=patterns), chinese)
    return text


def _part(
    found: re.Match[str], place: re.Match[str], *, patterns: Sequence[tuple[re.Pattern[str], str]]
) -> str:
    """What a group holds; with a star it is the text of a fault itself, such as that of a date."""
    text = found[int(place[1])] or ""
    return in_chinese(text, patterns) if place[2] else text


@lru_cache(maxsize=4)
def _patterns(path: Path) -> tuple[tuple[re.Pattern[str], str], ...]:
    table = tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    return tuple((re.compile(each["en"], re.DOTALL), each["zh"]) for each in table)
