"""How a form of the case page is answered: once, then back to the case; refused, with the form as it was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response

from gridcase.cases.book import Desk
from gridcase.cases.inbox import waits_for_department
from gridcase.directory.people import Actor
from gridcase.errors import ChangedMeanwhile, Invalid, NotFound, NotPermitted, Refused
from gridcase.web.context import looking, premises
from gridcase.web.errors import status_of
from gridcase.web.pages.case_list import TO_DECIDE
from gridcase.web.pages.case_page import attempt_of, render_case
from gridcase.web.pages.department_page import (
    is_department_desk,
    render_department_desk,
    same_department_case,
)
from gridcase.web.pages.desk_page import desk_args, render_desk, same_case
from gridcase.web.pages.desk_roles import is_desk
from gridcase.web.pages.sending import Sent, act_once, go_on, remember

_DECIDED = ("granted", "refused", "forwarded")
Act = Callable[[Desk, Actor], dict[str, Any]]

# What the form can be shown again for; the rest means that there is no such case to show.
_SHOWN_AGAIN = (Refused, NotPermitted, Invalid, ChangedMeanwhile)


def case_number(text: str) -> str:
    """The number in an address. Raises NotFound for one that no database takes."""
    if "\0" in text:
        raise NotFound("unknown_case", "no number has a NUL")
    return text


def answer_form(
    number: str, key: str, form: MultiDict[str, str], *, prepare: Callable[[], tuple[Sent, Act]]
) -> Response | tuple[str, int]:
    """Act, and go back to the case; a refusal shows the case again with the form as it was typed.

    `key` names the form on the page; `prepare` reads it and may refuse it, too.
    """
    try:
        sent, act = prepare()
        answer = act_once(sent, act)
    except _SHOWN_AGAIN as error:
        attempt, back = attempt_of(key, form, error), request.args.get("back", "")
        with looking() as (desk, actor):
            if is_desk(back):
                page = render_desk(desk, actor, desk_args(back), number=number, attempt=attempt)
            elif is_department_desk(back):
                page = render_department_desk(desk, actor, desk_args(back), number=number, attempt=attempt)
            else:
                page = render_case(desk, actor, number, attempt=attempt)
        return page, status_of(error)
    told = {"key": key, "state": answer.get("state"), "number": number}
    remember({**told, "became": answer["became"]} if answer.get("became") else told)
    return go_on(_way_on(number, key, str(answer.get("state"))))


def _way_on(number: str, key: str, state: str) -> str:
    """Back to the case; at the centre desk a move opens the next one, at that of a department one that ends its turn.

    Whoever works through the requests that wait for a decision comes to the next one, too.
    """
    back = request.args.get("back")
    if back is None:
        return url_for("case.show", number=number)
    is_move = key.startswith("move:")
    if is_department_desk(back):
        is_over = is_move and not waits_for_department(premises().book.flows, state)
        return iri_to_uri(back) if is_over else same_department_case(back, number)
    if not is_desk(back):
        return url_for("case.show", number=number, back=back)
    is_decision = key.startswith("decide:") and state in _DECIDED
    is_done = is_move or (is_decision and desk_args(back).get("tab") == TO_DECIDE)
    return iri_to_uri(back) if is_done else same_case(back, number)
