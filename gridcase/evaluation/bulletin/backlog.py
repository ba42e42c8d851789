"""遗留和超期案件: what each unit carried over and has overdue, with the age of it (evaluation.md 11, part 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gridcase.evaluation.bulletin.breakdown import Breakdown, Category, band_edges, band_of
from gridcase.evaluation.bulletin.content import Backlog, BacklogLine
from gridcase.evaluation.bulletin.judged import Judged, Unit


def backlog_of(
    judged: Judged, found: Breakdown, edges: tuple[int, ...], *, names: Mapping[Category, str]
) -> Backlog:
    """The units with anything carried over, overdue or held, most overdue cases first."""
    lines = [_line(unit, found, edges) for unit in judged.units]
    shown = [line for line in lines if line.carried_over or line.overdue or line.held or line.open_count]
    longest = found.longest
    return Backlog(
        bands=tuple(band_edges(edges)),
        lines=tuple(sorted(shown, key=lambda line: (-line.open_count, -line.carried_over, line.code))),
        total=_total(lines, found, len(edges) + 1),
        longest=longest,
        longest_category=names.get(longest.category, "/".join(longest.category)) if longest else "",
    )


def _line(unit: Unit, found: Breakdown, edges: Sequence[int]) -> BacklogLine:
    counts = unit.counts
    ages = [0] * (len(edges) + 1)
    for day, count in found.ages.get(unit.code, {}).items():
        ages[band_of(day, edges)] += count
    return BacklogLine(
        code=unit.code,
        name=unit.name,
        carried_over=counts.get("carried_over_count", 0),
        carried_over_open=counts.get("carried_over_open_count", 0),
        overdue=counts.get("overdue_unhandled_count", 0),
        held=counts.get("held_count", 0),
        ages=tuple(ages),
        longest=found.longest_of.get(unit.code),
    )


def _total(lines: Sequence[BacklogLine], found: Breakdown, bands: int) -> BacklogLine:
    return BacklogLine(
        code="",
        name="",
        carried_over=sum(line.carried_over for line in lines),
        carried_over_open=sum(line.carried_over_open for line in lines),
        overdue=sum(line.overdue for line in lines),
        held=sum(line.held for line in lines),
        ages=tuple(sum(line.ages[band] for line in lines) for band in range(bands)),
        longest=found.longest,
    )
