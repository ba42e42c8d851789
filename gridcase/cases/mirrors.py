"""The tables that mirror the history, each with the rows that a case's steps say it must have: for checks and repair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from gridcase.cases.casefile import CaseFile
from gridcase.cases.models import (
    CallBackRow,
    Case,
    CaseParty,
    ClockRun,
    DispatchSuggestion,
    FilingRecord,
    FindingRow,
    HoldRow,
    RequestRow,
    SubTaskRow,
    SupervisionOrderRow,
    case_fact,
)
from gridcase.cases.rows import (
    call_back_row,
    case_row,
    filing_rows,
    finding_row,
    hold_row,
    order_row,
    request_row,
    run_row,
    sub_task_row,
    suggestion_row,
)
from gridcase.cases.writing import parties_of
from gridcase.db import table_of
from gridcase.facts.case_facts import columns_of
from gridcase.facts.fold import CaseFold

Row = dict[str, Any]


@dataclass(frozen=True)
class Mirror:
    """One table: `rows` are those of a case without district and number, `keys` its key beside these two."""

    table: Table
    rows: Callable[[CaseFile], Iterable[Row]]

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def keys(self) -> tuple[str, ...]:
        names = (column.name for column in self.table.primary_key.columns)
        return tuple(name for name in names if name not in ("district", "number"))


def _fact_rows(case: CaseFile) -> list[Row]:
    figures = CaseFold()
    for entry in case.entries:
        figures.take(entry.step)
    # The district is the row's key: a case that is told anew elsewhere stays where it is kept.
    columns = {name: value for name, value in columns_of(figures).items() if name != "district"}
    latest = max(entry.step.at for entry in case.entries)
    return [{"last_step_no": case.version, "last_step_at": latest, **columns}]


def _hold_rows(case: CaseFile) -> Iterator[Row]:
    for run in case.runs:
        for no, hold in enumerate(run.holds, start=1):
            yield hold_row(run, no, hold)


def _suggestion_rows(case: CaseFile) -> Iterator[Row]:
    rows = (suggestion_row(entry) for entry in case.entries)
    return (row for row in rows if row is not None)


def _party_rows(case: CaseFile) -> Iterator[Row]:
    parties = {party: None for entry in case.entries for party in parties_of(entry.step)}
    return ({"kind": kind, "code": code} for kind, code in parties)


MIRRORS: tuple[Mirror, ...] = (
    Mirror(table_of(Case), lambda case: [case_row(case)]),
    Mirror(case_fact, _fact_rows),
    Mirror(table_of(ClockRun), lambda case: map(run_row, case.runs)),
    Mirror(table_of(HoldRow), _hold_rows),
    Mirror(table_of(RequestRow), lambda case: map(request_row, case.requests.values())),
    Mirror(table_of(FilingRecord), filing_rows),
    Mirror(table_of(CaseParty), _party_rows),
    Mirror(table_of(SupervisionOrderRow), lambda case: map(order_row, case.follow_ups.orders.values())),
    Mirror(table_of(FindingRow), lambda case: map(finding_row, case.follow_ups.findings.values())),
    Mirror(table_of(CallBackRow), lambda case: map(call_back_row, case.follow_ups.call_backs.values())),
    Mirror(table_of(SubTaskRow), lambda case: map(sub_task_row, case.sub_tasks.all)),
    Mirror(table_of(DispatchSuggestion), _suggestion_rows),
)
