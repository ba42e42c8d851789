"""The refusal of the clock: an input that cannot be understood or breaks a rule of the clock."""

from __future__ import annotations

from gridcase.errors import Invalid


class ClockError(Invalid):
    """A fault of clock.md 9: `code` is one of the codes listed there, `message` says in English what is wrong."""


def shortened(value: object) -> str:
    """`value` as it is shown in a message: quoted, control characters escaped, at most 40 characters of it."""
    text = value if isinstance(value, str) else type(value).__name__
    return ascii_safe(text if len(text) <= 40 else text[:40] + "…")


def ascii_safe(text: str) -> str:
    """`text` in double quotes with everything escaped that would spoil a line of output."""
    shown = "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)
    return f'"{shown}"'
