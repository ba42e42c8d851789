"""Stories and what is expected of them: where they lie, and every answer that is not the expected one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gridcase.app import Installation, open_installation
from gridcase.config import Settings
from gridcase.demo.story import Call, SetUp, Story, read_story
from gridcase.resources import SiteFolder

FOLDER = Path(__file__).parent
STORIES = sorted(FOLDER.glob("*.jsonl"))
FIRST = datetime(2026, 10, 1, tzinfo=UTC)


def open_at(folder: Path, geo: Path, clock: Any = None, *, url: str | None = None) -> Installation:
    """An installation in `folder` with the places of `geo`, on a SQLite file there unless told otherwise."""
    site = folder / "site"
    site.mkdir(exist_ok=True)
    if not (site / "geo").exists():
        (site / "geo").symlink_to(geo, target_is_directory=True)
    url = url or f"sqlite:///{folder / 'story.db'}"
    return open_installation(
        SiteFolder(site), Settings(), db=url, clock=clock or (lambda: FIRST), is_bulk=True
    )


def usual_status(story: Story, number: int) -> int:
    """201 for writes and set-up lines, 200 for reads and jobs."""
    act = next(line.act for line in story.lines if line.number == number)
    return 201 if isinstance(act, SetUp) or (isinstance(act, Call) and act.method == "POST") else 200


def lacks(expected: Any, found: Any, place: str = "") -> list[str]:
    """Where `found` differs from `expected`; of objects only the keys named there are compared."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            fault
            for key, value in expected.items()
            for fault in lacks(value, found.get(key, "(absent)"), f"{place}.{key}")
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            fault
            for at, (one, other) in enumerate(zip(expected, found, strict=True))
            for fault in lacks(one, other, f"{place}[{at}]")
        ]
    return [] if expected == found else [f"{place}: {found!r} instead of {expected!r}"]


def faults_of(file: Path, answers: list[dict[str, Any]]) -> list[str]:
    """Every line whose answer is not the expected one."""
    story = read_story(file)
    told = json.loads(file.with_suffix(".expected.json").read_text(encoding="utf-8"))
    expected = {entry["line"]: entry for entry in told}
    faults = []
    for answer in answers:
        number = answer["line"]
        entry = expected.pop(number, {})
        wanted = {"status": entry.get("status", usual_status(story, number)), "body": entry.get("has", {})}
        faults += [f"line {number}{fault} ({answer['body']})" for fault in lacks(wanted, answer)]
    return faults + [f"line {number} was not played" for number in expected]
