"""Reminds whoever holds a case and lays the notice of it ready for them, both in one transaction (flow.md 5)."""

from __future__ import annotations

from datetime import datetime

from gridcase.cases import reminding
from gridcase.cases.book import Desk
from gridcase.cases.reminding import Reminded
from gridcase.clock import CHINA
from gridcase.directory.people import Actor
from gridcase.directory.queries import find_department
from gridcase.notices.service import Notice, store
from gridcase.notices.texts import notice_text
from gridcase.resources import SiteFolder

KIND = "reminder"


def remind(desk: Desk, actor: Actor, number: str, *, text: str, site: SiteFolder) -> Reminded:
    """Write the step `remind` and store its notice. Raises as `gridcase.cases.reminding.remind`, and DefinitionError
    `bad_template`."""
    done = reminding.remind(desk, actor, number, text=text)
    # The step is new, so the notice is, too.
    store(desk.connection, desk.district, _notice(desk, actor, done, site=site))
    return done


def _notice(desk: Desk, actor: Actor, done: Reminded, *, site: SiteFolder) -> Notice:
    case, at = done.case, done.case.entries[-1].step.at
    state, run = case.definition.states[case.state or ""], case.state_run
    role = case.definition.roles.get(done.desk or "")
    values = {
        "number": case.number,
        "sub_name": case.fields["sub_name"],
        "address": case.fields.get("address") or "",
        "state": state.label,
        "to": _name_of(desk, done.department) if done.department else role.label if role else done.desk,
        "count": case.counters["reminder_count"],
        "text": done.text,
        "by": actor.display_name or actor.name,
        "at": _shown(at),
        "due_at": _shown(run.due_at) if run is not None and run.due_at is not None else "",
        "is_late": run is not None and run.due_at is not None and at > run.due_at,
    }
    return Notice(
        kind=KIND,
        department=done.department,
        on_day=at.astimezone(CHINA).date(),
        text=notice_text(site, KIND, values),
        created_at=at,
        dedupe_key=f"{KIND}:{case.number}:{done.id}",
        role=done.desk,
        number=case.number,
    )


def _name_of(desk: Desk, department: str) -> str:
    card = find_department(desk.connection, desk.district, department)
    return card.name if card is not None else department


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
