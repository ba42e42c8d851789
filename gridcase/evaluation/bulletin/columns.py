"""The columns of the ranking table of a bulletin, in the order of evaluation.md 11."""

from __future__ import annotations

from dataclasses import dataclass

# The kinds of units of which there are bulletins.
UNITS = ("streets", "departments")
SERIAL, NAME, COUNT, RATE, SCORE_INPUT = "serial", "name", "count", "rate", "input"
ADJUSTMENT, SYSTEM, SCORE, GRADE, RANK, PREVIOUS = (
    "adjustment",
    "system",
    "score",
    "grade",
    "rank",
    "previous_rank",
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what kind of value, which key names its label, and which count, rate or score it shows."""

    kind: str
    label: str
    name: str = ""


def _count(name: str) -> Column:
    return Column(COUNT, name, f"{name}_count")


def _rate(name: str) -> Column:
    return Column(RATE, name, name)


def _plain(*kinds: str) -> tuple[Column, ...]:
    return tuple(Column(kind, kind) for kind in kinds)


_END = _plain(SCORE, GRADE, RANK, PREVIOUS)
COLUMNS: dict[str, tuple[Column, ...]] = {
    "departments": (
        *_plain(SERIAL),
        Column(NAME, "departments"),
        _count("handle_due"),
        _count("handled"),
        _rate("handling_rate"),
        _rate("on_time_handling_rate"),
        _count("due"),
        _count("closed"),
        _rate("closing_rate"),
        _count("on_time_closed"),
        _rate("on_time_closing_rate"),
        _rate("rework_rate"),
        _rate("extension_rate"),
        _count("carried_over"),
        _count("overdue_unhandled"),
        *_END,
    ),
    "streets": (
        *_plain(SERIAL),
        Column(NAME, "streets"),
        _count("filed"),
        _count("due"),
        _rate("closing_rate"),
        _rate("on_time_closing_rate"),
        _rate("rework_rate"),
        *_plain(SYSTEM),
        Column(SCORE_INPUT, "city", "city_score"),
        Column(SCORE_INPUT, "satisfaction", "satisfaction_score"),
        *_plain(ADJUSTMENT),
        *_END,
    ),
}


def rates_shown(of: str) -> tuple[str, ...]:
    """The rates of the ranking table, and those of the totals, in their order."""
    own = [column.name for column in COLUMNS[of] if column.kind == RATE]
    return tuple(dict.fromkeys(("handling_rate", "closing_rate", "on_time_closing_rate", *own)))
