"""Several cases by one form: each is judged by itself, in a transaction of its own, by the same rules as alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from gridcase.cases import service
from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.forms import MoveForm
from gridcase.cases.offers import offers_of
from gridcase.cases.shown import shown_case
from gridcase.directory.people import Actor
from gridcase.engine.definition import Definition, Transition
from gridcase.errors import ChangedMeanwhile, Invalid, NotFound, NotPermitted, Reason, Refused
from gridcase.web.context import looking
from gridcase.web.pages.case_page import Attempt, attempt_of, duplicates_to_see
from gridcase.web.pages.desk_roles import check_centre_desk, is_desk
from gridcase.web.pages.frame import render
from gridcase.web.pages.identity import new_client_id
from gridcase.web.pages.names import Names
from gridcase.web.pages.near import near_cases
from gridcase.web.pages.offered import is_early, rows_here
from gridcase.web.pages.sending import Sent, act_once, client_id_of, form_fields, read_records, version_of
from gridcase.web.pages.timeline import step_label

DESK_BULK = Blueprint("desk_bulk", __name__)

# As many as a queue shows at once.
_MOST = 50
# What the form has for each case; a move that must have more is made case by case.
_NEEDED = frozenset({"condition_no", "department"})
_OF_EACH = ("condition_no", "department", "duplicates_seen")
_REFUSALS = (Refused, NotPermitted, Invalid, ChangedMeanwhile, NotFound)


def bulk_moves(desk: Desk, actor: Actor, state: str) -> list[dict[str, str]]:
    """The moves out of a state that this person may make for several cases at once: on their way, with few records."""
    found: dict[str, str] = {}
    for name in desk.book.flows.names:
        flow = desk.book.flows.latest(name)
        for row in flow.transitions:
            if (
                state in row.sources
                and _is_plain(flow, row)
                and any(actor.has_role(role) for role in row.roles)
            ):
                found.setdefault(row.trigger, row.label)
    return [{"trigger": trigger, "label": label} for trigger, label in found.items()]


def _is_plain(flow: Definition, row: Transition) -> bool:
    is_onward = row.to is not None and not row.backward and not flow.states[row.to].terminal
    return is_onward and set(row.records) <= _NEEDED


@DESK_BULK.get("/desk/bulk")
def show() -> str:
    """The form for the chosen cases. Raises NotPermitted `role_missing`, Invalid `too_many_cases`."""
    with looking() as (desk, actor):
        check_centre_desk(desk.book, actor)
        trigger, names = request.args.get("trigger", "")[:60], Names(desk)
        rows = [_row(desk, actor, number, trigger=trigger) for number in _numbers(request.args)]
        offered = [row for row in rows if row["offer"]]
        return render(
            desk,
            actor,
            "pages/desk_bulk.html",
            names=names,
            trigger=trigger,
            label=_label(desk, trigger),
            rows=offered,
            left_out=[row for row in rows if not row["offer"]],
            departments=_shared(offered, "department"),
            longest=desk.book.settings.text.max_length,
            client_id=new_client_id,
            back=_back(request.args),
        )


@DESK_BULK.post("/desk/bulk")
def act() -> str:
    """Make the move for each chosen case; one summary tells what was refused and why.

    Raises NotPermitted `role_missing`, Invalid `too_many_cases` before any is judged.
    """
    form = form_fields()
    with looking() as (desk, actor):
        check_centre_desk(desk.book, actor)
    trigger, numbers = form.get("trigger", "")[:60], _numbers(form)
    done, refused = [], []
    for number in numbers:
        try:
            done.append(_act_on(number, trigger, form))
        except _REFUSALS as error:
            refused.append((number, attempt_of(f"move:{trigger}", form, error)))
    with looking() as (desk, actor):
        return render(
            desk,
            actor,
            "pages/desk_done.html",
            names=Names(desk),
            trigger=trigger,
            label=_label(desk, trigger),
            done=done,
            refused=[
                _told(desk, actor, number, trigger=trigger, attempt=attempt) for number, attempt in refused
            ],
            back=_back(form),
        )


def _numbers(args: MultiDict[str, str]) -> list[str]:
    texts = (text.replace("\0", "").strip()[:20] for text in args.getlist("number"))
    numbers = list(dict.fromkeys(text for text in texts if text))
    if len(numbers) > _MOST:
        fault = Reason("too_many_cases", {"most": _MOST}, field="number")
        raise Invalid("too_many_cases", f"at most {_MOST} cases at once", errors=[fault], most=_MOST)
    return numbers


def _back(args: Mapping[str, str]) -> str | None:
    back = args.get("back")
    return back if is_desk(back) else None


def _label(desk: Desk, trigger: str) -> str:
    flows = (desk.book.flows.latest(name) for name in desk.book.flows.names)
    return next((rows[0].label for flow in flows if (rows := flow.rows(trigger))), trigger)


def _act_on(number: str, trigger: str, form: MultiDict[str, str]) -> dict[str, Any]:
    """Make the move of one case. Raises what the service raises."""
    own = MultiDict((name, form.get(f"{name}.{number}", "")) for name in _OF_EACH)
    own["opinion"] = form.get("opinion", "")
    records, version = read_records(own), version_of({"version": form.get(f"version.{number}", "")})
    made = MoveForm(records, version)

    def act_here(desk: Desk, actor: Actor) -> dict[str, Any]:
        moved = service.move(desk, actor, number, trigger=trigger, form=made)
        return {"number": number, "state": moved.state, "department": records.get("department")}

    # Each case has its own receipt under the one id of the form: a repeat repeats the answers.
    whole = client_id_of(form)
    client_id = str(uuid5(UUID(whole), number)) if whole else None
    values = {"number": number, "trigger": trigger, "version": version, **records}
    return act_once(Sent(form, client_id, values=values), act_here)


def _row(desk: Desk, actor: Actor, number: str, *, trigger: str) -> dict[str, Any]:
    """One chosen case with what its form wants, or why it cannot be among them."""
    try:
        case = shown_case(desk, actor, number)
    except NotFound as error:
        return {
            "number": number,
            "offer": None,
            "case": None,
            "reasons": [Reason(error.code, dict(error.data))],
        }
    offers = offers_of(desk, actor, case)
    offer = next((each for each in offers["allowed"] if each["trigger"] == trigger), None)
    found: dict[str, Any] = {"number": number, "case": case, "fields": case.fields, "version": case.version}
    if offer is None:
        reasons: list[Reason] = next(
            (each["reasons"] for each in offers["refused"] if each["trigger"] == trigger), []
        )
        return {**found, "offer": None, "reasons": reasons}
    fields = {field["name"]: field for field in offer["fields"]}
    beyond = [name for name, field in fields.items() if field["required"] and name not in _NEEDED]
    if beyond:
        return {
            **found,
            "offer": None,
            "reasons": [Reason("record_missing", {"field": beyond[0]}, field=beyond[0])],
        }
    duplicates = duplicates_to_see(desk, case) if "duplicates_seen" in fields else []
    return {
        **found,
        "offer": fields,
        "duplicates": near_cases(desk, actor, duplicates),
        "is_early": is_early(case, rows_here(case, trigger)),
    }


def _shared(rows: Sequence[Mapping[str, Any]], name: str) -> list[tuple[str, str]]:
    """The choices of a field that all rows have, by label."""
    choices = [
        {each["value"]: each["label"] for each in row["offer"][name]["choices"]}
        for row in rows
        if name in row["offer"]
    ]
    if not choices:
        return []
    return sorted(
        ((value, label) for value, label in choices[0].items() if all(value in each for each in choices)),
        key=lambda pair: pair[0],
    )


def _told(desk: Desk, actor: Actor, number: str, *, trigger: str, attempt: Attempt) -> dict[str, Any]:
    """A refusal with the case as it is now, and whether the move can be tried again."""
    row = _row(desk, actor, number, trigger=trigger)
    case: CaseFile | None = row["case"]
    changed = attempt.changed
    if changed is not None and case is not None:
        label = step_label(case.definition, str(changed.get("trigger")), case.entries[-1].step.from_state)
        changed = {**changed, "label": label}
    is_offered = row["offer"] is not None
    return {
        "number": number,
        "case": case,
        "reasons": attempt.reasons,
        "changed": changed,
        "is_offered": is_offered,
    }
