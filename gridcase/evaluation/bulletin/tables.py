"""The tables of a bulletin's body: totals, sources, categories, the ranking of each group, the backlog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gridcase.evaluation.bulletin.breakdown import CaseRef
from gridcase.evaluation.bulletin.columns import (
    ADJUSTMENT,
    COLUMNS,
    COUNT,
    GRADE,
    NAME,
    PREVIOUS,
    RANK,
    RATE,
    SCORE,
    SCORE_INPUT,
    SERIAL,
    SYSTEM,
    Column,
)
from gridcase.evaluation.bulletin.content import BacklogLine, Bulletin, RankedGroup, RankRow, Share
from gridcase.evaluation.bulletin.figures import parts_of
from gridcase.evaluation.bulletin.layout import TEXT, Cell, Head, Part, Table
from gridcase.evaluation.bulletin.telling import band_labels
from gridcase.evaluation.bulletin.words import Words

# Beside a column of figures of width 10.
_NAME, _LABEL, _NARROW = 24, 18, 7


def bare(count: int | None) -> str:
    """A count; nothing when it is unknown."""
    return "" if count is None else str(count)


class Tables:
    """Makes the tables of one bulletin."""

    def __init__(self, bulletin: Bulletin, words: Words) -> None:
        self.bulletin, self.words = bulletin, words
        self.judged = bulletin.judged
        self.empty = self.judged.scheme.printing.empty

    def label(self, key: str) -> str:
        """The label of a column."""
        return self.words(f"column.{key}")

    def _head(self, key: str, kind: str = "number", width: int = 10) -> Head:
        return Head(self.label(key), kind, width)

    # --- totals, sources, categories --------------------------------------------------------------------------------

    def totals(self) -> Table:
        """Counts with 环比 and 同比, and beside them the rates with their differences."""
        heads = (
            self._head("item", TEXT, _LABEL),
            *(self._head(key) for key in ("count", "change", "year_change", "rate")),
            *(self._head(key, width=12) for key in ("rate_change", "rate_year_change")),
        )
        rows = []
        for line in self.bulletin.totals:
            figure, rate = line.figure, line.rate
            count = Cell(bare(figure.value), ref=figure.ref)
            cells = [Cell(figure.label), count, Cell(figure.change.with_arrow)]
            cells.append(Cell(figure.year_change.with_arrow))
            if rate is None:
                cells += [Cell("")] * 3
            else:
                cells.append(Cell(rate.text, self._parts(rate.name, rate.parts, CaseRef(""))))
                cells += [Cell(rate.change.with_arrow), Cell(rate.year_change.with_arrow)]
            rows.append(tuple(cells))
        return Table(heads, tuple(rows))

    def shares(self, shares: Sequence[Share], key: str) -> Table:
        """Sources or categories by cases filed, with their share, 环比 and 同比; `key` names the first column."""
        heads = (
            self._head(key, TEXT, _LABEL),
            *(self._head(name) for name in ("filed", "share", "change", "year_change", "due", "closed")),
            self._head("closing_rate"),
        )
        return Table(heads, tuple(self._share(share) for share in shares))

    def _share(self, share: Share) -> tuple[Cell, ...]:
        figure, ref = share.figure, share.figure.ref
        return (
            Cell(share.label),
            Cell(bare(figure.value), ref=ref),
            Cell(share.share),
            Cell(figure.change.with_arrow),
            Cell(figure.year_change.with_arrow),
            self.count("due_count", share.counts, ref),
            self.count("closed_count", share.counts, ref),
            self.rate("closing_rate", share.counts, share.rates, of=ref),
        )

    def count(self, column: str, counts: Mapping[str, int], of: CaseRef) -> Cell:
        """A count of the cases that `of` names."""
        return Cell(bare(counts.get(column)), ref=replace(of, column=column))

    def rate(self, name: str, counts: Mapping[str, int], rates: Mapping[str, str], *, of: CaseRef) -> Cell:
        """A rate of the cases that `of` names, with its two counts under it."""
        return Cell(rates.get(name, ""), self._parts(name, parts_of(self.judged, name, counts), of))

    def _parts(self, name: str, parts: tuple[int, int] | None, of: CaseRef) -> tuple[Part, Part] | None:
        if parts is None:
            return None
        rate = self.judged.rates[name]
        above, below = (
            Part(value, replace(of, column=terms[0].column) if len(terms) == 1 else None)
            for value, terms in zip(parts, (rate.numerator, rate.denominator), strict=True)
        )
        return above, below

    # --- the ranking ------------------------------------------------------------------------------------------------

    def ranking(self, group: RankedGroup) -> Table:
        """One group with the columns of evaluation.md 11, its sums in the last row."""
        columns = COLUMNS[self.judged.of]
        rows = [
            tuple(self._ranked(column, row, serial) for column in columns)
            for serial, row in enumerate(group.rows, start=1)
        ]
        rows.append(tuple(self._sum(column, group) for column in columns))
        heads = tuple(self._ranking_head(column) for column in columns)
        return Table(heads, tuple(rows), title=group.name, is_wide=True, sum_rows=1)

    def _ranking_head(self, column: Column) -> Head:
        if column.kind == NAME:
            return self._head(column.label, TEXT, _NAME)
        is_narrow = column.kind in (SERIAL, GRADE, RANK, PREVIOUS)
        return self._head(column.label, width=_NARROW if is_narrow else 10)

    def _ranked(self, column: Column, row: RankRow, serial: int) -> Cell:
        unit = row.unit
        both = unit.amended.get(_field(column))
        if column.kind == COUNT:
            ref = CaseRef(column.name, unit=unit.code)
            cell = self.count(column.name, unit.counts, ref)
        elif column.kind == RATE:
            cell = self.rate(column.name, unit.counts, unit.rates, of=CaseRef("", unit=unit.code))
        else:
            cell = Cell(self._plain(column, row, serial))
        return cell if both is None else replace(cell, text=both, is_amended=True)

    def _plain(self, column: Column, row: RankRow, serial: int) -> str:
        unit = row.unit
        if column.kind == SCORE_INPUT:
            score = unit.inputs.get(column.name)
            return self.empty if score is None else self.judged.scheme.printing.number(score)
        return {
            SERIAL: str(serial),
            NAME: unit.name,
            SYSTEM: row.system,
            ADJUSTMENT: row.adjustment or self.empty,
            SCORE: unit.score or "",
            GRADE: unit.grade or "",
            RANK: self.rank_text(row),
            PREVIOUS: self.previous_rank(row),
        }[column.kind]

    def rank_text(self, row: RankRow) -> str:
        """The rank, or why there is none."""
        unit = row.unit
        if unit.rank is not None:
            return str(unit.rank)
        return self.words(f"word.{unit.unranked}") if unit.unranked else ""

    def previous_rank(self, row: RankRow) -> str:
        """The rank in the frozen record before, or the sign that there is none."""
        previous = row.previous.rank if row.previous is not None else None
        return self.empty if previous is None else str(previous)

    def _sum(self, column: Column, group: RankedGroup) -> Cell:
        both, of = group.amended.get(_field(column)), CaseRef("", group=group.name)
        if column.kind == NAME:
            return Cell(self.words("document.total"))
        if column.kind == COUNT:
            cell = self.count(column.name, group.counts, of)
        elif column.kind == RATE:
            cell = self.rate(column.name, group.counts, group.rates, of=of)
        else:
            return Cell("")
        return cell if both is None else replace(cell, text=both, is_amended=True)

    # --- the backlog ------------------------------------------------------------------------------------------------

    def backlog(self) -> Table:
        """By unit: carried over, overdue, held, the open overdue ones by band of age, the oldest of them."""
        backlog = self.bulletin.backlog
        heads = (
            self._head(self.judged.of, TEXT, _NAME),
            *(
                self._head(key, width=12)
                for key in ("carried_over", "carried_over_open", "overdue_unhandled", "held", "open_overdue")
            ),
            *(Head(text) for text in band_labels(backlog.bands, self.words)),
            self._head("longest"),
        )
        rows = [self._backlog(line) for line in backlog.lines]
        total = self._backlog(replace(backlog.total, name=self.words("document.total")))
        return Table(heads, (*rows, total), sum_rows=1)

    def _backlog(self, line: BacklogLine) -> tuple[Cell, ...]:
        counts = (
            ("carried_over_count", line.carried_over),
            ("carried_over_open_count", line.carried_over_open),
            ("overdue_unhandled_count", line.overdue),
            ("held_count", line.held),
        )
        longest = line.longest
        return (
            Cell(line.name),
            *(Cell(str(value), ref=CaseRef(column, unit=line.code)) for column, value in counts),
            Cell(str(line.open_count)),
            *(
                Cell(str(value), ref=CaseRef("overdue_unhandled_count", unit=line.code, band=band))
                for band, value in enumerate(line.ages)
            ),
            Cell("" if longest is None else str(longest.days), case=longest.number if longest else ""),
        )


def _field(column: Column) -> str:
    """The name of a column in the record, under which amendments are kept."""
    return {SYSTEM: "system_score"}.get(column.kind, column.name or column.kind)
