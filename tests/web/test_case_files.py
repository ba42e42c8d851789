"""Case files (案卷) over the interface: everything of a case, for those who see it, with what they may know."""

from __future__ import annotations

import json
import re
import threading
import zlib
from pathlib import Path
from queue import Queue

import pytest
from sqlalchemy import update

from gridcase.cases.models import StepRow
from gridcase.db import table_of
from gridcase.web import paper
from gridcase.web.errors import Unable
from tests.cases.clocking import eventful
from tests.cases.deadlines import shown_deadlines
from tests.cases.test_verifying import rich_case
from tests.web.calling import Caller

STEP = table_of(StepRow)
NAME, PHONE = "王五", "13900000000"


def test_the_file_holds_every_step_with_the_links_of_the_chain(caller: Caller) -> None:
    number = rich_case(caller.office)

    status, file = caller.get("leader", f"/cases/{number}/file.json")

    assert (status, file["case"]["number"], file["made_for"]) == (200, number, "leader")
    rows = caller.office.rows("step", number)
    assert [(step["no"], step["hash"], step["previous_hash"]) for step in file["steps"]] == [
        (row["no"], row["hash"], row["previous_hash"]) for row in rows
    ]
    assert [[effect["act"] for effect in step["effects"]] for step in file["steps"]] == [
        [effect["act"] for effect in json.loads(row["clocks"])] for row in rows
    ]
    assert file["history"] == {
        "is_sound": True, "steps": len(rows), "last_hash": rows[-1]["hash"], "differences": [],
    }  # fmt: skip


def test_the_file_holds_every_line_of_every_clock(caller: Caller) -> None:
    number = eventful(caller.office)

    _, file = caller.get("leader", f"/cases/{number}/file.json")

    runs = [(clock["stage"], clock["run"]) for clock in file["clocks"]]
    assert sorted(runs) == sorted((run.clock, run.run) for run in caller.office.case(number).runs)
    for answer in shown_deadlines(caller.office, number):
        newest = [clock for clock in file["clocks"] if clock["stage"] == answer["stage"]][-1]
        assert {name: newest[name] for name in answer} == answer
    assert all(clock["lines"] for clock in file["clocks"])


def test_the_file_holds_the_hash_of_every_photo_and_says_which_step_brought_it(caller: Caller) -> None:
    number = rich_case(caller.office)
    caller.office.add_photo("intake_operator", number, "other")

    _, file = caller.get("leader", f"/cases/{number}/file.json")

    stored = {row["id"]: row["sha256"] for row in caller.office.rows("photo", number)}
    assert {photo["id"]: photo["sha256"] for photo in file["case"]["photos"]} == stored
    brought = {photo["id"]: photo["sha256"] for step in file["steps"] for photo in step["photos"]}
    assert brought.items() <= stored.items()
    assert len(stored) == len(brought) + 1


def test_a_history_that_was_altered_is_told_by_its_place_and_without_values(caller: Caller) -> None:
    number = rich_case(caller.office)
    with caller.office.database.transaction() as connection:
        connection.execute(
            update(STEP).where(STEP.c.number == number, STEP.c.no == 2).values(opinion="改过的话")
        )

    _, file = caller.get("dispatcher", f"/cases/{number}/file.json")

    assert file["history"]["is_sound"] is False
    assert file["history"]["differences"][0] == {
        "table": "step", "key": {"no": 2}, "column": "opinion", "code": "value_differs",
    }  # fmt: skip


@pytest.fixture
def hotline_case(lone_caller: Caller) -> str:
    """A case that a citizen reported, open, without a task for any inspector."""
    caller = {"name": NAME, "phone": PHONE}
    return lone_caller.office.report("intake_operator", channel="hotline_12345", reporter=caller)


@pytest.mark.parametrize(
    ("who", "knows"), [("intake_operator", True), ("leader", True), ("inspector", False)]
)
def test_the_reporter_stands_in_it_only_for_those_who_may_know(
    lone_caller: Caller, hotline_case: str, who: str, knows: bool
) -> None:
    for path in (f"/api/v1/cases/{hotline_case}/file.json", f"/cases/{hotline_case}/file"):
        headers = {"Authorization": f"Bearer {lone_caller.token(who)}"}
        answer = lone_caller.client.get(path, headers=headers)

        assert answer.status_code == 200
        assert (NAME in answer.text, PHONE in answer.text) == (knows, knows), path


@pytest.mark.parametrize("form", ["json", "pdf"])
def test_who_does_not_see_the_case_gets_no_file(lone_caller: Caller, hotline_case: str, form: str) -> None:
    status, problem = lone_caller.get("officer_b", f"/cases/{hotline_case}/file.{form}")

    assert (status, problem["code"]) == (404, "unknown_case")


def test_the_pdf_is_one_with_its_name(caller: Caller) -> None:
    number = rich_case(caller.office)

    response = caller.send("leader", "GET", f"/cases/{number}/file.pdf")

    assert (response.status_code, response.content_type) == (200, "application/pdf")
    assert response.data.startswith(b"%PDF-")
    assert response.data.rstrip().endswith(b"%%EOF")
    assert response.headers["Content-Disposition"] == f'inline; filename="{number}.pdf"'
    assert response.headers["Cache-Control"] == "private, no-store"
    # Pictures and the Chinese face lie in it.
    streams = re.findall(rb"/FlateDecode[^>]*>>\nstream\n(.*?)\nendstream", response.data, flags=re.DOTALL)
    assert response.data.count(b"/Subtype /Image") == len(caller.office.rows("photo", number))
    assert any(b"CJK" in zlib.decompress(stream) for stream in streams)


def worker(folder: Path, text: str) -> Path:
    file = folder / "worker.py"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("script", "status", "code"),
    [
        ("import sys; sys.exit(3)", 501, "pdf_not_installed"),
        ("import sys; sys.exit(1)", 503, "pdf_failed"),
        ("import time; time.sleep(30)", 503, "pdf_failed"),
    ],
)
def test_a_pdf_that_cannot_be_made_is_a_plain_answer(
    lone_caller: Caller, hotline_case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, script: str,
    status: int, code: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(paper, "_WORKER", worker(tmp_path, script))
    monkeypatch.setattr(paper, "_LONGEST_S", 2)

    found, problem = lone_caller.get("leader", f"/cases/{hotline_case}/file.pdf")

    assert (found, problem["code"]) == (status, code)


def test_of_many_who_want_a_pdf_at_once_a_few_wait_and_the_others_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, told = tmp_path / "done", Queue[str]()
    script = f"import pathlib, time\nwhile not pathlib.Path({str(done)!r}).exists(): time.sleep(0.05)\nprint('%PDF-')"
    monkeypatch.setattr(paper, "_WORKER", worker(tmp_path, script))

    def want() -> None:
        try:
            told.put(paper.pdf_of("<p>页</p>", "").decode().strip())
        except Unable as refusal:
            told.put(refusal.code)

    threads = [threading.Thread(target=want) for _ in range(8)]
    for thread in threads:
        thread.start()
    first = [told.get(timeout=60) for _ in range(5)]
    done.touch()
    for thread in threads:
        thread.join()

    assert first == ["pdf_busy"] * 5
    assert [told.get() for _ in range(3)] == ["%PDF-"] * 3


def test_a_page_with_addresses_fetches_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"not for paper")
    page = f'<p>页</p><img src="file://{secret}"><img src="http://127.0.0.1:9/x.png"><link rel="stylesheet" href="file:///x.css">'

    made = paper.pdf_of(page, "p { color: red }")

    assert made.startswith(b"%PDF-")
    assert b"/Subtype /Image" not in made
