"""The rows that mirror a case for lists and figures: made from the fold, so that they can be rebuilt and compared."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gridcase.cases.casefile import CaseFile, Request
from gridcase.cases.followups import CallBack, Finding, SupervisionOrder
from gridcase.cases.runs import HoldSpan, Run
from gridcase.cases.steps import Entry, dump_json, moment_from
from gridcase.cases.subtasks import SubTask
from gridcase.cases.telephones import bare_phone

_FROM_FIELDS = (
    "kind", "main_code", "sub_code", "main_name", "sub_name", "condition_no", "channel", "description", "address",
    "component_code", "outside_number", "reporter_name", "reporter_phone", "lon", "lat", "raw_lon", "raw_lat",
    "coordinate_system", "uncertainty_m", "cell", "community", "street", "responsibility_grid", "area_class",
)  # fmt: skip


def case_row(case: CaseFile) -> dict[str, Any]:
    """The columns of `cases` without district and number."""
    fields, first = case.fields, case.entries[0].step
    state = case.definition.states[case.state or ""]
    escalation = case.follow_ups.escalation
    run, handling = case.state_run, case.runs.latest("handling")
    is_measured = run is not None and run.is_open
    assignment = case.open_assignment
    return {
        **{name: fields.get(name) for name in _FROM_FIELDS},
        "reporter_digits": bare_phone(fields.get("reporter_phone")),
        "version": case.version,
        "workflow": case.definition.name,
        "definition_version": case.definition.version,
        "state": state.name,
        "stage": state.stage,
        "is_open": case.is_open,
        "entered_at": case.entered_at,
        "escalated_at": escalation.at if escalation is not None else None,
        "is_urgent": bool(fields.get("urgent")),
        "is_reply_wanted": bool(fields.get("reply_wanted")),
        "reported_by": first.actor,
        "reported_role": first.role,
        "reported_at": first.at,
        "taken_at": moment_from(fields["taken_at"]) if fields.get("taken_at") else None,
        "filed_at": case.filed_at,
        "filed_by": case.filed_by,
        "ended_at": case.ended_at,
        "department": case.department,
        "inspector": case.task.inspector if case.task and case.is_open else None,
        "handler": assignment.handler if assignment and case.is_open else None,
        "due_at": run.due_at if run is not None and is_measured else None,
        "yellow_at": run.yellow_at if run is not None and is_measured else None,
        "handling_due_at": handling.due_at if handling else None,
        "is_held": run is not None and run.is_held,
        "attempt": case.attempt,
        "first_attempt_on_time": case.first_attempt_on_time,
        "is_difficult": case.is_difficult,
        "is_overdue_exempt": case.is_overdue_exempt,
        "appeal_result": case.appeal_result,
        "has_open_request": bool(case.open_requests),
        "main_case": case.main_case,
        "last_hash": case.last_hash,
    }


@lru_cache(maxsize=64)
def _slots_text(slots: tuple[tuple[str, str], ...]) -> str:
    return dump_json(slots)


def run_row(run: Run) -> dict[str, Any]:
    """The columns of `clock_run` without district and number."""
    return {
        "clock": run.clock,
        "run": run.run,
        "department": run.department,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "is_open": run.is_open,
        "limit_text": run.limit,
        "workday": run.workday,
        "slots": _slots_text(run.slots),
        "due_at": run.due_at,
        "used": run.used,
        "on_time": run.on_time,
    }


def hold_row(run: Run, no: int, hold: HoldSpan) -> dict[str, Any]:
    """The columns of `hold` without district and number; `no` counts from 1 in its run."""
    return {
        "clock": run.clock,
        "run": run.run,
        "no": no,
        "kind": hold.kind,
        "from_at": hold.start,
        "to_at": hold.end,
        "used": hold.used,
        "until_at": hold.until,
    }


def request_row(request: Request) -> dict[str, Any]:
    """The columns of `request` without district and number."""
    return {
        "id": request.id,
        "kind": request.kind,
        "state": request.state,
        "applicant": request.applicant,
        "applicant_department": request.department,
        "asked_at": request.asked_at,
        "reason": request.reason,
        "until_on": request.until,
        "decided_by": request.decided_by,
        "decided_at": request.decided_at,
    }


def order_row(order: SupervisionOrder) -> dict[str, Any]:
    """The columns of `supervision_order` without district and the case's number."""
    row = _values_of(order)
    row["order_number"] = row.pop("number")
    return row


def finding_row(finding: Finding) -> dict[str, Any]:
    """The columns of `finding` without district and number."""
    return _values_of(finding)


def call_back_row(call: CallBack) -> dict[str, Any]:
    """The columns of `call_back` without district and number."""
    return _values_of(call)


def sub_task_row(task: SubTask) -> dict[str, Any]:
    """The columns of `sub_task` without district and number."""
    return _values_of(task)


def suggestion_row(entry: Entry) -> dict[str, Any] | None:
    """The columns of `dispatch_suggestion` without district and number; None for a step without a suggestion."""
    step, suggested = entry.step, entry.step.data.get("suggested")
    if not suggested:
        return None
    return {
        "no": step.no,
        "at": step.at,
        "department": step.data["department"],
        "suggested": suggested["department"],
        "rule": suggested["rule"],
    }


def _values_of(kept: SupervisionOrder | Finding | CallBack | SubTask) -> dict[str, Any]:
    """Field by field: these tables have the columns that the values have."""
    return {field.name: getattr(kept, field.name) for field in dataclasses.fields(kept)}


def filing_row(case: CaseFile) -> dict[str, Any]:
    """The columns of `filing_record` of the newest filing, without district and number."""
    return _filing_row(len(case.filings), case.filings[-1])


def filing_rows(case: CaseFile) -> list[dict[str, Any]]:
    """As `filing_row`, of every filing in order."""
    return [_filing_row(no, filing) for no, filing in enumerate(case.filings, start=1)]


def _filing_row(no: int, filing: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "no": no,
        "filed_by": filing["filed_by"],
        "filed_at": moment_from(filing["filed_at"]),
        "standard": filing["standard"],
        "condition_no": filing["condition_no"],
        "limit_text": filing["limit"],
        "record": dump_json(filing),
    }
