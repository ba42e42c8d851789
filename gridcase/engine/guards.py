"""The shape of a guard and of its mention in a workflow file; the guards themselves belong to the register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from gridcase.errors import Reason

ArgumentKind = Literal["none", "state", "trigger", "photo_kind", "text"]
PHOTO_KINDS = ("before", "after", "confirmation", "verification", "other")


class Facts(Protocol):
    """What a move is judged on. The engine itself asks only which needed record is absent or too short."""

    def lacks(self, record: str) -> bool:
        """True when the move does not carry `record`, or carries a text that is too short for it."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition of a move.

    `check(facts, argument)` answers None when the condition holds, else a reason whose code is `name`. It must be
    pure. `argument` says what stands behind the colon in a workflow file; `judges_sent` marks a guard that looks at
    what the move itself sends, so that it cannot be judged before the move (source: flow.md 9, api.md 5).

    For whoever shows a refusal: `is_quiet` marks one that only says that the move is somebody else's or not for such
    a case; `cleared_by` are triggers of the shipped flows that clear what it finds; `record` is the needed record of
    which it says again that it is missing.
    """

    name: str
    check: Callable[[Any, str | None], Reason | None]
    argument: ArgumentKind = "none"
    judges_sent: bool = False
    is_quiet: bool = False
    cleared_by: tuple[str, ...] = ()
    record: str | None = None


@dataclass(frozen=True, slots=True)
class GuardRef:
    """A guard as a workflow file names it: `never_filed`, or `has_photo:after` with an argument."""

    name: str
    argument: str | None = None

    def __str__(self) -> str:
        return self.name if self.argument is None else f"{self.name}:{self.argument}"


def parse_guard(text: str) -> GuardRef:
    """The mention `"name"` or `"name:argument"` of a workflow file, split at the first colon."""
    name, colon, argument = text.partition(":")
    return GuardRef(name, argument if colon else None)
