"""Every deadline that is shown anywhere, put to the command `gridcase clock` with the holds and extensions of its case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.clocks import SAME_TIME_LIMIT
from gridcase.cases.deadline import deadline
from gridcase.cases.listing import Filters, Page, list_cases
from gridcase.cases.shown import china_text
from gridcase.cases.view import case_view
from gridcase.cli import main
from tests.making import Office

WATCHER = "leader"


def shown_deadlines(office: Office, number: str) -> list[dict[str, Any]]:
    """The deadline of every clock of a case that ever ran; all places that show it say the same."""
    case = office.case(number)
    with office.database.reading() as connection:
        desk, watcher = Desk(connection, office.book, office.now), office.actor(WATCHER)
        view = case_view(desk, watcher, number)
        listed = list_cases(desk, watcher, filters=Filters(q=number), page=Page())
        stages = list(dict.fromkeys(clock["stage"] for clock in view["clocks"]))
        answers = [deadline(desk, watcher, number, stage=stage) for stage in stages]
    for answer in answers:
        newest = [clock for clock in view["clocks"] if clock["stage"] == answer["stage"]][-1]
        seen = {
            name: answer[name] for name in ("started", "ended", "lamp", "held", "used", "on_time", "limit")
        }
        assert seen == {name: newest[name] for name in seen}, answer["stage"]
        assert answer["due_at"] == newest["due"]
        assert answer["overdue_seconds"] == newest["overdue_seconds"]
        _check_lamp(answer, office.now)
        _check_question(office, case, answer)
    _check_list(case, answers, listed.items)
    return answers


def _check_lamp(answer: dict[str, Any], now: datetime) -> None:
    """Held: no due moment, no lamp, never late; else red exactly after the due moment."""
    if answer["due_at"] is None:
        assert (answer["lamp"], answer["overdue_seconds"]) == (None, 0)
        return
    due, end = (datetime.fromisoformat(answer[name] or now.isoformat()) for name in ("due_at", "ended"))
    assert not answer["held"]
    if answer["ended"] is None or answer["on_time"] is not None:
        assert (answer["lamp"] == "red") == (end > due)
        assert answer["overdue_seconds"] == max(0, int((end - due).total_seconds()))


def _check_question(office: Office, case: CaseFile, answer: dict[str, Any]) -> None:
    """The question holds what the raw rows hold: closed holds, and granted extensions from when they were asked for."""
    question, run = answer["question"], case.runs.latest(answer["stage"])
    assert run is not None
    assert (question is None) == (answer["limit"] == SAME_TIME_LIMIT)
    if question is None:
        return
    held = [
        (row["from_at"], _ended_at(row, office.now))
        for row in office.rows("hold", case.number)
        if (row["clock"], row["run"]) == (run.clock, run.run)
    ]
    rows = [(start, end) for start, end in held if end is not None]
    if answer["due_at"] is None and answer["ended"] is not None:
        rows = rows[:-1]
    assert question["holds"] == [{"from": china_text(start), "to": china_text(end)} for start, end in rows]
    asked = {row["id"]: row["asked_at"] for row in office.rows("request", case.number)}
    granted = [
        (asked[entry.step.data["request"]], effect.limit)
        for entry in case.entries
        if entry.step.trigger == "grant"
        for effect in entry.step.clocks
        if (effect.act, effect.clock, effect.run) == ("extend", run.clock, run.run)
    ]
    assert [one["limit"] for one in question["extensions"]] == [limit for _at, limit in granted]
    is_followed = any(entry.step.trigger == "redue" for entry in case.entries)
    for one, (at, _limit) in zip(question["extensions"], granted, strict=True):
        _check_asked(
            datetime.fromisoformat(one["at"]), at, [end for start, end in held if start == at], is_followed
        )


def _check_asked(told: datetime, asked: datetime, begun: list[datetime | None], is_followed: bool) -> None:
    """The command is asked with the moment of the request, moved only where the command could not take it.

    A request in the very second in which a hold begins (`begun`: the ends of such holds, None of one that lies
    open) was made before it, or, where that is the second of the start, after it. A request in time stays so though a calendar was loaded since
    by which it was late (`is_followed`): it is told in the last second before the due moment of that calendar.
    """
    if told != asked:
        in_hold = told == asked - timedelta(seconds=1) or told in begun
        assert (bool(begun) and in_hold) or (is_followed and told < asked), (told, asked)


def _ended_at(row: Mapping[str, Any], now: datetime) -> datetime | None:
    """When a hold ended; one that is granted up to a date ends there, though its release is not written yet."""
    if row["to_at"] is None and row["until_at"] is not None and row["until_at"] <= now:
        return row["until_at"]
    return row["to_at"]


def _check_list(case: CaseFile, answers: list[dict[str, Any]], items: list[dict[str, Any]]) -> None:
    """The row of a list tells the clock of the state, while it runs."""
    if not items:
        return
    (item,) = items
    clock = case.definition.states[case.state or ""].clock
    own = next((answer for answer in answers if answer["stage"] == clock and answer["ended"] is None), None)
    handling = next((answer for answer in answers if answer["stage"] == "handling"), None)
    expected = (own["due_at"], own["lamp"], own["held"]) if own else (None, None, False)
    assert (item["due_at"], item["lamp"], item["held"]) == expected, (item, expected)
    assert item["handling_due_at"] == (handling["due_at"] if handling else None)


def check_against_command(office: Office, answers: list[dict[str, Any]], folder: Path) -> None:
    """Ask `gridcase clock --batch` all questions at once: the same due moments and the same lines."""
    asked = [answer for answer in answers if answer["question"] is not None]
    file = folder / "questions.jsonl"
    lines = [json.dumps({"id": str(no), **answer["question"]}) for no, answer in enumerate(asked)]
    file.write_text("\n".join(lines), encoding="utf-8")
    site = str(office.installation.site.root)
    url = office.database.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(main, ["--site", site, "--db", url, "clock", "--batch", str(file)])
    assert result.exit_code == 0, result.output
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(told) == len(asked)
    for answer, one in zip(asked, told, strict=True):
        if answer["lines"] and answer["lines"][-1].get("code") == "calendar_changed":
            # What has stopped keeps the due moment by which it was judged; the lines are those of the calendar in force.
            assert answer["ended"] is not None
            assert answer["due_at"] != one["due_at"]
            assert answer["lines"][:-1] == one["lines"]
        elif answer["due_at"] is not None:
            assert (answer["due_at"], answer["lines"]) == (one.get("due_at"), one.get("lines")), answer
        else:
            _check_up_to_hold(answer["lines"], one["lines"])


def _check_up_to_hold(shown: list[dict[str, Any]], whole: list[dict[str, Any]]) -> None:
    """While held the lines are those of the command, cut where the hold begins."""
    shown, rest = [[line for line in lines if line["kind"] == "interval"] for lines in (shown, whole)]
    if shown:
        assert shown[:-1] == rest[: len(shown) - 1]
        last, other = shown[-1], rest[len(shown) - 1]
        told = {"to", "used", "text"}
        assert {name: last[name] for name in last if name not in told} == {
            name: other[name] for name in other if name not in told
        }
        assert last["to"] <= other["to"]
        assert last["used"] <= other["used"]
