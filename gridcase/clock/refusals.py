"""The refusal of the clock: an input that cannot be understood or breaks a rule of the clock."""

from __future__ import annotations

from gridcase.errors import Invalid


class ClockError(Invalid):
    """A fault of clock.md 9: `code` is one of the codes listed there, `message` says in English what is wrong."""


_NAMES = {type(None): "null", bool: "true or false", int: "a number", list: "a list", dict: "an object"}


def shortened(value: object) -> str:
    """`value` as a message shows it: quoted, control characters escaped, at most 40 characters of it.

    Of anything that is not a text only the kind is shown.
    """
    if not isinstance(value, str):
        return _NAMES.get(type(value), "something else")
    text = value if len(value) <= 40 else value[:40] + "…"
    shown = "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)
    return f'"{shown}"'
