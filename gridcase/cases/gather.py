"""Looks up what a move names, before the guards judge it: department, persons, place, condition, duplicates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Dialect

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.catalogue import Catalogue, Category, Condition
from gridcase.cases.drawing import choose_inspector
from gridcase.cases.duplicates import open_duplicates
from gridcase.cases.duty import own_cells
from gridcase.cases.forms import MoveForm
from gridcase.cases.guards import MoveFacts
from gridcase.cases.holding import hold_cases
from gridcase.cases.loading import load_case
from gridcase.cases.models import Photo
from gridcase.cases.places import PLACE_KEYS, on_the_map
from gridcase.cases.records import CORRECTABLE, PHOTO_KINDS, REASON_CODES, RESULTS, fields_of, photo_kind
from gridcase.cases.steps import moment_text
from gridcase.cases.visibility import may_see
from gridcase.clock import CHINA, Unit, parse_limit
from gridcase.db import Prepared, table_of
from gridcase.directory.people import Actor, DepartmentCard
from gridcase.directory.queries import find_actor, find_department
from gridcase.engine.definition import Transition
from gridcase.errors import Invalid, Reason

_CLASS_KEYS = ("kind", "main_code", "sub_code")
_POINT_KEYS = ("lon", "lat", "coordinate_system")
_URGENT_UNITS = frozenset({Unit.URGENT_HOUR, Unit.URGENT_DAY})


def gather(
    desk: Desk, actor: Actor, case: CaseFile, *, form: MoveForm, rows: tuple[Transition, ...]
) -> MoveFacts:
    """The facts of a move. `rows` are the tables of the trigger that may apply in this state.

    Raises Invalid when something named does not exist or cannot be read (`unknown_department`, `unknown_user`,
    `unknown_case`, `unknown_condition`, `class_in_catalogue`, `outside_grid`, `bad_value`).
    """
    book, records = desk.book, dict(form.records)
    check_codes(rows, records)
    check_times(records)
    _check_position(records, is_needed=any("position" in row.records for row in rows))
    if "corrections" in records:
        given = records["corrections"] or {}
        records["corrections"] = {key: value for key, value in given.items() if value is not None}
    corrections = corrected(desk, case, records.get("corrections", {}))
    guards = {guard.name for row in rows for guard in row.guards}
    facts = MoveFacts(
        actor=actor,
        records=records,
        now=desk.now,
        case=case,
        photo_count=len(form.photos),
        place={key: corrections[key] for key in PLACE_KEYS if key in corrections},
        may_settle=lambda category: category in book.settings.self_handling.classes,
        needs_other_inspector=book.settings.verification.other_inspector,
    )
    if records.get("corrections"):
        facts.records["applied_corrections"] = corrections
    look_up(desk, facts)
    if records.get("inspector") is None:
        _find_inspector(desk, case, facts, rows=rows)
    if "main_case" in records:
        facts.main_case = _main_case(desk, actor, case.number, main=records["main_case"])
    if records.get("condition_no") is not None:
        facts.is_condition_known = find_condition(
            desk, {**case.fields, **corrections}, records["condition_no"]
        )
    if "duplicates_seen" in guards:
        facts.has_duplicates = bool(
            open_duplicates(desk, {**case.fields, **corrections}, exclude=case.number)
        )
    if "has_photo" in guards:
        sent = {photo_kind((*rows[0].records, *rows[0].optional))} if form.photos else set()
        facts.photo_kinds = frozenset(case.photo_kinds | _appended_kinds(desk, case.number) | sent)
    return facts


def _find_inspector(desk: Desk, case: CaseFile, facts: MoveFacts, *, rows: tuple[Transition, ...]) -> None:
    chosen = choose_inspector(desk, case, rows)
    if chosen is not None:
        facts.inspector = chosen.inspector
        facts.records.update(inspector=chosen.inspector.name, draw=chosen.draw)


def look_up(desk: Desk, facts: MoveFacts) -> None:
    """Find the departments and persons that the records name.

    Raises Invalid `unknown_department`, `unknown_user`, and `bad_value` for somebody who has not the role.
    """
    records = facts.records
    if records.get("department") is not None:
        facts.department = _department(desk, records["department"])
    facts.assisting = [_department(desk, code) for code in records.get("assisting") or ()]
    facts.inspector = _person(desk, records.get("inspector"), "inspector")
    facts.handler = _person(desk, records.get("handler"), "handler")


def _check_position(records: Mapping[str, Any], *, is_needed: bool) -> None:
    """Refuse a position off the map of China, or half of one where the guards will not. Raises Invalid."""
    missing = [key for key in _POINT_KEYS if records.get(key) is None]
    if 0 < len(missing) < len(_POINT_KEYS) and not is_needed:
        raise Invalid("missing_field", f"a position needs {', '.join(missing)}", field=missing[0])
    if not missing:
        on_the_map(records["lon"], records["lat"], records["coordinate_system"])


def check_fields(rows: tuple[Transition, ...], records: Mapping[str, Any]) -> None:
    """Refuse fields that none of these tables takes. Raises Invalid `unknown_field`, naming all of them."""
    if not records:
        return
    allowed = frozenset().union(*(fields_of((*row.records, *row.optional)) for row in rows))
    unknown = [name for name in records if name not in allowed]
    if unknown:
        errors = [Reason("unknown_field", {"field": name}, field=name) for name in unknown]
        raise Invalid(
            "unknown_field", f"the move takes no field {unknown[0]!r}", errors=errors, field=unknown[0]
        )


def check_codes(rows: tuple[Transition, ...], records: Mapping[str, Any]) -> None:
    """Refuse a reason code or result that the trigger does not know."""
    trigger = rows[0].trigger if rows else ""
    for name, known in (("reason_code", REASON_CODES), ("result", RESULTS)):
        value, choices = records.get(name), known.get(trigger)
        if value is not None and choices is not None and value not in choices:
            raise Invalid(
                "bad_value", f"{name} must be one of {', '.join(choices)}", field=name, choices=choices
            )


def check_times(records: Mapping[str, Any]) -> None:
    """Refuse work that was finished before it was started. Raises Invalid `bad_value` with its field."""
    started, finished = records.get("started_at"), records.get("finished_at")
    if started is not None and finished is not None and finished < started:
        raise Invalid(
            "bad_value",
            "finished_at lies before started_at",
            field="finished_at",
            expected="not_before_start",
        )


def _department(desk: Desk, code: str) -> DepartmentCard:
    found = find_department(desk.access.connection, desk.district, code)
    if found is None:
        raise Invalid(
            "unknown_department", f"there is no department {code!r}", field="department", department=code
        )
    return found


def _person(desk: Desk, name: str | None, role: str) -> Actor | None:
    if name is None:
        return None
    found = find_actor(desk.access.connection, desk.district, name)
    if found is None:
        raise Invalid("unknown_user", f"there is no user {name!r}", field=role, user=name)
    if not found.has_role(role):
        raise Invalid("bad_value", f"{name} is no {role}", field=role, user=name)
    return found


def _main_case(desk: Desk, actor: Actor, number: str, *, main: str) -> CaseFile:
    """The case to merge into, held until the end of the act: it shall not be merged or ended meanwhile."""
    hold_cases(desk.connection, desk.district, (number, main))
    found = load_case(desk, main)
    if found is None or not may_see(found, actor, desk.book.flows, own_cells=partial(own_cells, desk, actor)):
        raise Invalid("unknown_case", f"there is no case {main!r}", field="main_case", case=main)
    return found


@lru_cache(maxsize=8)
def _select_kinds(dialect: Dialect) -> Prepared:
    table = table_of(Photo).c
    mine = (table.district == bindparam("district"), table.number == bindparam("number"))
    types = {"district": table.district.type, "number": table.number.type}
    return Prepared(select(table.kind).where(*mine).distinct(), dialect, types)


def _appended_kinds(desk: Desk, number: str) -> set[str]:
    rows = desk.access.fetch(_select_kinds(desk.dialect), {"district": desk.district, "number": number})
    return {kind for (kind,) in rows if kind in PHOTO_KINDS}


def corrected(desk: Desk, case: CaseFile, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that corrections change, with the names and codes that follow from them; empty when none are sent."""
    unknown = [key for key in sent if key not in CORRECTABLE]
    if unknown:
        raise Invalid("unknown_field", f"corrections take no field {unknown[0]!r}", field=unknown[0])
    applied = {key: value for key, value in sent.items() if key not in _POINT_KEYS}
    if any(key in sent for key in _CLASS_KEYS):
        wanted = {key: sent.get(key, case.fields[key]) for key in _CLASS_KEYS}
        category = find_category(desk, wanted)
        applied.update(wanted, main_name=category.main_name, sub_name=category.sub_name)
    if any(key in sent for key in _POINT_KEYS):
        missing = [key for key in _POINT_KEYS if sent.get(key) is None]
        if missing:
            raise Invalid(
                "missing_field", f"corrections of the point need {', '.join(missing)}", field=missing[0]
            )
        applied.update(locate(desk, sent, case.reported_at))
    return applied


def find_category(desk: Desk, wanted: Mapping[str, Any]) -> Category:
    """The category of kind, main_code and sub_code. Raises Invalid `class_in_catalogue`."""
    return _category_in(desk.book.catalogue, wanted)


def _category_in(catalogue: Catalogue, wanted: Mapping[str, Any]) -> Category:
    category = catalogue.find(wanted["kind"], wanted["main_code"], wanted["sub_code"])
    if category is None:
        text = "/".join(str(wanted[key]) for key in _CLASS_KEYS)
        raise Invalid(
            "class_in_catalogue", f"the catalogue has no class {text}", field="sub_code", category=text
        )
    return category


def find_condition(desk: Desk, fields: Mapping[str, Any], no: int) -> bool:
    """True when the class has this filing condition. Raises Invalid `unknown_condition` when it has not."""
    _condition_of(find_category(desk, fields), no)
    return True


def _condition_of(category: Category, no: int) -> Condition:
    condition = category.conditions.get(no)
    if condition is None:
        raise Invalid(
            "unknown_condition",
            f"the class has no condition {no}",
            field="condition_no",
            condition_no=no,
            choices=sorted(category.conditions),
        )
    return condition


def locate(desk: Desk, point: Mapping[str, Any], reported_at: datetime) -> dict[str, Any]:
    """The place fields of a point at the date of the report. Raises Invalid `outside_grid` and others."""
    place = desk.book.geography.locate(
        point["lon"], point["lat"], crs=point["coordinate_system"], on=reported_at.astimezone(CHINA).date()
    )
    return {
        "lon": place.lon,
        "lat": place.lat,
        "raw_lon": point["lon"],
        "raw_lat": point["lat"],
        "coordinate_system": point["coordinate_system"],
        "cell": place.cell,
        "community": place.community,
        "street": place.street,
        "district": place.district,
        "responsibility_grid": place.responsibility_grid,
        "area_class": place.area_class,
    }


def filing_of(
    desk: Desk, actor: Actor, fields: Mapping[str, Any], *, no: int, confirmations: int
) -> dict[str, Any]:
    """The filing record (flow.md 7), frozen as things read now."""
    settings, catalogue = desk.book.settings, desk.book.catalogue.current
    category = _category_in(catalogue, fields)
    condition = _condition_of(category, no)
    return {
        "condition_no": no,
        "condition": condition.text,
        "closing_conditions": [condition.closing] if condition.closing else [],
        "limit": condition.limit,
        **({"limit_note": condition.note} if condition.note else {}),
        "workday": settings.clock.workday,
        "slots": [list(slot) for slot in settings.clock.slots],
        "standard": catalogue.standard,
        "standard_version": catalogue.version,
        "kind": category.kind,
        "main_code": category.main_code,
        "main_name": category.main_name,
        "sub_code": category.sub_code,
        "sub_name": category.sub_name,
        "urgent": bool(fields.get("urgent")) or parse_limit(condition.limit).unit in _URGENT_UNITS,
        "area_class": fields["area_class"],
        "cell": fields["cell"],
        "confirmation_count": confirmations,
        "filed_by": actor.name,
        "filed_at": moment_text(desk.now),
    }
