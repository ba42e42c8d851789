"""Whom a task goes to when nobody is named: drawn at random where the city asks it, else the nearest on duty.

A draw can be repeated by anybody: the step keeps the seed, made of the case's last hash and the moment, and the
candidates by name; the seed read as a number, modulo their count, is the place of the one who was drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.steps import moment_text
from gridcase.directory.duty import INSPECTOR, Shift, on_duty
from gridcase.directory.people import Actor
from gridcase.directory.queries import actors_in_role
from gridcase.engine.definition import Transition

# The guard by which a flow says that the reporting inspector may be kept out (setting verification.other_inspector).
_APART = "other_inspector_if_set"
_ANOTHER = "another_inspector"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The inspector who was found, and how, for the step: `draw` holds how the draw can be repeated."""

    inspector: Actor
    draw: dict[str, Any]


def choose_inspector(desk: Desk, case: CaseFile, rows: tuple[Transition, ...]) -> Chosen | None:
    """Who gets the task of a move that needs an inspector and names none; None when nobody fits.

    With the setting `verification.other_inspector`, where the flow asks for it, one is drawn at random among those
    on duty who may verify, or among all when none of them is on duty; else the nearest on duty is taken.
    """
    if not rows or not all(INSPECTOR in row.records and row.sources for row in rows):
        return None
    guards = {guard.name for row in rows for guard in row.guards}
    is_drawn = desk.book.settings.verification.other_inspector and _APART in guards
    people = _fitting(desk, case, is_apart=is_drawn, is_another=_ANOTHER in guards)
    shifts = [
        shift for shift in on_duty(desk.connection, desk.district, desk.now) if shift.inspector in people
    ]
    names = sorted({shift.inspector for shift in shifts})
    if is_drawn and people:
        return _drawn(desk, case, [people[name] for name in names or sorted(people)])
    return _nearest(desk, case, shifts, people=people)


def _fitting(desk: Desk, case: CaseFile, *, is_apart: bool, is_another: bool) -> dict[str, Actor]:
    """The inspectors who may have the task: not who handles the case, nor who has it now or, apart, who reported."""
    barred = {assignment.handler for assignment in case.assignments}
    if is_apart and case.entries[0].step.role == INSPECTOR:
        barred.add(case.reported_by)
    if is_another and case.task is not None:
        barred.add(case.task.inspector)
    return {
        person.name: person
        for person in actors_in_role(desk.connection, desk.district, INSPECTOR)
        if person.name not in barred and person.department not in case.departments
    }


def _drawn(desk: Desk, case: CaseFile, candidates: Sequence[Actor]) -> Chosen:
    seed = hashlib.sha256(f"{case.last_hash}/{moment_text(desk.now)}".encode()).hexdigest()
    winner = candidates[place_of(seed, len(candidates))]
    draw = {"how": "drawn", "seed": seed, "candidates": [person.name for person in candidates]}
    return Chosen(winner, draw)


def place_of(seed: str, count: int) -> int:
    """The place, from 0, of the one who is drawn out of `count`: the seed (hex) modulo the count."""
    return int(seed, 16) % count


def _nearest(
    desk: Desk, case: CaseFile, shifts: Sequence[Shift], *, people: dict[str, Actor]
) -> Chosen | None:
    """The one whose cells of duty lie nearest to the case, the first by name among equals."""
    lon, lat = float(case.fields["lon"]), float(case.fields["lat"])
    found = []
    for shift in shifts:
        metres = desk.book.geography.nearest_of(shift.cells, lon, lat)
        if metres is not None:
            found.append((metres, shift.inspector))
    if not found:
        return None
    metres, name = min(found)
    return Chosen(people[name], {"how": "nearest", "distance_m": round(metres, 1)})
