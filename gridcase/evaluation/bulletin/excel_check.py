"""The sheet 核算: the counts of every unit, and beside each printed rate and score the formula that makes it anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridcase.evaluation.bulletin.breakdown import CaseRef
from gridcase.evaluation.bulletin.columns import rates_shown
from gridcase.evaluation.bulletin.content import Bulletin, RankRow
from gridcase.evaluation.bulletin.excel_book import Book, Sheet
from gridcase.evaluation.bulletin.excel_formulas import (
    ScoreFormulas,
    columns_of,
    quoted,
    rate_formula,
    sum_formula,
)
from gridcase.evaluation.bulletin.judged import Judged
from gridcase.evaluation.columns import is_score, label_of
from gridcase.evaluation.rates import Rate
from gridcase.evaluation.schemes import ScoreItem

_GROUP, _UNIT, _FIRST = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which column holds what: counts and scores by name, then two for each rate, one for each item, the score."""

    inputs: dict[str, int]
    rates: dict[str, int]
    items: tuple[int, ...]
    score: int

    @property
    def check(self) -> int:
        """The column that says whether all formulas of the row agree."""
        return self.score + 2


def write_check(book: Book, bulletin: Bulletin) -> None:
    """Write the sheet."""
    _Check(book, bulletin).write()


class _Check:
    """Writes the sheet of one bulletin."""

    def __init__(self, book: Book, bulletin: Bulletin) -> None:
        self.book, self.bulletin, self.judged = book, bulletin, bulletin.judged
        self.words = book.words
        self.shown = [name for name in rates_shown(self.judged.of) if name in self.judged.rates]
        self.plan = _plan(self.judged, self.shown)
        self.sheet: Sheet = book.sheet("check", [14, 24])

    def write(self) -> None:
        """The note, the number of differences, the table."""
        sheet, plan = self.sheet, self.plan
        sheet.line(self.words("sheet.check_note"))
        counted = sheet.row
        sheet.skip()
        head = sheet.head(self._labels())
        sheet.own.freeze_panes(head + 1, _FIRST)
        sheet.own.repeat_rows(head)
        for group in self.bulletin.groups:
            for row in group.rows:
                self._row(group.name, row)
        cells = f"{sheet.at(plan.check, head + 1)}:{sheet.at(plan.check, max(sheet.row - 1, head + 1))}"
        last, sheet.row = sheet.row, counted
        sheet.text(_GROUP, self.words("sheet.differing"))
        formula = f"=COUNTIF({cells},{quoted(self.words('sheet.differs'))})"
        sheet.formula(_UNIT, formula, "0", style="live_count")
        sheet.row = last

    def _labels(self) -> list[str]:
        words, labels = self.words, [self.words("column.group"), self.words(f"column.{self.judged.of}")]
        value, formula = words("sheet.value"), words("sheet.formula")
        labels += [self._label(name) for name in self.plan.inputs]
        for name in self.shown:
            label = self.judged.rates[name].label
            labels += [f"{label}({value})", f"{label}({formula})"]
        labels += [words("sheet.points_of", label=item.label) for item in self.judged.scheme.items]
        score = words("column.score")
        return [*labels, f"{score}({value})", f"{score}({formula})", words("sheet.check_column")]

    def _label(self, name: str) -> str:
        """The label of a count, or of a score by the item that it belongs to."""
        if not is_score(name):
            return label_of(name)
        items = [item for item in self.judged.scheme.items if isinstance(item, ScoreItem)]
        label = next((item.label for item in items if item.column == name), name)
        return self.words("sheet.input_of", label=label)

    def _row(self, group: str, row: RankRow) -> None:
        sheet, plan, unit = self.sheet, self.plan, row.unit
        sheet.text(_GROUP, group)
        sheet.text(_UNIT, unit.name)
        for name in plan.inputs:
            self._input(name, row)
        pairs = []
        for name in self.shown:
            column = plan.rates[name]
            sheet.printed(column, unit.rates.get(name, ""))
            if unit.amended.get(name):
                sheet.comment(column, unit.amended[name])
            if self._is_known(self.judged.rates[name], row):
                sheet.formula(column + 1, self._rate(name), unit.rates.get(name, ""))
                pairs.append((sheet.at(column), sheet.at(column + 1)))
        if self._score(row):
            pairs.append((sheet.at(plan.score), sheet.at(plan.score + 1)))
        agrees, differs = quoted(self.words("sheet.agrees")), quoted(self.words("sheet.differs"))
        if pairs:
            tests = ",".join(f"{value}={formula}" for value, formula in pairs)
            text = self.words("sheet.agrees")
            sheet.formula(plan.check, f"=IF(AND({tests}),{agrees},{differs})", text, style="check")
        sheet.row += 1

    def _input(self, name: str, row: RankRow) -> None:
        """A count or a score; a count that the scheme replaces is made by its own formula."""
        sheet, unit, column = self.sheet, row.unit, self.plan.inputs[name]
        terms = self.judged.scheme.counts.get(name)
        if is_score(name):
            value = unit.inputs.get(name)
            sheet.number(column, None if value is None else float(value), "exact")
        elif terms is not None and name in unit.counts:
            sheet.formula(
                column, f"={sum_formula(terms, self._cell)}", str(unit.counts[name]), style="live_count"
            )
        else:
            sheet.count(column, unit.counts.get(name), CaseRef(name, unit=unit.code))

    def _cell(self, name: str) -> str:
        return self.sheet.at(self.plan.inputs[name])

    def _is_known(self, rate: Rate, row: RankRow) -> bool:
        return all(term.column in row.unit.counts for term in (*rate.numerator, *rate.denominator))

    def _rate(self, name: str) -> str:
        rate, scheme = self.judged.rates[name], self.judged.scheme
        above, below = sum_formula(rate.numerator, self._cell), sum_formula(rate.denominator, self._cell)
        return rate_formula(above, below, digits=self.book.digits, empty=scheme.printing.empty)

    def _score(self, row: RankRow) -> bool:
        """Items and score; False when the scheme has no item or an input is unknown."""
        sheet, plan, unit, scheme = self.sheet, self.plan, row.unit, self.judged.scheme
        sheet.printed(plan.score, unit.score or "")
        if unit.amended.get("score"):
            sheet.comment(plan.score, unit.amended["score"])
        if unit.score is None or not scheme.items:
            return False
        formulas = ScoreFormulas(scheme, self._cell)
        for at, (item, column) in enumerate(zip(scheme.items, plan.items, strict=True)):
            exact = row.exact_points[at]
            sheet.formula(column, formulas.item(item), row.points[at] if exact is None else exact)
        total = formulas.total([sheet.at(column) for column in plan.items])
        sheet.formula(plan.score + 1, total, unit.score)
        return True


def _plan(judged: Judged, shown: Sequence[str]) -> _Plan:
    names = columns_of(judged.scheme, shown)
    for name in shown:
        rate = judged.rates[name]
        names += [term.column for term in (*rate.numerator, *rate.denominator) if term.column not in names]
    inputs = {name: _FIRST + at for at, name in enumerate(names)}
    after = _FIRST + len(inputs)
    rates = {name: after + 2 * at for at, name in enumerate(shown)}
    after += 2 * len(rates)
    items = tuple(range(after, after + len(judged.scheme.items)))
    return _Plan(inputs, rates, items, after + len(items))
