"""The hashed lines of a frozen record: fact rows and score rows as canonical JSON (evaluation.md 9, docs/frozen.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from gridcase.cases.steps import dump_json, moment_from, moment_text
from gridcase.evaluation.score_values import ScoreRow
from gridcase.facts import FactRow
from gridcase.facts.acts import Act, acts_from_text, acts_text
from gridcase.facts.texts import moments_from_text, moments_text

_KINDS = {field.name: str(field.type) for field in fields(FactRow)}
_MOMENTS = tuple(name for name, kind in _KINDS.items() if "datetime" in kind)
_FLAGS = tuple(name for name, kind in _KINDS.items() if kind == "bool")
# What a row says of a column that did not exist yet when it was frozen.
_ABSENT: dict[str, Any] = {
    name: False if kind == "bool" else 0 if kind == "int" else None for name, kind in _KINDS.items()
} | {"acts": [], "supervision_open": []}


@dataclass(frozen=True, slots=True)
class UsedRow:
    """A fact row as a record uses it: for the counts of which month, and whether an earlier frozen one judged the case.

    `on_duty`: the inspectors on whom a missed case counts, by the duty roster; only where inspectors are judged.
    """

    number: str
    period: str
    is_judged_before: bool
    row: FactRow
    on_duty: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """By which rows stand: case number, then month."""
        return f"{self.number} {self.period}"


def fact_line(used: UsedRow) -> str:
    """The line of a fact row, without its line break: every field of the row and those of `UsedRow`.

    Moments are UTC, absent = null; `acts` is a list of [kind, moment, person, done, on time], `supervision_open` a
    list of moments.
    """
    row = used.row
    values: dict[str, Any] = {name: getattr(row, name) for name in _KINDS}
    for name in _MOMENTS:
        moment = values[name]
        if moment is not None:
            values[name] = moment_text(moment)
    for name in _FLAGS:
        values[name] = bool(values[name])
    values["acts"] = [
        [act.kind, moment_text(act.at), act.person, act.is_done, act.is_on_time]
        for act in acts_from_text(row.acts)
    ]
    values["supervision_open"] = [moment_text(moment) for moment in _open_orders(row)]
    values["number"], values["period"] = used.number, used.period
    values["judged_before"], values["on_duty"] = used.is_judged_before, list(used.on_duty)
    return dump_json(values)


def _open_orders(row: FactRow) -> list[Any]:
    # Rows of a made-up register may hold the empty list of acts here.
    return [] if row.supervision_open_from is None else moments_from_text(row.supervision_open)


def used_row(line: str | bytes) -> UsedRow:
    """The row of a line. Raises ValueError, KeyError or TypeError for a line that `fact_line` did not write."""
    told: dict[str, Any] = json.loads(line)
    number, period = told.pop("number"), told.pop("period")
    is_judged_before, on_duty = told.pop("judged_before"), tuple(told.pop("on_duty"))
    values = _ABSENT | told
    for name in _MOMENTS:
        if values[name] is not None:
            values[name] = moment_from(values[name])
    values["acts"] = acts_text(
        Act(kind, moment_from(at), person, is_done=bool(is_done), is_on_time=bool(is_on_time))
        for kind, at, person, is_done, is_on_time in values["acts"]
    )
    values["supervision_open"] = moments_text(moment_from(moment) for moment in values["supervision_open"])
    return UsedRow(number, period, bool(is_judged_before), FactRow(**values), on_duty)


def score_line(row: ScoreRow) -> str:
    """The line of an imported score, without its line break."""
    values = {field.name: getattr(row, field.name) for field in fields(ScoreRow)}
    values["issued_on"] = None if row.issued_on is None else row.issued_on.isoformat()
    values["imported_at"] = moment_text(row.imported_at)
    return dump_json(values)


def score_row(line: str | bytes) -> ScoreRow:
    """The score of a line. Raises ValueError, KeyError or TypeError for a line that `score_line` did not write."""
    values: dict[str, Any] = json.loads(line)
    issued_on = values["issued_on"]
    values["issued_on"] = None if issued_on is None else date.fromisoformat(issued_on)
    values["imported_at"] = moment_from(values["imported_at"])
    return ScoreRow(**values)


def score_key(row: ScoreRow) -> str:
    """How a score row is named when it differs."""
    return " ".join(part for part in row.order if part)
