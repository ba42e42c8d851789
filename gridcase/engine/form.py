"""The form of a workflow file (flow.md 9): which tables and keys there are and what each may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gridcase.errors import nearest_name

NAME = re.compile(r"[a-z][a-z0-9_]*")
REQUEST_KINDS = ("extension", "suspension", "deferral", "void", "appeal")
CLOCKED_REQUESTS = ("extension", "suspension", "deferral")
SEES = ("area", "own", "department", "assigned", "none")
TERMINAL_HAS_NO = ("owner", "limit", "longest_stay", "escalate_to")

# A reader answers what is wrong with a value, or None when it may stand there.
Reader = Callable[[Any], str | None]


def is_name(value: object) -> bool:
    """True for a name of the form: `[a-z][a-z0-9_]*`."""
    return isinstance(value, str) and NAME.fullmatch(value) is not None


def told(value: object) -> str:
    """A value as the faults quote it: texts in double quotes, everything else as TOML writes it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(told(item) for item in value) + "]"
    return "a table" if isinstance(value, dict) else str(value)


def with_nearest(text: str, wrong: str, known: list[str]) -> str:
    """`text`, followed by the known name that looks most like `wrong`, when there is one."""
    nearest = nearest_name(wrong, known)
    return f'{text}, nearest is "{nearest}"' if nearest is not None else text


def _name(value: object) -> str | None:
    return None if is_name(value) else "is not a name ([a-z][a-z0-9_]*)"


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "is not a text"


def _any_text(value: object) -> str | None:
    return None if isinstance(value, str) else "is not a text"


def _boolean(value: object) -> str | None:
    return None if isinstance(value, bool) else "is neither true nor false"


def _at_least(least: int) -> Reader:
    def read(value: object) -> str | None:
        is_whole = isinstance(value, int) and not isinstance(value, bool) and value >= least
        return None if is_whole else f"is not a whole number from {least}"

    return read


def _one_of(choices: tuple[str, ...]) -> Reader:
    def read(value: object) -> str | None:
        if isinstance(value, str) and value in choices:
            return None
        return with_nearest(f"is none of {', '.join(choices)}", str(value), list(choices))

    return read


def _texts(value: object) -> str | None:
    is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return None if is_list else "is not a list of texts"


def _anything(_value: object) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Key:
    """One key: how its value is read, the code when it is absent (None = it has a default), and the code when it
    is there but empty (None = it may be empty)."""

    read: Reader
    absent: str | None = None
    empty: str | None = None


_NAME = Key(_name, "missing_key")
_LABEL = Key(_any_text, "no_label", "no_label")
_STATES = Key(_texts, "missing_key", "bad_value")
_ROLES = Key(_texts, "no_role", "no_role")
_LIST = Key(_texts)
# Limits may be of any type here: a limit that is not a text is `bad_limit`, found with the other limit faults.
_LIMIT = Key(_anything, "no_limit", "no_limit")

_MOVE = {
    "trigger": _NAME,
    "label": _LABEL,
    "roles": _ROLES,
    "guards": _LIST,
    "records": _LIST,
    "optional": _LIST,
    "backward": Key(_boolean),
}

TOP: Mapping[str, Key] = {
    "name": _NAME,
    "version": Key(_at_least(1), "missing_key"),
    "title": Key(_text, "missing_key"),
    "initial": Key(_any_text, "missing_key"),
    "restricted": Key(_boolean),
}

TABLES: Mapping[str, Mapping[str, Key]] = {
    "role": {
        "code": _NAME,
        "label": _LABEL,
        "centre": Key(_boolean),
        "sees": Key(_one_of(SEES)),
    },
    "state": {
        "name": _NAME,
        "label": _LABEL,
        "stage": Key(_name),
        "terminal": Key(_boolean),
        "owner": Key(_any_text, "no_owner", "no_owner"),
        "limit": _LIMIT,
        "longest_stay": Key(_anything),
        "escalate_to": Key(_any_text, empty="no_escalation"),
    },
    "transition": {**_MOVE, "from": Key(_texts, "missing_key"), "to": Key(_any_text, "missing_key")},
    "inner": {**_MOVE, "in": _STATES},
    "clock": {
        "name": _NAME,
        "label": _LABEL,
        "limit": _LIMIT,
        "starts": Key(_texts, "missing_key", "bad_value"),
        "stops": _LIST,
        "holds": _LIST,
        "resumes": _LIST,
    },
    "request": {
        "kind": Key(_any_text, "missing_key"),
        "label": _LABEL,
        "in": _STATES,
        "asks": Key(_texts, "missing_key", "no_role"),
        "decides": Key(_texts, "missing_key", "no_role"),
        "forwards": Key(_any_text),
        "clock": Key(_any_text),
        "size": Key(_anything),
        "max": Key(_at_least(0)),
        "max_days": Key(_at_least(1)),
    },
}

# The key by which a table is called in a fault.
CALLED_BY: Mapping[str, str] = {
    "role": "code",
    "state": "name",
    "transition": "trigger",
    "inner": "trigger",
    "clock": "name",
    "request": "kind",
}
