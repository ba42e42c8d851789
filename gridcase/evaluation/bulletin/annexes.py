"""The annex tables of a bulletin: sources in full, points by item, lists, places, cards, rewards, corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from gridcase.evaluation.bulletin.breakdown import CaseRef
from gridcase.evaluation.bulletin.content import Bulletin, Listed, RankRow
from gridcase.evaluation.bulletin.layout import TEXT, Block, Cell, Head, Paragraph, Table
from gridcase.evaluation.bulletin.tables import Tables
from gridcase.evaluation.bulletin.telling import moment_words, period_words
from gridcase.evaluation.bulletin.words import Words
from gridcase.evaluation.columns import label_of

_NAMES = "、"
# Items of a scheme that fit beside the other columns on an upright sheet.
_MOST_UPRIGHT = 4
# Counts and rates by source, as cities publish them (evaluation.md 13).
_OF_SOURCES = ("reported", "accepted", "filed", "dispatched", "handle_due", "handled", "handling_rate", "due",
               "closed", "closing_rate")  # fmt: skip


def annexes(bulletin: Bulletin, words: Words, *, only: Sequence[str] = ()) -> Iterator[Block]:
    """The annexes that have something to show, numbered from 1; `only` hands out some of them under their numbers."""
    maker = _Annexes(bulletin, words)
    number = 0
    for key, make in maker.all():
        blocks = make()
        if not blocks:
            continue
        number += 1
        if only and key not in only:
            continue
        title = words("document.annex", no=number, title=words(f"annex.{key}"))
        yield from (_titled(block, title if at == 0 else "") for at, block in enumerate(blocks))


def _titled(block: Block, title: str) -> Block:
    return replace(block, title=title) if isinstance(block, Table) and title else block


class _Annexes:
    """Makes the annexes of one bulletin: a table first, notes after it."""

    def __init__(self, bulletin: Bulletin, words: Words) -> None:
        self.bulletin, self.words = bulletin, words
        self.tables = Tables(bulletin, words)
        self.unit_label = self._label(bulletin.judged.of)

    def all(self) -> Sequence[tuple[str, Callable[[], list[Block]]]]:
        """All annexes in order."""
        return (
            ("sources", self.sources),
            ("points", self.points),
            ("lists", self.lists),
            ("places", self.places),
            ("cards", self.cards),
            ("rewards", self.rewards),
            ("corrections", self.corrections),
        )

    def _label(self, key: str) -> str:
        return self.words(f"column.{key}")

    def _heads(self, *keys: str, texts: Sequence[str] = ()) -> tuple[Head, ...]:
        return tuple(Head(self._label(key), TEXT if key in texts else "number") for key in keys)

    def sources(self) -> list[Block]:
        """Every source with its counts and rates, the sum of all in the last row."""
        bulletin, tables = self.bulletin, self.tables
        if not bulletin.sources:
            return []
        rows = []
        for share in bulletin.sources:
            cells = [
                tables.rate(key, share.counts, share.rates, of=share.figure.ref)
                if key.endswith("_rate")
                else tables.count(f"{key}_count", share.counts, share.figure.ref)
                for key in _OF_SOURCES
            ]
            rows.append((Cell(share.label), *cells))
        heads = (Head(self._label("source"), TEXT, 20), *self._heads(*_OF_SOURCES))
        return [Table(heads, (*rows, self._sum_of_sources()), sum_rows=1)]

    def _sum_of_sources(self) -> tuple[Cell, ...]:
        judged, tables = self.bulletin.judged, self.tables
        sums, printing = judged.sums, judged.scheme.printing
        cells = [Cell(self.words("document.total"))]
        for key in _OF_SOURCES:
            if key.endswith("_rate"):
                ratio = judged.ratio(key, sums)
                printed = {} if ratio is None else {key: printing.percent(ratio)}
                cells.append(tables.rate(key, sums, printed, of=CaseRef("")))
            else:
                cells.append(tables.count(f"{key}_count", sums, CaseRef("")))
        return tuple(cells)

    def points(self) -> list[Block]:
        """What each item of the scheme gave each unit, and the score beside those of earlier periods."""
        bulletin = self.bulletin
        items = bulletin.judged.scheme.items
        if not items:
            return []
        heads = (
            *self._group_head(),
            Head(self.unit_label, TEXT, 24),
            *(Head(item.label, width=12) for item in items),
            *self._heads("score", "previous_score", "score_change", "score_year_change"),
        )
        rows = [self._points(group.name, row) for group in bulletin.groups for row in group.rows]
        return [Table(heads, tuple(rows), is_wide=len(items) > _MOST_UPRIGHT)]

    def _points(self, group: str, row: RankRow) -> tuple[Cell, ...]:
        unit, empty = row.unit, self.bulletin.judged.scheme.printing.empty
        previous = row.previous.score if row.previous is not None else None
        both = unit.amended.get("score")
        return (
            *self._group_cell(group),
            Cell(unit.name),
            *(Cell(points) for points in row.points),
            Cell(both or unit.score or "", is_amended=both is not None),
            Cell(previous or empty),
            Cell(row.change.with_arrow),
            Cell(row.year_change.with_arrow),
        )

    def lists(self) -> list[Block]:
        """Red and black list of units, and by which rule they were drawn."""
        bulletin = self.bulletin
        if not bulletin.red and not bulletin.black:
            return []
        rows = [
            *(self._listed("word.red", listed) for listed in bulletin.red),
            *(self._listed("word.black", listed) for listed in bulletin.black),
        ]
        heads = (
            Head(self._label("list"), TEXT, 14),
            *self._group_head(),
            Head(self.unit_label, TEXT, 24),
            *self._heads("score", "grade", "rank"),
        )
        return [Table(heads, tuple(rows)), *(Paragraph(text, is_note=True) for text in bulletin.list_rules)]

    def _listed(self, key: str, listed: Listed) -> tuple[Cell, ...]:
        unit = listed.unit
        texts = (unit.name, unit.score or "", unit.grade or "", "" if unit.rank is None else str(unit.rank))
        return (Cell(self.words(key)), *self._group_cell(listed.group), *map(Cell, texts))

    def _group_head(self) -> tuple[Head, ...]:
        """The column of groups, where there are groups."""
        return (Head(self._label("group"), TEXT, 14),) if self._has_groups else ()

    def _group_cell(self, group: str) -> tuple[Cell, ...]:
        return (Cell(group),) if self._has_groups else ()

    @property
    def _has_groups(self) -> bool:
        return any(group.name for group in self.bulletin.groups)

    def places(self) -> list[Block]:
        """Places by hand, each with the case that proves it."""
        places = self.bulletin.hand.places
        if not places:
            return []
        rows = [
            (
                Cell(self.words(f"word.{place.colour}")),
                Cell(place.name),
                Cell(place.address),
                Cell(place.case, case=place.case),
                Cell(place.remark),
            )
            for colour in ("red", "black")
            for place in places
            if place.colour == colour
        ]
        names = ("list", "place", "address", "case", "remark")
        widths = (8, 20, 26, 18, 18)
        heads = tuple(Head(self._label(name), TEXT, width) for name, width in zip(names, widths, strict=True))
        return [Table(heads, tuple(rows))]

    def cards(self) -> list[Block]:
        """Yellow and red cards with the periods that earned them."""
        bulletin, words = self.bulletin, self.words
        if not bulletin.cards:
            return []
        rows = []
        for card in bulletin.cards:
            periods = _NAMES.join(period_words(period, words) for period in reversed(card.periods))
            colour = words(f"word.{card.colour}_card")
            rows.append(tuple(map(Cell, (colour, card.unit.name, card.unit.score or "", periods))))
        heads = (
            Head(self._label("card"), TEXT),
            Head(self.unit_label, TEXT, 24),
            Head(self._label("score")),
            Head(self._label("periods"), TEXT, 30),
        )
        return [Table(heads, tuple(rows)), Paragraph(bulletin.card_rule, is_note=True)]

    def rewards(self) -> list[Block]:
        """What ranks and grades earn or cost by the table of the site."""
        rewards = self.bulletin.rewards
        if not rewards:
            return []
        rows = [
            tuple(map(Cell, (reward.unit.name, reward.reason, reward.amount, reward.points, reward.note)))
            for reward in rewards
        ]
        heads = (
            Head(self.unit_label, TEXT, 24),
            Head(self._label("reason"), TEXT, 14),
            *self._heads("amount", "points"),
            Head(self._label("note"), TEXT, 20),
        )
        return [Table(heads, tuple(rows)), Paragraph(self.words("text.rewards"), is_note=True)]

    def corrections(self) -> list[Block]:
        """Every cell that an amendment changed, with both values and the paper."""
        sealed = self.bulletin.judged.sealed
        if sealed is None or not sealed.corrections:
            return []
        empty = self.bulletin.judged.scheme.printing.empty
        rows = [
            tuple(
                map(
                    Cell,
                    (
                        str(each.amendment),
                        each.ref,
                        cell.unit,
                        self.field_label(cell.field),
                        cell.old or empty,
                        cell.new or empty,
                    ),
                )
            )
            for each in sealed.corrections
            for cell in each.cells
        ]
        heads = (
            Head(self._label("serial"), TEXT, 7),
            Head(self._label("paper"), TEXT, 14),
            Head(self.unit_label, TEXT, 24),
            Head(self._label("field"), TEXT, 18),
            *self._heads("old", "new"),
        )
        notes = [
            self.words(
                "text.correction",
                amendment=each.amendment,
                ref=each.ref,
                at=moment_words(each.at, self.words),
                reason=each.reason,
            )
            for each in sealed.corrections
        ]
        return [Table(heads, tuple(rows)), *(Paragraph(note, is_note=True) for note in notes)]

    def field_label(self, field: str) -> str:
        """The label of a value of the record: a rate, a count, or one of its own columns."""
        rate = self.bulletin.judged.rates.get(field)
        if rate is not None:
            return rate.label
        return self.words.find(f"column.{field}", label_of(field))
