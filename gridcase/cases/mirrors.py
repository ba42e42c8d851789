"""The tables that mirror the history, each with the rows that a case must have and those that a step touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    filing_row,
    filing_rows,
    finding_row,
    hold_row,
    order_row,
    request_row,
    run_row,
    sub_task_row,
    suggestion_row,
)
from gridcase.cases.runs import Run
from gridcase.cases.steps import Entry
from gridcase.cases.store import Operation
from gridcase.db import Base, table_of
from gridcase.facts import Step
from gridcase.facts.case_facts import columns_of
from gridcase.facts.fold import CaseFold

Row = dict[str, Any]


@dataclass(frozen=True)
class Mirror:
    """One table: `rows` are those of a case without district and number, `keys` its key beside these two.

    `touched` are those rows that the newest step made or changed, and `operation` is how they are written; the case
    row and the fact row, which every step changes, have none. `word` stands in the data of every step that touches
    a row, where there is such a word. `untold` are columns that no history tells.
    """

    table: Table
    rows: Callable[[CaseFile], Iterable[Row]]
    touched: Callable[[CaseFile, Entry], Iterable[Row]] | None = None
    operation: Operation = "upsert"
    word: str | None = None
    untold: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """What the history tells of a row, in the order of the table."""
        left_out = ("district", "number", *self.untold)
        return tuple(column.name for column in self.table.columns if column.name not in left_out)

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def keys(self) -> tuple[str, ...]:
        names = (column.name for column in self.table.primary_key.columns)
        return tuple(name for name in names if name not in ("district", "number"))


def fact_row(steps: Sequence[Step]) -> Row:
    """The fact row that the steps of a case (at least one) make, without district and number."""
    figures = CaseFold()
    for step in steps:
        figures.take(step)
    # The district is the row's key: a case that is told anew elsewhere stays where it is kept.
    columns = {name: value for name, value in columns_of(figures).items() if name != "district"}
    latest = max(step.at for step in steps)
    return {"last_step_no": steps[-1].no, "last_step_at": latest, **columns}


def _fact_rows(case: CaseFile) -> list[Row]:
    return [fact_row([entry.step for entry in case.entries])]


def _touched_runs(case: CaseFile, entry: Entry) -> Iterator[Run]:
    touched = {(effect.clock, effect.run) for effect in entry.step.clocks}
    return (run for run in case.runs if (run.clock, run.run) in touched)


def _hold_rows(case: CaseFile) -> Iterator[Row]:
    for run in case.runs:
        for no, hold in enumerate(run.holds, start=1):
            yield hold_row(run, no, hold)


def _touched_holds(case: CaseFile, entry: Entry) -> Iterator[Row]:
    """The newest hold of each run: no step changes an older one."""
    runs = (run for run in _touched_runs(case, entry) if run.holds)
    return (hold_row(run, len(run.holds), run.holds[-1]) for run in runs)


def _suggestion_rows(case: CaseFile) -> Iterator[Row]:
    rows = (suggestion_row(entry) for entry in case.entries)
    return (row for row in rows if row is not None)


def _touched_suggestion(_case: CaseFile, entry: Entry) -> list[Row]:
    row = suggestion_row(entry)
    return [] if row is None else [row]


def parties_of(step: Step) -> Iterator[tuple[str, str]]:
    """Whom a step makes a party of the case: (`department` | `inspector` | `handler`, code)."""
    data = step.data
    if "department_kind" in data:
        yield "department", data["department"]
        for code in data.get("assisting") or ():
            yield "department", code
    if "inspector" in data:
        yield "inspector", data["inspector"]
    if "handler" in data:
        yield "handler", data["handler"]


def _party_rows(case: CaseFile) -> list[Row]:
    parties = {party: None for entry in case.entries for party in parties_of(entry.step)}
    return [{"kind": kind, "code": code} for kind, code in parties]


def _touched_parties(_case: CaseFile, entry: Entry) -> list[Row]:
    return [{"kind": kind, "code": code} for kind, code in parties_of(entry.step)]


def _touched_filing(case: CaseFile, _entry: Entry) -> list[Row]:
    return [filing_row(case)]


def _named(
    name: str, known: Callable[[CaseFile], Mapping[str, Any]], row_of: Callable[[Any], Row]
) -> Callable[[CaseFile, Entry], list[Row]]:
    """The row of what a step names by its id: `name` is where the step's data keep the id."""

    def touched(case: CaseFile, entry: Entry) -> list[Row]:
        found = known(case).get(entry.step.data[name])
        return [] if found is None else [row_of(found)]

    return touched


def _of_ids(
    table: type[Base],
    name: str,
    *,
    known: Callable[[CaseFile], Mapping[str, Any]],
    row_of: Callable[[Any], Row],
) -> Mirror:
    """The mirror of what steps make and change by an id."""
    return Mirror(
        table_of(table),
        lambda case: map(row_of, known(case).values()),
        _named(name, known, row_of),
        word=name,
    )


# In this order they are written: a hold names its run.
MIRRORS: tuple[Mirror, ...] = (
    Mirror(table_of(Case), lambda case: [case_row(case)]),
    Mirror(case_fact, _fact_rows, untold=("is_settled", "settled_no")),
    Mirror(
        table_of(ClockRun),
        lambda case: map(run_row, case.runs),
        lambda case, entry: map(run_row, _touched_runs(case, entry)),
    ),
    Mirror(table_of(HoldRow), _hold_rows, _touched_holds),
    Mirror(table_of(FilingRecord), filing_rows, _touched_filing, "insert", "filing"),
    _of_ids(RequestRow, "request", known=lambda case: case.requests, row_of=request_row),
    _of_ids(SupervisionOrderRow, "order", known=lambda case: case.follow_ups.orders, row_of=order_row),
    _of_ids(FindingRow, "finding", known=lambda case: case.follow_ups.findings, row_of=finding_row),
    _of_ids(CallBackRow, "call_back", known=lambda case: case.follow_ups.call_backs, row_of=call_back_row),
    Mirror(
        table_of(SubTaskRow),
        lambda case: map(sub_task_row, case.sub_tasks.all),
        lambda case, entry: map(sub_task_row, case.sub_tasks.touched_by(entry.step)),
    ),
    Mirror(table_of(DispatchSuggestion), _suggestion_rows, _touched_suggestion, "insert", "suggested"),
    Mirror(table_of(CaseParty), _party_rows, _touched_parties, "ignore"),
)
