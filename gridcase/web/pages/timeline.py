"""The history of a case as a page tells it: who did what, when, with which words, in the labels of its workflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gridcase.cases.casefile import CaseFile
from gridcase.engine.definition import Definition
from gridcase.spatial import distance_m
from gridcase.web.pages.names import Names
from gridcase.web.pages.wording import distance_text

# What a step carried, in the order in which it is told. Everything else stands elsewhere on the page.
_TOLD = (
    "request_kind", "department", "suggested", "assisting", "inspector", "handler", "draw", "condition_no", "reason_code", "result",
    "measure", "question", "same_time", "main_case", "document", "until", "started_at", "finished_at", "ticked",
    "position", "corrections", "order_number", "level", "desk", "reply_by", "finding_kind", "satisfied",
    "escalate_to", "longest_stay",
    "recomputed",
)  # fmt: skip


def timeline(case: CaseFile, view: Mapping[str, Any], names: Names, *, far_m: float) -> list[dict[str, Any]]:
    """The steps in order, each with labels and what it carried.

    A position tells how far it is from the case; more than `far_m` metres is marked, for people to judge.
    """
    names.learn((step["actor"], step["actor_name"]) for step in view["steps"])
    photos: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for photo in view["photos"]:
        if photo["from_case"]:
            continue
        photos.setdefault((photo["sent_at"], photo["sent_by"]), []).append(photo)
    found, places = [], _places(case)
    # A step keeps the words by which it was filed; the table of categories may have others by now.
    filings = ((entry.step.no, entry.step.data.get("filing")) for entry in case.entries)
    conditions = {no: filing["condition"] for no, filing in filings if filing}
    for step in view["steps"]:
        # Photos that came alone at the very moment of a step of the same person belong beside it all the same.
        own = photos.pop((step["at"], step["actor"]), [])
        found.append({
            **step,
            "label": step_label(case.definition, step["trigger"], step["from"]),
            "to_label": _state_label(case.definition, step["to"]) if step["to"] != step["from"] else None,
            "role_label": _role_label(case.definition, step["role"]),
            "told": [
                (name, _placed(value, places[step["no"]], far_m) if name == "position" else value)
                for name, value in _told(
                    case.definition, step["records"], names, is_report=step["from"] is None
                )
            ],
            "condition": conditions.get(step["no"]),
            "photos": own,
        })  # fmt: skip
    return found


def last_words(case: CaseFile, view: Mapping[str, Any]) -> dict[str, Any] | None:
    """The step that led to the present state, when somebody gave a reason or an opinion with it; else None.

    Whoever takes over a case that came back must read why before they decide.
    """
    arrived = [step for step in view["steps"] if step["to"] != step["from"] and step["from"] is not None]
    if not case.is_open or not arrived:
        return None
    step = arrived[-1]
    code = step["records"].get("reason_code")
    if not (step["opinion"] or step["reason"] or code):
        return None
    return {**step, "label": step_label(case.definition, step["trigger"], step["from"]), "reason_code": code}


def _places(case: CaseFile) -> dict[int, tuple[float, float]]:
    """Where the case lay by the end of each step (WGS-84 degrees): a correction moves it from there on."""
    lon, lat = case.fields["lon"], case.fields["lat"]
    found = {}
    for entry in reversed(case.entries):
        found[entry.step.no] = (lon, lat)
        before = entry.step.data.get("corrected_from") or {}
        lon, lat = before.get("lon", lon), before.get("lat", lat)
    return found


def _placed(position: Mapping[str, Any], place: tuple[float, float], far_m: float) -> dict[str, Any]:
    metres = distance_m(*place, position["lon"], position["lat"])
    return {**position, "distance": distance_text(metres), "is_far": metres > far_m}


def step_label(definition: Definition, trigger: str, from_state: str | None) -> str | None:
    """The label of a move when fired from a state; None for the steps of requests and of the program."""
    rows = definition.rows(trigger)
    fitting = [row for row in rows if from_state in row.froms] or list(rows)
    return fitting[0].label if fitting else None


def _state_label(definition: Definition, name: str) -> str:
    state = definition.states.get(name)
    return state.label if state else name


def _role_label(definition: Definition, code: str) -> str:
    role = definition.roles.get(code)
    return role.label if role else code


def _clock_label(definition: Definition, name: str) -> str:
    clock = definition.clocks.get(name)
    return clock.label if clock else name


def _told(
    definition: Definition, records: Mapping[str, Any], names: Names, *, is_report: bool
) -> Iterator[tuple[str, Any]]:
    """Pairs of field and value; codes of departments, people and requests are names already."""
    if is_report:
        return
    for name in _TOLD:
        value = records.get(name)
        # "Not satisfied" is said; any other flag that is not set goes without saying.
        if value in (None, "", []) or (value is False and name != "satisfied"):
            continue
        if name == "department":
            yield name, names.department(value)
        elif name == "suggested":
            is_taken = records.get("department") == value["department"]
            yield name, {"name": names.department(value["department"]), "is_taken": is_taken}
        elif name == "assisting":
            yield name, [names.department(code) for code in value]
        elif name in ("inspector", "handler"):
            yield name, names.person(value)
        elif name in ("desk", "escalate_to"):
            yield name, _role_label(definition, value)
        elif name == "recomputed":
            yield name, [{**moved, "label": _clock_label(definition, moved["clock"])} for moved in value]
        elif name == "request_kind":
            rule = definition.requests.get(value)
            yield name, rule.label if rule else value
        else:
            yield name, value
