"""Appends one step to a case and brings every row that mirrors the history up to date, in one batch."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile, apply
from gridcase.cases.mirrors import MIRRORS
from gridcase.cases.models import Case, Photo, StepRow, case_fact
from gridcase.cases.photo_rows import Sighting, photo_ids, photo_row
from gridcase.cases.photos import PhotoFile
from gridcase.cases.rows import case_row
from gridcase.cases.steps import Entry, moment_from, sealed
from gridcase.cases.store import Batch
from gridcase.db import table_of
from gridcase.directory.people import Actor
from gridcase.engine.definition import Definition
from gridcase.facts import ClockEffect, Step
from gridcase.facts.case_facts import columns_of
from gridcase.facts.fold import CaseFold, fold

_PHOTO_NAMESPACE = uuid.UUID("6f1c0d4e-8f0a-5e0b-9d57-3a6d5b1c7e21")


@dataclass
class Draft:
    """A step before it is written. `receiver` is whom it hands the case to, if it names anybody."""

    trigger: str
    to_state: str
    actor: Actor
    role: str
    data: dict[str, Any]
    effects: Sequence[ClockEffect] = ()
    opinion: str | None = None
    reason: str | None = None
    receiver: str | None = None
    photos: Sequence[PhotoFile] = ()
    photo_kind: str = "other"
    at: Any = field(default=None)
    # The version that the case goes over to with this step, if it does.
    definition: Definition | None = None


def append(desk: Desk, case: CaseFile, draft: Draft) -> Entry:
    """Write the draft as the next step of the case; `case` is brought up to date.

    Raises Stale when another writer appended a step meanwhile. Photos lie on disk, synced, before this returns.
    """
    desk.book.photos.keep(draft.photos)
    photos = photo_rows(desk, case, draft)
    if photos:
        draft.data["photos"] = [
            {"id": row["id"], "kind": row["kind"], "sha256": row["sha256"]} for row in photos
        ]
    entry, step_row = seal_draft(desk, case, draft)
    old_row = case_row(case) if case.entries else None
    case.definition = draft.definition or case.definition
    figures = fold(known.step for known in case.entries)
    apply(case, entry)
    keys = {"district": desk.district, "number": case.number}
    batch = Batch(desk.dialect, case.number)
    _write_case(batch, keys, old_row, case=case)
    batch.add(table_of(StepRow), "insert", step_row)
    _write_mirrors(batch, keys, case, entry=entry)
    _write_facts(batch, keys, case, figures=figures)
    for row in photos:
        batch.add(table_of(Photo), "insert", row)
    desk.send(batch)
    return entry


def seal_draft(desk: Desk, case: CaseFile, draft: Draft) -> tuple[Entry, dict[str, Any]]:
    """The entry that the draft makes as the next step of the case, with its row; nothing is written."""
    told = _told_effect(case, draft.effects)
    step = Step(
        no=case.version + 1,
        trigger=draft.trigger,
        from_state=case.state,
        to_state=draft.to_state,
        at=draft.at or desk.now,
        actor=draft.actor.name,
        role=draft.role,
        department=draft.actor.department,
        data=draft.data,
        clocks=tuple(draft.effects),
    )
    entry = Entry(
        step=step,
        actor_name=draft.actor.display_name,
        phone=draft.actor.phone,
        receiver=draft.receiver,
        opinion=draft.opinion,
        reason=draft.reason,
        used=told.used if told else None,
        on_time=told.on_time if told else None,
        definition_version=(draft.definition or case.definition).version,
        previous_hash=case.last_hash,
        hash="",
    )
    return sealed(entry, desk.district, case.number, algorithm=desk.book.settings.history.hash)


def _told_effect(case: CaseFile, effects: Sequence[ClockEffect]) -> ClockEffect | None:
    """The effect whose use and verdict the step tells: on the clock of the state it left, else the first it ended."""
    touched = [effect for effect in effects if effect.act in ("stop", "end", "hold")]
    clock = case.definition.states[case.state].clock if case.state else None
    own = next((effect for effect in touched if effect.clock == clock), None)
    return own or next((effect for effect in touched if effect.act != "hold"), None)


def _write_case(batch: Batch, keys: dict[str, Any], old: dict[str, Any] | None, *, case: CaseFile) -> None:
    new = case_row(case)
    if old is None:
        batch.add(table_of(Case), "insert", {**keys, **new})
        return
    # The district is the row's key: a case that is told anew elsewhere stays where it is kept.
    changed = {name: value for name, value in new.items() if name != "district" and old[name] != value}
    batch.update(table_of(Case), changed, {**keys, "version": old["version"]}, must_match=True)


def _write_mirrors(batch: Batch, keys: dict[str, Any], case: CaseFile, *, entry: Entry) -> None:
    data = entry.step.data
    for mirror in MIRRORS:
        if mirror.touched is not None and (mirror.word is None or mirror.word in data):
            for row in mirror.touched(case, entry):
                batch.add(mirror.table, mirror.operation, {**keys, **row})


def _write_facts(batch: Batch, keys: dict[str, Any], case: CaseFile, *, figures: CaseFold | None) -> None:
    entry = case.entries[-1]
    # A release that is written late carries an earlier moment than the steps before it.
    latest = max(known.step.at for known in case.entries)
    last = {"last_step_no": entry.step.no, "last_step_at": latest}
    if figures is None:
        figures = CaseFold()
        figures.take(entry.step)
        # Zeros are the columns' default: a new row names only what it has.
        named = {name: value for name, value in columns_of(figures).items() if value or value == ""}
        batch.add(case_fact, "insert", {**last, **named, **keys})
        return
    old = columns_of(figures)
    figures.take(entry.step)
    new = columns_of(figures)
    # The district is the row's key: a case that is told anew elsewhere stays where it is kept.
    changed = {name: value for name, value in new.items() if name != "district" and old[name] != value}
    # The month sums hold it as it was: from here on it counts by itself again.
    batch.update(case_fact, {**last, **changed, "is_settled": False}, keys)


def photo_rows(desk: Desk, case: CaseFile, draft: Draft) -> list[dict[str, Any]]:
    """The photo rows of a step; ids follow from the step, so that a replayed story gives the same."""
    if not draft.photos:
        return []
    data = draft.data
    taken_at, position = data.get("taken_at"), data.get("position") or data
    sighting = Sighting(
        kind=draft.photo_kind,
        taken_at=moment_from(taken_at) if taken_at else None,
        lon=position.get("lon"),
        lat=position.get("lat"),
        uncertainty_m=data.get("uncertainty_m"),
    )
    ids = photo_ids(_PHOTO_NAMESPACE, f"{case.number}/{case.version + 1}", draft.photos)
    return [
        {"id": photo_id, **photo_row(desk, case, draft.actor, photo=photo, sighting=sighting)}
        for photo_id, photo in zip(ids, draft.photos, strict=True)
    ]
