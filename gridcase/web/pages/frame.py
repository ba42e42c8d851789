"""What every page shows around its content: site, person, the demo clock, the mark of made-up geography."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Response, current_app, g, request

from gridcase.cases.book import Desk, Rulebook
from gridcase.cases.inbox import acts_for_department
from gridcase.cases.visibility import sight_of
from gridcase.clock import CHINA
from gridcase.directory.people import Actor
from gridcase.directory.service import DEMO_MARK, site_fact
from gridcase.evaluation.integrity.answers import may_read
from gridcase.spatial import Geography
from gridcase.web.context import now, premises, signed_in
from gridcase.web.errors import Problem
from gridcase.web.pages.desk_roles import works_at_centre
from gridcase.web.pages.english import page_template
from gridcase.web.pages.leader_roles import may_lead
from gridcase.web.pages.look import look
from gridcase.web.pages.names import Names
from gridcase.web.pages.onward import local_path

DEPARTMENT_ROLES = ("department_officer", "handler")
_FAILED = 500


@dataclass(frozen=True)
class Frame:
    """The top bar. `now` is the moment of the request in China time; `roles` are labels."""

    site: str
    now: datetime
    actor: Actor | None = None
    roles: tuple[str, ...] = ()
    department: str | None = None
    may_report: bool = False
    is_in_department: bool = False
    acts_for_department: bool = False
    # A page that asks the database nothing leaves the list where it was.
    may_see_cases: bool = True
    may_read_questions: bool = False
    is_at_centre: bool = False
    may_lead: bool = False
    is_demo: bool = False
    is_synthetic: bool = False


def is_demo(desk: Desk) -> bool:
    """Whether `gridcase demo` or `gridcase play` filled this database; nobody else writes the mark."""
    return site_fact(desk.connection, desk.district, DEMO_MARK) is not None


@lru_cache(maxsize=4)
def is_synthetic(geography: Geography) -> bool:
    """Whether any cell is made up, so that maps and places must say so."""
    return any(cell.properties.get("synthetic") is True for cell in geography.all_cells())


def role_label(book: Rulebook, code: str) -> str:
    """The label of a role in whichever workflow has it, else its code."""
    for name in book.flows.names:
        role = book.flows.latest(name).roles.get(code)
        if role is not None:
            return role.label
    return code


def sees_cases(book: Rulebook, actor: Actor) -> bool:
    """Whether any post of this person sees cases of any workflow: administrators look after the site, not after cases."""
    definitions = book.flows.by_version.values()
    return any(sight_of(each, code, book.flows) != "none" for each in definitions for code in actor.roles)


def works_in_department(actor: Actor) -> bool:
    """Whether this person handles cases in a department."""
    return bool(actor.department) and any(actor.has_role(role) for role in DEPARTMENT_ROLES)


def frame_of(desk: Desk, actor: Actor | None, names: Names) -> Frame:
    """The frame of a page for this person."""
    book = desk.book
    channels = {channel.role for channel in book.channels.values()}
    return Frame(
        site=book.settings.site.name,
        now=desk.now.astimezone(CHINA),
        actor=actor,
        roles=tuple(role_label(book, code) for code in actor.roles) if actor else (),
        department=names.department(actor.department) if actor and actor.department else None,
        may_report=bool(actor and channels & set(actor.roles)),
        is_in_department=actor is not None and works_in_department(actor),
        acts_for_department=actor is not None and acts_for_department(book.flows, actor),
        may_see_cases=actor is not None and sees_cases(book, actor),
        may_read_questions=actor is not None and may_read(actor),
        is_at_centre=actor is not None and works_at_centre(book, actor),
        may_lead=actor is not None and may_lead(book, actor),
        is_demo=is_demo(desk),
        is_synthetic=is_synthetic(book.geography),
    )


def render(desk: Desk, actor: Actor | None, template: str, **values: Any) -> str:
    """A page inside its frame. `names` among the values saves asking for the same names twice."""
    names = values.setdefault("names", Names(desk))
    return draw(template, frame=frame_of(desk, actor, names), **values)


def draw(template: str, **values: Any) -> str:
    """A template in the language and the look of this request."""
    values |= {"here": request.path, "look": look(), "is_answer": request.method != "GET"}
    current_app.update_template_context(values)
    return page_template(template, look().language).render(values)


def render_problem(problem: Problem) -> Response:
    """A refusal as a page."""
    page = draw("pages/problem.html", frame=_frame_around(problem), problem=problem, back=_page_of_form())
    return Response(page, status=problem.status, headers=dict(problem.headers), mimetype="text/html")


def _frame_around(problem: Problem) -> Frame:
    """The frame that the person has on every page. Where the site failed, the database is asked nothing: it may be why."""
    place = premises()
    has_failed = problem.status >= _FAILED
    actor = g.get("actor") if has_failed else signed_in()
    if has_failed or actor is None:
        return Frame(site=place.book.settings.site.name, now=now().astimezone(CHINA), actor=actor)
    with place.database.reading() as connection:
        desk = Desk(connection, place.book, now())
        return frame_of(desk, actor, Names(desk))


def _page_of_form() -> str | None:
    """The page from which a form came that was refused, as the browser tells it; None for what was only opened."""
    try:
        came = urlsplit(request.referrer or "")
    except ValueError:
        return None
    if request.method == "GET" or came.netloc != request.host:
        return None
    return local_path(urlunsplit(("", "", came.path, came.query, "")))
