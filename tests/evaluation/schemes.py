"""Schemes for tests: a short TOML text with what the test is about, parsed as a file would be."""

from __future__ import annotations

from fractions import Fraction

from gridcase.evaluation.counts_file import UnitCounts
from gridcase.evaluation.evaluating import Evaluation, evaluate
from gridcase.evaluation.scheme_files import parse_scheme
from gridcase.evaluation.schemes import Scheme

HEAD = """
name = "test"
version = 1
title = "测试"
unit = "department"
valid_from = 2026-01-01
"""

CLOSING_ITEM = """
[[item]]
name = "closing"
label = "结案"
kind = "rate"
rate = "closing_rate"
points = 100
"""

RANKING = """
[ranking]
by = "score"
"""


def scheme(text: str = "", *, head: str = "") -> Scheme:
    """A scheme of the head, further top-level keys, and tables."""
    return parse_scheme(HEAD + head + text, "test.toml")


def unit(name: str = "甲", group: str = "", **values: int | str) -> UnitCounts:
    """A row; counts are named without `_count`, scores are texts and named in full."""
    counts = {f"{key}_count": value for key, value in values.items() if isinstance(value, int)}
    scores = {key: Fraction(value) for key, value in values.items() if isinstance(value, str)}
    return UnitCounts(name, group, counts, scores)


def result(of: Scheme, *rows: UnitCounts) -> Evaluation:
    """The evaluation of the rows."""
    return evaluate(of, rows)


def score(of: Scheme, **values: int | str) -> str | None:
    """The printed score of one unit, or the reason for none."""
    found = evaluate(of, [unit(**values)]).units[0].score
    if found is None:
        return None
    return of.printing.number(found.value) if found.value is not None else found.reason
