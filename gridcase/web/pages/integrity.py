"""Questions about a month for those who should have them answered: rules, figures, cases, and a place for answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from gridcase.cases.book import Desk
from gridcase.cases.listing import named_cases, visible_numbers
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, NotPermitted
from gridcase.evaluation.case_list import CaseShare
from gridcase.evaluation.integrity.answers import OPEN, Asked, check_reader, give_answer, is_about
from gridcase.evaluation.integrity.looking import cases_behind, query_of
from gridcase.evaluation.integrity.query import IntegrityQuery
from gridcase.evaluation.integrity.rules import RULES, Finding, Looked, subject_of
from gridcase.evaluation.integrity.tally import Figure
from gridcase.evaluation.integrity.telling import Question, Told, asked_of, look, with_answers
from gridcase.evaluation.integrity.wording import Wording, wording_of
from gridcase.evaluation.periods import Period, parse_moment
from gridcase.web.context import looking, premises
from gridcase.web.errors import status_of
from gridcase.web.pages.case_page import Attempt, attempt_of
from gridcase.web.pages.figures import asked_period, months_offered, rank_request
from gridcase.web.pages.frame import render
from gridcase.web.pages.identity import new_client_id
from gridcase.web.pages.look import look as look_of_page
from gridcase.web.pages.sending import (
    Sent,
    act_once,
    client_id_of,
    form_fields,
    go_on,
    remember,
    told_once,
)
from gridcase.web.pages.shelf import kept
from gridcase.web.pages.wording import minute_text

INTEGRITY = Blueprint("integrity", __name__)

# The ranking whose T is the cut-off of the month.
_JUDGED = "departments"
_PAGE_SIZE = 50
_SHOWN_AGAIN = (NotPermitted, Invalid)


@INTEGRITY.get("/integrity")
def show() -> str:
    """The questions of a month. Raises NotPermitted `role_missing`, Invalid `bad_period`, `bad_time`."""
    with looking() as (desk, actor):
        check_reader(actor)
        return _page(desk, actor, _asked(desk, request.args.get("period", ""), request.args.get("as_of", "")))


@INTEGRITY.get("/integrity/cases")
def show_cases() -> str:
    """The cases behind one figure, by number; those that this person may not see are told by their count.

    Raises as `show`; Invalid `unknown_count` for a figure that there is not.
    """
    given = {name: _text(request.args.get(name, "")) for name in ("rule", "key", "figure", "after")}
    with looking() as (desk, actor):
        check_reader(actor)
        query = _asked(desk, request.args.get("period", ""), request.args.get("as_of", ""))
        shares = cases_behind(desk.connection, query, given["rule"], key=given["key"], name=given["figure"])
        words = _Words(desk)
        label = words.of_page.label(given["rule"], Figure(given["figure"], 0), words.language)
        about = _about(given["rule"], given["key"], words)
        return render(
            desk,
            actor,
            "pages/integrity_cases.html",
            **_behind(desk, actor, query, given=given, shares=shares),
            say=words,
            label=label,
            about=about,
        )


@INTEGRITY.post("/integrity/answers")
def answer() -> Response | tuple[str, int]:
    """Keep an answer to a question. Raises NotPermitted `role_missing`; what was typed comes back with a refusal."""
    form = form_fields()
    with looking() as (desk, actor):
        check_reader(actor)
        query = _asked(desk, form.get("period", ""), form.get("as_of", ""))
        asked = _question(desk, query, form)
    sent = {name: form.get(name, "") for name in ("rule", "key", "text", "is_closing")}

    def act(desk: Desk, actor: Actor) -> dict[str, Any]:
        number = give_answer(
            desk, actor, asked, text=form.get("text", ""), is_closing=bool(form.get("is_closing"))
        )
        return {"no": number}

    try:
        act_once(Sent(form, client_id_of(form), values=sent), act)
    except _SHOWN_AGAIN as error:
        with looking() as (desk, actor):
            return _page(desk, actor, query, attempt=attempt_of(_key(form), form, error)), status_of(error)
    remember({"key": _key(form)})
    return go_on(url_for("integrity.show", period=query.period.name) + f"#{_anchor(form)}")


def _text(text: str) -> str:
    # No database holds a NUL, and PostgreSQL refuses to be asked for one.
    return text.replace("\0", "").strip()[:400]


def _key(form: MultiDict[str, str]) -> str:
    return f"{form.get('rule', '')}:{form.get('key', '')}"


def _anchor(form: MultiDict[str, str]) -> str:
    rule = form.get("rule", "")
    return rule if rule in RULES else ""


# --- what is asked ----------------------------------------------------------------------------------------------


def _asked(desk: Desk, period: str, as_of: str) -> IntegrityQuery:
    """The month of a query with its T, or another moment of looking."""
    asked: Period = asked_period(desk, _text(period))
    settings = desk.book.settings
    judged_at = rank_request(desk, of=_JUDGED, period=asked).moments[-1][1]
    return query_of(
        desk.district,
        (asked, judged_at),
        settings.integrity,
        start_day=settings.evaluation.period_start_day,
        as_of=parse_moment(_text(as_of)) if as_of else None,
    )


def _seen(desk: Desk, query: IntegrityQuery, *, is_present: bool) -> Told:
    """The month, looked at anew at most once a minute, with the answers that there are by now."""

    def compute() -> tuple[datetime, Told]:
        return query.at, look(desk.connection, query)

    at = None if is_present else query.at
    told = kept(("integrity", query.period.name, at), desk.now, compute)
    return with_answers(desk.connection, told)


def _question(desk: Desk, query: IntegrityQuery, form: MultiDict[str, str]) -> Asked:
    """The question that a form answers. Raises Invalid `unknown_count` when it is none."""
    told = _seen(desk, query, is_present=False)
    question = told.find(form.get("rule", ""), form.get("key", ""))
    if question is None:
        raise Invalid("unknown_count", "nothing is asked of this", count=_key(form))
    return asked_of(told, question, _Words(desk).of_page)


class _Words:
    """The texts of the page, in the language that it is read in."""

    def __init__(self, desk: Desk) -> None:
        settings = desk.book.settings.integrity
        self.of_page: Wording = wording_of(desk.connection, desk.district, settings, site=premises().site)
        self.language = look_of_page().language

    def __call__(self, key: str, **values: Any) -> str:
        return self.of_page.word(key, self.language, **values)


# --- the page ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A figure as the page shows it: what it is called, its value, where it leads to."""

    label: str
    value: int
    path: str | None


def _page(desk: Desk, actor: Actor, query: IntegrityQuery, *, attempt: Attempt | None = None) -> str:
    told = _seen(desk, query, is_present=not request.values.get("as_of"))
    words, months = _Words(desk), months_offered(desk)
    drawn = _Drawn(told.query, words, actor)
    name = told.query.period.name
    return render(
        desk,
        actor,
        "pages/integrity.html",
        query=told.query,
        say=words,
        months=months if name in months else [name, *months],
        seen=visible_numbers(desk, actor, _paired(told)),
        sections=[drawn.section(told, looked) for looked in told.looked],
        count=len(told.all),
        open_count=sum(question.state == OPEN for question in told.all),
        attempt=attempt,
        done=(told_once() or {}).get("key") if attempt is None else None,
        client_id=new_client_id,
        longest=desk.book.settings.text.max_length,
        minute=minute_text,
    )


def _paired(told: Told) -> list[str]:
    """The cases whose photos are shown side by side."""
    pairs = [pair for question in told.all for pair in question.pairs]
    return sorted({str(pair[name]) for pair in pairs for name in ("number", "like_number")})


@dataclass(frozen=True)
class _Drawn:
    """Puts rules and questions into what the template shows."""

    query: IntegrityQuery
    words: _Words
    actor: Actor

    def section(self, told: Told, looked: Looked) -> dict[str, Any]:
        """One rule with its questions."""
        words = self.words
        return {
            "rule": looked.rule,
            "title": words.of_page.title(looked.rule, words.language),
            "text": words.of_page.rule(looked, words.language),
            "is_ready": looked.is_ready,
            "figures": [self._figure(looked.rule, "", figure) for figure in looked.figures],
            "questions": [self._question(question) for question in told.questions[looked.rule]],
        }

    def _question(self, question: Question) -> dict[str, Any]:
        finding, words = question.finding, self.words
        return {
            "form_key": f"{finding.rule}:{finding.key}",
            "key": finding.key,
            "name": words.of_page.name(finding, words.language),
            "state": question.state,
            "is_again": question.is_again,
            "text": words.of_page.question(finding, words.language),
            "figures": [self._figure(finding.rule, finding.key, figure) for figure in finding.figures],
            "pairs": question.pairs,
            "answers": question.answers,
            "may_close": not is_about(finding, self.actor),
        }

    def _figure(self, rule: str, key: str, figure: Figure) -> Shown:
        path = url_for(
            "integrity.show_cases",
            period=self.query.period.name,
            rule=rule,
            key=key or None,
            figure=figure.name,
            as_of=self.query.at.isoformat(),
        )
        label = self.words.of_page.label(rule, figure, self.words.language)
        return Shown(label, figure.value, path if figure.opens else None)


# --- the cases behind a figure ----------------------------------------------------------------------------------


def _about(rule: str, key: str, words: _Words) -> str:
    """Whom the figure is about, else the rule."""
    if not key:
        return words.of_page.title(rule, words.language)
    return words.of_page.name(Finding(rule, subject_of(key), ()), words.language)


def _behind(
    desk: Desk, actor: Actor, query: IntegrityQuery, *, given: dict[str, str], shares: list[CaseShare]
) -> dict[str, Any]:
    """One page of the cases, with where it leads on to."""
    following = [share for share in shares if share.number > given["after"]]
    own = following[:_PAGE_SIZE]
    items = named_cases(desk, actor, [share.number for share in own])
    here: dict[str, Any] = {
        "period": query.period.name,
        "as_of": query.at.isoformat(),
        **{name: value for name, value in given.items() if value and name != "after"},
    }
    after: dict[str, Any] = {"after": given["after"]} if given["after"] else {}
    return {
        "query": query,
        "period": query.period,
        "rule": given["rule"],
        "value": sum(share.value for share in shares),
        "case_count": len(shares),
        "items": items,
        "shares": {share.number: share.value for share in own},
        "hidden_count": len(own) - len(items),
        "back": url_for("integrity.show_cases", **here, **after),
        "first": url_for("integrity.show_cases", **here),
        "is_first": not given["after"],
        "following": url_for("integrity.show_cases", **here, after=own[-1].number)
        if len(following) > len(own)
        else None,
    }
