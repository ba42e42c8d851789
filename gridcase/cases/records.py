"""The names of the fields a move may carry, and how photos of a move get their kind (flow.md 9, api.md 2)."""

from __future__ import annotations

from collections.abc import Collection

PHOTO_KINDS = ("before", "after", "confirmation", "verification", "other")

_TEXTS = (
    "opinion", "reason", "reason_code", "department", "inspector", "handler", "question", "result",
    "coordinate_system", "measure", "main_case", "document", "receiver",
)  # fmt: skip
_OTHERS = ("assisting", "condition_no", "lon", "lat", "started_at", "finished_at", "ticked", "same_time", "corrections",
           "duplicates_seen", "taken_at", "position")  # fmt: skip

RECORD_NAMES = frozenset((*_TEXTS, *_OTHERS, *(f"photos_{kind}" for kind in PHOTO_KINDS)))

CORRECTABLE = (
    "kind",
    "main_code",
    "sub_code",
    "component_code",
    "lon",
    "lat",
    "coordinate_system",
    "address",
)

REASON_CODES = {
    "hand_back": ("not_ours", "no_need"),
    "reject": ("not_found", "not_in_scope", "below_condition", "duplicate", "other"),
}

RESULTS = {"confirm": ("present", "class_changed")}

# The three parts of a position travel together, and the phone's own time may go with any move (api.md 1.3).
_POSITION = frozenset({"lon", "lat", "coordinate_system"})
_ALWAYS = frozenset({"taken_at"})
# Characters of the reason for a backward move or a refusal, blanks at both ends not counted (flow.md 1, rule 3).
SHORTEST_REASON = 2


def fields_of(names: Collection[str]) -> frozenset[str]:
    """The body fields that a list of records stands for: `position` is three of them, photos are none."""
    fields = {name for name in names if not name.startswith("photos_") and name != "position"}
    return frozenset(fields) | (_POSITION if "position" in names else frozenset()) | _ALWAYS


def photo_kind(names: Collection[str], *, other: str = "other") -> str:
    """The kind that photos sent with a move get: that of its `photos_KIND` record, else `other`."""
    for name in names:
        if name.startswith("photos_"):
            return name.removeprefix("photos_")
    return other


def is_lacking(record: str, values: dict[str, object], *, photo_count: int) -> bool:
    """Whether a needed record is absent or too short. A reason needs two characters beside blanks (flow.md 1.3)."""
    if record.startswith("photos_"):
        return photo_count == 0
    if record == "position":
        return any(values.get(part) is None for part in _POSITION)
    value = values.get(record)
    if isinstance(value, str):
        return len(value.strip()) < (SHORTEST_REASON if record == "reason" else 1)
    if record == "duplicates_seen":
        return value is not True
    return value is None
