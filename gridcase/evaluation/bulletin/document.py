"""Sets a bulletin in order: the parts of evaluation.md 11 as headings, paragraphs and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gridcase.evaluation.bulletin.annexes import annexes
from gridcase.evaluation.bulletin.comparing import Change
from gridcase.evaluation.bulletin.content import Bulletin, RankedGroup, RankRow
from gridcase.evaluation.bulletin.layout import Block, Document, Heading, Paragraph, numbered
from gridcase.evaluation.bulletin.sentences import scores_of
from gridcase.evaluation.bulletin.tables import Tables
from gridcase.evaluation.bulletin.telling import day_words, moment_words
from gridcase.evaluation.bulletin.words import Words

_JOIN, _NAMES = "，", "、"
_PERCENT = "%"


def document_of(bulletin: Bulletin, words: Words) -> Document:
    """The bulletin as it is printed.

    Parts without content (text by hand, lists, corrections) are left out, and those after them move up.
    """
    setter = _Setter(bulletin, words)
    hand = bulletin.hand
    closing = [hand.signature, day_words(hand.issued_on, words) if hand.issued_on else ""]
    closing.append(words("document.number_line", number=hand.number) if hand.number else "")
    return Document(
        title=bulletin.title,
        number=hand.number,
        mark=words("document.draft") if bulletin.is_draft else "",
        marks=bulletin.marks,
        lead_title=words("document.lead"),
        lead=bulletin.sentences,
        blocks=numbered([*setter.blocks(), *annexes(bulletin, words)]),
        closing=tuple(line for line in closing if line),
    )


class _Setter:
    """Sets the parts (1) to (8) of one bulletin."""

    def __init__(self, bulletin: Bulletin, words: Words) -> None:
        self.bulletin, self.words = bulletin, words
        self.judged = bulletin.judged
        self.tables = Tables(bulletin, words)

    def blocks(self) -> Iterator[Block]:
        """All parts in order."""
        yield from self._period()
        yield from self._totals()
        yield from self._sources()
        yield from self._categories()
        yield from self._ranking()
        yield from self._backlog()
        yield from self._problems()
        yield from self._formulas()

    def _heading(self, key: str) -> Heading:
        return Heading(1, self.words(f"heading.{key}"))

    def _period(self) -> Iterator[Block]:
        judged, words, basis = self.judged, self.words, self.bulletin.basis
        yield self._heading("period")
        text = words(
            "text.period",
            basis=words("text.basis", basis=_NAMES.join(basis)) if basis else "",
            count=len(judged.units),
            of=words(f"of.{judged.of}"),
            period=self.bulletin.period_words,
            start=moment_words(judged.start, words),
            end=moment_words(judged.end, words),
            as_of=moment_words(judged.as_of, words),
            mode=words(f"text.mode_{judged.selection.mode}"),
            scheme=judged.scheme.title,
            version=judged.scheme.version,
            formula_version=judged.formula_version,
        )
        yield Paragraph(text)
        sealed = judged.sealed
        if sealed is None:
            yield Paragraph(words("document.draft_line"))
        elif sealed.corrections:
            last = sealed.corrections[-1]
            count = len(sealed.corrections)
            yield Paragraph(words("text.corrected", count=count, amendment=last.amendment, ref=last.ref))

    def _totals(self) -> Iterator[Block]:
        yield self._heading("totals")
        counts = {
            line.figure.ref.column.removesuffix("_count"): line.figure.value for line in self.bulletin.totals
        }
        rates = {line.rate.name: line.rate.text for line in self.bulletin.totals if line.rate is not None}
        told: dict[str, str] = {name: self._known(value) for name, value in counts.items()}
        told |= {
            name: self._percent(rates.get(name, ""))
            for name in ("handling_rate", "closing_rate", "on_time_closing_rate")
        }
        yield Paragraph(self.words("text.totals", **told))
        yield self.tables.totals()
        whole = {name.removesuffix("_count"): value for name, value in self.bulletin.whole.items()}
        if whole:
            yield Paragraph(self.words("text.whole", **whole), is_note=True)
        for note in self.bulletin.notes:
            yield Paragraph(note, is_note=True)

    def _known(self, value: int | None) -> str:
        return self.words("word.unknown") if value is None else str(value)

    def _percent(self, text: str) -> str:
        """A rate with its sign; the sign of 0/0 and an unknown rate have none."""
        if not text:
            return self.words("word.unknown")
        return text if text == self.judged.scheme.printing.empty else text + _PERCENT

    def _sources(self) -> Iterator[Block]:
        yield self._heading("sources")
        yield self.tables.shares(self.bulletin.sources, "source")
        yield Paragraph(self.words("text.shares", whole=self._whole()), is_note=True)

    def _whole(self) -> int:
        return self.judged.sums.get("filed_count", 0)

    def _categories(self) -> Iterator[Block]:
        bulletin, words = self.bulletin, self.words
        yield self._heading("categories")
        for key, shares in (("kinds", bulletin.kinds), ("top", bulletin.top)):
            if shares:
                items = [
                    words(
                        "text.kind_item",
                        label=share.label,
                        count=share.figure.value,
                        share=self._percent(share.share),
                    )
                    for share in shares
                ]
                yield Paragraph(words(f"text.{key}", items="；".join(items)))
                yield self.tables.shares(shares, "category")

    def _ranking(self) -> Iterator[Block]:
        yield self._heading("ranking")
        for group in self.bulletin.groups:
            if len(self.bulletin.groups) > 1:
                yield Heading(2, group.name or self.words("document.no_group"))
            yield Paragraph(self._best_and_worst(group))
        # The tables stand together: one turn of the sheet, not one for each group.
        yield from (self.tables.ranking(group) for group in self.bulletin.groups)

    def _best_and_worst(self, group: RankedGroup) -> str:
        words, name = self.words, group.name or self.words(f"of.{self.judged.of}")
        if not group.best:
            return words("text.no_rank", group=name)
        best = self._placed("text.best", group.best)
        worst = self._placed("text.worst", group.worst) if group.worst else ""
        return words("text.group", group=name, best=best, worst=worst)

    def _placed(self, key: str, rows: Sequence[RankRow]) -> str:
        names = _NAMES.join(row.unit.name + self._moved(row.change) for row in rows)
        return self.words(key, names=names, score=scores_of(rows), rank=rows[0].unit.rank)

    def _moved(self, change: Change) -> str:
        """How far the score of a unit moved since the period before."""
        if not change.direction:
            return ""
        return self.words(
            "text.score_up" if change.direction > 0 else "text.score_down",
            points=change.text.removeprefix("-"),
        )

    def _backlog(self) -> Iterator[Block]:
        backlog, words = self.bulletin.backlog, self.words
        yield self._heading("backlog")
        as_of, total = moment_words(self.judged.as_of, words), backlog.total
        if not backlog.lines:
            yield Paragraph(words("text.backlog_none", as_of=as_of))
            return
        text = words(
            "text.backlog",
            as_of=as_of,
            carried_over=total.carried_over,
            carried_over_open=total.carried_over_open,
            overdue=total.overdue,
            held=total.held,
            open=total.open_count,
        )
        yield Paragraph(text)
        yield self.tables.backlog()

    def _problems(self) -> Iterator[Block]:
        paragraphs = self.bulletin.hand.paragraphs
        if paragraphs:
            yield self._heading("problems")
            yield from (Paragraph(text) for text in paragraphs)

    def _formulas(self) -> Iterator[Block]:
        printing = self.judged.scheme.printing
        yield self._heading("formulas")
        yield Paragraph(self.words("text.formulas", digits=printing.digits, empty=printing.empty))
        yield from (Paragraph(line) for line in self.bulletin.formulas)
        sealed = self.judged.sealed
        if sealed is not None:
            text = self.words("text.record", record=sealed.record_sha256, inputs=sealed.inputs_sha256)
            yield Paragraph(text, is_note=True)
