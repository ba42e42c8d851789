"""The category table and the channels in force: what may be reported, on which condition, within which limit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gridcase.cases.catalogue_file import ConditionRow
from gridcase.errors import DefinitionError, Fault

CHANNEL_COLUMNS = (
    "code", "name", "role", "is_public", "is_assigned", "needs_confirmation", "proposes_missed", "pre_case_queue",
    "reply_limit", "publishes_result",
)  # fmt: skip
CHANNEL_ROLES = ("inspector", "intake_operator")


@dataclass(frozen=True, slots=True)
class Condition:
    """A filing condition of a sub category with its closing condition and limit text.

    `note` is how the limit read before an import mapped it, else empty.
    """

    no: int
    text: str
    closing: str
    limit: str
    note: str = ""


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
    """One standard's categories by (kind, main code, sub code); `version` rises with each import that changes them."""

    standard: str
    categories: Mapping[tuple[str, str, str], Category]
    version: int = 1

    @property
    def current(self) -> Catalogue:
        """What stays the same to the end of an act, whatever is imported meanwhile."""
        return self

    def find(self, kind: str, main_code: str, sub_code: str) -> Category | None:
        """The category, or None when the catalogue has no such class."""
        return self.categories.get((kind, main_code, sub_code))


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


def catalogue_of(standard: str, rows: Iterable[ConditionRow], *, version: int = 1) -> Catalogue:
    """The catalogue that these rows of a standard make, in their order."""
    found: dict[tuple[str, str, str], Category] = {}
    for row in rows:
        known = found.get(row.category)
        conditions = dict(known.conditions) if known is not None else {}
        conditions[row.condition_no] = Condition(
            row.condition_no, row.condition, row.closing_condition, row.limit_text, row.limit_note
        )
        found[row.category] = Category(
            *row.category[:2], row.main_name, row.sub_code, row.sub_name, conditions
        )
    return Catalogue(standard, found, version)
