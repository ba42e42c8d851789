"""What if another scheme had been in force: past months replayed by it and set against what they are; nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Connection

from gridcase.evaluation.columns import is_score, label_of
from gridcase.evaluation.formula import FORMULA_VERSION
from gridcase.evaluation.frozen.score_inputs import score_columns
from gridcase.evaluation.frozen.store import RecordKey, heads_of
from gridcase.evaluation.look_back.replaying import Replayer
from gridcase.evaluation.look_back.standings import MonthTable, Standing, frozen_table, table_of_answer
from gridcase.evaluation.look_back.trial import MonthTrial, Replayed, Trial, UnitTrial, WhatIf, check_trial
from gridcase.evaluation.periods import Period
from gridcase.evaluation.rank import rank
from gridcase.evaluation.scheme_reads import columns_needed
from gridcase.evaluation.schemes import Scheme, ScoreItem

RISES, FALLS, STAYS = "rises", "falls", "stays"
BECOMES_UNRANKED, BECOMES_RANKED, UNRANKED = "becomes_unranked", "becomes_ranked", "unranked"
NOT_REPLAYED = "not_replayed"
OTHER_FORMULA = "other_formula"
MOVES = (RISES, FALLS, STAYS, BECOMES_UNRANKED, BECOMES_RANKED, UNRANKED, NOT_REPLAYED)


def what_if(connection: Connection, trial: Trial) -> WhatIf:
    """Replay the months of a trial, the earliest first; reads only.

    A frozen month is replayed from the rows kept in its record, after its last amendment, so that the answer is what
    would have been published; another one from the case history at its T. What a record lacks is unknown to the
    scheme, as `rank` has it. Months that have not begun are left out; a record that other formulas made is not
    replayed. Raises Invalid as `rank`, DefinitionError for schemes that the tried one needs, Damaged.
    """
    check_trial(trial)
    replayer = Replayer(connection, trial)
    begun = [period for period in trial.periods if period.start <= trial.now]
    return WhatIf(trial, tuple(_month(replayer, period) for period in begun))


def rows_to_read(connection: Connection, trial: Trial) -> int:
    """How many fact rows of frozen records a trial would read: what it costs. Raises Damaged."""
    replayer, count = Replayer(connection, trial), 0
    for period in trial.periods:
        heads = heads_of(connection, RecordKey(trial.district, trial.of, period.name))
        if heads and heads[0].formula_version == FORMULA_VERSION:
            count += replayer.rows_to_read(heads)
    return count


def _month(replayer: Replayer, period: Period) -> MonthTrial:
    trial, connection = replayer.trial, replayer.connection
    key = RecordKey(trial.district, trial.of, period.name)
    old = frozen_table(connection, key)
    if old is None:
        request = trial.request(period, trial.scheme_in_force(period))
        old = table_of_answer(rank(connection, request, trial.schemes))
        return _compared(old, replayer.open_month(period))
    if old.formula_version != FORMULA_VERSION:
        units = tuple(
            UnitTrial(code, own.name, own.group, own, None, NOT_REPLAYED) for code, own in old.units.items()
        )
        return MonthTrial(old, None, None, OTHER_FORMULA, units)
    return _compared(old, replayer.frozen_month(heads_of(connection, key)))


def _compared(old: MonthTable, replayed: Replayed) -> MonthTrial:
    new = table_of_answer(replayed.answer)
    missing = _missing(replayed)
    codes = dict.fromkeys((*new.units, *old.units))
    units = [
        _unit(code, old.units.get(code), new.units.get(code), missing=missing.get(code, ())) for code in codes
    ]
    groups = list(dict.fromkeys(unit.group for unit in units))

    def order(unit: UnitTrial) -> tuple[int, bool, int]:
        place = unit.new.rank if unit.new is not None else None
        return groups.index(unit.group), place is None, place or 0

    units.sort(key=order)
    return MonthTrial(old, new, replayed.basis, replayed.why, tuple(units), replayed.answer)


def _unit(code: str, old: Standing | None, new: Standing | None, *, missing: tuple[str, ...]) -> UnitTrial:
    named = new or old
    before, after = _rank(old), _rank(new)
    rise = before - after if before is not None and after is not None else None
    return UnitTrial(
        code,
        named.name if named is not None else code,
        named.group if named is not None else "",
        old,
        new,
        _move(before, after),
        missing,
        rise,
    )


def _rank(standing: Standing | None) -> int | None:
    return None if standing is None else standing.rank


def _move(before: int | None, after: int | None) -> str:
    if before is None:
        return UNRANKED if after is None else BECOMES_RANKED
    if after is None:
        return BECOMES_UNRANKED
    return RISES if after < before else FALLS if after > before else STAYS


# --- what a scheme lacks ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Inputs:
    """The columns without which the score or the rank of the scheme is unknown, in the order of its items."""

    columns: tuple[str, ...]

    def missing(self, values: Mapping[str, Fraction | int]) -> tuple[str, ...]:
        return tuple(column for column in self.columns if column not in values)


def _missing(replayed: Replayed) -> dict[str, tuple[str, ...]]:
    """The missing inputs of each unit that is unranked, or without a score, for want of one; by code."""
    answer = replayed.answer
    scheme = answer.request.scheme
    imported = score_columns(scheme, replayed.find).needed
    inputs = _Inputs(tuple(dict.fromkeys((*columns_needed(scheme), *sorted(imported)))))
    found = {}
    for judged, unit, scores in zip(answer.judged, answer.evaluation.units, answer.scores, strict=True):
        reasons = {
            unit.place.unranked if unit.place is not None else None,
            unit.score.reason if unit.score is not None else None,
        }
        if "unknown" in reasons:
            found[judged.code] = inputs.missing({**scores, **unit.counts})
    return found


def label_of_input(scheme: Scheme, column: str) -> str:
    """What people call a missing input: the label of a count, of the item that the score is for, else its name."""
    if is_score(column):
        for item in scheme.items:
            if isinstance(item, ScoreItem) and item.column == column:
                return f"{item.label} {column}"
    return label_of(column)
