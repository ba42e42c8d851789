"""Turns the text of a config.toml into settings, and tells every fault of it at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import Field, fields
from decimal import Decimal
from typing import Any, TypeVar

from gridcase.config.rules import Rule
from gridcase.config.tables import Settings
from gridcase.errors import DefinitionError, Fault, nearest_name

T = TypeVar("T")


def load_settings(text: str, file: str = "config.toml") -> Settings:
    """The settings written in `text`; a key that is absent has the value we ship.

    `file` names the text in faults. Raises DefinitionError with all faults: `bad_file` (not TOML),
    `unknown_key` (with the nearest right name), `bad_value` (with what would be right).
    """
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError([Fault(file, "", "bad_file", f"not TOML: {error}")]) from error
    faults: list[Fault] = []
    settings = _Reader(file, faults).table(Settings, document, "")
    if not faults:
        faults.extend(_contradictions(settings, file))
    if faults:
        raise DefinitionError(faults)
    return settings


class _Reader:
    """Walks the dataclasses and the document side by side and collects faults."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self._file = file
        self._faults = faults

    def table(self, kind: type[T], document: Mapping[str, Any], place: str) -> T:
        """The dataclass `kind` filled from `document`, which stands at `place` (dotted) of the file."""
        known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
        values: dict[str, Any] = {}
        for key, value in document.items():
            where = f"{place}.{key}" if place else key
            if key in known:
                self._value(known[key], value, where=where, values=values)
            else:
                self._unknown(key, list(known), where)
        return kind(**values)

    def _value(self, known: Field[Any], value: Any, *, where: str, values: dict[str, Any]) -> None:
        kind = known.metadata.get("table")
        if kind is not None:
            if isinstance(value, dict):
                values[known.name] = self.table(kind, value, where)
            else:
                self._fault(where, "bad_value", f"{_shown(value)} where a table [{where}] is wanted")
            return
        rule: Rule = known.metadata["rule"]
        read = rule.read(value)
        if read is None:
            self._fault(where, "bad_value", f"{_shown(value)} is not {rule.expects}{_nearest(value, rule)}")
        else:
            values[known.name] = read

    def _unknown(self, key: str, known: list[str], where: str) -> None:
        nearest = nearest_name(key, known)
        hint = f'nearest is "{nearest}"' if nearest else "known are " + ", ".join(sorted(known))
        self._fault(where, "unknown_key", f'no setting is called "{key}", {hint}')

    def _fault(self, place: str, code: str, text: str) -> None:
        self._faults.append(Fault(self._file, place, code, text))


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _nearest(value: Any, rule: Rule) -> str:
    nearest = nearest_name(value, rule.names) if isinstance(value, str) and rule.names else None
    return f', nearest is "{nearest}"' if nearest else ""


def _contradictions(settings: Settings, file: str) -> list[Fault]:
    """Values that are right one by one and wrong together."""
    faults = []
    reminders, sessions = settings.reminders, settings.sessions
    if reminders.deliver_from >= reminders.deliver_to:
        text = f'"{reminders.deliver_to}" is not after deliver_from = "{reminders.deliver_from}"'
        faults.append(Fault(file, "reminders.deliver_to", "bad_value", text))
    if sessions.idle_minutes > sessions.absolute_hours * 60:
        text = f"{sessions.idle_minutes} is more than absolute_hours = {sessions.absolute_hours}"
        faults.append(Fault(file, "sessions.idle_minutes", "bad_value", text))
    return faults
