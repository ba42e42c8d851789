"""Ranks units inside their groups: keys, ties, and the reasons for no rank (evaluation.md 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rates import RATES, Ratio, Values, ratio_of
from gridcase.evaluation.schemes import Ranking, Scheme
from gridcase.evaluation.scoring import Score

Key = tuple[Fraction | int, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One unit as the ranking sees it: its group, its counts and scores by column, its score."""

    group: str
    values: Values
    score: Score | None


@dataclass(frozen=True, slots=True)
class Place:
    """A rank from 1, or the one reason for none."""

    rank: int | None
    unranked: str | None = None


def rank_units(scheme: Scheme, candidates: Sequence[Candidate], printing: Printing) -> list[Place | None]:
    """The places of the candidates, in their order; all None when the scheme ranks nothing."""
    ranking = scheme.ranking
    if ranking is None:
        return [None] * len(candidates)
    reasons = [_reason(scheme, ranking, candidate) for candidate in candidates]
    places: list[Place | None] = [Place(None, reason) for reason in reasons]
    groups: dict[str, list[tuple[Key, int]]] = {}
    for index, (candidate, reason) in enumerate(zip(candidates, reasons, strict=True)):
        if reason is None:
            groups.setdefault(candidate.group, []).append((_key(scheme, ranking, candidate, printing), index))
    for members in groups.values():
        # Stable: equal keys keep the order of the input.
        members.sort(key=lambda member: member[0])
        for rank, index in _numbered(members, is_dense=ranking.ties == "dense"):
            places[index] = Place(rank)
    return places


def _numbered(members: list[tuple[Key, int]], *, is_dense: bool) -> list[tuple[int, int]]:
    answer: list[tuple[int, int]] = []
    rank, last = 0, None
    for key, index in members:
        if not is_dense or key != last:
            rank += 1
        last = key
        answer.append((rank, index))
    return answer


def _reason(scheme: Scheme, ranking: Ranking, candidate: Candidate) -> str | None:
    """The first reason for no rank, in the order of evaluation.md 6."""
    if ranking.by == "score":
        if candidate.score is None or candidate.score.value is None:
            return candidate.score.reason if candidate.score else "unknown"
    else:
        ratio = ratio_of(scheme.rates[ranking.by], candidate.values)
        if not isinstance(ratio, Fraction):
            return "unknown" if ratio is None else "no_data"
    if ranking.min_count is None:
        return None
    count = candidate.values.get(ranking.min_count.column)
    if count is None:
        return "unknown"
    return "too_few" if count < ranking.min_count.at_least else None


def _key(scheme: Scheme, ranking: Ranking, candidate: Candidate, printing: Printing) -> Key:
    """The sorting key, smallest first: `by` turned by `order`, then the further columns and rates."""
    if ranking.by == "score":
        value = (
            candidate.score.value if candidate.score and candidate.score.value is not None else Fraction(0)
        )
        first = printing.rounded(value) if ranking.compare == "printed" else value
    else:
        first = _comparable(ratio_of(scheme.rates[ranking.by], candidate.values), ranking, printing)
    further = [
        -term.sign * _further(scheme, ranking, term.column, candidate, printing) for term in ranking.then_by
    ]
    return (-first if ranking.is_descending else first, *further)


def _further(
    scheme: Scheme, ranking: Ranking, name: str, candidate: Candidate, printing: Printing
) -> Fraction | int:
    """The value of a column or rate of `then_by`; unknown or 0/0 counts as 0."""
    if name in RATES:
        return _comparable(ratio_of(scheme.rates[name], candidate.values), ranking, printing)
    return candidate.values.get(name) or 0


def _comparable(ratio: Ratio | None, ranking: Ranking, printing: Printing) -> Fraction:
    if not isinstance(ratio, Fraction):
        return Fraction(0)
    percent = ratio * 100
    return printing.rounded(percent) if ranking.compare == "printed" else percent
