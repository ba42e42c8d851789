"""Tells a month's questions with their answers, as plain values for pages and programs, and as text."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from gridcase.clock import CHINA
from gridcase.evaluation.answer import json_text
from gridcase.evaluation.integrity.answers import CLOSED, Answer, Asked, answers_of, state_of
from gridcase.evaluation.integrity.looking import Sight
from gridcase.evaluation.integrity.query import IntegrityQuery
from gridcase.evaluation.integrity.reading import photo_pairs
from gridcase.evaluation.integrity.rules import PHOTOS, RULES, Finding, Looked
from gridcase.evaluation.integrity.wording import LANGUAGES, Wording

_PAIRS_SHOWN = 20


@dataclass(frozen=True)
class Question:
    """A question with its cases by number, its answers, and where it stands: open, answered or closed."""

    finding: Finding
    cases: tuple[str, ...]
    pairs: tuple[dict[str, object], ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def state(self) -> str:
        return state_of(self.answers, self.cases)

    @property
    def is_again(self) -> bool:
        """Whether there are cases that the answer which closed it did not know."""
        return self.state != CLOSED and any(answer.is_closing for answer in self.answers)


@dataclass(frozen=True)
class Told:
    """A month with its questions: by rule, in the order of RULES."""

    query: IntegrityQuery
    looked: tuple[Looked, ...]
    questions: dict[str, tuple[Question, ...]]

    def find(self, rule: str, key: str) -> Question | None:
        """The question of a rule about a subject."""
        return next((each for each in self.questions.get(rule, ()) if each.finding.key == key), None)

    @property
    def all(self) -> list[Question]:
        """All questions, rule by rule."""
        return [question for own in self.questions.values() for question in own]


def look(connection: Connection, query: IntegrityQuery) -> Told:
    """Look at the month by every rule; answers are not read."""
    sight, month, questions = Sight(connection, query), [], {}
    for rule in RULES:
        looked = sight.look(rule)
        cases = sight.cases(looked)
        month.append(looked)
        questions[rule] = tuple(
            Question(finding, cases[finding.key], _pairs(connection, query, finding))
            for finding in looked.findings
        )
    return Told(query, tuple(month), questions)


def with_answers(connection: Connection, told: Told) -> Told:
    """The same month with the answers that were given, beside their questions."""
    answers = answers_of(connection, told.query.district, told.query.period.name)
    questions = {
        rule: tuple(
            replace(question, answers=tuple(answers.get((rule, question.finding.key), ())))
            for question in own
        )
        for rule, own in told.questions.items()
    }
    return replace(told, questions=questions)


def tell(connection: Connection, query: IntegrityQuery) -> Told:
    """Look at the month by every rule, and put the answers that were given beside its questions."""
    return with_answers(connection, look(connection, query))


def _pairs(connection: Connection, query: IntegrityQuery, finding: Finding) -> tuple[dict[str, object], ...]:
    if finding.rule != PHOTOS:
        return ()
    return tuple(photo_pairs(connection, query, finding.subject[0], most=_PAIRS_SHOWN))


def asked_of(told: Told, question: Question, wording: Wording) -> Asked:
    """The question as it stands, to be kept with its answer."""
    text = wording.question(question.finding)
    return Asked(told.query.period.name, question.finding, text, question.cases)


def as_json(told: Told, wording: Wording) -> dict[str, Any]:
    """The answer of `gridcase integrity --format json`; moments in `+08:00`, cases by number."""
    query = told.query
    return {
        "period": query.period.name,
        "from": _moment(query.period.start),
        "to": _moment(query.period.end),
        "as_of": _moment(query.at),
        "cut_off": _moment(query.cut_off),
        "settings": {name: _plain(value) for name, value in asdict(query.settings).items()},
        "rules": [_rule(told, looked, wording) for looked in told.looked],
    }


def _rule(told: Told, looked: Looked, wording: Wording) -> dict[str, Any]:
    return {
        "rule": looked.rule,
        "title": wording.title(looked.rule),
        "text": {language: wording.rule(looked, language) for language in LANGUAGES},
        "is_ready": looked.is_ready,
        "figures": {figure.name: figure.value for figure in looked.figures},
        **looked.values,
        "questions": [_question(question, wording) for question in told.questions[looked.rule]],
    }


def _question(question: Question, wording: Wording) -> dict[str, Any]:
    finding = question.finding
    pairs = {"pairs": list(question.pairs)} if question.pairs else {}
    return {
        "key": finding.key,
        "name": wording.name(finding),
        "text": {language: wording.question(finding, language) for language in LANGUAGES},
        "figures": {figure.name: figure.value for figure in finding.figures},
        **finding.values,
        "state": question.state,
        "cases": list(question.cases),
        **pairs,
        "answers": [answer.as_dict() for answer in question.answers],
    }


def as_text(told: Told, wording: Wording, answer_format: str) -> str:
    """The month as `json` or `table`."""
    if answer_format == "json":
        return json_text(as_json(told, wording))
    query = told.query
    lines = [
        f"{wording.word('heading')} {query.period.name}",
        f"{_moment(query.period.start)} — {_moment(query.period.end)}; T = {_moment(query.at)}",
        wording.word("intro"),
        wording.word("intro", "en"),
    ]
    for looked in told.looked:
        lines += ["", *_section(told, looked, wording)]
    return "\n".join(lines) + "\n"


def _section(told: Told, looked: Looked, wording: Wording) -> list[str]:
    figures = "; ".join(f"{wording.label(looked.rule, each)} {each.value}" for each in looked.figures)
    lines = [
        f"{wording.title(looked.rule)} · {wording.title(looked.rule, 'en')}",
        wording.rule(looked),
        figures,
    ]
    if not looked.is_ready:
        return [*lines, wording.word("not_over")]
    for question in told.questions[looked.rule]:
        finding = question.finding
        lines += [
            f"- [{wording.word(question.state)}] {wording.question(finding)}",
            f"  {wording.question(finding, 'en')}",
            f"  {wording.word('cases')}: {', '.join(question.cases)}",
            *(f"  {wording.word('answers')} {each.no} {each.name}: {each.text}" for each in question.answers),
        ]
    return lines if looked.findings else [*lines, wording.word("nothing")]


def _moment(moment: Any) -> str:
    text: str = moment.astimezone(CHINA).isoformat()
    return text


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
