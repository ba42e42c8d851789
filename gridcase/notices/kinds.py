"""The kinds of notices: when each is written and for whom, what its text may name, and examples that fill it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gridcase.resources import shipped_folder


@dataclass(frozen=True, slots=True)
class Example:
    """Values with which a text may be filled, and what they are an example of."""

    title: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind. `values` are the names that its text may use, each with what it means."""

    name: str
    label: str
    occasion: str
    receiver: str
    values: Mapping[str, str]
    examples: tuple[Example, ...]


@lru_cache(maxsize=1)
def notice_kinds() -> Mapping[str, NoticeKind]:
    """All kinds by name. They are the program's: a site changes their texts alone."""
    text = (shipped_folder() / "templates" / "notices.toml").read_text(encoding="utf-8")
    return {
        name: NoticeKind(
            name,
            told["label"],
            told["occasion"],
            told["receiver"],
            told["values"],
            tuple(Example(each["title"], each["values"]) for each in told["examples"]),
        )
        for name, told in tomllib.loads(text).items()
    }
