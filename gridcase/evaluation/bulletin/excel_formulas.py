"""Rates and scores as formulas of a spreadsheet, made from the same scheme that was executed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from gridcase.evaluation.bulletin.telling import plain
from gridcase.evaluation.rates import Rate, Sum
from gridcase.evaluation.scheme_reads import may_be_empty
from gridcase.evaluation.schemes import (
    BandsItem,
    BonusItem,
    Condition,
    DeductItem,
    Item,
    PerCount,
    RateItem,
    Scheme,
    ScoreItem,
    ThresholdItem,
)

# Column of counts or scores -> the cell that holds it, such as `C5`.
CellOf = Callable[[str], str]


def sum_formula(terms: Sum, cell: CellOf) -> str:
    """A signed sum of cells."""
    text = "".join(f"{'-' if term.sign < 0 else '+'}{cell(term.column)}" for term in terms)
    return text.removeprefix("+")


def rate_formula(above: str, below: str, *, digits: int, empty: str) -> str:
    """Percent of two sums, rounded half away from zero; the sign of 0/0 where the lower one is 0."""
    return f"=IF({below}=0,{quoted(empty)},ROUND(100*({above})/({below}),{digits}))"


def change_formula(this: str, earlier: str, *, digits: int, empty: str) -> str:
    """Percent by which a count changed; an empty cell or 0 has nothing to compare with."""
    return f"=IF({earlier}=0,{quoted(empty)},ROUND(100*({this}-{earlier})/{earlier},{digits}))"


def points_formula(this: tuple[str, str], earlier: tuple[str, str], *, digits: int, empty: str) -> str:
    """The difference of two rates in percent points; each a pair of cells, numerator and denominator."""
    (above, below), (above_then, below_then) = this, earlier
    exact = f"100*{above}/{below}-100*{above_then}/{below_then}"
    return f"=IF(OR({below}=0,{below_then}=0),{quoted(empty)},ROUND({exact},{digits}))"


def quoted(text: str) -> str:
    """A text within a formula."""
    return '"' + text.replace('"', '""') + '"'


class ScoreFormulas:
    """The items of a scheme and its total over the cells of one row. `cell` finds counts and scores."""

    def __init__(self, scheme: Scheme, cell: CellOf) -> None:
        self.scheme, self.cell = scheme, cell
        self.empty = quoted(scheme.printing.empty)

    def item(self, item: Item) -> str:
        """The points of an item; the sign of 0/0 where it is left out or keeps the unit from being ranked."""
        match item:
            case RateItem():
                rate = self._limited(self.scheme.rates[item.rate])
                points = plain(item.points)
                value = f"{points}*(1-{rate})" if item.is_inverted else f"{points}*{rate}"
                return f"={self._guarded(item, [item.rate], value)}"
            case ScoreItem():
                points = plain(item.points)
                return f"=MIN(MAX({points}*{self.cell(item.column)}/100,0),{points})"
            case BandsItem():
                return f"={self._bands(item)}"
            case ThresholdItem():
                lost = "".join(
                    f"-{plain(term.per_point)}*MAX({plain(term.target)}-{self._percent(term.rate)},0)"
                    for term in item.terms
                )
                value = f"MAX({plain(item.points)}{lost},{plain(item.floor)})"
                return f"={self._guarded(item, [term.rate for term in item.terms], value)}"
            case DeductItem():
                return f"=MAX({plain(item.points)}-({self._per(item.terms)}),{plain(item.floor)})"
            case BonusItem():
                return f"=MIN({self._per(item.terms)},{plain(item.most)})"

    def _per(self, terms: Sequence[PerCount]) -> str:
        return "+".join(f"{plain(term.per)}*{self.cell(term.column)}" for term in terms)

    def _sides(self, rate: Rate) -> tuple[str, str]:
        return sum_formula(rate.numerator, self.cell), sum_formula(rate.denominator, self.cell)

    def _limited(self, rate: Rate) -> str:
        above, below = self._sides(rate)
        return f"MIN(MAX(({above})/({below}),0),1)"

    def _percent(self, name: str) -> str:
        above, below = self._sides(self.scheme.rates[name])
        return f"100*({above})/({below})"

    def _bands(self, item: BandsItem) -> str:
        measured = self.cell(item.column) if item.column is not None else self._percent(item.rate or "")
        mark = plain(item.above)
        for upper, own in reversed(item.bands):
            mark = f"IF({measured}<={plain(upper)},{plain(own)},{mark})"
        value = f"{plain(item.points)}*{mark}/100"
        return value if item.rate is None else self._guarded(item, [item.rate], value)

    def _guarded(self, item: RateItem | BandsItem | ThresholdItem, rates: Sequence[str], value: str) -> str:
        """The value, or what the item does when one of its rates is 0/0."""
        below = [sum_formula(self.scheme.rates[name].denominator, self.cell) for name in rates]
        otherwise = {"full": plain(item.points), "zero": "0"}.get(item.when_empty, self.empty)
        tests = ",".join(f"{each}=0" for each in dict.fromkeys(below))
        test = tests if len(set(below)) == 1 else f"OR({tests})"
        return f"IF({test},{otherwise},{value})"

    def total(self, cells: Sequence[str]) -> str:
        """The score from the cells of all items, in the order of decisions of evaluation.md 6, rounded as printed."""
        pairs = list(zip(self.scheme.items, cells, strict=True))
        text = self._sum(pairs)
        missing = [f"ISTEXT({cell})" for item, cell in pairs if _stops(item)]
        if missing:
            text = f"IF(OR({','.join(missing)}),{self.empty},{text})"
        if self.scheme.zero_score_when:
            conditions = ",".join(self._condition(each) for each in self.scheme.zero_score_when)
            text = f"IF(AND({conditions}),0,{text})"
        return f"={text}"

    def _sum(self, pairs: Sequence[tuple[Item, str]]) -> str:
        own = [cell for item, cell in pairs if not isinstance(item, BonusItem)]
        bonus = [cell for item, cell in pairs if isinstance(item, BonusItem)]
        text = f"SUM({','.join(own)})" if own else "0"
        kept = list(self._kept(pairs))
        if any(_is_left_out(item) for item, _cell in pairs):
            points = sum(
                (item.points for item, _cell in pairs if not isinstance(item, BonusItem)), Fraction(0)
            )
            text = f"{text}*{plain(points)}/({'+'.join(kept)})"
        if bonus:
            text = f"{text}+SUM({','.join(bonus)})"
        text = f"MAX({text},{plain(self.scheme.floor)})"
        if self.scheme.cap is not None:
            text = f"MIN({text},{plain(self.scheme.cap)})"
        text = f"ROUND({text},{self.scheme.printing.digits})"
        if not any(_is_left_out(item) for item, _cell in pairs):
            return text
        return f"IF({'+'.join(kept)}=0,{self.empty},{text})"

    def _kept(self, pairs: Sequence[tuple[Item, str]]) -> Iterator[str]:
        """The points of the items that are there."""
        for item, cell in pairs:
            if isinstance(item, BonusItem):
                continue
            points = plain(item.points)
            yield f"IF(ISNUMBER({cell}),{points},0)" if _is_left_out(item) else points

    def _condition(self, condition: Condition) -> str:
        cell = self.cell(condition.column)
        if condition.above is not None:
            return f"{cell}>{plain(condition.above)}"
        return f"{cell}={plain(condition.equals or Fraction(0))}"


def _stops(item: Item) -> bool:
    return may_be_empty(item) and item.when_empty == "unranked"


def _is_left_out(item: Item) -> bool:
    return may_be_empty(item) and item.when_empty == "leave_out"


def columns_of(scheme: Scheme, rates: Sequence[str]) -> list[str]:
    """The columns of counts and scores that the named rates, the items and the conditions of a scheme look at."""
    found: dict[str, None] = {}
    named = [*rates]
    for item in scheme.items:
        match item:
            case RateItem():
                named.append(item.rate)
            case ThresholdItem():
                named += [term.rate for term in item.terms]
            case BandsItem(rate=None):
                found[item.column or ""] = None
            case BandsItem():
                named.append(item.rate or "")
            case DeductItem() | BonusItem():
                found |= dict.fromkeys(term.column for term in item.terms)
            case ScoreItem():
                found[item.column] = None
    found |= dict.fromkeys(each.column for each in scheme.zero_score_when)
    for name in named:
        rate = scheme.rates.get(name)
        if rate is not None:
            found |= dict.fromkeys(term.column for term in (*rate.numerator, *rate.denominator))
    for column in list(found):
        found |= dict.fromkeys(term.column for term in scheme.counts.get(column, ()))
    return list(found)
