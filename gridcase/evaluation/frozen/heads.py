"""The head of a frozen record: all that it says beside its rows and texts, as canonical JSON with one hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from gridcase.cases.steps import dump_json, moment_from, moment_text
from gridcase.evaluation.periods import Period
from gridcase.facts import Selection


@dataclass(frozen=True, slots=True)
class Month:
    """One month whose counts the record holds (the period itself, unless it is a quarter or longer), judged at `as_of`."""

    period: str
    start: datetime
    end: datetime
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of the published table that an amendment changed; None = there was or is none."""

    code: str
    unit: str
    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """One chunk of lines of `facts` or `scores`: how many, and the hash of what is kept of it."""

    part: str
    row_count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Head:
    """A frozen record (`amendment` 0) or an amendment. Moments are aware UTC, hashes hex in lower case.

    `inputs_sha256` is the hash of evaluation.md 9; `previous_sha256` the record hash of the record written before
    this one for the same district and kind of units, None for the first; `texts` the hash of each text;
    `parts` the chunks stored with this record; `raters_at_least` the setting by which scores were averaged.
    """

    district: str
    of: str
    period: str
    amendment: int
    chain_no: int
    start: datetime
    end: datetime
    as_of: datetime
    months: tuple[Month, ...]
    scheme: str
    scheme_version: int
    scheme_sha256: str
    selection: Selection
    formula_version: int
    raters_at_least: int
    fact_rows: int
    score_rows: int
    judged_before: int
    parts: tuple[Part, ...]
    texts: tuple[tuple[str, str], ...]
    inputs_sha256: str
    previous_sha256: str | None
    at: datetime
    by: str
    ref: str | None = None
    reason: str | None = None
    cells: tuple[Cell, ...] = ()
    totals: tuple[Cell, ...] = ()

    @property
    def text(self) -> str:
        """Canonical JSON: sorted keys, no blanks, unescaped, moments as `YYYY-MM-DDTHH:MM:SSZ`."""
        return dump_json({name: _plain(value) for name, value in asdict(self).items()})

    @property
    def sha256(self) -> str:
        """The hash of the whole record."""
        return sha256_of(self.text)

    @property
    def first_line(self) -> str:
        """The first of the hashed lines (evaluation.md 9), without its line break."""
        return dump_json(
            {
                "as_of": moment_text(self.as_of),
                "formula_version": self.formula_version,
                "from": moment_text(self.start),
                "of": self.of,
                "period": self.period,
                "scheme_sha256": self.scheme_sha256,
                "to": moment_text(self.end),
            }
        )

    def month(self, name: str) -> Month:
        """One of the months by its name. Raises KeyError."""
        for month in self.months:
            if month.period == name:
                return month
        raise KeyError(name)


def sha256_of(text: str) -> str:
    """Hex, lower case, of the text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def head_from(text: str) -> Head:
    """The head that `Head.text` wrote. Raises ValueError, KeyError or TypeError for another text."""
    values: dict[str, Any] = json.loads(text)
    for name in ("start", "end", "as_of", "at"):
        values[name] = moment_from(values[name])
    values["months"] = tuple(_month(month) for month in values["months"])
    values["selection"] = Selection(**values["selection"])
    values["parts"] = tuple(Part(**part) for part in values["parts"])
    values["texts"] = tuple((name, digest) for name, digest in values["texts"])
    for name in ("cells", "totals"):
        values[name] = tuple(Cell(**cell) for cell in values[name])
    return Head(**values)


def month_of(period: Period, as_of: datetime) -> Month:
    """A counted period with its T."""
    return Month(period.name, period.span.start, period.span.end, as_of)


def _month(values: dict[str, Any]) -> Month:
    moments = {name: moment_from(values[name]) for name in ("start", "end", "as_of")}
    return Month(values["period"], **moments)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, dict):
        return {name: _plain(own) for name, own in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(own) for own in value]
    return value
