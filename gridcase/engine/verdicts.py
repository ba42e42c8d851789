"""What the engine answers to a move: accepted, rejected with every reason, or possible as far as is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gridcase.engine.definition import Transition
from gridcase.errors import Reason


class Accepted(NamedTuple):
    """The move may be made: its table, the acting role and the state after it.

    A named tuple, because one is made for every step and a frozen dataclass takes twice as long.
    """

    transition: Transition
    role: str
    to: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The move may not be made. `forbidden`: no role of this person ever fires this trigger (403), else 409."""

    forbidden: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Possible:
    """The move may be made when the right things are sent; several tables when what is sent decides between them."""

    transitions: tuple[Transition, ...]
    role: str

    @property
    def needed(self) -> tuple[str, ...]:
        """The records that every one of the tables needs."""
        first, *others = self.transitions
        return tuple(record for record in first.records if all(record in row.records for row in others))

    @property
    def optional(self) -> tuple[str, ...]:
        """Further fields that at least one of the tables takes, each once."""
        fields = dict.fromkeys(field for row in self.transitions for field in (*row.records, *row.optional))
        needed = self.needed
        return tuple(field for field in fields if field not in needed)


Verdict = Accepted | Rejected
Preview = Possible | Rejected
