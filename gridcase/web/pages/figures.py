"""Asks the evaluation for the figures of a period, for the ranking page and the map; nothing is counted here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gridcase.cases.book import Desk
from gridcase.clock import CHINA
from gridcase.evaluation.answer import differs_behind_print
from gridcase.evaluation.default_schemes import default_scheme
from gridcase.evaluation.formula import FORMULA_VERSION
from gridcase.evaluation.frozen.heads import Head
from gridcase.evaluation.frozen.reading import published_answer
from gridcase.evaluation.frozen.store import RecordKey, newest_record
from gridcase.evaluation.periods import Period, parse_period, period_of
from gridcase.evaluation.rank import RankAnswer, RankRequest, rank
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.schemes import Scheme, ScoreItem
from gridcase.web.asked_schemes import asked_scheme
from gridcase.web.context import premises
from gridcase.web.pages.shelf import kept

# In the first days of a month people look at the month that has just ended.
_LOOK_BACK = timedelta(days=7)
_MONTHS_OFFERED = 12


def asked_period(desk: Desk, text: str) -> Period:
    """The period of a query, else the present month, or the last one while this one is young.

    Raises Invalid `bad_period`.
    """
    start_day = desk.book.settings.evaluation.period_start_day
    return parse_period(text, start_day=start_day) if text else _usual_period(desk, start_day)


def _usual_period(desk: Desk, start_day: int) -> Period:
    present = period_of(desk.now, start_day=start_day)
    if desk.now - present.start < _LOOK_BACK:
        return period_of(present.start - timedelta(seconds=1), start_day=start_day)
    return present


def months_offered(desk: Desk) -> list[str]:
    """The names of the last months, the present one first."""
    start_day = desk.book.settings.evaluation.period_start_day
    found = [period_of(desk.now, start_day=start_day)]
    while len(found) < _MONTHS_OFFERED:
        found.append(period_of(found[-1].start - timedelta(seconds=1), start_day=start_day))
    return [period.name for period in found]


def schemes() -> SchemeFolder:
    """The scheme files of the site."""
    return SchemeFolder(premises().site.workflows / "schemes")


def rank_request(
    desk: Desk, *, of: str, period: Period, scheme: Scheme | None = None, as_of: datetime | None = None
) -> RankRequest:
    """What is asked for the units of a kind, by the scheme that the settings name for it, or by another one."""
    settings = desk.book.settings.evaluation
    return RankRequest(
        desk.district,
        period,
        of,
        scheme or asked_scheme(schemes(), default_scheme(settings, of), on=period.first_day),
        desk.now.replace(microsecond=0),
        as_of=as_of,
        raters_at_least=settings.raters_at_least,
    )


def ranked(desk: Desk, *, of: str, period: Period, scheme: Scheme | None = None) -> RankAnswer:
    """The units of a kind by the scheme that the settings name for it, or by another one."""
    return rank(desk.connection, rank_request(desk, of=of, period=period, scheme=scheme), schemes())


@dataclass(frozen=True)
class Shown:
    """A table as a page shows it; `heads` are those of the frozen record and its amendments, empty: not published."""

    answer: RankAnswer
    heads: tuple[Head, ...] = ()

    @property
    def is_frozen(self) -> bool:
        return bool(self.heads)

    @property
    def is_close(self) -> bool:
        """Whether units print alike and have several ranks: the page says why."""
        return differs_behind_print(self.answer.evaluation)

    @property
    def other_formulas(self) -> int | None:
        """The version of the formulas, when others than ours made the record; None = ours."""
        version = self.heads[-1].formula_version if self.heads else FORMULA_VERSION
        return version if version != FORMULA_VERSION else None


def table_of_units(desk: Desk, of: str, period: Period) -> Shown:
    """The frozen table of the period; else the units as they stand now, computed at most once a minute."""
    record = newest_record(desk.connection, RecordKey(desk.district, of, period.name))

    def compute() -> tuple[datetime, Shown]:
        shown = _shown(desk, of, period)
        return shown.answer.as_of, shown

    # An amendment, or the freezing itself, is another table.
    amendment = record.values["amendment"] if record is not None else None
    return kept((of, period.name, amendment), desk.now, compute)


def _shown(desk: Desk, of: str, period: Period) -> Shown:
    found = published_answer(desk.connection, RecordKey(desk.district, of, period.name))
    if found is not None:
        return Shown(found.answer, found.heads)
    return Shown(ranked(desk, of=of, period=period))


def cell_schemes(desk: Desk, period: Period) -> dict[int, Scheme]:
    """The scheme of each area class by which the area scheme marks cells; else one scheme for all classes."""
    folder, on = schemes(), period.first_day
    area = asked_scheme(folder, desk.book.settings.evaluation.streets, on=on)
    for item in area.items:
        if isinstance(item, ScoreItem) and item.mean is not None:
            return {number: folder.find(name, on=on) for number, name in item.mean.scheme_of_class.items()}
    one = asked_scheme(folder, desk.book.settings.evaluation.cells, on=on)
    today = desk.now.astimezone(CHINA).date()
    return {cell.area_class: one for cell in desk.book.geography.cells(today)}
