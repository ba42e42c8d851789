"""The ranking of a bulletin: each group with its best and worst, what items add and take, the lists and cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from gridcase.config.tables import Bulletin as Settings
from gridcase.evaluation.bulletin.comparing import change_of_scores
from gridcase.evaluation.bulletin.content import Card, Listed, RankedGroup, RankRow
from gridcase.evaluation.bulletin.judged import Judged, Unit, summed
from gridcase.evaluation.rates import Ratio, Values
from gridcase.evaluation.schemes import BonusItem, DeductItem, Item, ScoreItem
from gridcase.evaluation.scoring import value_of

SYSTEM = "system_score"
YELLOW, RED, BLACK = "yellow", "red", "black"


@dataclass(frozen=True, slots=True)
class Tables:
    """The table of the period with those of the period before and of a year before, where they are frozen."""

    this: Judged
    last: Judged | None
    year_ago: Judged | None


def ranked_groups(tables: Tables) -> tuple[RankedGroup, ...]:
    """All groups in the order of the table."""
    return tuple(_group(tables, name) for name in tables.this.groups)


def _group(tables: Tables, name: str) -> RankedGroup:
    judged = tables.this
    printing = judged.scheme.printing
    rows = tuple(_row(tables, unit) for unit in judged.members(name))
    counts = summed(row.unit.counts for row in rows)
    ratios = {rate: judged.ratio(rate, counts) for rate in judged.rates}
    ranks = sorted({row.unit.rank for row in rows if row.unit.rank is not None})
    of_rank = _of_rank(rows)
    return RankedGroup(
        name=name,
        rows=rows,
        counts=counts,
        rates={rate: printing.percent(ratio) for rate, ratio in ratios.items() if ratio is not None},
        amended=judged.amended.get(name, {}),
        best=of_rank(ranks[0]) if ranks else (),
        worst=of_rank(ranks[-1]) if len(ranks) > 1 else (),
    )


def _of_rank(rows: Sequence[RankRow]) -> Callable[[int], tuple[RankRow, ...]]:
    return lambda rank: tuple(row for row in rows if row.unit.rank == rank)


def _row(tables: Tables, unit: Unit) -> RankRow:
    judged = tables.this
    printing = judged.scheme.printing
    previous = tables.last.find(unit.code) if tables.last is not None else None
    year_ago = tables.year_ago.find(unit.code) if tables.year_ago is not None else None
    values: Values = {**unit.inputs, **unit.counts}
    points = [value_of(item, judged.scheme, values) for item in judged.scheme.items]
    return RankRow(
        unit=unit,
        previous=previous,
        adjustment=_adjustment(judged, values),
        system=_system(judged, unit),
        points=tuple(map(_printed(judged), points)),
        exact_points=tuple(value if isinstance(value, Fraction) else None for value in points),
        change=change_of_scores(unit.exact, previous.exact if previous is not None else None, printing),
        year_change=change_of_scores(unit.exact, year_ago.exact if year_ago is not None else None, printing),
    )


def _printed(judged: Judged) -> Callable[[Ratio | None], str]:
    """Points as text: the sign of 0/0 for an item without data, nothing when an input is unknown."""
    printing = judged.scheme.printing

    def text(value: Ratio | None) -> str:
        if value is None:
            return ""
        return printing.number(value) if isinstance(value, Fraction) else printing.empty

    return text


def _adjustment(judged: Judged, values: Values) -> str:
    """加扣分: what bonus items give, less what deduction items take of their points; with its sign."""
    items = [item for item in judged.scheme.items if isinstance(item, BonusItem | DeductItem)]
    if not items:
        return ""
    total = Fraction(0)
    for item in items:
        value = value_of(item, judged.scheme, values)
        if not isinstance(value, Fraction):
            return ""
        total += value if isinstance(item, BonusItem) else value - item.points
    text = judged.scheme.printing.number(total)
    return f"+{text}" if total > 0 and text.strip("0.") else text


def _system(judged: Judged, unit: Unit) -> str:
    """系统考核: the score of the system's own figures where it goes into the total, the total itself where nothing
    from elsewhere does."""
    if SYSTEM in unit.inputs:
        return judged.scheme.printing.number(unit.inputs[SYSTEM])
    return "" if any(_is_from_elsewhere(item) for item in judged.scheme.items) else unit.score or ""


def _is_from_elsewhere(item: Item) -> bool:
    return isinstance(item, ScoreItem) and item.from_scheme is None and item.mean is None


# --- red and black lists ----------------------------------------------------------------------------------------------


def red_list(group: RankedGroup, settings: Settings) -> tuple[Listed, ...]:
    """The first of a group by rank, or those whose score reaches the limit of the settings."""
    if settings.red_from:
        units = [unit for unit in _scored(group) if (unit.exact or 0) >= Fraction(settings.red_from)]
    else:
        units = _first(group, settings.listed, is_descending=False)
    return tuple(Listed(group.name, unit) for unit in units)


def black_list(group: RankedGroup, settings: Settings) -> tuple[Listed, ...]:
    """The last of a group by rank, the last one first, or those whose score lies below the limit of the settings.

    Nobody is on both lists: by rank neither takes more than half of the units; by score a unit of the red list is
    left out here.
    """
    if settings.black_below:
        units = [unit for unit in _scored(group) if (unit.exact or 0) < Fraction(settings.black_below)]
        units.reverse()
    else:
        units = _first(group, settings.listed, is_descending=True)
    red = {listed.unit.code for listed in red_list(group, settings)}
    return tuple(Listed(group.name, unit) for unit in units if unit.code not in red)


def _scored(group: RankedGroup) -> list[Unit]:
    units = [row.unit for row in group.rows if row.unit.exact is not None]
    return sorted(units, key=lambda unit: -(unit.exact or 0))


def _first(group: RankedGroup, most: int, *, is_descending: bool) -> list[Unit]:
    """Whole ranks from one end until there are `most` units; a rank that would go beyond half of them stays out."""
    ranked = [row.unit for row in group.rows if row.unit.rank is not None]
    found: list[Unit] = []
    for rank in sorted({unit.rank for unit in ranked if unit.rank is not None}, reverse=is_descending):
        equal = [unit for unit in ranked if unit.rank == rank]
        if len(found) >= most or len(found) + len(equal) > len(ranked) // 2:
            break
        found += equal
    return found


# --- cards ------------------------------------------------------------------------------------------------------------


def cards(judged: Judged, earlier: Sequence[Judged], settings: Settings) -> Iterator[Card]:
    """A card for each unit whose score lies below the limit; red when it did in so many periods in a row.

    `earlier` are the frozen tables just before this one, the nearest first, without a gap.
    """
    if not settings.yellow_below:
        return
    for unit in judged.units:
        if not _is_below(judged, unit, settings.yellow_below):
            continue
        periods = [judged.period]
        for table in earlier[: settings.red_after - 1]:
            known = table.find(unit.code)
            if known is None or not _is_below(table, known, settings.yellow_below):
                break
            periods.append(table.period)
        is_red = len(periods) >= settings.red_after
        yield Card(RED if is_red else YELLOW, unit, tuple(periods) if is_red else (judged.period,))


def _is_below(judged: Judged, unit: Unit, limit: Decimal) -> bool:
    """Whether a score lies below a limit, as it is printed where the scheme compares printed scores."""
    if unit.exact is None:
        return False
    scheme = judged.scheme
    value = scheme.printing.rounded(unit.exact) if scheme.compares_printed else unit.exact
    return value < Fraction(limit)
