"""Scores that a scheme takes from other schemes: a unit's total by one, or the mean mark of its cells (evaluation.md 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from gridcase.errors import DefinitionError, Fault
from gridcase.evaluation.completion import complete
from gridcase.evaluation.rates import Values
from gridcase.evaluation.schemes import BonusItem, Item, MeanOverCells, Scheme, ScoreItem
from gridcase.evaluation.scoring import score_of, value_of

FindScheme = Callable[[str], Scheme]


@dataclass(frozen=True, slots=True)
class CountedCell:
    """A cell of a unit: its area class and its counts by column; a cell without a case has only zeros."""

    area_class: int | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CountedUnit:
    """A unit's counts by column, its cells, and the scores that were given for it from elsewhere."""

    counts: Mapping[str, int]
    cells: Sequence[CountedCell] = ()
    scores: Mapping[str, Fraction] = field(default_factory=dict)


def needs_cells(scheme: Scheme, find: FindScheme, *, above: tuple[str, ...] = ()) -> bool:
    """Whether the scheme, or one that it takes a score from, asks for marks of cells."""
    items, path = _score_items(scheme, above), (*above, scheme.name)
    below = [item.from_scheme for item in items if item.from_scheme is not None]
    return any(item.mean is not None for item in items) or any(
        needs_cells(find(name), find, above=path) for name in below
    )


def computed_scores(
    scheme: Scheme, unit: CountedUnit, find: FindScheme, *, above: tuple[str, ...] = ()
) -> dict[str, Fraction]:
    """The given scores of the unit and those that the scheme says how to compute; unknown ones are absent.

    A computed score takes the place of a given one. Raises DefinitionError `scheme_circle` when schemes take
    scores from each other in a circle.
    """
    scores = dict(unit.scores)
    for item in _score_items(scheme, above):
        value: Fraction | None = None
        if item.mean is not None:
            value = mean_mark(item.mean, unit.cells, find)
        elif item.from_scheme is not None:
            value = _total_by(find(item.from_scheme), unit, find, above=(*above, scheme.name))
        else:
            continue
        scores.pop(item.column, None)
        if value is not None:
            scores[item.column] = value
    return scores


def _score_items(scheme: Scheme, above: tuple[str, ...]) -> list[ScoreItem]:
    if scheme.name in above:
        text = f"schemes take scores from each other: {' → '.join((*above, scheme.name))}"
        raise DefinitionError([Fault(scheme.name, "", "scheme_circle", text)])
    return [item for item in scheme.items if isinstance(item, ScoreItem)]


def _total_by(
    scheme: Scheme, unit: CountedUnit, find: FindScheme, *, above: tuple[str, ...]
) -> Fraction | None:
    scores = computed_scores(scheme, unit, find, above=above)
    score = score_of(scheme, {**scores, **_completed(scheme, unit.counts)})
    return None if score is None else score.value


def _completed(scheme: Scheme, counts: Mapping[str, int]) -> dict[str, int]:
    return complete(counts, replaced=scheme.counts, derived=scheme.derive)


def mean_mark(mean: MeanOverCells, cells: Sequence[CountedCell], find: FindScheme) -> Fraction | None:
    """The mean of the marks (item ÷ its points × 100) over the cells, each by the scheme of its class.

    None without a cell, and when the mark of a cell is unknown: no scheme for its class, or an input is missing.
    A cell whose item is 0/0 and says `leave_out` or `unranked` has no mark and is left out.
    """
    marks: list[Fraction] = []
    for cell in cells:
        name = mean.scheme_of_class.get(cell.area_class) if cell.area_class is not None else None
        if name is None:
            return None
        scheme = find(name)
        item = _item_of(scheme, mean.of_item)
        value = value_of(item, scheme, _values(scheme, cell))
        if value is None:
            return None
        if isinstance(value, Fraction):
            marks.append(value / _points_of(item) * 100)
        elif item.when_empty in ("full", "zero"):
            marks.append(Fraction(100 if item.when_empty == "full" else 0))
    return sum(marks, Fraction(0)) / len(marks) if marks else None


def _values(scheme: Scheme, cell: CountedCell) -> Values:
    return _completed(scheme, cell.counts)


def _item_of(scheme: Scheme, name: str) -> Item:
    for item in scheme.items:
        if item.name == name:
            return item
    raise DefinitionError([Fault(scheme.name, "", "unknown_item", f'there is no item "{name}"')])


def _points_of(item: Item) -> Fraction:
    points = item.most if isinstance(item, BonusItem) else item.points
    if points == 0:
        raise DefinitionError([Fault(item.name, "points", "bad_value", "an item of 0 points gives no mark")])
    return points
