"""One case as the interface and the pages show it (api.md 5), with what this person may see of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile, Request
from gridcase.cases.followup_views import follow_up_views
from gridcase.cases.joining import Joined, joined_cases
from gridcase.cases.listing import offered_to, visible_numbers
from gridcase.cases.models import Note, Photo
from gridcase.cases.offers import territorial_unit
from gridcase.cases.runs import Run
from gridcase.cases.shown import china_text, lamp_of, shown_case, used_of
from gridcase.cases.steps import Entry
from gridcase.cases.subtasks import sub_task_views
from gridcase.cases.visibility import sees_reporter
from gridcase.db import table_of
from gridcase.directory.people import Actor

COUNTERS = (
    "extension_count", "suspension_count", "deferral_count", "hand_back_count", "misdispatch_count", "rework_count",
    "feedback_return_count", "supervision_count", "reminder_count", "confirmation_count",
)  # fmt: skip
_FIELDS = (
    "kind", "main_code", "main_name", "sub_code", "sub_name", "channel", "is_public", "is_assigned",
    "needs_confirmation", "description", "address", "component_code", "outside_number", "lon", "lat", "raw_lon",
    "raw_lat", "coordinate_system", "uncertainty_m", "cell", "community", "street", "district",
    "responsibility_grid", "area_class", "condition_no",
)  # fmt: skip


def case_view(desk: Desk, actor: Actor, number: str) -> dict[str, Any]:
    """Everything of a case that this person may see, ready for JSON. Raises NotFound `unknown_case`."""
    return view_of(desk, actor, shown_case(desk, actor, number))


def view_of(desk: Desk, actor: Actor, case: CaseFile) -> dict[str, Any]:
    """As `case_view`, of a case that was loaded already."""
    state = case.definition.states[case.state or ""]
    knows_reporter = sees_reporter(case, actor, desk.book.flows)
    unit = territorial_unit(desk, case)
    nameless = None if knows_reporter else case.reported_by
    photos, notes = (
        photo_views(desk, number=case.number, nameless=nameless),
        note_views(desk, number=case.number),
    )
    joined = joined_cases(desk, case.number)
    return {
        "number": case.number,
        "state": state.name,
        "state_label": state.label,
        "stage": state.stage,
        "version": case.version,
        "workflow": case.definition.name,
        "definition_version": case.definition.version,
        "main_case": case.main_case,
        "attempt": case.attempt,
        "first_attempt_on_time": case.first_attempt_on_time,
        "difficult": case.is_difficult,
        "fallback_department": unit.code if unit else None,
        "overdue_exempt": case.is_overdue_exempt,
        "appeal_result": case.appeal_result,
        "request_open": bool(case.open_requests),
        **{name: case.fields.get(name) for name in _FIELDS},
        "urgent": bool(case.fields.get("urgent")),
        "reply_wanted": bool(case.fields.get("reply_wanted")),
        "reporter": reporter_view(case) if knows_reporter else None,
        "reported_by": case.reported_by if knows_reporter else None,
        "reported_at": china_text(case.reported_at),
        "taken_at": case.fields.get("taken_at"),
        "filed_at": china_text(case.filed_at),
        "offered_to": offered_to(state.stage, case.filed_by),
        "ended_at": china_text(case.ended_at),
        "department": case.department,
        "departments": list(case.departments),
        "inspector": case.task.inspector if case.task and case.is_open else None,
        "handler": case.open_assignment.handler if case.open_assignment else None,
        "counters": {name: case.counters.get(name, 0) for name in COUNTERS},
        "clocks": [run_view(desk, run) for run in sorted(case.runs, key=lambda run: run.started_at)],
        "steps": [
            step_view(entry, is_nameless=entry.step.no == 1 and not knows_reporter) for entry in case.entries
        ],
        "requests": [request_view(request) for request in case.requests.values()],
        **follow_up_views(desk, actor, case),
        "photos": _likeness_seen(
            desk, actor, [*photos, *joined_photos(desk, joined, is_nameless=not knows_reporter)]
        ),
        "joined": [one.view(is_nameless=not knows_reporter) for one in joined],
        "notes": notes,
        "sub_tasks": sub_task_views(case.sub_tasks.all, notes=notes, photos=photos, shown=china_text),
        "filing": filing_view(case),
        "closing": closing_view(desk, case),
    }


def reporter_view(case: CaseFile) -> dict[str, Any]:
    """Name and phone of the reporter."""
    return {"name": case.fields.get("reporter_name"), "phone": case.fields.get("reporter_phone")}


def run_view(desk: Desk, run: Run) -> dict[str, Any]:
    """One run of a clock."""
    return {
        "stage": run.clock,
        "run": run.run,
        "department": run.department,
        "started": china_text(run.started_at),
        "ended": china_text(run.ended_at),
        "due": china_text(run.due_at),
        "lamp": lamp_of(run, desk.now),
        "held": run.is_held,
        "used": used_of(desk, run),
        "limit": run.limit,
        "on_time": run.on_time,
        "overdue_seconds": run.overdue_seconds(desk.now),
        "held_seconds": _held_seconds(run, desk.now),
        "holds": [
            {
                "kind": hold.kind,
                "from": china_text(hold.start),
                "to": china_text(hold.end),
                "until": china_text(hold.until),
            }
            for hold in run.holds
        ],
        "extensions": [{"at": china_text(at), "limit": limit} for at, limit in run.extensions],
    }


def _held_seconds(run: Run, now: datetime) -> int:
    """Seconds of the clock on the wall inside holds, overlapping ones once; an open one counts up to now."""
    spans = sorted((hold.start, hold.end or run.ended_at or now) for hold in run.holds)
    total, until = 0, run.started_at
    for start, end in spans:
        total += max(0, int((end - max(start, until)).total_seconds()))
        until = max(until, end)
    return total


def step_view(entry: Entry, *, is_nameless: bool = False) -> dict[str, Any]:
    """One step of the history; `is_nameless` leaves out who made it (flow.md 1.8)."""
    step = entry.step
    return {
        "no": step.no,
        "trigger": step.trigger,
        "from": step.from_state,
        "to": step.to_state,
        "at": china_text(step.at),
        "actor": "" if is_nameless else step.actor,
        "actor_name": "" if is_nameless else entry.actor_name,
        "role": step.role,
        "department": step.department,
        "receiver": entry.receiver,
        "opinion": entry.opinion,
        "reason": entry.reason,
        "used": entry.used,
        "on_time": entry.on_time,
        "records": _records(step.data),
        "hash": entry.hash,
        "definition_version": entry.definition_version,
    }


def _records(data: Any) -> dict[str, Any]:
    """What the move carried, less what stands elsewhere in the answer or names the reporter."""
    hidden = {"filing", "reporter_name", "reporter_phone", "corrected_from", "photos"}
    return {name: value for name, value in data.items() if name not in hidden}


def request_view(request: Request) -> dict[str, Any]:
    """One request and its decision."""
    return {
        "id": request.id,
        "kind": request.kind,
        "state": request.state,
        "applicant": request.applicant,
        "department": request.department,
        "asked_at": china_text(request.asked_at),
        "reason": request.reason,
        "document": request.document,
        "until": request.until,
        "forwarded_by": request.forwarded_by,
        "forwarded_at": china_text(request.forwarded_at),
        "forwarded_opinion": request.forwarded_opinion,
        "decided_by": request.decided_by,
        "decided_at": china_text(request.decided_at),
        "opinion": request.opinion,
    }


def photos_by_case(desk: Desk, numbers: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """`id` and `kind` of the photos of each of these cases in order of their arrival, by number."""
    table = table_of(Photo).c
    rows = desk.connection.execute(
        select(table.number, table.id, table.kind)
        .where(table.district == desk.district, table.number.in_(numbers))
        .order_by(table.sent_at, table.id)
    )
    found: dict[str, list[dict[str, str]]] = {number: [] for number in numbers}
    for row in rows:
        found[row.number].append({"id": row.id, "kind": row.kind})
    return found


def photo_views(desk: Desk, *, number: str, nameless: str | None = None) -> list[dict[str, Any]]:
    """The photos of a case in order of their arrival; those of `nameless` do not tell who sent them."""
    table = table_of(Photo).c
    rows = desk.connection.execute(
        select(
            table.id,
            table.kind,
            table.attempt,
            table.taken_at,
            table.sent_at,
            table.sent_by,
            table.department,
            table.sha256,
            table.lon,
            table.lat,
            table.uncertainty_m,
            table.camera_taken,
            table.camera_lon,
            table.camera_lat,
            table.like_photo,
            table.like_number,
            table.like_distance,
        )
        .where(table.district == desk.district, table.number == number)
        .order_by(table.sent_at, table.id)
    )
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "attempt": row.attempt,
            "taken_at": china_text(row.taken_at),
            "sent_at": china_text(row.sent_at),
            "sent_by": "" if row.sent_by == nameless else row.sent_by,
            "department": None if row.sent_by == nameless else row.department,
            "sha256": row.sha256,
            "lon": row.lon,
            "lat": row.lat,
            "uncertainty_m": row.uncertainty_m,
            "camera": {"taken": row.camera_taken, "lon": row.camera_lon, "lat": row.camera_lat},
            "suspected_reuse": _likeness_of(row),
            "url": f"/api/v1/photos/{row.id}",
            "from_case": None,
        }
        for row in rows
    ]


def joined_photos(desk: Desk, joined: Sequence[Joined], *, is_nameless: bool) -> list[dict[str, Any]]:
    """The photos that merged cases brought, each with its case in `from_case`."""
    return [
        {**photo, "from_case": one.number}
        for one in joined
        for photo in photo_views(desk, number=one.number, nameless=one.reported_by if is_nameless else None)
    ]


def _likeness_seen(desk: Desk, actor: Actor, photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The photos; which earlier one another resembles is told to whoever sees the case of that one (flow.md 1.8)."""
    alike = {photo["suspected_reuse"]["number"] for photo in photos if photo["suspected_reuse"]}
    hidden = alike - visible_numbers(desk, actor, sorted(alike))
    for photo in photos:
        if photo["suspected_reuse"] and photo["suspected_reuse"]["number"] in hidden:
            photo["suspected_reuse"] |= {"photo": None, "number": None}
    return photos


def _likeness_of(row: Any) -> dict[str, Any] | None:
    """The earlier photo that this one resembles: a question for people, no verdict."""
    if row.like_photo is None:
        return None
    return {"photo": row.like_photo, "number": row.like_number, "distance": row.like_distance}


def note_views(desk: Desk, *, number: str) -> list[dict[str, Any]]:
    """The notes of a case in order of their writing."""
    table = table_of(Note).c
    rows = desk.connection.execute(
        select(table.id, table.author, table.department, table.written_at, table.text)
        .where(table.district == desk.district, table.number == number)
        .order_by(table.written_at, table.id)
    )
    return [
        {
            "id": row.id,
            "author": row.author,
            "department": row.department,
            "written_at": china_text(row.written_at),
            "text": row.text,
        }
        for row in rows
    ]


def filing_view(case: CaseFile) -> dict[str, Any] | None:
    """The last filing record, or None before filing."""
    if not case.filings:
        return None
    filing = case.filings[-1]
    shown = {name: value for name, value in filing.items() if name != "filed_at"}
    last = case.last_step("file")
    return {**shown, "filed_at": china_text(last.step.at) if last else None}


def closing_view(desk: Desk, case: CaseFile) -> dict[str, Any] | None:
    """The closing record (flow.md 8), or None while the case is open or ended without being closed.

    `closed_by` is who ticked the closing conditions; where a second person had the last word, `approved_by` is that
    one, and the case is closed from their moment on.
    """
    last = case.entries[-1]
    how = {"closed": "normal", "force_closed": "forced", "self_closed": "self"}.get(case.state or "")
    ending = next((entry for entry in case.entries if entry.step.to_state == case.state), last)
    if how is None or case.is_open:
        return None
    ticking = [entry for entry in case.entries if how == "normal" and entry.step.data.get("ticked")]
    closing = ticking[-1] if ticking else ending
    return {
        "how": how,
        "closed_by": closing.step.actor,
        "approved_by": ending.step.actor if ending is not closing else None,
        "closed_at": china_text(ending.step.at),
        "opinion": closing.opinion,
        "reason": closing.reason,
        "ticked": list(closing.step.data.get("ticked") or ()),
        "measure": _measure(case),
        "counters": {name: case.counters.get(name, 0) for name in COUNTERS},
        "stages": [run_view(desk, run) for run in sorted(case.runs, key=lambda run: run.started_at)],
    }


def _measure(case: CaseFile) -> str | None:
    last = case.last_step("give_feedback", "self_close")
    return last.step.data.get("measure") if last else None
