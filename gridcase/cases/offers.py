"""Which moves a case offers to one person now, with the fields each wants; and why the others are refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.drawing import choose_inspector
from gridcase.cases.guards import MoveFacts
from gridcase.cases.permission import check_roles
from gridcase.cases.records import CORRECTABLE, REASON_CODES, RESULTS
from gridcase.cases.service import granted_request
from gridcase.cases.shown import shown_case
from gridcase.cases.suggesting import is_choosing
from gridcase.cases.suggestion_view import suggestion_view
from gridcase.directory.duty import on_duty
from gridcase.directory.people import Actor, DepartmentCard
from gridcase.directory.queries import actors_in_role, departments, territorial_department
from gridcase.engine import Possible
from gridcase.errors import NotPermitted, Reason

_TYPES = {
    "assisting": "list", "ticked": "list", "condition_no": "integer", "lon": "number", "lat": "number",
    "started_at": "moment", "finished_at": "moment", "taken_at": "moment", "same_time": "boolean",
    "duplicates_seen": "boolean", "corrections": "object", "position": "position", "department": "department",
    "inspector": "user", "handler": "user", "main_case": "case", "reason": "text", "opinion": "text",
    "reason_code": "choice", "result": "choice",
}  # fmt: skip
_NEARNESS = ("on_duty", "own", "around", "other")


def moves_offered(desk: Desk, actor: Actor, number: str) -> dict[str, Any]:
    """`allowed`: trigger, label, fields; `refused`: trigger, reasons. Raises NotFound `unknown_case`.

    Guards and records that depend on what is still to be sent are not judged (api.md 5).
    """
    return offers_of(desk, actor, shown_case(desk, actor, number))


def offers_of(desk: Desk, actor: Actor, case: CaseFile, *, of_role: str | None = None) -> dict[str, Any]:
    """As `moves_offered`, of a case that was loaded already; `of_role`: of the moves of this role alone."""
    machine = desk.book.machine(case.definition)
    facts = MoveFacts(
        actor=actor,
        records={},
        now=desk.now,
        case=case,
        photo_kinds=frozenset(case.photo_kinds),
        may_settle=lambda category: category in desk.book.settings.self_handling.classes,
        needs_other_inspector=desk.book.settings.verification.other_inspector,
    )
    allowed, refused = [], []
    for trigger in case.definition.triggers:
        rows = case.definition.rows(trigger)
        if all(row.is_start for row in rows):
            continue
        if of_role is not None and not any(of_role in row.roles for row in rows):
            continue
        try:
            roles = check_roles(case, actor, [role for row in rows for role in row.roles])
            granted_request(desk, case, actor, rows=rows)
        except NotPermitted as error:
            refused.append(
                {"trigger": trigger, "label": rows[0].label, "reasons": [Reason(error.code, error.data)]}
            )
            continue
        preview = machine.preview(trigger, case.state, roles=roles, facts=facts)
        if isinstance(preview, Possible):
            label = preview.transitions[0].label
            allowed.append(
                {"trigger": trigger, "label": label, "fields": _fields(desk, actor, case, preview=preview)}
            )
        else:
            refused.append({"trigger": trigger, "label": rows[0].label, "reasons": list(preview.reasons)})
    return {"allowed": allowed, "refused": refused}


def _fields(desk: Desk, actor: Actor, case: CaseFile, *, preview: Possible) -> list[dict[str, Any]]:
    trigger = preview.transitions[0].trigger
    needed = set(preview.needed)
    if "inspector" in needed and choose_inspector(desk, case, preview.transitions) is not None:
        # Whoever names nobody leaves it to the roster.
        needed.remove("inspector")
    names = dict.fromkeys((*preview.needed, *preview.optional))
    fields: list[dict[str, Any]] = [
        {
            "name": name,
            "type": "photos" if name.startswith("photos_") else _TYPES.get(name, "text"),
            "required": name in needed,
            "choices": _choices(desk, actor, case, trigger=trigger, name=name),
        }
        for name in names
    ]
    rows = [row for row in preview.transitions if is_choosing(row)]
    if rows:
        _suggest(fields, suggestion_view(desk, case, rows))
    return fields


def _suggest(fields: list[dict[str, Any]], found: dict[str, Any]) -> None:
    """Put the suggested departments first among the choices, and the suggestion with its reasons beside them."""
    (field,) = (field for field in fields if field["name"] == "department")
    ranks = {
        found[key]["department"]: at for at, key in enumerate(("first", "second"), start=1) if found[key]
    }
    for choice in field["choices"]:
        choice["suggested"] = ranks.get(choice["value"])
    field["choices"].sort(key=lambda choice: choice["suggested"] or len(ranks) + 1)
    field["suggestion"] = found


def _choices(desk: Desk, actor: Actor, case: CaseFile, *, trigger: str, name: str) -> Sequence[Any] | None:
    if name == "reason_code":
        return list(REASON_CODES.get(trigger, ())) or None
    if name == "result":
        return list(RESULTS.get(trigger, ())) or None
    if name == "corrections":
        return list(CORRECTABLE)
    if name in ("department", "assisting"):
        return _departments(desk, case, is_main=name == "department")
    if name == "inspector":
        return [
            {"value": person.name, "label": person.display_name, "near": near}
            for person, near in inspectors_by_nearness(desk, case)
        ]
    if name == "handler":
        people = actors_in_role(desk.connection, desk.district, "handler", department=actor.department)
        return [{"value": person.name, "label": person.display_name} for person in people]
    if name == "condition_no":
        return _conditions(desk, case)
    if name == "ticked" and case.filings:
        texts = case.filings[-1]["closing_conditions"]
        return [{"value": no, "label": text} for no, text in enumerate(texts, start=1)]
    return None


def _departments(desk: Desk, case: CaseFile, *, is_main: bool) -> list[dict[str, Any]]:
    """The departments by code; of a case that nobody wants, the unit of the territory first (flow.md 5, 属地)."""
    cards = departments(desk.connection, desk.district, handling_only=True)
    fallback = territorial_unit(desk, case) if is_main else None
    choices = [
        {"value": card.code, "label": card.name, "fallback": card == fallback}
        for card in cards
        if card.is_active
    ]
    return sorted(choices, key=lambda choice: not choice["fallback"])


def territorial_unit(desk: Desk, case: CaseFile) -> DepartmentCard | None:
    """Where the quarrel about a difficult case ends: the unit of the territory. None for any other case."""
    if not (case.is_difficult and case.is_open):
        return None
    place = case.fields
    return territorial_department(
        desk.connection, desk.district, community=str(place["community"]), street=str(place["street"])
    )


def _conditions(desk: Desk, case: CaseFile) -> list[dict[str, Any]]:
    category = desk.book.catalogue.find(
        case.fields["kind"], case.fields["main_code"], case.fields["sub_code"]
    )
    if category is None:
        return []
    return [
        {
            "value": condition.no,
            "label": condition.text,
            "limit": condition.limit,
            "limit_note": condition.note or None,
        }
        for condition in category.conditions.values()
    ]


def inspectors_by_nearness(desk: Desk, case: CaseFile) -> list[tuple[Actor, str]]:
    """The inspectors, nearest first, with how near: `on_duty` in the case's cell; `own`, whose area is its
    responsibility grid; `around`, whose area holds the cell, the smallest first; `other`."""
    people = actors_in_role(desk.connection, desk.district, "inspector")
    cell, grid = str(case.fields["cell"]), case.fields.get("responsibility_grid")
    shifts = on_duty(desk.connection, desk.district, desk.now)
    here = {shift.inspector for shift in shifts if cell in shift.cells}

    def near(person: Actor) -> str:
        if person.name in here:
            return "on_duty"
        if person.area == grid:
            return "own"
        return "around" if cell.startswith(person.area) else "other"

    def rank(one: tuple[Actor, str]) -> tuple[int, int, str]:
        person, nearness = one
        # A longer code is a smaller area; of areas elsewhere no size tells how near they are.
        return _NEARNESS.index(nearness), 0 if nearness == "other" else -len(person.area), person.name

    return sorted(((person, near(person)) for person in people), key=rank)
