"""The acts beside the flow that a case offers one person, made ready to be drawn as forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gridcase.cases.casefile import CaseFile
from gridcase.cases.findings import FINDING_KINDS
from gridcase.cases.followup_views import follow_ups_of
from gridcase.cases.orders import LEVELS
from gridcase.cases.reminding import held_by
from gridcase.directory.people import Actor
from gridcase.web.pages.names import Names

_DEPARTMENT, _DESK = "department", "desk"


def form_key(act: str, of: str | None = None) -> str:
    """The name of a form on the page: of an act, or of the order or finding that it belongs to."""
    return f"beside:{act}:{of}" if of else f"beside:{act}"


def forms_beside(actor: Actor, case: CaseFile, names: Names) -> dict[str, Any]:
    """The forms by act: `supervise`, `remind`, `find`, `call_back` with what they let choose; `replies` and
    `revocations` as sets of orders and findings; `keys` of all of them."""
    offered = follow_ups_of(actor, case)
    by_act = {each["act"]: each for each in offered}
    return {
        "supervise": _supervise(case, by_act["supervise"], names) if "supervise" in by_act else None,
        "remind": _remind(case, names) if "remind" in by_act else None,
        "find": FINDING_KINDS if "find" in by_act else None,
        "call_back": "call_back" in by_act,
        "replies": {each["order"] for each in offered if each["act"] == "reply_supervision"},
        "revocations": {each["finding"] for each in offered if each["act"] == "revoke_finding"},
        "keys": set(_keys(offered)),
    }


def _keys(offered: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in offered:
        yield form_key(each["act"], each.get("order") or each.get("finding"))


def _supervise(case: CaseFile, offer: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """Levels and receivers; what an escalation proposes is chosen beforehand, else the holder of the case."""
    proposed = offer["proposals"][0] if offer["proposals"] else None
    department, desk = (
        (proposed["department"], proposed["desk"])
        if proposed
        else (case.department, None if case.department else held_by(case)[1])
    )
    departments = [code for code in dict.fromkeys((case.department, *case.departments)) if code]
    desks = [role for role in case.definition.roles.values() if role.centre]
    return {
        "levels": LEVELS,
        "level": proposed["level"] if proposed else LEVELS[0],
        "to": [
            *(
                {
                    "value": f"{_DEPARTMENT}:{code}",
                    "label": names.department(code),
                    "is_chosen": code == department,
                }
                for code in departments
            ),
            *(
                {"value": f"{_DESK}:{role.code}", "label": role.label, "is_chosen": role.code == desk}
                for role in desks
            ),
        ],
    }


def _remind(case: CaseFile, names: Names) -> dict[str, Any]:
    """Whom a reminder goes to, by name."""
    department, desk = held_by(case)
    if department is not None:
        return {"to": names.department(department)}
    role = case.definition.roles.get(desk or "")
    label = role.label if role is not None else desk
    is_task = desk == "inspector" and case.task is not None
    return {
        "to": f"{label} {names.person(case.task.inspector)}" if is_task and case.task is not None else label
    }
