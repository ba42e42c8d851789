"""Puts the page of one case together: facts, history, deadline, what may be done now, and what was refused just now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.deadline import DEFAULT_STAGE, deadline_of
from gridcase.cases.decision_terms import decision_terms
from gridcase.cases.duplicates import open_duplicates
from gridcase.cases.guards import GUARDS, is_confirmation_owed
from gridcase.cases.listing import Page, list_cases
from gridcase.cases.masking import masked_case
from gridcase.cases.offers import offers_of
from gridcase.cases.request_offers import requests_offered
from gridcase.cases.requests import granted_count
from gridcase.cases.shown import china_text, lamp_of, shown_case
from gridcase.cases.terms import hand_back_terms
from gridcase.cases.view import view_of
from gridcase.directory.people import Actor
from gridcase.errors import ChangedMeanwhile, GridcaseError, Invalid, Reason, Refused
from gridcase.spatial.coordinates import POINT_SYSTEMS
from gridcase.web.pages.arithmetic import arithmetic, holds_of, is_round_the_clock, unfinished
from gridcase.web.pages.beside import forms_beside
from gridcase.web.pages.case_list import read_view, tabs_of
from gridcase.web.pages.category_choice import category_groups
from gridcase.web.pages.frame import render, role_label
from gridcase.web.pages.identity import new_client_id
from gridcase.web.pages.names import Names
from gridcase.web.pages.near import near_cases
from gridcase.web.pages.offered import moves_to_draw
from gridcase.web.pages.onward import own_way
from gridcase.web.pages.sending import told_once
from gridcase.web.pages.stopped import stopped_moves
from gridcase.web.pages.timeline import last_words, step_label, timeline

_LIST_PATH = "/cases"
# The cases behind a number of the ranking, the page of a department.
_OTHER_PATHS = ("/rankings/cases", "/department", "/department/desk")
# Hidden fields of forms, which nobody typed.
_CARRIED = frozenset({"csrf_token", "client_id", "version", "kind", "to"})
_SYSTEM = "coordinate_system"
# What is done about the request of somebody else; taking back one's own and ending a hold need no arithmetic.
_DECIDING = frozenset({"forward", "grant", "refuse"})


@dataclass(frozen=True)
class Attempt:
    """A form that was refused: which one (`move:accept`, `ask:void`, …), what was typed, and why."""

    key: str
    form: MultiDict[str, str] = field(default_factory=MultiDict)
    reasons: tuple[Reason, ...] = ()
    changed: Mapping[str, Any] | None = None

    @property
    def fields(self) -> frozenset[str]:
        """The fields that a reason names."""
        return frozenset(str(reason.field).partition(".")[0] for reason in self.reasons if reason.field)

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What a person entered, by field: what the form carries by itself, and a system of no point, left out."""
        given = [(name, text) for name, text in self.form.items(multi=True) if text.strip()]
        named = {name for name, _text in given}
        points = {f"{name.removesuffix('lon')}{_SYSTEM}" for name in named if name.endswith("lon")}
        return [
            (name, text)
            for name, text in given
            if name not in _CARRIED and (not name.endswith(_SYSTEM) or name in points)
        ]


def attempt_of(key: str, form: MultiDict[str, str], error: GridcaseError) -> Attempt:
    """The attempt that this refusal ended."""
    if isinstance(error, ChangedMeanwhile):
        return Attempt(key, form, changed=error.data)
    return Attempt(key, form, tuple(_told_once(reasons_of(error))))


def _told_once(reasons: Sequence[Reason]) -> list[Reason]:
    """Without what a guard says of a field that is missing anyway: to a person that is one fault."""
    missing = {str(reason.field) for reason in reasons if reason.code == "record_missing"}
    return [
        reason for reason in reasons if reason.code not in GUARDS or GUARDS[reason.code].record not in missing
    ]


def reasons_of(error: GridcaseError) -> Sequence[Reason]:
    """Every reason of a refusal, for whoever filled in the form."""
    if isinstance(error, Refused):
        return error.reasons
    if isinstance(error, Invalid) and error.errors:
        return error.errors
    return (Reason(error.code, dict(error.data), field=error.data.get("field")),)


def render_case(desk: Desk, actor: Actor, number: str, *, attempt: Attempt | None = None) -> str:
    """The page of a case. Raises NotFound `unknown_case`."""
    case, names = shown_case(desk, actor, number), Names(desk)
    values = work_values(desk, actor, case, names=names, attempt=attempt)
    return render(
        desk,
        actor,
        "pages/case.html",
        **values,
        steps=timeline(case, values["case"], names, far_m=desk.book.settings.verification.far_m),
        clock=clock_of(desk, case, request.args.get("clock", "")),
        unfinished=unfinished,
        is_round_the_clock=is_round_the_clock,
        told=told_once() if attempt is None else None,
        back=_back(desk, actor, number),
    )


def work_values(
    desk: Desk, actor: Actor, case: CaseFile, *, names: Names, attempt: Attempt | None = None
) -> dict[str, Any]:
    """What the head, the facts and the forms of a case are drawn from, on its own page and at the centre desk."""
    view = masked_case(view_of(desk, actor, case))
    offers, awaited, is_mine = offers_of(desk, actor, case), _awaited(desk, case), _waits_for(case, actor)
    moves = moves_to_draw(
        case,
        offers,
        photo_kinds={photo["kind"] for photo in view["photos"] if not photo["from_case"]},
    )
    offered, beside = requests_offered(desk, actor, case), forms_beside(actor, case, names)
    decisions = {
        request_id: decision_terms(desk, case, case.requests[request_id])
        for request_id, acts in offered["acts"].items()
        if not _DECIDING.isdisjoint(acts)
    }
    wants_categories = any(each["widget"] == "corrections" for move in moves for each in move["more"])
    return {
        "names": names,
        "case": view,
        "channel": desk.book.channels.get(view["channel"]),
        "definition": case.definition,
        "status": _status(desk, case),
        "last_words": last_words(case, view),
        "moves": moves,
        "stopped": stopped_moves(case, offers, moves, awaited=awaited) if is_mine else [],
        "owes_confirmation": case.is_open and not case.filings and is_confirmation_owed(case),
        "waits_here": is_mine,
        "offered": {**offered, "decisions": decisions},
        "awaited": awaited,
        "beside": beside,
        "hand_back": hand_back_terms(desk, case),
        "assists": _assists(actor, case, view),
        "is_orphan": attempt is not None and attempt.key not in _keys(moves, offered, beside),
        "duplicates": near_cases(desk, actor, duplicates_to_see(desk, case)),
        "categories": category_groups(desk.book.catalogue) if wants_categories else [],
        "systems": POINT_SYSTEMS,
        "longest": desk.book.settings.text.max_length,
        "attempt": _told(case, attempt),
        "client_id": new_client_id,
    }


def _assists(actor: Actor, case: CaseFile, view: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The open part of this person's department in a case of another, with what it was asked; else None."""
    if not any(actor.has_role(role.code) for role in case.definition.roles.values() if not role.centre):
        return None
    own = [task for task in view["sub_tasks"] if task["is_open"] and task["department"] == actor.department]
    if not own:
        return None
    sent = [entry for entry in case.entries if china_text(entry.step.at) == own[-1]["asked_at"]]
    return {**own[-1], "opinion": sent[-1].opinion if sent else None}


def _keys(
    moves: Sequence[Mapping[str, Any]], offered: Mapping[str, Any], beside: Mapping[str, Any]
) -> set[str]:
    """The forms that stand on the page; what was sent from another one, which is gone, is told apart from them."""
    return {
        "add",
        *(f"move:{move['trigger']}" for move in moves),
        *(f"ask:{ask['kind']}" for ask in offered["asks"]),
        *(f"decide:{request_id}" for request_id in offered["acts"]),
        *beside["keys"],
    }


def _awaited(desk: Desk, case: CaseFile) -> dict[str, str]:
    """The label of the role that each open request waits for, by its id."""
    found = {}
    for asked in case.open_requests:
        rule = case.definition.requests[asked.kind]
        forwarder = rule.forwards if asked.state == "requested" else None
        role = forwarder or rule.decider(granted_count(case, rule, run=asked.run))
        found[asked.id] = role_label(desk.book, role)
    return found


def _waits_for(case: CaseFile, actor: Actor) -> bool:
    """Whether the present state waits for this person: then the usual way on lies open before them."""
    owner = case.definition.states[case.state].owner if case.state else None
    return owner is not None and actor.has_role(owner)


def _told(case: CaseFile, attempt: Attempt | None) -> Attempt | None:
    """With the label of the move that somebody else made meanwhile."""
    if attempt is None or attempt.changed is None:
        return attempt
    last = case.entries[-1].step
    label = step_label(case.definition, str(attempt.changed.get("trigger")), last.from_state)
    return Attempt(attempt.key, attempt.form, changed={**attempt.changed, "label": label})


def _status(desk: Desk, case: CaseFile) -> dict[str, Any]:
    """The lamp of the present state and how long is left of its clock."""
    run = case.state_run if case.is_open else None
    return {
        "lamp": lamp_of(run, desk.now) if run else None,
        "due": run.due_at if run else None,
        "clock": run.clock if run else None,
        "left": int((run.due_at - desk.now).total_seconds()) if run and run.due_at else None,
        "is_held": case.is_held or bool(run and run.is_held),
        "is_open": case.is_open,
        "entered_at": case.entered_at,
    }


def clock_of(desk: Desk, case: CaseFile, wanted: str = "") -> dict[str, Any] | None:
    """The arithmetic of one clock: the wanted one, else that of the department, else that of the present state."""
    state_run = case.state_run
    names = [wanted, DEFAULT_STAGE, state_run.clock if state_run else "", *(run.clock for run in case.runs)]
    name = next((name for name in names if name and case.runs.latest(name)), None)
    if name is None:
        return None
    answer = deadline_of(desk, case, stage=name)
    run = case.runs.latest(name)
    return {**answer, "table": arithmetic(answer), "holds": holds_of(case, run) if run else []}


def duplicates_to_see(desk: Desk, case: CaseFile) -> list[Any]:
    """Open cases of the same class near by, until it is filed and where it is filed again: they must have been seen."""
    here = (row for row in case.definition.transitions if case.state in row.sources)
    is_asked = any(guard.name == "duplicates_seen" for row in here for guard in row.guards)
    if not case.is_open or (case.filings and not is_asked):
        return []
    return open_duplicates(desk, case.fields, exclude=case.number)


def _back(desk: Desk, actor: Actor, number: str) -> dict[str, Any] | None:
    """The list from which the case was opened, and the case there that is due first beside this one."""
    text = request.args.get("back", "")
    parts = own_way(text)
    if parts is None:
        return None
    if parts.path in _OTHER_PATHS:
        return {"path": iri_to_uri(text), "next": None}
    if parts.path != _LIST_PATH:
        return None
    view = read_view(desk, actor, MultiDict(parse_qsl(parts.query)), tabs=tabs_of(desk, actor))
    try:
        found = list_cases(desk, actor, filters=view.filters, page=Page(view.page.sort, 2))
    except GridcaseError:
        return None
    others = [item["number"] for item in found.items if item["number"] != number]
    return {"path": iri_to_uri(text), "next": others[0] if others else None}
