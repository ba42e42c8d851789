"""The moves that a case offers, made ready to be drawn as forms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gridcase.cases.casefile import CaseFile
from gridcase.engine.definition import Transition

# Granting a void request is one act with one button: it stands beside the request.
_VOIDING = "void_request_open"
_NEEDS_PHOTO = "has_photo"
# The acting person is the receiver unless another is named, which no desk does.
_HIDDEN = ("receiver",)
_RARE = (
    "started_at", "finished_at", "position", "assisting", "corrections", "result", "question", "document", "reason",
)  # fmt: skip
_WIDGETS = {
    "position": "position", "corrections": "corrections", "condition_no": "conditions", "ticked": "checks",
    "assisting": "checks", "document": "line", "main_case": "line",
}  # fmt: skip
_WIDGETS_OF_TYPE = {"photos": "photos", "boolean": "flag", "moment": "moment"}


def moves_to_draw(
    case: CaseFile, offers: Mapping[str, Any], *, photo_kinds: Collection[str]
) -> list[dict[str, Any]]:
    """The allowed moves in the order of the workflow, forward ones first; each with its fields as widgets.

    `photo_kinds` are the kinds of photo that the case has already, appended ones too.
    """
    drawn = []
    for offer in offers["allowed"]:
        rows = _rows_here(case, offer["trigger"])
        if any(guard.name == _VOIDING for row in rows for guard in row.guards):
            continue
        wanted = _photo_kinds_wanted(rows) - set(photo_kinds)
        fields = [_drawn(field, wanted) for field in offer["fields"] if field["name"] not in _HIDDEN]
        drawn.append({
            "trigger": offer["trigger"],
            "label": offer["label"],
            "is_backward": all(row.backward for row in rows),
            "fields": [field for field in fields if not field["is_rare"]],
            "more": [field for field in fields if field["is_rare"]],
        })  # fmt: skip
    return sorted(drawn, key=lambda move: bool(move["is_backward"]))


def _rows_here(case: CaseFile, trigger: str) -> list[Transition]:
    rows = case.definition.rows(trigger)
    return [row for row in rows if case.state in row.froms] or list(rows)


def _photo_kinds_wanted(rows: list[Transition]) -> set[str]:
    """The kinds of photo that a guard asks for."""
    return {guard.argument or "" for row in rows for guard in row.guards if guard.name == _NEEDS_PHOTO}


def _drawn(field: Mapping[str, Any], wanted: set[str]) -> dict[str, Any]:
    name, kind = field["name"], field["type"]
    widget = _WIDGETS.get(name) or _WIDGETS_OF_TYPE.get(kind) or ("select" if field["choices"] else "text")
    choices = [
        choice if isinstance(choice, Mapping) else {"value": choice, "label": None}
        for choice in field["choices"] or ()
    ]
    is_required = bool(field["required"]) or (widget == "photos" and name.removeprefix("photos_") in wanted)
    return {
        "name": name,
        "widget": widget,
        "is_required": is_required,
        "is_rare": not is_required and name in _RARE,
        "choices": choices,
    }
