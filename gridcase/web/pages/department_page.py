"""Puts the desk of a department together: its inbox, the case that is open beside it, and what that one is worth."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.inbox import IN_STATE, TO_DO, Entry, Inbox, inbox
from gridcase.cases.listing import named_cases
from gridcase.cases.shown import shown_case
from gridcase.cases.wanted import wanted_in
from gridcase.directory.people import Actor
from gridcase.errors import NotFound
from gridcase.web.pages.case_page import Attempt, clock_of, work_values
from gridcase.web.pages.department_figures import Month, closed_late_of, month_of, standing_now, worth_of
from gridcase.web.pages.desk_page import desk_args, following_of, last_act, with_label
from gridcase.web.pages.frame import render
from gridcase.web.pages.names import Names
from gridcase.web.pages.onward import own_way
from gridcase.web.pages.sending import told_once, version_of

DESK_PATH = "/department/desk"
_ROWS = 30
DUE, EFFECT = "due", "effect"
ORDERS = (DUE, EFFECT)
# What a form on the desk leads back to; beside it the case that is open (`case`), its version as the row showed it
# (`seen`), and the one to open next (`next`).
KEPT = ("tab", "by", "page")
_CASE, _SEEN, _NEXT = "case", "seen", "next"
_LONGEST = 60


@dataclass(frozen=True)
class View:
    """The part of the inbox that a query asks for: its tab, order, page (from 1) and entries."""

    tab: str
    by: str
    page: int
    entries: tuple[Entry, ...]
    total: int

    @property
    def given(self) -> dict[str, Any]:
        """The query that shows this part again; what goes without saying is left out."""
        told = {"tab": self.tab, "by": self.by if self.by != DUE else None}
        told["page"] = str(self.page) if self.page > 1 else None
        return {name: value for name, value in told.items() if value}

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.page * _ROWS < self.total

    @property
    def numbers(self) -> list[str]:
        """The cases of this page in their order."""
        return [entry.number for entry in self.entries]


def is_department_desk(path: str | None) -> bool:
    """Whether a way back leads to the desk of a department."""
    way = own_way(path)
    return way is not None and way.path == DESK_PATH


def same_department_case(path: str, number: str) -> str:
    """The way back to the desk with this case open."""
    given = desk_args(path)
    args: dict[str, Any] = {name: given[name] for name in KEPT if name in given}
    return url_for("department_desk.show", **args, case=number)


def render_department_desk(
    desk: Desk,
    actor: Actor,
    args: MultiDict[str, str],
    *,
    number: str | None = None,
    attempt: Attempt | None = None,
) -> str:
    """The desk for a query; `number` is the case whose form was refused. Raises NotPermitted, NotFound."""
    month = month_of(desk, actor.department or "")
    found = inbox(desk, actor, closed_late=closed_late_of(desk, actor.department or ""))
    names, view = Names(desk), read_view(found, args, month.stakes)
    items = {item["number"]: item for item in named_cases(desk, actor, view.numbers)}
    asked = _Asked.of(args) if number is None else _Asked(number)
    case, meanwhile = _opened(desk, actor, view, asked=asked)
    values: dict[str, Any] = {"names": names, "case": None, "back": None}
    if case is not None:
        following = following_of(view.numbers, case.number)
        onward: dict[str, Any] = {_NEXT: following} if following else {}
        back = url_for("department_desk.show", **view.given, **onward)
        values = work_values(desk, actor, case, names=names, attempt=attempt)
        values["back"] = {"path": back, "next": following}
        values["clock"] = clock_of(desk, case)
        values["worth"] = worth_of(month, case.number)
    told = with_label(desk, told_once() if attempt is None else None)
    return render(
        desk,
        actor,
        "pages/department_desk.html",
        **values,
        view=view,
        args=view.given,
        tabs=tabs_of(desk, found),
        at_handlers=found.at_handlers(),
        rows=_rows(desk, actor, view, items=items, month=month),
        month=month,
        standing=standing_now(month),
        # On a narrow screen the list and the case are pages of their own.
        is_case_asked=bool(asked.number),
        meanwhile=meanwhile,
        told=told,
        mark=inbox_mark(found, view.tab),
    )


def read_view(found: Inbox, args: MultiDict[str, str], stakes: Mapping[str, Fraction]) -> View:
    """The part of the inbox that a query asks for; what cannot be meant is passed over."""
    tab, by, page = (_text(args, name) for name in KEPT)
    tab = tab if tab in found.tabs else TO_DO
    by = by if by in ORDERS else DUE
    entries = found.of(tab)
    if by == EFFECT:
        # Those that change nothing come last, in their order.
        entries = sorted(entries, key=lambda entry: _by_stake(entry, stakes))
    last = max(1, -(-len(entries) // _ROWS))
    here = min(last, int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1) or 1
    return View(tab, by, here, tuple(entries[(here - 1) * _ROWS : here * _ROWS]), len(entries))


def _by_stake(entry: Entry, stakes: Mapping[str, Fraction]) -> tuple[bool, Fraction, Any]:
    stake = stakes.get(entry.number)
    return stake is None, -(stake or Fraction(0)), entry.order


def tabs_of(desk: Desk, found: Inbox) -> list[dict[str, Any]]:
    """The tabs with their counts; those of states with the label of the workflow."""
    flows = [desk.book.flows.latest(name) for name in desk.book.flows.names]
    labels = {state.name: state.label for flow in flows for state in flow.states.values()}
    return [
        {
            "key": tab,
            "label": labels.get(tab.removeprefix(IN_STATE)) if tab.startswith(IN_STATE) else None,
            "count": len(found.of(tab)),
        }
        for tab in found.tabs
    ]


def inbox_mark(found: Inbox, tab: str) -> str:
    """What changes when a tab does: its cases by number, as one short text."""
    entries = found.of(tab)
    numbers = ",".join(sorted(entry.number for entry in entries))
    return f"{len(entries)}-{hashlib.sha256(numbers.encode()).hexdigest()[:12]}"


def _rows(
    desk: Desk, actor: Actor, view: View, *, items: Mapping[str, Mapping[str, Any]], month: Month
) -> list[dict[str, Any]]:
    """The rows of a page; one that was taken away meanwhile is left out."""
    wanted = wanted_in(desk, actor, view.entries, items=items)
    return [
        {
            "entry": entry,
            "item": items[entry.number],
            "wanted": wanted[entry.number],
            "worth": worth_of(month, entry.number) if view.by == EFFECT else None,
        }
        for entry in view.entries
        if entry.number in items
    ]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which case a query opens: this one, with the version that its row showed, or the one to come next."""

    number: str = ""
    seen: int | None = None
    following: str = ""

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> _Asked:
        """What a query says."""
        return cls(_text(args, _CASE), version_of({"version": args.get(_SEEN, "")}), _text(args, _NEXT))


def _opened(
    desk: Desk, actor: Actor, view: View, *, asked: _Asked
) -> tuple[CaseFile | None, dict[str, Any] | None]:
    """The case that is asked for, else the next one, else the first; and what somebody else did to it meanwhile."""
    if asked.number:
        case = shown_case(desk, actor, asked.number)
        act = last_act(case)
        is_moved = asked.seen is not None and case.version > asked.seen and act["actor"] != actor.name
        return case, act if is_moved else None
    following = [asked.following] if asked.following in view.numbers else []
    for wanted in (*following, *view.numbers[:1]):
        try:
            return shown_case(desk, actor, wanted), None
        except NotFound:
            continue
    return None, None


def _text(args: MultiDict[str, str], name: str) -> str:
    return args.get(name, "").replace("\0", "").strip()[:_LONGEST]
