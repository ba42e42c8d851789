"""Looks at a month by every rule, and opens a figure to the cases behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from gridcase.clock import CHINA
from gridcase.config.integrity import Integrity
from gridcase.errors import Invalid
from gridcase.evaluation.case_list import CaseShare
from gridcase.evaluation.integrity import sources
from gridcase.evaluation.integrity.bursts import Burst, bursts
from gridcase.evaluation.integrity.query import IntegrityQuery
from gridcase.evaluation.integrity.reading import (
    numbers_of,
    photo_count,
    self_handled_cases,
    shares_of,
    tally_of,
)
from gridcase.evaluation.integrity.rules import (
    BURSTS,
    CELLS,
    CLOSINGS,
    PAIRS,
    PHOTOS,
    PLAIN,
    RULES,
    SELF_HANDLING,
    SINGLE,
    VOIDS,
    WITHIN,
    Looked,
    photos_seen_twice,
    self_handling_burst,
    silent_cells,
)
from gridcase.evaluation.integrity.sources import Record, Source
from gridcase.evaluation.integrity.tally import Figure, Subject
from gridcase.evaluation.periods import Period
from gridcase.evaluation.replay import replayed_rows
from gridcase.evaluation.units import cells_on, known_units
from gridcase.facts import FactRow


def query_of(
    district: str,
    judged: tuple[Period, datetime],
    settings: Integrity,
    *,
    start_day: int,
    as_of: datetime | None = None,
) -> IntegrityQuery:
    """What is asked: the month with the T by which it is ranked; `as_of` is another moment of looking, if given.

    Raises Invalid `bad_period` for anything but a month.
    """
    period, judged_at = judged
    if period.kind != "month":
        raise Invalid("bad_period", f"{period.name} is no month", text=period.name)
    at = as_of or judged_at
    cut_off = min(at, judged_at)
    return IntegrityQuery(district, period, at, cut_off=cut_off, settings=settings, start_day=start_day)


def cases_behind(
    connection: Connection, query: IntegrityQuery, rule: str, *, key: str, name: str
) -> list[CaseShare]:
    """The cases behind a figure of a rule: of the question about `key`, or of the rule itself where that is empty.

    Raises Invalid `unknown_count` where there is no such question or figure, or it is no number of cases.
    """
    sight = Sight(connection, query)
    looked = sight.look(rule) if rule in RULES else None
    figures: tuple[Figure, ...] = looked.figures if looked and not key else ()
    subject: Subject = ("", "")
    for finding in looked.findings if looked and key else ():
        if finding.key == key:
            figures, subject = finding.figures, finding.subject
    figure = next((each for each in figures if each.name == name and each.whose), None)
    if figure is None:
        raise Invalid("unknown_count", f"{rule} asks nothing of {key!r} by {name!r}", count=name)
    return shares_of(connection, sight.source(rule), figure, subject=subject)


class Sight:
    """One look at a month: what is read once serves all rules."""

    def __init__(self, connection: Connection, query: IntegrityQuery) -> None:
        self._connection, self._query = connection, query

    @cached_property
    def _later(self) -> list[tuple[str, FactRow]]:
        """Cases of these months that went on after T, as they stood at it."""
        first = self._query.months_before[0].span.start
        rows = replayed_rows(self._connection, self._query.district, self._query.at)
        return [(number, row) for number, row in rows if row.reported_at and row.reported_at >= first]

    @cached_property
    def _bursts(self) -> tuple[list[Burst], list[Record]]:
        settings = self._query.settings
        cases = self_handled_cases(self._connection, self._query, self._later)
        found = bursts(cases, at_least=settings.burst_at_least, minutes=settings.burst_minutes)
        records = [Record(case.number, _subject_of(burst), WITHIN) for burst in found for case in burst.cases]
        told = {record.number for record in records}
        records += [Record(case.number, ("", ""), SINGLE) for case in cases if case.number not in told]
        return found, records

    def source(self, rule: str) -> Source:
        """The records of a rule."""
        query = self._query
        if rule == BURSTS:
            return Source(made=tuple(self._bursts[1]))
        if rule == PAIRS:
            return sources.verifications(self._connection, query)
        if rule == CELLS:
            return sources.cells(query, self._later)
        if rule == SELF_HANDLING:
            return sources.self_handling(query, self._later)
        return {VOIDS: sources.voids, CLOSINGS: sources.closings, PHOTOS: sources.photos}[rule](query)

    def cases(self, looked: Looked) -> dict[str, tuple[str, ...]]:
        """Key of a question -> the cases that it is about, by number; read once for all questions of the rule."""
        asked = {finding.subject: finding.asked for finding in looked.findings}
        found = numbers_of(self._connection, self.source(looked.rule), asked) if asked else {}
        return {finding.key: tuple(found.get(finding.subject, ())) for finding in looked.findings}

    def look(self, rule: str) -> Looked:
        """What came of a rule."""
        if rule in (CELLS, CLOSINGS) and not self._query.is_over:
            return Looked(rule, (Figure("looked_at", 0),), is_ready=False)
        tally, settings = tally_of(self._connection, self.source(rule)), self._query.settings
        if rule in PLAIN:
            return PLAIN[rule](tally, settings)
        if rule == PHOTOS:
            return photos_seen_twice(tally, settings, looked_at=photo_count(self._connection, self._query))
        if rule == BURSTS:
            return self_handling_burst(tally, _told(self._bursts[0]))
        before = [month.name for month in self._query.months_before]
        return self._valid(silent_cells(tally, settings, before=before, now=self._query.period.name))

    def _valid(self, looked: Looked) -> Looked:
        """Without the cells that there are no more on the last day of the period."""
        if not looked.findings:
            return looked
        district, on = self._query.district, self._query.period.last_day
        gone = {unit.code for unit in known_units(self._connection, district, "cells")}
        gone -= {cell.code for cell in cells_on(self._connection, district, on)}
        kept = tuple(each for each in looked.findings if each.subject[0] not in gone)
        ended = len(looked.findings) - len(kept)
        figures = (Figure("looked_at", looked.figures[0].value - ended),)
        return replace(looked, figures=figures, findings=kept)


def _subject_of(burst: Burst) -> Subject:
    return burst.inspector, burst.first.number


def _told(found: list[Burst]) -> Mapping[Subject, Mapping[str, str]]:
    return {
        _subject_of(burst): {
            "cell": burst.first.cell,
            "from": f"{burst.first.at.astimezone(CHINA):%m-%d %H:%M}",
            "to": f"{burst.last.at.astimezone(CHINA):%m-%d %H:%M}",
        }
        for burst in found
    }
