"""Makes plausible fact rows straight into the table: twelve months of cases, the same for the same seed."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TextIO

from gridcase.cases.models import case_fact
from gridcase.clock import CHINA
from gridcase.db import Database
from gridcase.facts import FactRow
from gridcase.facts.acts import Act, acts_text
from gridcase.spatial import Cell

FIRST_DAY = datetime(2025, 11, 1, tzinfo=CHINA).astimezone(UTC)
DAYS = 365
# Judged at the end of October: what a case does after that is not in its row.
AT = FIRST_DAY + timedelta(days=DAYS)
_CHUNK = 2_000
# What the columns hold of a case without acts and orders.
_TEXTS = {"acts": "[]", "supervision_open": ""}


def _empty_row() -> dict[str, Any]:
    """A row that counts nothing."""
    kinds = {field.name: str(field.type) for field in fields(FactRow)}
    return {
        name: _TEXTS.get(name, False if kind == "bool" else 0 if kind == "int" else None)
        for name, kind in kinds.items()
    }


@dataclass(frozen=True)
class District:
    """Where cases lie and who handles them; `streets` are made up, so that there are as many as one likes."""

    code: str
    cells: Sequence[Cell]
    streets: Sequence[str]
    departments: Sequence[str]


def fill_facts(
    database: Database, district: District, count: int, *, copy: TextIO | None = None, seed: int = 3
) -> None:
    """Write `count` fact rows in one transaction; to `copy` too, as CSV with a header, moments in UTC."""
    rng = Random(seed)
    rows = (_row(district, at, rng) for at in range(count))
    writer: Any = None
    with database.transaction() as connection:
        for chunk in _chunks(rows):
            connection.execute(case_fact.insert(), chunk)
            if copy is not None:
                writer = writer or csv.DictWriter(copy, list(chunk[0]))
                if copy.tell() == 0:
                    writer.writeheader()
                writer.writerows(chunk)


def take_stock(database: Database) -> None:
    """Count the rows of the tables as a server does by itself a while after so many came in."""
    with database.engine.connect() as plain:
        own = plain.execution_options(isolation_level="AUTOCOMMIT")
        own.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE")


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _row(district: District, at: int, rng: Random) -> dict[str, Any]:
    cell = rng.choice(district.cells)
    reported_at = FIRST_DAY + timedelta(seconds=rng.randrange(DAYS * 86_400 - 7_200))
    is_inspector = rng.random() < 0.8
    row = {
        **_empty_row(),
        "number": f"{reported_at.astimezone(CHINA):%Y%m%d}{at:06d}",
        "cell": cell.code,
        "community": cell.community,
        "street": district.streets[int(cell.code) % len(district.streets)],
        "district": district.code,
        "kind": rng.choice(("component", "event", "event")),
        "main_code": f"{rng.randrange(1, 7):02d}",
        "sub_code": f"{rng.randrange(1, 20):02d}",
        "channel": "inspector" if is_inspector else "hotline_12345",
        "is_public": not is_inspector,
        "is_urgent": rng.random() < 0.05,
        "is_open": True,
        "reported": 1,
        "inspector_reported": int(is_inspector),
        "public_reported": int(not is_inspector),
        "reported_at": reported_at,
        "last_step_no": 1,
        "last_step_at": reported_at,
    }
    if rng.random() < 0.93:
        _filed(row, district, rng)
    else:
        _reached(row, "accepted", timedelta(minutes=rng.randrange(5, 60)), is_open=False)
        row["rejected"], row["rejected_at"] = 1, row["last_step_at"]
    return row


def _reached(row: dict[str, Any], name: str, after: timedelta, *, is_open: bool = True) -> bool:
    """The case reaches a moment, unless that lies beyond the end of the rows."""
    moment = row["last_step_at"] + after
    if moment >= AT:
        return False
    row[f"{name}_at"] = row["last_step_at"] = moment
    row["last_step_no"] += 1
    row["is_open"] = is_open
    if name in row:
        row[name] = 1
    return True


def _filed(row: dict[str, Any], district: District, rng: Random) -> None:
    minute = timedelta(minutes=1)
    steps = (("accepted", 30), ("filed", 40), ("dispatched", 30))
    for name, longest in steps:
        if not _reached(row, name, minute * rng.randrange(2, longest)):
            return
        row[f"on_time_{name}"] = 1
    row["public_filed"] = int(row["is_public"])
    row["valid_reported"] = row["inspector_reported"]
    row["department"] = row["first_department"] = rng.choice(district.departments)
    row["department_kind"] = "handling"
    row["accurate_dispatched"] = 1
    row["is_countable"] = True
    row["last_dispatched_at"] = row["dispatched_at"]
    row["due_at"] = row["dispatched_at"] + timedelta(hours=rng.choice((4, 28, 28, 100, 200, 400)))
    row["extended"] = row["extension_rounds"] = int(rng.random() < 0.06)
    row["handed_back"] = int(rng.random() < 0.04)
    _handled(row, rng)


def _handled(row: dict[str, Any], rng: Random) -> None:
    longest = (row["due_at"] - row["dispatched_at"]) / timedelta(minutes=1)
    taken = timedelta(minutes=int(rng.betavariate(2, 3) * 1.6 * longest) + 5)
    if not _reached(row, "handled", taken):
        return
    is_on_time = row["handled_at"] <= row["due_at"]
    row["on_time_handled"], row["late_handled"] = int(is_on_time), int(not is_on_time)
    if not _reached(row, "verify_sent", timedelta(minutes=rng.randrange(5, 90))):
        return
    sent_at = row["verify_sent_at"]
    if not _reached(row, "verified", timedelta(minutes=rng.randrange(20, 240))):
        return
    row.update(verify_due=1, verified=1, on_time_verified=1, verify_send_due=1, on_time_verify_sent=1)
    row["acts"] = acts_text([Act("verify", sent_at, "inspector", is_done=True, is_on_time=True)])
    row["acts_from"] = row["acts_to"] = sent_at
    row["reworked"] = row["rework_rounds"] = row["verification_failed"] = int(rng.random() < 0.08)
    if _reached(row, "closed", timedelta(minutes=rng.randrange(5, 300)), is_open=False):
        row["on_time_closed"], row["late_closed"] = row["on_time_handled"], row["late_handled"]
        row["urgent_closed"] = int(row["is_urgent"])
        row["urgent_on_time_closed"] = int(row["is_urgent"] and is_on_time)
