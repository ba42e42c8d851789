"""The five sentences for leaders: what rose, what fell, who is best, who is worst, what hangs longest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gridcase.evaluation.bulletin.comparing import DOWN, UP, Change
from gridcase.evaluation.bulletin.content import Backlog, RankedGroup, RankRow, Share, TotalLine
from gridcase.evaluation.bulletin.words import Words

# What leaders look at: counts that say how much there is, rates that say how well it is done.
_COUNTS = ("reported_count", "filed_count")
_JOIN, _NAMES = "；", "、"


@dataclass(frozen=True, slots=True)
class Told:
    """What the sentences are made of; `is_compared`: the period before is frozen."""

    of: str
    is_compared: bool
    totals: Sequence[TotalLine]
    categories: Sequence[Share]
    groups: Sequence[RankedGroup]
    backlog: Backlog


def sentences(told: Told, words: Words) -> tuple[str, ...]:
    """Five sentences, every figure of them computed."""
    return (
        _moved(told, words, UP),
        _moved(told, words, DOWN),
        _best(told, words),
        _worst(told, words),
        _longest(told, words),
    )


def _moved(told: Told, words: Words, direction: int) -> str:
    way = "rose" if direction == UP else "fell"
    if not told.is_compared:
        return words("sentence.not_comparable", which=words(f"sentence.which_{way}"))
    items = [*_totals(told, words, direction, way=way), *_category(told, words, direction, way=way)]
    if not items:
        return words(f"sentence.{way}_none")
    return words(f"sentence.{way}", items=_JOIN.join(items))


def _totals(told: Told, words: Words, direction: int, *, way: str) -> Iterator[str]:
    for line in told.totals:
        figure, rate = line.figure, line.rate
        if figure.ref.column in _COUNTS and figure.change.direction == direction:
            yield words(
                f"sentence.count_{way}",
                label=figure.label,
                count=figure.value,
                percent=_size(figure.change),
            )
        if rate is not None and rate.change.direction == direction:
            yield words(f"sentence.rate_{way}", label=rate.label, rate=rate.text, points=_size(rate.change))


def _size(change: Change) -> str:
    """How far it moved; the words say in which direction."""
    return change.text.removeprefix("-")


def _category(told: Told, words: Words, direction: int, *, way: str) -> Iterator[str]:
    """The sub category whose cases filed moved farthest in number."""
    moved = [
        (direction * (share.figure.value - share.figure.last), share)
        for share in told.categories
        if share.figure.value is not None and share.figure.last is not None
    ]
    more, share = max(moved, key=lambda pair: pair[0], default=(0, None))
    if share is not None and more > 0:
        yield words(f"sentence.category_{way}", label=share.label, count=share.figure.value, more=more)


def _best(told: Told, words: Words) -> str:
    items = [_item(group, group.best, words, key="best_item") for group in told.groups if group.best]
    return words("sentence.best", items=_JOIN.join(items)) if items else words("sentence.best_none")


def _worst(told: Told, words: Words) -> str:
    items = [_item(group, group.worst, words, key="worst_item") for group in told.groups if group.worst]
    return words("sentence.worst", items=_JOIN.join(items)) if items else words("sentence.worst_none")


def _item(group: RankedGroup, rows: Sequence[RankRow], words: Words, *, key: str) -> str:
    return words(
        f"sentence.{key}",
        group=words("sentence.group", group=group.name) if group.name else "",
        names=_NAMES.join(row.unit.name for row in rows),
        score=scores_of(rows),
        rank=rows[0].unit.rank,
    )


def scores_of(rows: Sequence[RankRow]) -> str:
    """The printed scores of units that share a rank: one, unless further columns made them equal."""
    return _NAMES.join(dict.fromkeys(row.unit.score or "" for row in rows))


def _longest(told: Told, words: Words) -> str:
    longest = told.backlog.longest
    if longest is None:
        return words("sentence.longest_none")
    line = next((each for each in told.backlog.lines if each.code == longest.unit), None)
    edge, _upper = told.backlog.bands[-1]
    return words(
        "sentence.longest" if told.of == "departments" else "sentence.longest_of_area",
        unit=line.name if line is not None else longest.unit,
        number=longest.number,
        category=told.backlog.longest_category,
        days=longest.days,
        edge=edge,
        count=told.backlog.total.ages[-1],
    )
