"""Makes plausible fact rows: twelve months of cases, the same for the same seed, ready to be copied (`fact_copies.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from gridcase.clock import CHINA
from gridcase.facts import FactRow
from gridcase.spatial import Cell

FIRST_DAY = datetime(2025, 11, 1, tzinfo=CHINA).astimezone(UTC)
DAYS = 365
# Judged at the end of October: what a case does after that is not in its row.
AT = FIRST_DAY + timedelta(days=DAYS)
# Copies of a row are moved to earlier moments: this much lies before the first report.
ROOM = timedelta(minutes=30)
# The acts of a verified case (`gridcase.facts.acts`): the sending, owed from one moment on, and the task sent at another.
ACTS = '[["verify_send","{}","operator",1,1],["verify","{}","inspector",1,1]]'
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


def made_rows(district: District, count: int, *, seed: int = 3) -> list[dict[str, Any]]:
    """The rows by the moment of their report, without case numbers: those follow from copying them."""
    rng, empty = Random(seed), _empty_row()
    rows = [_row(district, rng, empty) for _ in range(count)]
    return sorted(rows, key=lambda row: row["reported_at"])


def _row(district: District, rng: Random, empty: dict[str, Any]) -> dict[str, Any]:
    cell = rng.choice(district.cells)
    reported_at = AT - timedelta(seconds=rng.randrange(7_200, int((AT - FIRST_DAY - ROOM).total_seconds())))
    is_inspector = rng.random() < 0.8
    row = {
        **empty,
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
        if f"on_time_{name}" in row:
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
    owed_at, sent_at = row["handled_at"], row["verify_sent_at"]
    if not _reached(row, "verified", timedelta(minutes=rng.randrange(20, 240))):
        return
    row.update(verify_due=1, verified=1, on_time_verified=1, verify_send_due=1, on_time_verify_sent=1)
    row["acts"] = ACTS.format(owed_at.isoformat(), sent_at.isoformat())
    row["acts_from"], row["acts_to"] = owed_at, sent_at
    row["reworked"] = row["rework_rounds"] = row["verification_failed"] = int(rng.random() < 0.08)
    if _reached(row, "closed", timedelta(minutes=rng.randrange(5, 300)), is_open=False):
        row["on_time_closed"], row["late_closed"] = row["on_time_handled"], row["late_handled"]
        row["urgent_closed"] = int(row["is_urgent"])
        row["urgent_on_time_closed"] = int(row["is_urgent"] and is_on_time)
