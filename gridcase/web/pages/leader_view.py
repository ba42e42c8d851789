"""What the leader's page and the wall screen show of the figures: lines of rankings, trends, the first answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import url_for

from gridcase.evaluation.bulletin.breakdown import CaseRef
from gridcase.evaluation.bulletin.comparing import Change, change_of_rates, change_of_scores
from gridcase.evaluation.bulletin.content import BacklogLine, Bulletin
from gridcase.evaluation.bulletin.judged import Judged, summed
from gridcase.evaluation.bulletin.links import Links
from gridcase.evaluation.columns import label_of
from gridcase.evaluation.evaluating import Total
from gridcase.evaluation.look_back.looking import NO_CHANGE
from gridcase.evaluation.look_back.standings import differences
from gridcase.evaluation.look_back.whole import Whole, printed_score
from gridcase.evaluation.printing import Printing
from gridcase.evaluation.schemes import Scheme
from gridcase.web.pages.leader_figures import Kind
from gridcase.web.pages.leader_trend import LAST, NOW, SLOTS, YEAR, Box, Drawn, draw
from gridcase.web.pages.rankings import Column, Opened, cells_of, groups_of, item_text

CHART = Box(left=38, top=10, right=352, bottom=118)
SPARK = Box(left=3, top=4, right=93, bottom=24)
_OVERDUE, _CARRIED = "overdue_unhandled_count", "carried_over_open_count"
# Of the month alone: what hangs since earlier months is the backlog.
_OVERDUE_OF_MONTH = "当月到期 未处置"
# What a list of cases is asked for that is not of one unit or group.
_WHOLE = {"whole": "yes"}
# A row, what lies between, a row.
_WITH_GAP = 3
# Names of units that share a rank before the rest is only counted.
_NAMED = 2


# --- rankings ---------------------------------------------------------------------------------------------------------


def columns_of(kind: Kind) -> list[Column]:
    """The chief rate with its two counts, and what is overdue of the cases that the month judges."""
    chief = [Column(rate.label, rate=rate) for rate in kind.rates[:1]]
    return [*chief, Column(_overdue_label(kind.table.scheme), count=_OVERDUE)]


def _overdue_label(scheme: Scheme) -> str:
    selection = scheme.selection
    is_of_month = selection.mode == "due" and selection.carry_over != "included"
    return _OVERDUE_OF_MONTH if is_of_month else label_of(_OVERDUE)


def items_of(kind: Kind) -> list[dict[str, Any]]:
    """What the score is made of: the items of the scheme with their points."""
    return [item_text(item) for item in kind.table.scheme.items]


def ranking_of(kind: Kind) -> list[dict[str, Any]]:
    """The groups of the ranking page, each row with its place when last published and the line of its scores."""
    groups = groups_of(kind.shown, columns_of(kind))
    earlier = kind.last_frozen
    for group in groups:
        ranks = [row["rank"] for row in group["rows"] if row["rank"]]
        for row in group["rows"]:
            known = earlier.units.get(row["code"]) if earlier is not None else None
            row["earlier"] = known
            is_same = known is not None and known.group == group["name"]
            row["risen"] = (
                known.rank - row["rank"] if known and is_same and known.rank and row["rank"] else None
            )
            row["line"] = _spark(kind, row["code"])
            row["is_last"] = len(set(ranks)) > 1 and row["rank"] == max(ranks)
            row["is_first"] = bool(ranks) and row["rank"] == min(ranks)
    return groups


def _spark(kind: Kind, code: str) -> Drawn | None:
    scores = {}
    for table in kind.tables:
        standing = table.units.get(code)
        score = printed_score(standing) if standing is not None else None
        if score is not None:
            scores[table.period] = score
    return draw([scores], kind.months, SPARK)


def wall_groups(groups: Sequence[Mapping[str, Any]], most: int) -> list[tuple[str, list[Any]]]:
    """The groups with as many rows as fit on so many lines, headings of several groups among them; None is a gap."""
    if len(groups) > 1:
        groups = groups[: most // 2]
        most = max(most // len(groups) - 1, 1)
    ranked = [(group["name"], [row for row in group["rows"] if row["rank"]]) for group in groups]
    return [(name, shortened(rows, most)) for name, rows in ranked if rows]


def shortened(rows: Sequence[Any], most: int) -> list[Any]:
    """The first and the last of many rows on so many lines, a None for those between them; rather the last than the first."""
    if len(rows) <= most:
        return list(rows)
    if most < _WITH_GAP:
        return [*rows[: most - 1], rows[-1]]
    last = most // 2
    return [*rows[: most - 1 - last], None, *rows[-last:]]


# --- trends -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marked:
    """This month, or one that it is compared with: its value as printed, how far this month is from it.

    `text` is None for a month that nobody has published: nothing is compared with it.
    """

    mark: str
    period: str
    text: str | None
    is_frozen: bool
    change: Change = NO_CHANGE


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure over the months. `is_rate`: in percent; `texts` are its printed values by month."""

    key: str
    label: str
    is_rate: bool
    drawn: Drawn | None
    marked: tuple[Marked, ...]
    texts: Mapping[str, str]

    def of(self, mark: str) -> Marked | None:
        """The compared month of this mark."""
        return next((each for each in self.marked if each.mark == mark), None)


def trends_of(kind: Kind) -> list[Trend]:
    """The chief rates of all units together, then their mean score with the best and the worst one."""
    return [*(_rate_trend(kind, rate.name, rate.label) for rate in kind.rates), *_score_trend(kind)]


def _rate_trend(kind: Kind, name: str, label: str) -> Trend:
    def value(whole: Whole) -> Fraction | None:
        ratio = whole.rates.get(name)
        return ratio * 100 if isinstance(ratio, Fraction) else None

    def changed(this: Fraction, that: Fraction, printing: Printing) -> Change:
        return change_of_rates(this / 100, that / 100, printing)

    return _trend(kind, (name, label), [value], is_rate=True, changed=changed)


def _score_trend(kind: Kind) -> list[Trend]:
    if all(whole.mean is None for whole in kind.wholes):
        return []
    values: list[Callable[[Whole], Fraction | None]] = [
        lambda whole: whole.mean,
        lambda whole: whole.best,
        lambda whole: whole.worst,
    ]
    return [_trend(kind, ("mean_score", ""), values, is_rate=False, changed=change_of_scores)]


def _trend(
    kind: Kind,
    name: tuple[str, str],
    values: Sequence[Callable[[Whole], Fraction | None]],
    *,
    is_rate: bool,
    changed: Callable[[Fraction, Fraction, Printing], Change],
) -> Trend:
    lines = [
        {whole.table.period: found for whole in kind.wholes if (found := value(whole)) is not None}
        for value in values
    ]
    tables = {table.period: table for table in kind.tables}
    texts = {period: tables[period].scheme.printing.number(found) for period, found in lines[0].items()}
    drawn = draw(lines, kind.months, CHART)
    this = lines[0].get(kind.table.period)
    marked = []
    for mark, period in _compared(kind):
        that = lines[0].get(period)
        if that is None:
            continue
        is_frozen = tables[period].is_frozen
        change = NO_CHANGE
        if mark != NOW and is_frozen and this is not None:
            change = changed(this, that, kind.table.scheme.printing)
        text = texts[period] if mark == NOW or is_frozen else None
        marked.append(Marked(mark, period, text, is_frozen, change))
    return Trend(*name, is_rate, drawn, tuple(marked), texts)


def _compared(kind: Kind) -> list[tuple[str, str]]:
    names = kind.months.names
    found = [(NOW, names[-1])]
    if len(names) > 1:
        found.append((LAST, names[-2]))
    return [*found, (YEAR, names[0])] if len(names) == SLOTS else found


def table_of_trends(kind: Kind, trends: Sequence[Trend]) -> list[dict[str, Any]]:
    """The numbers of the lines by month, the newest first, for those who do not see lines."""
    compared = {period: mark for mark, period in _compared(kind)}
    return [
        {
            "table": table,
            "mark": compared.get(table.period, ""),
            "texts": [trend.texts.get(table.period) for trend in trends],
            "is_other": table.period in kind.months.broken_after,
        }
        for table in reversed(kind.tables)
    ]


# --- the first answers ------------------------------------------------------------------------------------------------


def totals_of(kind: Kind) -> list[dict[str, Any]]:
    """The chief rates of all units with their two counts, each opening to its cases."""
    shown = kind.shown
    columns = [Column(rate.label, rate=rate) for rate in kind.rates]
    totals = shown.answer.evaluation.totals
    counts = summed(total.counts for total in totals)
    whole = Total("", counts, dict(kind.wholes[-1].rates))
    return cells_of(Opened(shown.answer, _WHOLE, shown.is_frozen), whole, columns)


def ends_of(groups: Sequence[Mapping[str, Any]], *, is_last: bool) -> list[dict[str, Any]]:
    """Who is last, or first, in each group: the lowest score first, or the highest; of many who share it some by name."""
    key = "is_last" if is_last else "is_first"
    found = [(group["name"], [row for row in group["rows"] if row[key]]) for group in groups]
    ends = [
        {"group": name, "rows": rows[:_NAMED], "count": len(rows), "meter": rows[0]["meter"] or 0}
        for name, rows in found
        if rows
    ]
    return sorted(ends, key=lambda end: end["meter"], reverse=not is_last)


# --- the backlog ------------------------------------------------------------------------------------------------------


def backlog_of(bulletin: Bulletin, labels: Sequence[str]) -> dict[str, Any]:
    """What is open and overdue by age, all together and by unit, each count with the path to its cases."""
    links = Links(bulletin.judged.period, bulletin.judged.of, "")
    backlog = bulletin.backlog

    def opened(line: BacklogLine) -> dict[str, Any]:
        path = _backlog_path(bulletin.judged, line.code) if line.open_count else None
        return _backlog_line(line, links) | {"number": {"value": line.open_count, "path": path}}

    most = max((*backlog.total.ages, 1))
    longest = backlog.longest
    return {
        "total": opened(backlog.total),
        "bands": [
            {"label": label, "width": round(100 * count / most, 1)}
            for label, count in zip(labels, backlog.total.ages, strict=True)
        ],
        "lines": [opened(line) for line in backlog.lines if line.open_count],
        "longest": longest,
        "longest_path": links.case(longest.number) if longest else None,
        "longest_category": backlog.longest_category,
    }


def _backlog_path(judged: Judged, code: str) -> str:
    """The way to all open overdue cases of a unit, or of all units: those of this period and those carried over."""
    whose: dict[str, Any] = {"unit": code} if code else _WHOLE
    is_one = judged.scheme.selection.carry_over == "included"
    return url_for(
        "ranking_cases.show",
        of=judged.of,
        period=judged.period,
        **whose,
        count=_OVERDUE if is_one else f"{_OVERDUE},{_CARRIED}",
        as_of=judged.as_of.isoformat() if judged.sealed is None else None,
    )


def _backlog_line(line: BacklogLine, links: Links) -> dict[str, Any]:
    ages = []
    for band, count in enumerate(line.ages):
        ref = CaseRef(_OVERDUE, unit=line.code, band=band)
        ages.append({"value": count, "path": links.cases(ref) if count else None})
    return {"name": line.name, "open_count": line.open_count, "ages": ages}


def notes_of(kind: Kind) -> list[tuple[str, str, tuple[str, ...]]]:
    """Neighbouring months made by different rules, and in what they differ (`differences`)."""
    pairs = zip(kind.tables, kind.tables[1:], strict=False)
    return [
        (one.period, other.period, differs) for one, other in pairs if (differs := differences(one, other))
    ]
