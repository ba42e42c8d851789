"""Fills a database with many whole cases: those of a played month are copied row by row, moved in time and place.

Playing a case costs some 15 ms, copying one some 0.3. A copy has every row of its original: steps, clocks, holds,
requests, photos, parties, facts. Copies of ended cases lie whole weeks before their originals, over a year; those of
open ones at the same time elsewhere, so that queues are as long as those of a city. The links of the copied steps are
those of the originals: nothing that a page does by itself looks at them.
"""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from gridcase.db import Base

# A copy of an ended case lies so many times four weeks before its original.
_PERIODS, _WEEKS = 12, timedelta(weeks=4)
# One copy of an open case for so many of an ended one: a city works its cases off.
_OPEN_SHARE = 3
_DAY = re.compile(r"\b20\d\d-\d\d-\d\d(?=[T \"]|$)")
# What repeats a write, what was told to somebody, what was counted: no part of a case.
_LEFT_OUT = {"receipt", "notice", "judged_case", "bulletin_hand", "cases"}
_PLACE = ("lon", "lat", "cell", "community", "street", "responsibility_grid", "area_class")
_WRITTEN_AT_ONCE = 500


@dataclass
class Copying:
    """The cases of a database on SQLite, ready to be copied."""

    connection: sqlite3.Connection
    seed: int = 3
    _tables: dict[str, list[str]] = field(default_factory=dict)
    _places: list[dict[str, Any]] = field(default_factory=list)
    _serials: dict[str, int] = field(default_factory=lambda: defaultdict(lambda: 100_000))

    def __post_init__(self) -> None:
        known = Base.metadata.tables
        kept = {name for name, table in known.items() if {"district", "number"} <= set(table.c.keys())}
        for name in ["cases", *sorted(kept - _LEFT_OUT)]:
            self._tables[name] = [column.name for column in known[name].columns]

    def fill(self, count: int) -> None:
        """Copy until there are so many cases."""
        originals = list(self._originals())
        self._places = [{name: case["cases"][0][name] for name in _PLACE} for case in originals]
        rng, have, turn = Random(self.seed), len(originals), 0
        ready: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        while have < count:
            turn += 1
            for original in originals:
                is_open = bool(original["cases"][0]["is_open"])
                if have >= count or (is_open and turn % _OPEN_SHARE):
                    continue
                have += 1
                for name, row in self._copy(original, turn, rng, is_open=is_open):
                    ready[name].append(row)
                if len(ready["cases"]) >= _WRITTEN_AT_ONCE:
                    self._write(ready)
        self._write(ready)

    def _originals(self) -> Iterator[dict[str, list[dict[str, Any]]]]:
        found: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for name, columns in self._tables.items():
            for row in self.connection.execute(f"SELECT {', '.join(columns)} FROM {name}"):
                values = dict(zip(columns, row, strict=True))
                found.setdefault(values["number"], defaultdict(list))[name].append(values)
        yield from found.values()

    def _copy(
        self, original: dict[str, list[dict[str, Any]]], turn: int, rng: Random, *, is_open: bool
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        case = original["cases"][0]
        shift = timedelta(0) if is_open else _WEEKS * (1 + turn % _PERIODS)
        place = rng.choice(self._places)
        reported_on = _moved_day(case["number"], shift)
        self._serials[reported_on] += 1
        number = f"{reported_on}{self._serials[reported_on]:06d}"
        texts = {case["number"]: number, **_other_place(case, place)}
        if case["reporter_phone"]:
            phone = f"138{rng.randrange(10**8):08d}"
            texts |= {case["reporter_phone"]: phone, case["reporter_digits"]: phone}
        pictures = {row["id"]: str(uuid.UUID(int=rng.getrandbits(128))) for row in original["photo"]}
        texts |= pictures
        change = re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True))))
        for name, rows in original.items():
            for row in rows:
                own = dict(row) if "lon" not in row or name == "photo" else {**row, **_known(place, row)}
                values = (_changed(value, change, texts, shift) for value in own.values())
                yield name, tuple(values)

    def _write(self, ready: dict[str, list[tuple[Any, ...]]]) -> None:
        with self.connection:
            for name, rows in ready.items():
                marks = ", ".join("?" * len(self._tables[name]))
                columns = ", ".join(self._tables[name])
                self.connection.executemany(f"INSERT INTO {name} ({columns}) VALUES ({marks})", rows)
        ready.clear()


def _known(place: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    raw = {"raw_lon": place["lon"], "raw_lat": place["lat"]}
    return {name: value for name, value in {**place, **raw}.items() if name in row}


def _other_place(case: dict[str, Any], place: dict[str, Any]) -> dict[str, str]:
    """What stands in texts for the place of a case, with what stands there for the other."""
    pairs = {
        f'"{name}":"{case[name]}"': f'"{name}":"{place[name]}"' for name in ("cell", "community", "street")
    }
    return pairs | {f'"{name}":{case[name]}': f'"{name}":{place[name]}' for name in ("lon", "lat")}


def _changed(value: Any, change: re.Pattern[str], texts: dict[str, str], shift: timedelta) -> Any:
    if not isinstance(value, str):
        return value
    value = change.sub(lambda found: texts[found[0]], value)
    if not shift or "-" not in value:
        return value
    return _DAY.sub(lambda found: _shifted(found[0], shift), value)


@lru_cache(maxsize=10_000)
def _shifted(day: str, shift: timedelta) -> str:
    return (date.fromisoformat(day) - shift).isoformat()


def _moved_day(number: str, shift: timedelta) -> str:
    """The day of a case number, moved."""
    day = f"{number[:4]}-{number[4:6]}-{number[6:8]}"
    return _shifted(day, shift).replace("-", "")
