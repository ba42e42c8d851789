"""Which rates leaders see first: those that the scheme in force scores; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from gridcase.evaluation.schemes import Item, RateItem, Scheme, ThresholdItem

# What people ask for wherever a scheme scores fewer rates.
_USUAL = ("on_time_closing_rate", "closing_rate", "handling_rate")
_MOST = 3


def chief_rates(scheme: Scheme) -> tuple[str, ...]:
    """The names of up to three rates of which more is better: what the scheme scores, most points first, then the usual.

    The first one decides the score most, so that no page tells a rate of its own beside a score that is made of another.
    """
    scored = [name for _points, name in sorted(_scored(scheme.items), key=lambda pair: -pair[0])]
    return tuple(dict.fromkeys([*scored, *_USUAL]))[:_MOST]


def _scored(items: Sequence[Item]) -> Iterator[tuple[Fraction, str]]:
    for item in items:
        if isinstance(item, RateItem) and not item.is_inverted:
            yield item.points, item.rate
        elif isinstance(item, ThresholdItem):
            yield from ((item.points, term.rate) for term in item.terms)
