"""Puts the centre desk together: the queue, the case that is open beside it, and what happened to it meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import url_for
from werkzeug.datastructures import MultiDict

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.confirmations import owing_confirmation
from gridcase.cases.listing import Page, list_cases
from gridcase.cases.shown import china_text, shown_case
from gridcase.directory.people import Actor
from gridcase.errors import NotFound
from gridcase.web.pages.case_list import KEPT, LAMPS, filter_choices, read_view, tabs_of
from gridcase.web.pages.case_page import Attempt, work_values
from gridcase.web.pages.desk_bulk import bulk_moves
from gridcase.web.pages.desk_keeping import kept_by
from gridcase.web.pages.desk_roles import check_centre_desk
from gridcase.web.pages.frame import render
from gridcase.web.pages.names import Names
from gridcase.web.pages.sending import told_once, version_of
from gridcase.web.pages.timeline import step_label

# A queue is worked from its head: more rows than these nobody scrolls through.
_ROWS = 30
# Tells which case to open (`case`), with the version that the row showed (`seen`), or to open next (`next`).
_CASE, _SEEN, _NEXT = "case", "seen", "next"


@dataclass(frozen=True)
class Opened:
    """The case beside the queue; `meanwhile` is what somebody else did to the one that was asked for."""

    case: CaseFile | None = None
    meanwhile: Mapping[str, Any] | None = None


def desk_args(path: str) -> MultiDict[str, str]:
    """The query of a way back to the desk."""
    return MultiDict(parse_qsl(urlsplit(path).query))


def same_case(path: str, number: str) -> str:
    """The way back to the desk with this case open, in place of the next one."""
    given = desk_args(path)
    args: dict[str, Any] = {name: given[name] for name in KEPT if name in given}
    return url_for("desk.show", **args, case=number)


def render_desk(
    desk: Desk,
    actor: Actor,
    args: MultiDict[str, str],
    *,
    number: str | None = None,
    attempt: Attempt | None = None,
) -> str:
    """The desk for a query; `number` is the case whose form was refused. Raises NotPermitted, NotFound, Invalid."""
    check_centre_desk(desk.book, actor)
    names = Names(desk)
    tabs = tabs_of(desk, actor)
    view = read_view(desk, actor, args, tabs=tabs)
    found = list_cases(desk, actor, filters=view.filters, page=Page(view.page.sort, _ROWS, view.page.after))
    owing = owing_confirmation(desk, found.items)
    opened = _opened(desk, actor, args, items=found.items, number=number)
    values: dict[str, Any] = {"names": names, "case": None, "back": None}
    if opened.case is not None:
        following = following_of([item["number"] for item in found.items], opened.case.number)
        onward: dict[str, Any] = {_NEXT: following} if following else {}
        back = url_for("desk.show", **view.given, **onward)
        values = work_values(desk, actor, opened.case, names=names, attempt=attempt)
        values["back"] = {"path": back, "next": following}
    told = told_once() if attempt is None else None
    return render(
        desk,
        actor,
        "pages/desk.html",
        **values,
        tabs=tabs,
        view=view,
        args=view.given,
        items=[
            {**item, "age": _age(item, desk.now), "owes_confirmation": item["number"] in owing}
            for item in found.items
        ],
        following=url_for("desk.show", **view.given, after=found.next) if found.next else None,
        is_first=view.page.after is None,
        choices=filter_choices(desk, actor),
        bulk=bulk_moves(desk, actor, view.tab),
        meanwhile=opened.meanwhile,
        told=with_label(desk, told),
        **kept_by(desk, actor),
        mark=queue_mark(tabs, view.tab),
    )


def queue_mark(tabs: Sequence[Mapping[str, Any]], key: str) -> str:
    """What changes when the queue of a tab does: its count by lamp and its oldest entry; empty of other tabs."""
    tab = next((tab for tab in tabs if tab["key"] == key and "count" in tab), None)
    if tab is None:
        return ""
    return "-".join(
        str(part) for part in (tab["count"], *(tab["lamps"][lamp] for lamp in LAMPS), tab["oldest"])
    )


def last_act(case: CaseFile) -> dict[str, Any]:
    """Who made the last step of a case, when and which."""
    entry = case.entries[-1]
    step = entry.step
    return {
        "number": case.number,
        "at": china_text(step.at),
        "actor": step.actor,
        "actor_name": entry.actor_name,
        "trigger": step.trigger,
        "label": step_label(case.definition, step.trigger, step.from_state),
    }


def _opened(
    desk: Desk, actor: Actor, args: MultiDict[str, str], *, items: list[dict[str, Any]], number: str | None
) -> Opened:
    """The case that is asked for, else the next one, else the head of the queue."""
    wanted = number or _number(args, _CASE)
    if wanted:
        case = shown_case(desk, actor, wanted)
        seen = None if number else version_of({"version": args.get(_SEEN, "")})
        return Opened(case, _moved(case, actor) if seen is not None and case.version > seen else None)
    following = _number(args, _NEXT)
    waiting = [item["number"] for item in items]
    if not waiting:
        return Opened(None, _gone(desk, actor, following))
    if following in waiting:
        return Opened(shown_case(desk, actor, following))
    return Opened(shown_case(desk, actor, waiting[0]), _gone(desk, actor, following))


def _number(args: MultiDict[str, str], name: str) -> str:
    return args.get(name, "").replace("\0", "").strip()[:40]


def _moved(case: CaseFile, actor: Actor) -> dict[str, Any] | None:
    """The last act of somebody else."""
    act = last_act(case)
    return act if act["actor"] != actor.name else None


def _gone(desk: Desk, actor: Actor, number: str) -> dict[str, Any] | None:
    """What somebody else did to the case that was to come next and waits here no longer."""
    if not number:
        return None
    try:
        return _moved(shown_case(desk, actor, number), actor)
    except NotFound:
        return None


def following_of(numbers: list[str], number: str) -> str | None:
    """The row below the open case, after the last one the first; None when there is no other."""
    others = [each for each in numbers if each != number]
    if not others:
        return None
    at = numbers.index(number) if number in numbers else -1
    return others[at] if at in range(len(others)) else others[0]


def _age(item: Mapping[str, Any], now: datetime) -> int:
    """Seconds since the report."""
    return int((now - datetime.fromisoformat(item["reported_at"])).total_seconds())


def with_label(desk: Desk, told: dict[str, Any] | None) -> dict[str, Any] | None:
    """What was done, with the label of the state that it led to in whichever workflow has it."""
    if told is None:
        return None
    flows = (desk.book.flows.latest(name) for name in desk.book.flows.names)
    states = (flow.states[told["state"]].label for flow in flows if told.get("state") in flow.states)
    return {**told, "state_label": next(states, None)}
