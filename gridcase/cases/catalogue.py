"""The category table and the channels in force: what may be reported, on which condition, within which limit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, insert, select

from gridcase.cases.models import CategoryCondition
from gridcase.db import table_of
from gridcase.errors import DefinitionError, Fault

COLUMNS = (
    "standard", "kind", "main_code", "main_name", "sub_code", "sub_name", "condition_no", "condition",
    "closing_condition", "limit", "national_code", "source",
)  # fmt: skip
CHANNEL_COLUMNS = (
    "code", "name", "role", "is_public", "is_assigned", "needs_confirmation", "proposes_missed", "pre_case_queue",
    "reply_limit", "publishes_result",
)  # fmt: skip
CHANNEL_ROLES = ("inspector", "intake_operator")


@dataclass(frozen=True, slots=True)
class Condition:
    """A filing condition of a sub category with its closing condition and limit text."""

    no: int
    text: str
    closing: str
    limit: str


@dataclass(frozen=True, slots=True)
class Category:
    """A sub category (小类) and its conditions by number."""

    kind: str
    main_code: str
    main_name: str
    sub_code: str
    sub_name: str
    conditions: Mapping[int, Condition] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a report comes from; `role` is the acting role of a report in it (presets.md 6)."""

    code: str
    name: str
    role: str
    is_public: bool
    is_assigned: bool
    needs_confirmation: bool
    proposes_missed: bool
    pre_case_queue: bool
    reply_limit: str
    publishes_result: bool


@dataclass(frozen=True)
class Catalogue:
    """One standard's categories by (kind, main code, sub code), in the order of the file."""

    standard: str
    categories: Mapping[tuple[str, str, str], Category]

    def find(self, kind: str, main_code: str, sub_code: str) -> Category | None:
        """The category, or None when the catalogue has no such class."""
        return self.categories.get((kind, main_code, sub_code))


def read_conditions(text: str, file: str, standard: str) -> list[dict[str, object]]:
    """The rows of one standard that carry a condition, as columns of `category_condition` without the district.

    Raises DefinitionError with every faulty line; rows that are a name only are passed over.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [column for column in COLUMNS[:10] if column not in (reader.fieldnames or ())]
    if missing:
        raise DefinitionError(
            [Fault(file, "line 1", "missing_column", f"column {name} is missing") for name in missing]
        )
    faults: list[Fault] = []
    rows: list[dict[str, object]] = []
    for line, row in enumerate(reader, start=2):
        if row["standard"] != standard or not row["condition_no"]:
            continue
        if row["kind"] not in ("component", "event") or not row["condition_no"].isdigit() or not row["limit"]:
            faults.append(
                Fault(file, f"line {line}", "bad_row", "kind, condition_no or limit cannot be read")
            )
            continue
        rows.append({
            "standard": standard, "kind": row["kind"], "main_code": row["main_code"], "main_name": row["main_name"],
            "sub_code": row["sub_code"], "sub_name": row["sub_name"], "condition_no": int(row["condition_no"]),
            "condition": row["condition"], "closing_condition": row["closing_condition"], "limit_text": row["limit"],
        })  # fmt: skip
    if faults:
        raise DefinitionError(faults)
    return rows


def read_channels(text: str, file: str) -> dict[str, Channel]:
    """The channels by code, in file order. Raises DefinitionError with every faulty line."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if tuple(reader.fieldnames or ()) != CHANNEL_COLUMNS:
        raise DefinitionError(
            [Fault(file, "line 1", "bad_header", f"the columns must be {','.join(CHANNEL_COLUMNS)}")]
        )
    channels: dict[str, Channel] = {}
    faults: list[Fault] = []
    for line, row in enumerate(reader, start=2):
        marks = {name: row[name] == "yes" for name in CHANNEL_COLUMNS[3:8] + CHANNEL_COLUMNS[9:]}
        is_wrong = any((row[name] or "") not in ("", "yes", "no") for name in marks)
        if is_wrong or row["role"] not in CHANNEL_ROLES or not row["code"] or row["code"] in channels:
            faults.append(
                Fault(file, f"line {line}", "bad_row", "code, role or a yes/no column cannot be read")
            )
            continue
        channels[row["code"]] = Channel(
            code=row["code"],
            name=row["name"],
            role=row["role"],
            reply_limit=row["reply_limit"] or "",
            **marks,
        )
    if faults:
        raise DefinitionError(faults)
    return channels


def load_catalogue_files(folder: Path, standard: str) -> list[dict[str, object]]:
    """The conditions of one standard from every CSV file of a catalogue folder, in file order."""
    rows: list[dict[str, object]] = []
    for path in sorted(folder.glob("*.csv")):
        rows.extend(read_conditions(path.read_text(encoding="utf-8"), path.name, standard))
    return rows


def store_conditions(connection: Connection, district: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Write the category table of an empty database."""
    values = [{"district": district, **row} for row in rows]
    if values:
        connection.execute(insert(CategoryCondition), values)


def load_catalogue(connection: Connection, district: str, standard: str) -> Catalogue:
    """The category table in force, read from the database."""
    table = table_of(CategoryCondition).c
    rows = connection.execute(
        select(table_of(CategoryCondition))
        .where(table.district == district, table.standard == standard)
        .order_by(table.kind, table.main_code, table.sub_code, table.condition_no)
    ).mappings()
    grouped: dict[tuple[str, str, str], list[Mapping[str, object]]] = {}
    for row in rows:
        grouped.setdefault((row["kind"], row["main_code"], row["sub_code"]), []).append(dict(row))
    return Catalogue(standard, {key: _category(key, found) for key, found in grouped.items()})


def _category(key: tuple[str, str, str], rows: list[Mapping[str, object]]) -> Category:
    conditions = [
        Condition(
            int(str(row["condition_no"])),
            str(row["condition"]),
            str(row["closing_condition"]),
            str(row["limit_text"]),
        )
        for row in rows
    ]
    return Category(
        kind=key[0],
        main_code=key[1],
        main_name=str(rows[0]["main_name"]),
        sub_code=key[2],
        sub_name=str(rows[0]["sub_name"]),
        conditions={condition.no: condition for condition in conditions},
    )
