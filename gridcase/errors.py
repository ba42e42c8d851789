"""The error tree: every refusal has a stable code, an English message and data for its Chinese text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any


@dataclass(frozen=True)
class Reason:
    """One reason for a refusal: a stable `code`, data for its text, and the `field` it belongs to, if any."""

    code: str
    data: dict[str, Any] = field(default_factory=dict)
    field: str | None = None


@dataclass(frozen=True)
class Fault:
    """One fault of a file that a city wrote: where it stands, which rule it breaks, and what would be right."""

    file: str
    place: str
    code: str
    text: str

    def __str__(self) -> str:
        parts = (self.file, self.place, self.code, self.text)
        # A line break in what a city wrote would tear the line in two.
        return ": ".join(in_one_line(part) for part in parts if part)


class GridcaseError(Exception):
    """Root of all refusals. `code` never changes; `message` is English; `data` fills the catalogue's texts."""

    def __init__(self, code: str, message: str = "", **data: Any) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.data = data


class Invalid(GridcaseError):
    """The input cannot be understood. `errors` names each faulty field, when there are several."""

    def __init__(self, code: str, message: str = "", *, errors: Sequence[Reason] = (), **data: Any) -> None:
        super().__init__(code, message, **data)
        self.errors = tuple(errors)


class NotPermitted(GridcaseError):
    """This person may not do this; `code` names the rule."""


class NotFound(GridcaseError):
    """There is no such thing, or this person may not see it."""


class Refused(GridcaseError):
    """The flow says no; `reasons` carries every reason, never empty."""

    def __init__(
        self, reasons: Sequence[Reason], code: str = "refused", message: str = "", **data: Any
    ) -> None:
        super().__init__(code, message or ", ".join(reason.code for reason in reasons), **data)
        self.reasons = tuple(reasons)


class ChangedMeanwhile(GridcaseError):
    """Somebody else moved the case first; `data` says who did what and when."""

    def __init__(self, **data: Any) -> None:
        super().__init__("changed_meanwhile", "the case was moved by somebody else meanwhile", **data)


class DefinitionError(GridcaseError):
    """A workflow, geo, scheme or configuration file is wrong; `faults` lists all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("definition_error", "\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return self.message


class DeliveryError(GridcaseError):
    """A channel could not deliver; `is_permanent` says whether a repeat is pointless."""

    def __init__(self, code: str, message: str = "", *, is_permanent: bool, **data: Any) -> None:
        super().__init__(code, message, **data)
        self.is_permanent = is_permanent


def nearest_name(wrong: str, known: Sequence[str]) -> str | None:
    """The known name that looks most like `wrong`, or None when none is close."""
    matches = get_close_matches(wrong, list(known), n=1, cutoff=0.5)
    return matches[0] if matches else None


def in_one_line(text: str) -> str:
    """The text with line breaks and other unprintable characters written as escapes."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)
