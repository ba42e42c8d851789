"""The moves that a case offers, made ready to be drawn as forms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gridcase.cases.casefile import CaseFile
from gridcase.cases.guards import is_confirmation_owed
from gridcase.engine.definition import Transition

# Granting a void request is one act with one button: it stands beside the request.
_VOIDING = "void_request_open"
_NEEDS_PHOTO = "has_photo"
_SUBMITTED, _OF_THE_WORK = "submit_result", ("measure",)
# A case that goes into another one ends, wherever the move stands.
_MERGED = "main_case"
_SEND_CONFIRMATION = "send_confirmation"
_REASONS, _CONFIRMED = ("reason", "reason_code"), "confirmed_if_needed"
# The acting person is the receiver unless another is named, which no desk does.
_HIDDEN = ("receiver",)
_QUESTION, _OPINION = "question", "opinion"
_ASKED = (_QUESTION, _OPINION)
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
    """The allowed moves, the usual way on first; each with its fields as widgets.

    `photo_kinds` are the kinds of photo that the case has already, appended ones too.
    """
    drawn = []
    told = _handed_in(case)
    for offer in offers["allowed"]:
        rows = rows_here(case, offer["trigger"])
        if any(guard.name == _VOIDING for row in rows for guard in row.guards):
            continue
        wanted = _photo_kinds_wanted(rows) - set(photo_kinds)
        shown = [field for field in offer["fields"] if field["name"] not in _HIDDEN]
        is_asking = any(field["name"] == _QUESTION for field in shown)
        fields = [
            _drawn(field, wanted, is_asking=is_asking) | {"told": told.get(field["name"])} for field in shown
        ]
        drawn.append({
            "trigger": offer["trigger"],
            "label": offer["label"],
            "is_warned": all(row.backward for row in rows) or _ends(case, rows),
            "is_denial": _denies(case, rows),
            "is_early": is_early(case, rows),
            "fields": [field for field in fields if not field["is_rare"]],
            "more": [field for field in fields if field["is_rare"]],
            "order": (*order_of(case, rows), sum(field["is_required"] for field in fields)),
        })  # fmt: skip
    drawn.sort(key=lambda move: move["order"])
    if drawn:
        first = rows_here(case, drawn[0]["trigger"])
        is_plain = not drawn[0]["is_denial"] and not any(_MERGED in row.records for row in first)
        if _ends(case, first) and is_plain:
            drawn[0]["is_warned"] = False
    return drawn


def rows_here(case: CaseFile, trigger: str) -> list[Transition]:
    """The tables of a trigger that fit the state; of one that fits nowhere here all."""
    rows = case.definition.rows(trigger)
    return [row for row in rows if case.state in row.froms] or list(rows)


def _ends(case: CaseFile, rows: list[Transition]) -> bool:
    return any(row.to is not None and case.definition.states[row.to].terminal for row in rows)


def _denies(case: CaseFile, rows: list[Transition]) -> bool:
    """Whether the case ends unhandled, for a reason to be written: nobody is led to that by an open form."""
    return _ends(case, rows) and any(name in _REASONS for row in rows for name in row.records)


def is_early(case: CaseFile, rows: list[Transition]) -> bool:
    """Whether the move leads to where the confirmation that the case still owes stops the usual way on."""
    if not is_confirmation_owed(case):
        return False
    after = {row.to for row in rows if row.to not in (None, case.state)}
    return any(
        guard.name == _CONFIRMED
        for row in case.definition.transitions
        if not after.isdisjoint(row.froms)
        for guard in row.guards
    )


def order_of(case: CaseFile, rows: list[Transition]) -> tuple[bool, bool, int]:
    """The place of a move: moves back last, ways round about before them; among the others the nearest later state comes first.

    A workflow file names its states in the order in which a case goes through them.
    """
    row, names = rows[0], list(case.definition.states)
    if row.trigger == _SEND_CONFIRMATION and _is_first_owed(case):
        return False, False, 0
    here = names.index(case.state or names[0])
    there = names.index(row.to) if row.to is not None else here
    distance = there - here if there > here else len(names) + here - there
    return all(row.backward for row in rows), _is_detour(case, row), distance


def _is_detour(case: CaseFile, row: Transition) -> bool:
    """Whether the clock of the state waits meanwhile: asking for a confirmation that this case does not need."""
    clock = case.definition.states[case.state].clock if case.state else None
    rule = case.definition.clocks.get(clock) if clock else None
    is_waiting = rule is not None and any(on.fits(row.trigger, case.state) for on in rule.holds)
    return is_waiting and not _is_first_owed(case)


def _is_first_owed(case: CaseFile) -> bool:
    """Whether the confirmation that the channel asks for was never sent."""
    return is_confirmation_owed(case) and not case.counters.get("confirmation_count")


def _handed_in(case: CaseFile) -> Mapping[str, Any]:
    """What a handler wrote of the work, while the result waits for the department: nobody writes it a second time."""
    if not case.assignments or case.assignments[-1].state != "submitted":
        return {}
    data = next(entry.step.data for entry in reversed(case.entries) if entry.step.trigger == _SUBMITTED)
    return {name: data[name] for name in _OF_THE_WORK if name in data}


def _photo_kinds_wanted(rows: list[Transition]) -> set[str]:
    """The kinds of photo that a guard asks for."""
    return {guard.argument or "" for row in rows for guard in row.guards if guard.name == _NEEDS_PHOTO}


def _drawn(field: Mapping[str, Any], wanted: set[str], *, is_asking: bool) -> dict[str, Any]:
    """`is_asking`: the move asks an inspector something; that is what is written, an opinion is rare beside it."""
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
        "is_rare": not is_required and (name == _OPINION if is_asking and name in _ASKED else name in _RARE),
        "choices": choices,
        "suggestion": field.get("suggestion"),
    }
