"""Completes unknown counts from known ones by the rules of evaluation.md 8, never overwriting a given one."""

from __future__ import annotations

from collections.abc import Mapping

from gridcase.evaluation.rates import Sum, parse_sum

# In this order; no other reversals.
_RULES: tuple[tuple[str, Sum], ...] = tuple(
    (f"{target}_count", parse_sum([f"{word}_count" for word in terms.split()]))
    for target, terms in (
        ("due", "handled overdue_unhandled"),
        ("closed", "due -overdue_unclosed"),
        ("overdue_unclosed", "due -closed"),
        ("unhandled", "open_in_time overdue_unhandled"),
        ("handle_due", "handled unhandled"),
        ("late_handled", "handled -on_time_handled"),
        ("on_time_handled", "handled -late_handled"),
        ("late_closed", "closed -on_time_closed"),
        ("on_time_closed", "closed -late_closed"),
    )
)


def complete(
    given: Mapping[str, int], *, replaced: Mapping[str, Sum], derived: Mapping[str, Sum]
) -> dict[str, int]:
    """Given, replaced and completed counts by column name.

    `replaced` is the table `[counts]`: a given value is dropped, and no other rule makes one. `derived` is the
    table `[derive]`. The rules are tried in order, from the first again after each new value; a negative result
    is no value. Contradicting given counts stay as they are.
    """
    known = {column: value for column, value in given.items() if column not in replaced}
    rules = [*replaced.items()]
    rules += [(target, terms) for target, terms in (*derived.items(), *_RULES) if target not in replaced]
    while (found := _first_new(rules, known)) is not None:
        column, value = found
        known[column] = value
    return known


def _first_new(rules: list[tuple[str, Sum]], known: Mapping[str, int]) -> tuple[str, int] | None:
    for column, terms in rules:
        if column in known:
            continue
        value = _sum(terms, known)
        if value is not None and value >= 0:
            return column, value
    return None


def _sum(terms: Sum, known: Mapping[str, int]) -> int | None:
    total = 0
    for term in terms:
        value = known.get(term.column)
        if value is None:
            return None
        total += term.sign * value
    return total
