"""Keeps the sums of frozen periods beside the photos of a site: a record does not change, and may have a million rows."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gridcase.evaluation.bulletin.breakdown import Breakdown, Hanging
from gridcase.evaluation.bulletin.judged import Judged

# Raised when what is kept changes its form or its meaning; files of another form are made anew.
_FORM = 1
_PARTS = ("channels", "kinds", "categories")


def kept_breakdown(folder: Path | None, judged: Judged, make: Callable[[], Breakdown]) -> Breakdown:
    """The sums of a frozen table from the folder, under the hash of its record; else those that `make` answers.

    What is kept is derived and may be deleted. It is believed only while each of its parts adds up to the counts of
    the record, which are sealed.
    """
    sealed = judged.sealed
    if folder is None or sealed is None:
        return make()
    file = folder / f"{sealed.record_sha256}.json"
    found = _read(file)
    if found is not None and _adds_up(found, judged):
        return found
    made = make()
    _write(file, made)
    return made


def _read(file: Path) -> Breakdown | None:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return _breakdown(told) if told["form"] == _FORM else None
    except (OSError, ValueError, KeyError, TypeError):
        # Not there, or not what we wrote: it is made again.
        return None


def _breakdown(told: Mapping[str, Any]) -> Breakdown:
    return Breakdown(
        channels=told["channels"],
        kinds=told["kinds"],
        categories={(kind, main, sub): counts for kind, main, sub, counts in told["categories"]},
        ages={
            unit: {int(day): int(count) for day, count in days.items()} for unit, days in told["ages"].items()
        },
        longest_of={each["unit"]: _hanging(each) for each in told["longest"]},
    )


def _hanging(told: Mapping[str, Any]) -> Hanging:
    kind, main, sub = told["category"]
    return Hanging(
        number=told["number"],
        unit=told["unit"],
        category=(kind, main, sub),
        due_at=datetime.fromisoformat(told["due_at"]),
        age=timedelta(seconds=told["age"]),
    )


def _adds_up(found: Breakdown, judged: Judged) -> bool:
    """Whether every part has the sums of the record, columns apart that the scheme makes from others."""
    known = {name: value for name, value in judged.sums.items() if name not in judged.scheme.counts}
    return all(
        sum(counts.get(name.removesuffix("_count"), 0) for counts in part) == value
        for part in _parts(found)
        for name, value in known.items()
    )


def _parts(found: Breakdown) -> Iterator[list[dict[str, int]]]:
    for name in _PARTS:
        yield list(getattr(found, name).values())


def _write(file: Path, made: Breakdown) -> None:
    told = {
        "form": _FORM,
        "channels": made.channels,
        "kinds": made.kinds,
        "categories": [[*key, counts] for key, counts in sorted(made.categories.items())],
        "ages": made.ages,
        "longest": [
            {**asdict(case), "due_at": case.due_at.isoformat(), "age": int(case.age.total_seconds())}
            for case in made.longest_of.values()
        ],
    }
    # Two bulletins that are made at once may look at the same earlier record.
    part = file.with_name(f"{file.name}.{os.getpid()}.{id(made)}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(told, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        part.replace(file)
    except OSError:
        # A folder that takes nothing makes the next reader wait; it does not keep this one from the bulletin.
        with suppress(OSError):
            part.unlink(missing_ok=True)
