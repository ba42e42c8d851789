"""The case page and the list show each deadline as `gridcase clock` answers it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from gridcase.clock import CHINA
from tests.cases.clocking import eventful
from tests.cases.deadlines import check_against_command, shown_deadlines
from tests.web_pages.visiting import Site


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(CHINA)


def check_page(site: Site, number: str, answer: dict[str, Any]) -> None:
    text = site.visitor("leader").text(f"/cases/{number}?clock={answer['stage']}")
    intervals = [line for line in answer["lines"] if line["kind"] == "interval"]
    if answer["due_at"]:
        assert f"到期 {local(answer['due_at']):%Y-%m-%d %H:%M}" in text, answer["stage"]
    assert text.count("非工作时段") == sum(line["why"] == "outside_slots" for line in intervals)
    for line in intervals:
        assert re.search(rf"{local(line['to']):%m-%d %H:%M}", text), line


def test_the_case_page_shows_the_arithmetic_of_every_clock_line_by_line(site: Site, tmp_path: Path) -> None:
    office = site.office
    number = eventful(office)

    answers = shown_deadlines(office, number)

    stages = {answer["stage"] for answer in answers}
    assert stages == {
        "intake", "filing", "dispatch", "handling", "verification_sending", "verification",
    }  # fmt: skip
    for answer in answers:
        check_page(site, number, answer)
    check_against_command(office, answers, tmp_path)


def test_the_list_shows_the_due_moment_of_the_clock_that_runs(site: Site) -> None:
    number = eventful(site.office)
    (handling,) = [one for one in shown_deadlines(site.office, number) if one["stage"] == "handling"]

    assert f"{local(handling['due_at']):%m-%d %H:%M}" in site.visitor("leader").text("/cases")
