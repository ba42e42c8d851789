"""The list of cases: queues of this person as tabs, filters, pages by key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.datastructures import MultiDict

from gridcase.cases.book import Desk
from gridcase.cases.listing import SORTS, Filters, Page, list_cases
from gridcase.cases.telephones import is_phone
from gridcase.cases.texts import narrow
from gridcase.cases.work import deciding, queues, unconfirmed
from gridcase.clock import CHINA
from gridcase.directory.people import Actor
from gridcase.directory.queries import departments
from gridcase.web.context import looking
from gridcase.web.pages.frame import render
from gridcase.web.pages.names import Names

CASES = Blueprint("cases", __name__)

LAMPS = ("green", "yellow", "red")
_PAGE_SIZE = 50
_FEWEST_DIGITS = 7
# The tab of the requests that wait for a person; a case stands in it whatever its state.
TO_DECIDE = "to_decide"
# The tab of the cases of other desks that this person has to send out to be confirmed.
_UNCONFIRMED = "unconfirmed"
HOLDS = ("suspension", "deferral")
_CHOICES = ("state", "stage", "lamp", "hold", "street", "department", "cell")
# What a list or a desk takes from its address.
KEPT = ("tab", *_CHOICES, "q", "sort")


@dataclass(frozen=True)
class View:
    """What a query string of the list asks for."""

    filters: Filters
    page: Page
    tab: str
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """The query string that shows the same first page again."""
        return url_for("cases.show_list", **self.given)


@CASES.get("/cases")
def show_list() -> str:
    """The cases that this person may see, narrowed to a tab and filters."""
    with looking() as (desk, actor):
        tabs = tabs_of(desk, actor)
        view = read_view(desk, actor, request.args, tabs=tabs)
        found = list_cases(desk, actor, filters=view.filters, page=view.page)
        return render(
            desk,
            actor,
            "pages/cases.html",
            names=Names(desk),
            tabs=tabs,
            view=view,
            back=view.query,
            items=found.items,
            following=url_for("cases.show_list", **view.given, after=found.next) if found.next else None,
            is_first=view.page.after is None,
            choices=filter_choices(desk, actor),
        )


def tabs_of(desk: Desk, actor: Actor) -> list[dict[str, Any]]:
    """A tab for each queue of this person, what else waits for them, what concerns them, all open cases, and all.

    Each with its `key`; those of which something waits with `label`, `count`, `lamps`, `oldest`, a queue with `state`.
    """
    found: list[dict[str, Any]] = []
    for queue in queues(desk, actor):
        known = next((tab for tab in found if tab["key"] == queue["state"]), None)
        if known is None:
            found.append({**queue, "key": queue["state"]})
        else:
            known["count"] += queue["count"]
            known["lamps"] = {lamp: known["lamps"][lamp] + queue["lamps"][lamp] for lamp in LAMPS}
    requests = deciding(desk, actor)
    if requests is not None:
        found.append({**requests, "key": TO_DECIDE})
    left = unconfirmed(desk, actor)
    if left is not None:
        found.append({**left, "key": _UNCONFIRMED})
    if _has_own_cases(actor):
        found.append({"key": "mine"})
    return [*found, {"key": "open"}, {"key": "all"}]


def _has_own_cases(actor: Actor) -> bool:
    return any(actor.has_role(role) for role in ("inspector", "handler", "department_officer"))


def _first_tab(tabs: list[dict[str, Any]]) -> str:
    waiting = [tab for tab in tabs if tab.get("count")]
    return str((waiting or tabs)[0]["key"])


def read_view(desk: Desk, actor: Actor, args: MultiDict[str, str], *, tabs: list[dict[str, Any]]) -> View:
    """The list that a query string asks for; what cannot be meant is passed over. Raises Invalid `bad_cursor`."""
    given = {name: _text(args, name) for name in KEPT}
    tab = given["tab"]
    if tab not in {each["key"] for each in tabs}:
        # Whoever comes with a filter of their own means all cases, not a queue.
        is_narrowed = any(given[name] for name in (*_CHOICES, "q"))
        tab = "all" if is_narrowed else _first_tab(tabs)
    given["tab"] = tab
    if given["lamp"] not in LAMPS:
        given["lamp"] = ""
    if given["hold"] not in HOLDS:
        given["hold"] = ""
    if given["sort"].removeprefix("-") not in SORTS:
        given["sort"] = ""
    own = _tab_filters(desk, actor, tab, is_queue=any(each.get("state") == tab for each in tabs))
    chosen = {name: [given[name]] for name in _CHOICES if given[name]}
    sort = given["sort"] or ("-reported_at" if tab in ("all", "mine") else "due_at")
    page = Page(sort, _PAGE_SIZE, _text(args, "after") or None)
    filters = Filters(**{**own, **chosen, **_meant_by(desk, given["q"])})
    return View(filters, page, tab, {name: value for name, value in given.items() if value})


def _meant_by(desk: Desk, text: str) -> dict[str, Any]:
    """What is looked for by a text: the cell of that code, else number, address, words, and perhaps a telephone."""
    plain = narrow(text).strip()
    code = "".join(plain.split())
    if code.isascii() and code.isdigit() and desk.book.geography.has_cell(code):
        return {"cell": [code]}
    is_number = is_phone(plain) and sum(each.isdigit() for each in plain) >= _FEWEST_DIGITS
    return {"q": text, "with_phones": is_number}


def _text(args: MultiDict[str, str], name: str) -> str:
    # No database holds a NUL, and PostgreSQL refuses to be asked for one.
    return args.get(name, "").replace("\0", "").strip()[:200]


def _tab_filters(desk: Desk, actor: Actor, tab: str, *, is_queue: bool) -> dict[str, Any]:
    if not is_queue:
        return {
            "open": {"is_open": True},
            "mine": {"mine": True},
            TO_DECIDE: {"to_decide": True},
            _UNCONFIRMED: {"unconfirmed": True},
        }.get(tab, {})
    owners = {
        definition.states[tab].owner
        for definition in (desk.book.flows.latest(name) for name in desk.book.flows.names)
        if tab in definition.states
    }
    own: dict[str, Any] = {"state": [tab], "is_open": True}
    # A task is one inspector's, a dispatched case one department's; what waits for a desk is anybody's there.
    if owners == {"inspector"}:
        own["inspector"] = [actor.name]
    elif owners == {"department_officer"} and actor.department:
        own["department"] = [actor.department]
    return own


def filter_choices(desk: Desk, actor: Actor) -> dict[str, Any]:
    """What the filters offer: states, stages, streets, departments as pairs of code and name."""
    today = desk.now.astimezone(CHINA).date()
    flows = [desk.book.flows.latest(name) for name in desk.book.flows.names]
    states = {state.name: state.label for flow in flows for state in flow.states.values()}
    stages = list(dict.fromkeys(state.stage for flow in flows for state in flow.states.values()))
    streets = [(area.code, area.name) for area in desk.book.geography.areas.of_level("street", today)]
    cards = departments(desk.connection, desk.district, handling_only=True)
    is_inside = actor.has_role("department_officer") or actor.has_role("handler")
    return {
        "states": list(states.items()),
        "stages": stages,
        "streets": streets,
        "departments": [] if is_inside else [(card.code, card.name) for card in cards],
    }
