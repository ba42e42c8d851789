"""The sheets of totals, sources and categories: counts of three periods, and the formulas of every difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gridcase.evaluation.bulletin.content import Bulletin, RateFigure, Share
from gridcase.evaluation.bulletin.excel_book import Book, Sheet
from gridcase.evaluation.bulletin.excel_formulas import change_formula, points_formula, rate_formula
from gridcase.evaluation.bulletin.figures import parts_of
from gridcase.evaluation.bulletin.words import Words

# Columns of the totals: the count of three periods from here on, then the rate with its two counts.
_THIS, _LAST, _YEAR_AGO, _CHANGES, _RATE = 1, 2, 3, 4, 8
_SHARE_AT = 8
_COUNTS = ("reported", "accepted", "dispatched", "handle_due", "handled", "due", "closed")
_RATES = ("handling_rate", "closing_rate")


def write_totals(book: Book, bulletin: Bulletin) -> None:
    """The first sheet: title, sentences, totals."""
    sheet = book.sheet("summary", [18])
    sheet.line(bulletin.title, "title")
    if bulletin.hand.number:
        sheet.line(bulletin.hand.number)
    for mark in bulletin.marks:
        sheet.line(mark)
    for sentence in bulletin.sentences:
        sheet.line(sentence, "plain")
    sheet.skip()
    sheet.head(_labels(book.words))
    for line in bulletin.totals:
        figure, rate = line.figure, line.rate
        sheet.text(0, figure.label)
        sheet.count(_THIS, figure.value, figure.ref)
        sheet.number(_LAST, figure.last)
        sheet.number(_YEAR_AGO, figure.year_ago)
        empty = bulletin.judged.scheme.printing.empty
        for at, earlier, change in (
            (_CHANGES, _LAST, figure.change),
            (_CHANGES + 2, _YEAR_AGO, figure.year_change),
        ):
            formula = change_formula(sheet.at(_THIS), sheet.at(earlier), digits=book.digits, empty=empty)
            sheet.printed(at, change.text)
            if figure.value is not None:
                sheet.formula(at + 1, formula, change.text)
        if rate is not None:
            _rate(sheet, rate, empty=empty)
        sheet.row += 1
    sheet.skip()
    for note in bulletin.notes:
        sheet.line(note, "plain")


def _labels(words: Words) -> list[str]:
    labels = [words(f"column.{key}") for key in ("item", "count", "last", "year_ago")]
    for key in ("change", "year_change"):
        labels += _both(words, f"column.{key}")
    parts = [words("sheet.numerator"), words("sheet.denominator")]
    labels += [*parts, *_both(words, "column.rate")]
    for period, key in (("last", "rate_change"), ("year_ago", "rate_year_change")):
        labels += [f"{words(f'column.{period}')}{part}" for part in parts]
        labels += _both(words, f"column.{key}")
    return labels


def _both(words: Words, key: str) -> list[str]:
    """The labels of a printed value and of the formula beside it."""
    return [f"{words(key)}({words(f'sheet.{each}')})" for each in ("value", "formula")]


def _rate(sheet: Sheet, rate: RateFigure, *, empty: str) -> None:
    """The rate with its two counts, and its differences with those of earlier periods."""
    digits = sheet.book.digits
    _parts(sheet, _RATE, rate.parts)
    this = sheet.at(_RATE), sheet.at(_RATE + 1)
    sheet.printed(_RATE + 2, rate.text)
    if rate.parts is not None:
        sheet.formula(_RATE + 3, rate_formula(*this, digits=digits, empty=empty), rate.text)
    for at, parts, change in (
        (_RATE + 4, rate.last, rate.change),
        (_RATE + 8, rate.year_ago, rate.year_change),
    ):
        _parts(sheet, at, parts)
        sheet.printed(at + 2, change.text)
        if rate.parts is not None:
            earlier = sheet.at(at), sheet.at(at + 1)
            formula = points_formula(this, earlier, digits=digits, empty=empty)
            sheet.formula(at + 3, formula, change.text)


def _parts(sheet: Sheet, column: int, parts: tuple[int, int] | None) -> None:
    above, below = parts if parts is not None else (None, None)
    sheet.number(column, above)
    sheet.number(column + 1, below)


def write_shares(book: Book, bulletin: Bulletin, shares: Sequence[Share], *, key: str) -> None:
    """Sources or categories: cases filed with share and differences, then all counts and two rates."""
    words = book.words
    sheet = book.sheet(key, [22])
    sheet.text(0, words("sheet.whole"))
    sheet.number(1, bulletin.judged.sums.get("filed_count", 0))
    whole = sheet.at(1)
    sheet.row += 2
    labels = [words("column.source" if key == "sources" else "column.category")]
    labels += [words(f"column.{name}") for name in ("filed", "last", "year_ago")]
    for name in ("change", "year_change", "share"):
        labels += _both(words, f"column.{name}")
    labels += [words(f"column.{name}") for name in _COUNTS]
    for name in _RATES:
        labels += _both(words, f"column.{name}")
    sheet.own.freeze_panes(sheet.head(labels) + 1, 1)
    for share in shares:
        _share(sheet, bulletin, share, whole=whole)
        sheet.row += 1


def _share(sheet: Sheet, bulletin: Bulletin, share: Share, *, whole: str) -> None:
    book, figure, printing = sheet.book, share.figure, bulletin.judged.scheme.printing
    sheet.text(0, share.label)
    sheet.count(_THIS, figure.value, figure.ref)
    sheet.number(_LAST, figure.last)
    sheet.number(_YEAR_AGO, figure.year_ago)
    for at, earlier, change in (
        (_CHANGES, _LAST, figure.change),
        (_CHANGES + 2, _YEAR_AGO, figure.year_change),
    ):
        formula = change_formula(sheet.at(_THIS), sheet.at(earlier), digits=book.digits, empty=printing.empty)
        sheet.printed(at, change.text)
        sheet.formula(at + 1, formula, change.text)
    sheet.printed(_SHARE_AT, share.share)
    formula = rate_formula(sheet.at(_THIS), whole, digits=book.digits, empty=printing.empty)
    sheet.formula(_SHARE_AT + 1, formula, share.share)
    first = _SHARE_AT + 2
    for at, name in enumerate(_COUNTS):
        ref = replace(figure.ref, column=f"{name}_count")
        sheet.count(first + at, share.counts.get(f"{name}_count"), ref)
    _rates_of_share(sheet, bulletin, share, first=first + len(_COUNTS))


def _rates_of_share(sheet: Sheet, bulletin: Bulletin, share: Share, *, first: int) -> None:
    """Each rate as printed, and from its two counts."""
    printing = bulletin.judged.scheme.printing
    for at, name in enumerate(_RATES):
        parts, text = parts_of(bulletin.judged, name, share.counts), share.rates.get(name, "")
        sheet.printed(first + 2 * at, text)
        if parts is not None:
            formula = rate_formula(
                str(parts[0]), str(parts[1]), digits=sheet.book.digits, empty=printing.empty
            )
            sheet.formula(first + 2 * at + 1, formula, text)
