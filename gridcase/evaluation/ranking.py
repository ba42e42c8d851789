"""Ranks units inside their groups: keys, ties, and the reasons for no rank (evaluation.md 7)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from gridcase.evaluation.printing import Printing
from gridcase.evaluation.rates import RATES, Values, ratio_of
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
    comparison = _Comparison(scheme, ranking, printing)
    for index, (candidate, reason) in enumerate(zip(candidates, reasons, strict=True)):
        if reason is None:
            groups.setdefault(candidate.group, []).append((comparison.key(candidate), index))
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


class Rivals:
    """The others of a group, standing still, so that one candidate can be placed among them again and again.

    `rank_units` gives the same place: a test compares. `before` and `after` are the others in the order of the
    input, which decides between equal keys when ties are consecutive.
    """

    def __init__(
        self, scheme: Scheme, printing: Printing, *, before: Sequence[Candidate], after: Sequence[Candidate]
    ) -> None:
        self._scheme, self._ranking = scheme, scheme.ranking
        if scheme.ranking is None:
            return
        self._comparison = _Comparison(scheme, scheme.ranking, printing)
        earlier, later = self._keys(before), self._keys(after)
        self._equal_before = Counter(earlier)
        everybody = [*earlier, *later]
        self._sorted = sorted(set(everybody) if scheme.ranking.ties == "dense" else everybody)

    def _keys(self, candidates: Sequence[Candidate]) -> list[Key]:
        ranking = self._ranking
        if ranking is None:
            return []
        ranked = [each for each in candidates if _reason(self._scheme, ranking, each) is None]
        return [self._comparison.key(each) for each in ranked]

    def place(self, candidate: Candidate) -> Place | None:
        """The place among the others; None when the scheme ranks nothing."""
        ranking = self._ranking
        if ranking is None:
            return None
        reason = _reason(self._scheme, ranking, candidate)
        if reason is not None:
            return Place(None, reason)
        key = self._comparison.key(candidate)
        rank = 1 + bisect_left(self._sorted, key)
        return Place(rank if ranking.ties == "dense" else rank + self._equal_before[key])


@dataclass(frozen=True, slots=True)
class _Comparison:
    """How candidates are compared: smallest key first."""

    scheme: Scheme
    ranking: Ranking
    printing: Printing

    def key(self, candidate: Candidate) -> Key:
        """`by` turned by `order`, then the further columns and rates."""
        first = self._first(candidate)
        further = [-term.sign * self._further(term.column, candidate) for term in self.ranking.then_by]
        return (-first if self.ranking.is_descending else first, *further)

    def _first(self, candidate: Candidate) -> Fraction:
        if self.ranking.by != "score":
            return self._rate(self.ranking.by, candidate)
        score = candidate.score
        return self._shown(score.value) if score is not None and score.value is not None else Fraction(0)

    def _further(self, name: str, candidate: Candidate) -> Fraction | int:
        """The value of a column or rate of `then_by`; unknown or 0/0 counts as 0."""
        return self._rate(name, candidate) if name in RATES else candidate.values.get(name) or 0

    def _rate(self, name: str, candidate: Candidate) -> Fraction:
        ratio = ratio_of(self.scheme.rates[name], candidate.values)
        return self._shown(ratio * 100) if isinstance(ratio, Fraction) else Fraction(0)

    def _shown(self, value: Fraction) -> Fraction:
        return self.printing.rounded(value) if self.ranking.compare == "printed" else value
