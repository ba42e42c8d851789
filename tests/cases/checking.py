"""What must hold of every case at every moment: the stored rows are the fold of its steps, and the chain is sound."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from gridcase.cases.casefile import CaseFile
from gridcase.cases.clocks import SAME_TIME_LIMIT
from gridcase.cases.mirrors import parties_of
from gridcase.cases.models import case_fact
from gridcase.cases.rows import (
    call_back_row,
    case_row,
    finding_row,
    hold_row,
    order_row,
    request_row,
    run_row,
    sub_task_row,
    suggestion_row,
)
from gridcase.cases.runs import Run
from gridcase.cases.steps import FIRST_HASH, dump_json, moment_from, row_of, seal
from gridcase.clock import Hold, Limit, Task, due_moment, parse_limit
from gridcase.facts import FactRow, facts
from gridcase.notices.models import NoticeRow
from tests.making import Office

CASE_TABLES = (
    "cases", "step", "clock_run", "hold", "request", "filing_record", "case_party", "photo", "note", "case_fact",
    "receipt", "case_serial", "supervision_order", "finding", "call_back",
    "sub_task", "dispatch_suggestion", NoticeRow.__tablename__,
)  # fmt: skip


_OF_CASE = {
    table: text(f"SELECT * FROM {table} WHERE number = :number ORDER BY {order}")
    for table, order in {
        "cases": "number", "step": "no", "clock_run": "clock, run", "hold": "clock, run, no", "request": "id",
        "filing_record": "no", "case_party": "kind, code", "photo": "id", "case_fact": "number",
        "sub_task": "no", "dispatch_suggestion": "no", "supervision_order": "id", "finding": "id", "call_back": "id", "notice": "dedupe_key",
    }.items()
}  # fmt: skip


def stored(office: Office, number: str) -> list[tuple[Any, ...]]:
    """All rows of one case, as the database gives them."""
    with office.database.reading() as connection:
        return [
            tuple(row)
            for statement in _OF_CASE.values()
            for row in connection.execute(statement, {"number": number})
        ]


def everything(office: Office) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables that a report or a move may touch."""
    return {table: office.rows(table) for table in CASE_TABLES}


def check_case(office: Office, number: str) -> CaseFile:
    """Every invariant of one case; answers it, folded anew."""
    case = office.case(number)
    _check_steps(office, case)
    _check_mirrors(office, case)
    _check_facts(office, case)
    for run in case.runs:
        check_due(office, case, run)
    return case


def _keys(office: Office, case: CaseFile) -> dict[str, Any]:
    return {"district": office.district, "number": case.number}


def _check_steps(office: Office, case: CaseFile) -> None:
    rows = office.rows("step", case.number)
    assert [row["no"] for row in rows] == list(range(1, case.version + 1))
    previous, state = FIRST_HASH, None
    for row, entry in zip(rows, case.entries, strict=True):
        assert row["previous_hash"] == previous
        assert row["hash"] == seal(row, previous, office.book.settings.history.hash)
        assert row == {**row_of(entry, office.district, case.number)}
        assert row["from_state"] == state
        previous, state = row["hash"], row["to_state"]
    moments = [row["at"] for row in rows]
    assert moments == sorted(moments)


def _check_mirrors(office: Office, case: CaseFile) -> None:
    keys, number = _keys(office, case), case.number
    assert office.rows("cases", number) == [{**keys, **case_row(case)}]
    runs = [{**keys, **run_row(run)} for run in case.runs]
    assert office.rows("clock_run", number) == sorted(runs, key=lambda row: (row["clock"], row["run"]))
    holds = [
        {**keys, **hold_row(run, no, hold)} for run in case.runs for no, hold in enumerate(run.holds, start=1)
    ]
    assert office.rows("hold", number) == sorted(holds, key=lambda row: (row["clock"], row["run"], row["no"]))
    requests = [{**keys, **request_row(request)} for request in case.requests.values()]
    assert sorted(office.rows("request", number), key=lambda row: int(row["id"][1:])) == requests
    _check_follow_ups(office, case)
    tasks = [{**keys, **sub_task_row(task)} for task in case.sub_tasks.all]
    assert office.rows("sub_task", number) == tasks
    suggestions = [row for entry in case.entries if (row := suggestion_row(entry))]
    assert office.rows("dispatch_suggestion", number) == [{**keys, **row} for row in suggestions]
    parties = {party for entry in case.entries for party in parties_of(entry.step)}
    assert {(row["kind"], row["code"]) for row in office.rows("case_party", number)} == parties
    filings = office.rows("filing_record", number)
    assert [row["record"] for row in filings] == [dump_json(filing) for filing in case.filings]
    assert [(row["no"], row["filed_at"]) for row in filings] == [
        (no, moment_from(filing["filed_at"])) for no, filing in enumerate(case.filings, start=1)
    ]
    sent = [photo["id"] for entry in case.entries for photo in entry.step.data.get("photos", ())]
    assert set(sent) <= {row["id"] for row in office.rows("photo", number)}
    assert len(set(sent)) == len(sent)


def _check_follow_ups(office: Office, case: CaseFile) -> None:
    keys, known = _keys(office, case), case.follow_ups
    expected = {
        "supervision_order": [order_row(order) for order in known.orders.values()],
        "finding": [finding_row(finding) for finding in known.findings.values()],
        "call_back": [call_back_row(call) for call in known.call_backs.values()],
    }
    for table, rows in expected.items():
        found = sorted(office.rows(table, case.number), key=lambda row: int(row["id"][1:]))
        assert found == [{**keys, **row} for row in rows], table
    # A stay that was told and a reminder have one notice each, and there is no other.
    told = [entry.step for entry in case.entries if entry.step.trigger in ("escalate", "remind")]
    to = ("escalate_to", "desk", "department")
    expected_notices = [(next(step.data[name] for name in to if name in step.data), step.at) for step in told]
    notices = office.rows("notice", case.number)
    found_notices = [(row["role"] or row["department"], row["created_at"]) for row in notices]
    assert sorted(found_notices) == sorted(expected_notices)


def _check_facts(office: Office, case: CaseFile) -> None:
    row = facts([entry.step for entry in case.entries])
    assert row is not None
    names = {field.name for field in dataclasses.fields(FactRow)} & set(case_fact.c.keys())
    last = (len(case.entries), max(entry.step.at for entry in case.entries))
    stored = office.rows("case_fact", case.number)
    assert len(stored) == 1
    expected = {name: getattr(row, name) for name in names if name != "district"}
    assert {name: stored[0][name] for name in expected} == expected
    assert (stored[0]["last_step_no"], stored[0]["last_step_at"]) == last


def check_due(office: Office, case: CaseFile, run: Run) -> None:
    """The stored due moment of a run is what the clock says of its raw holds and extensions, and nothing else."""
    if run.limit == SAME_TIME_LIMIT:
        return
    holds = [
        (row["from_at"], row["to_at"])
        for row in office.rows("hold", case.number)
        if (row["clock"], row["run"]) == (run.clock, run.run)
    ]
    expected = expected_due(office, run, holds=holds, sizes=_granted(case, run))
    assert run.due_at == expected, (run, expected)
    if run.is_judged:
        assert run.ended_at is not None
        assert run.due_at is not None
        assert run.on_time == (run.ended_at <= run.due_at)


def expected_due(
    office: Office, run: Run, *, holds: list[tuple[datetime, datetime | None]], sizes: list[str]
) -> datetime | None:
    """The due moment by gridcase.clock alone; None while a hold is open that began before it (clock.md 5.6).

    Extensions are part of the total, whenever they were asked for (clock.md 6.4): here one longer limit.
    """
    rules = office.book.rules_of(run.workday, run.slots)
    closed = tuple(Hold(start, end) for start, end in holds if end is not None)
    limits = [parse_limit(text) for text in (run.limit, *sizes)]
    assert len({limit.unit for limit in limits}) == 1
    total = Limit(sum((limit.value for limit in limits), Decimal(0)), limits[0].unit, run.limit)
    task = Task(run.started_at, total, closed)
    due = due_moment(task, rules).astimezone(UTC)
    opened = [start for start, end in holds if end is None]
    # A run that ended while it was held stays without a due moment: nobody is judged by it.
    is_cut_off = run.ended_at is not None and not run.is_judged and run.due_at is None
    if is_cut_off or any(start < due for start in opened):
        return None
    return due


def _granted(case: CaseFile, run: Run) -> list[str]:
    """The sizes of the extensions that were granted to a run, as the steps tell them."""
    return [
        str(effect.limit)
        for entry in case.entries
        if entry.step.trigger == "grant" and entry.step.data["request_kind"] == "extension"
        for effect in entry.step.clocks
        if (effect.clock, effect.run) == (run.clock, run.run)
    ]
