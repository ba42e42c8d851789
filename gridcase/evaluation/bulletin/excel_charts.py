"""The sheet 图表: the trend of the frozen periods, and the scores of each group, as charts of the spreadsheet itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridcase.evaluation.bulletin.content import Bulletin
from gridcase.evaluation.bulletin.excel_book import Book, Sheet
from gridcase.evaluation.bulletin.excel_ranking import Place

_RATES = ("closing_rate", "on_time_closing_rate")
_COUNTS = ("filed_count", "due_count", "closed_count")
_CHART_ROWS, _ROW_PIXELS = 18, 20
_LEAST, _MOST, _PER_UNIT = 480, 1600, 60


def write_charts(book: Book, bulletin: Bulletin, places: Sequence[Place]) -> None:
    """Write the sheet: the figures of the trend, its chart under them, then a chart for each group."""
    words = book.words
    sheet = book.sheet("trend", [14])
    labels = [words("column.period"), *(words(f"column.{name.removesuffix('_count')}") for name in _COUNTS)]
    head = sheet.head([*labels, *(words(f"column.{name}") for name in _RATES)])
    first = sheet.row
    for point in bulletin.trend:
        sheet.text(0, point.period if point.is_comparable else f"{point.period} *")
        for at, name in enumerate(_COUNTS, start=1):
            sheet.number(at, point.counts.get(name))
        for at, name in enumerate(_RATES, start=1 + len(_COUNTS)):
            sheet.printed(at, point.rates.get(name, ""))
        sheet.row += 1
    last = sheet.row - 1
    if not all(point.is_comparable for point in bulletin.trend):
        sheet.line(words("sheet.not_comparable"))
    sheet.skip()
    _trend(sheet, head, first, last=last)
    for place in places:
        if place.last >= place.first:
            _scores(sheet, place)


def _trend(sheet: Sheet, head: int, first: int, *, last: int) -> None:
    book, own = sheet.book, sheet.own.get_name()
    chart = book.file.add_chart({"type": "line"})
    for at in range(len(_RATES)):
        column = 1 + len(_COUNTS) + at
        chart.add_series(
            {
                "name": [own, head, column],
                "categories": [own, first, 0, last, 0],
                "values": [own, first, column, last, column],
                "marker": {"type": "circle"},
            }
        )
    chart.set_title({"name": book.words("sheet.trend_chart"), "name_font": {"size": 12}})
    chart.set_y_axis({"num_format": "0", "major_gridlines": {"visible": True, "line": {"color": "#D0D0D0"}}})
    chart.set_legend({"position": "bottom"})
    _insert(sheet, chart, last - first + 1)


def _scores(sheet: Sheet, place: Place) -> None:
    book, ranking = sheet.book, sheet.book.name("ranking")
    chart = book.file.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": book.words("column.score"),
            "categories": [ranking, place.first, place.name, place.last, place.name],
            "values": [ranking, place.first, place.score, place.last, place.score],
            "data_labels": {"value": True},
            "gap": 60,
        }
    )
    group = place.group or book.words("document.no_group")
    chart.set_title({"name": book.words("sheet.score_chart", group=group), "name_font": {"size": 12}})
    chart.set_y_axis({"num_format": "0", "major_gridlines": {"visible": True, "line": {"color": "#D0D0D0"}}})
    chart.set_legend({"none": True})
    _insert(sheet, chart, place.last - place.first + 1)


def _insert(sheet: Sheet, chart: Any, units: int) -> None:
    """The chart below what stands on the sheet, as wide as its units need."""
    width = min(max(_LEAST, units * _PER_UNIT), _MOST)
    chart.set_size({"width": width, "height": _CHART_ROWS * _ROW_PIXELS})
    sheet.own.insert_chart(sheet.row, 0, chart)
    sheet.row += _CHART_ROWS + 1
