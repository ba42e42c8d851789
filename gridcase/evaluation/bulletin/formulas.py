"""计算方法: the formulas of a table in words, made from the same scheme that was executed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from gridcase.evaluation.bulletin.judged import Judged
from gridcase.evaluation.bulletin.telling import plain
from gridcase.evaluation.bulletin.words import Words
from gridcase.evaluation.columns import label_of
from gridcase.evaluation.rates import RATES, Sum
from gridcase.evaluation.scheme_reads import may_be_empty, rates_of
from gridcase.evaluation.schemes import (
    BandsItem,
    BonusItem,
    Condition,
    DeductItem,
    Item,
    Ranking,
    RateItem,
    ScoreItem,
    ThresholdItem,
)

_JOIN, _AND = "，", "且"


def formula_lines(judged: Judged, rates: Sequence[str], words: Words) -> tuple[str, ...]:
    """The rates of the bulletin and of the scheme's items, the counts that the scheme replaces, items, grades, ranking."""
    scheme, teller = judged.scheme, _Teller(judged, words)
    named = [*rates, *(name for item in scheme.items for name in rates_of(item))]
    lines = [teller.rate(name) for name in dict.fromkeys(named) if name in judged.rates]
    for column, terms in scheme.counts.items():
        lines.append(words("formula.count", label=label_of(column), terms=teller.sum(terms)))
    lines += [teller.item(item) for item in scheme.items]
    if scheme.items:
        lines.append(teller.score())
    if scheme.zero_score_when:
        conditions = _AND.join(teller.condition(each) for each in scheme.zero_score_when)
        lines.append(words("formula.zero_score", conditions=conditions))
    if scheme.grades:
        items = [
            words("text.grade_item", grade=grade.grade, lowest=plain(grade.lowest)) for grade in scheme.grades
        ]
        lines.append(words("text.grades", items=_JOIN.join(items)))
    if scheme.ranking is not None:
        lines.append(teller.ranking(scheme.ranking))
    return tuple(lines)


class _Teller:
    """Tells parts of one scheme."""

    def __init__(self, judged: Judged, words: Words) -> None:
        self.judged, self.words = judged, words
        self.scheme = judged.scheme

    def sum(self, terms: Sum) -> str:
        """A sum of counts with its signs, in brackets when it has several."""
        parts = []
        for at, term in enumerate(terms):
            if at or term.sign < 0:
                parts.append(self.words("formula.minus" if term.sign < 0 else "formula.plus"))
            parts.append(label_of(term.column))
        text = "".join(parts).strip()
        return f"({text})" if len(terms) > 1 else text

    def rate(self, name: str) -> str:
        """`结案率 = 结案数 ÷ 应结案数`."""
        rate = self.judged.rates[name]
        above, below = self.sum(rate.numerator), self.sum(rate.denominator)
        return self.words("formula.rate", label=rate.label, above=above, below=below)

    def _label(self, name: str) -> str:
        """The label of a rate, or of a count column."""
        rate = self.scheme.rates.get(name) or RATES.get(name)
        return rate.label if rate is not None else label_of(name)

    def item(self, item: Item) -> str:
        """One item with its points and what it does when there is no data."""
        if isinstance(item, BonusItem):
            return self._bonus(item)
        text = self._points(item)
        return text + self.words(f"formula.when_{item.when_empty}") if may_be_empty(item) else text

    def _points(self, item: Item) -> str:
        words = self.words
        match item:
            case RateItem():
                key = "formula.item_rate_inverted" if item.is_inverted else "formula.item_rate"
                return words(key, label=item.label, points=plain(item.points), rate=self._label(item.rate))
            case ScoreItem():
                return words(
                    "formula.item_score",
                    label=item.label,
                    points=plain(item.points),
                    column=self._score(item),
                )
            case BandsItem():
                return self._bands(item)
            case ThresholdItem():
                terms = [
                    words(
                        "formula.threshold_term",
                        rate=self._label(term.rate),
                        target=plain(term.target),
                        per=plain(term.per_point),
                    )
                    for term in item.terms
                ]
                return self._less("formula.item_threshold", item, terms)
            case DeductItem():
                terms = [
                    words("formula.deduct_term", column=label_of(term.column), per=plain(term.per))
                    for term in item.terms
                ]
                return self._less("formula.item_deduct", item, terms)
            case BonusItem():
                return self._bonus(item)

    def _score(self, item: ScoreItem) -> str:
        """What a score is, or where it comes from."""
        if item.mean is not None:
            return self.words("formula.mean")
        if item.from_scheme is not None:
            return self.words("formula.from_scheme", scheme=item.from_scheme)
        return self.words.find(f"column.{item.column.removesuffix('_score')}", item.column)

    def _less(self, key: str, item: ThresholdItem | DeductItem, terms: Sequence[str]) -> str:
        points, floor = plain(item.points), plain(item.floor)
        return self.words(key, label=item.label, points=points, terms=_JOIN.join(terms), floor=floor)

    def _bands(self, item: BandsItem) -> str:
        bands = [
            self.words("formula.band", upper=plain(upper), mark=plain(mark)) for upper, mark in item.bands
        ]
        bands.append(self.words("formula.band_above", mark=plain(item.above)))
        return self.words(
            "formula.item_bands",
            label=item.label,
            points=plain(item.points),
            column=self._label(item.column or item.rate or ""),
            bands=_JOIN.join(bands),
        )

    def _bonus(self, item: BonusItem) -> str:
        terms = [
            self.words("formula.bonus_term", column=label_of(term.column), per=plain(term.per))
            for term in item.terms
        ]
        return self.words(
            "formula.item_bonus", label=item.label, terms=_JOIN.join(terms), most=plain(item.most)
        )

    def score(self) -> str:
        """How the items make the total."""
        scheme, text = self.scheme, self.words("formula.score")
        text += self.words("formula.score_floor", floor=plain(scheme.floor))
        if scheme.cap is not None:
            text += self.words("formula.score_cap", cap=plain(scheme.cap))
        return f"{text}。"

    def condition(self, condition: Condition) -> str:
        """One condition under which the total is 0."""
        is_above = condition.above is not None
        limit = condition.above if condition.above is not None else condition.equals
        return self.words(
            "formula.zero_above" if is_above else "formula.zero_is",
            column=label_of(condition.column),
            limit=plain(limit or Fraction(0)),
        )

    def ranking(self, ranking: Ranking) -> str:
        """By what is ranked, in which order, with which ties."""
        words = self.words
        text = words(
            "formula.ranking",
            by=words("formula.by_score") if ranking.by == "score" else self._label(ranking.by),
            order=words("formula.desc" if ranking.is_descending else "formula.asc"),
            ties=words(f"formula.{ranking.ties}"),
            compare=words(f"formula.compare_{ranking.compare}"),
        )
        if ranking.then_by:
            further = [
                words(
                    "formula.then_low" if term.sign < 0 else "formula.then_high",
                    name=self._label(term.column),
                )
                for term in ranking.then_by
            ]
            text += words("formula.then_by", items=_JOIN.join(further))
        if ranking.min_count is not None:
            limit = ranking.min_count
            text += words("formula.min_count", column=label_of(limit.column), limit=plain(limit.at_least))
        return f"{text}。"
