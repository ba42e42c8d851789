"""What is tried: another scheme on past months, as if it had been in force; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from gridcase.config.tables import Evaluation as Settings
from gridcase.errors import DefinitionError, Invalid
from gridcase.evaluation.composing import FindScheme
from gridcase.evaluation.default_schemes import default_scheme
from gridcase.evaluation.look_back.standings import MonthTable, Standing
from gridcase.evaluation.periods import Period
from gridcase.evaluation.rank import RankAnswer, RankRequest, check
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.schemes import Scheme
from gridcase.evaluation.units import JudgedUnit, named_unit

# Units that a scheme judges -> `--of`. An area scheme judges communities and districts too, when they are asked for.
OF_UNIT = {
    "cell": "cells",
    "community": "communities",
    "street": "streets",
    "district": "districts",
    "area": "streets",
    "department": "departments",
    "inspector": "inspectors",
    "intake_operator": "intake-operators",
    "shift_supervisor": "shift-supervisors",
    "dispatcher": "dispatchers",
}


@dataclass(frozen=True)
class Trial:
    """A scheme on months of the units `of`, the earliest first. When it is valid from does not matter here."""

    district: str
    of: str
    periods: tuple[Period, ...]
    scheme: Scheme
    now: datetime
    settings: Settings
    schemes: SchemeFolder

    def request(self, period: Period, scheme: Scheme, *, as_of: datetime | None = None) -> RankRequest:
        """The question of `rank` for one month."""
        return RankRequest(
            self.district,
            period,
            self.of,
            scheme=scheme,
            now=self.now,
            as_of=as_of,
            raters_at_least=self.settings.raters_at_least,
        )

    def finder(self, period: Period) -> FindScheme:
        """Finds the schemes that the tried one takes scores from: valid at the start of the month, else the newest."""

        def find(name: str) -> Scheme:
            if name == self.scheme.name:
                return self.scheme
            return found_for(self.schemes, name, period)

        return find

    def scheme_in_force(self, period: Period) -> Scheme:
        """The scheme that judges a month which nobody has frozen."""
        return found_for(self.schemes, default_scheme(self.settings, self.of), period)


def found_for(schemes: SchemeFolder, name: str, period: Period) -> Scheme:
    """The scheme in the version valid at the start of the month; before the first one, the newest.

    Raises DefinitionError for a name that there is not and for a faulty file.
    """
    try:
        return schemes.find(name, on=period.first_day)
    except DefinitionError as error:
        if any(fault.code != "no_valid_version" for fault in error.faults):
            raise
        return schemes.find(name)


def kind_for(scheme: Scheme, of: str | None) -> str:
    """The units that are judged: those asked for, else those that the scheme is for.

    Raises Invalid `unknown_of` when the scheme is for any kind and none is asked for.
    """
    if of is not None:
        return of
    if scheme.unit not in OF_UNIT:
        text = f"the scheme {scheme.name} is for any kind of units: tell which with --of"
        raise Invalid("unknown_of", text, of=scheme.unit)
    return OF_UNIT[scheme.unit]


def check_trial(trial: Trial) -> None:
    """Raises Invalid `unknown_of`, `mode_act`, `mode_posts` for a scheme that cannot judge these units."""
    for period in trial.periods[:1]:
        check(trial.request(period, trial.scheme))


@dataclass(frozen=True)
class Replayed:
    """One month by the tried scheme. `basis`: `record` = the rows kept in the frozen record, `register` = the history.

    `why` tells why a frozen month was not made from its own rows alone: `other_as_of` (the scheme judges at another
    moment), `other_mode` (cases that the record does not hold).
    """

    answer: RankAnswer
    find: FindScheme
    basis: str
    why: str | None = None


@dataclass(frozen=True)
class UnitTrial:
    """One unit in one month, as it was and as it would have been.

    `missing` are the inputs that the tried scheme lacks, `rise` the places won. `move` is one of `MOVES`.
    """

    code: str
    name: str
    group: str
    old: Standing | None
    new: Standing | None
    move: str
    missing: tuple[str, ...] = ()
    rise: int | None = None


@dataclass(frozen=True)
class MonthTrial:
    """One month: the table as it stands (`old`), by the tried scheme (`new`), each unit compared, by new rank.

    `new` is None when the month could not be replayed: other formulas made its record.
    """

    old: MonthTable
    new: MonthTable | None
    basis: str | None
    why: str | None
    units: tuple[UnitTrial, ...]
    replayed: RankAnswer | None = None

    def moved(self, *moves: str) -> tuple[UnitTrial, ...]:
        """The units that moved this way."""
        return tuple(unit for unit in self.units if unit.move in moves)


@dataclass(frozen=True)
class WhatIf:
    """The answer of a trial: its months, the earliest first."""

    trial: Trial
    months: tuple[MonthTrial, ...]

    def narrowed(self, units: Iterable[str]) -> WhatIf:
        """The same with these units alone, by name or code; without any, all. Ranks stay those among all.

        Raises Invalid `unit_not_found`, `ambiguous_unit`.
        """
        known = {unit.code: JudgedUnit(unit.code, unit.name) for month in self.months for unit in month.units}
        wanted = {named_unit(list(known.values()), text.strip()).code for text in units}
        if not wanted:
            return self
        months = [
            replace(month, units=tuple(unit for unit in month.units if unit.code in wanted))
            for month in self.months
        ]
        return replace(self, months=tuple(months))
