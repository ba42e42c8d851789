"""Reminders (催办): the centre asks whoever holds a case to get on with it (flow.md 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.permission import check_roles
from gridcase.cases.service import not_before, settled_case
from gridcase.cases.texts import check_texts
from gridcase.cases.writing import Draft, append
from gridcase.directory.people import Actor
from gridcase.engine.definition import Definition
from gridcase.errors import Invalid, Reason, Refused


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder: its id in the case, the case after it, and whom it goes to: a department, or a desk (a role code)."""

    id: str
    case: CaseFile
    text: str
    department: str | None
    desk: str | None


def remind(desk: Desk, actor: Actor, number: str, *, text: str) -> Reminded:
    """Remind whoever the case waits for; state and clocks stay as they are.

    Raises NotFound `unknown_case`, NotPermitted (`role_missing`, `separation`), Invalid (`missing_field`,
    `too_long`), and Refused with every reason: `wrong_state` (the case is over), `not_held` (a held case is never
    reminded, clock.md 5.6).
    """
    case = settled_case(desk, actor, number)
    desk = not_before(desk, case)
    roles = check_roles(case, actor, reminding_roles(case.definition))
    check_texts(desk, {"text": text})
    if not text.strip():
        raise Invalid("missing_field", "a reminder needs a text", field="text")
    reasons = reasons_against(case)
    if reasons:
        raise Refused(reasons)
    reminder_id = f"C{case.counters.get('reminder_count', 0) + 1}"
    department, at_desk = held_by(case)
    data: dict[str, Any] = {"reminder": reminder_id}
    data.update({"desk": at_desk} if department is None else {"department": department})
    draft = Draft("remind", case.state or "", actor, roles[0], data, opinion=text.strip())
    # A task is the inspector's own: the step names the person, as the notice names the desk.
    is_task = at_desk == "inspector" and case.task is not None
    draft.receiver = case.task.inspector if is_task and case.task is not None else department or at_desk
    append(desk, case, draft)
    return Reminded(reminder_id, case, text.strip(), department, at_desk)


def reminding_roles(definition: Definition) -> tuple[str, ...]:
    """The roles that may remind: those of the centre."""
    return tuple(role.code for role in definition.roles.values() if role.centre)


def reasons_against(case: CaseFile) -> list[Reason]:
    """Why nobody is reminded of this case now, whoever asks."""
    if not case.is_open:
        return [Reason("wrong_state", {"state": case.state})]
    run = case.state_run
    is_held = case.is_held or (run is not None and run.is_held)
    return [Reason("not_held")] if is_held else []


def held_by(case: CaseFile) -> tuple[str | None, str | None]:
    """Whom an open case waits for: its main department, or else the desk (a role code) that owns the state."""
    owner = case.definition.states[case.state or ""].owner
    role = case.definition.roles.get(owner or "")
    is_of_department = role is not None and not role.centre
    if is_of_department and case.department is not None:
        return case.department, None
    return None, owner
