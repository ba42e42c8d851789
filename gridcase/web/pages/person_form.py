"""What is wrong with a person as typed, all of it at once and each at its field; which areas are offered by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.texts import narrow
from gridcase.clock import CHINA
from gridcase.directory.areas import check_area
from gridcase.directory.listing import find_user
from gridcase.errors import GridcaseError, Invalid, Reason
from gridcase.web.pages.frame import DEPARTMENT_ROLES, role_label

# Addresses that would never reach the page of such a person.
_NAMES_OF_PAGES = ("new", ".", "..")
_MARKS = ".-_"
# Rules about what roles may stand together, which name no field by themselves.
_OF_ROLES = ("separation", "roles_merged")
_OFFERED = ("district", "street", "community")


def check_typed(desk: Desk, values: Mapping[str, Any], roles: Sequence[str], *, is_new: bool) -> None:
    """Raises Invalid with every field that cannot be kept; `roles` are those that the page offers."""
    faults = list(_faults(desk, values, roles, is_new=is_new))
    if faults:
        raise Invalid("bad_value", "fields are missing or cannot be kept", errors=faults)


def _faults(desk: Desk, values: Mapping[str, Any], roles: Sequence[str], *, is_new: bool) -> Iterator[Reason]:
    if is_new:
        yield from _faults_of_name(desk, values["name"])
    held = values["roles"]
    if not held:
        yield Reason("missing_field", {}, field="roles")
    for role in held:
        if role not in roles:
            yield Reason("unknown_role", {"role": role}, field="roles")
    homeless = [role_label(desk.book, role) for role in DEPARTMENT_ROLES if role in held]
    if homeless and not values["department"] and (is_new or values["is_active"]):
        yield Reason("department_needed", {"roles": homeless}, field="department")
    if values["area"]:
        try:
            check_area(desk.book.geography, values["area"], desk.now.astimezone(CHINA).date())
        except Invalid as error:
            yield Reason(error.code, dict(error.data), field="area")


def _is_of_name(sign: str) -> bool:
    """A character of any script, a digit, or one of few marks: what is typed alike on every keyboard and said on the phone."""
    return sign.isalnum() or sign in _MARKS


def _faults_of_name(desk: Desk, name: str) -> Iterator[Reason]:
    if not name:
        yield Reason("missing_field", {}, field="name")
    elif name in _NAMES_OF_PAGES or narrow(name) != name or not all(map(_is_of_name, name)):
        yield Reason("bad_user_name", {}, field="name")
    elif find_user(desk.connection, desk.district, name) is not None:
        yield Reason("taken", {"value": name}, field="name")


def reasons_of_form(error: GridcaseError) -> list[Reason]:
    """Every reason of a refusal with the field that it stands at, None for one of no field."""
    if isinstance(error, Invalid) and error.errors:
        return list(error.errors)
    field = "roles" if error.code in _OF_ROLES else error.data.get("field")
    return [Reason(error.code, dict(error.data), field=field)]


def areas_offered(desk: Desk) -> list[tuple[str, str]]:
    """Code and name of the district, its streets and communities, each community after its street's name."""
    areas, on = desk.book.geography.areas, desk.now.astimezone(CHINA).date()
    found = []
    for level in _OFFERED:
        for area in areas.of_level(level, on):
            above = areas.find(area.parent) if level == "community" and area.parent else None
            found.append((area.code, f"{above.name} {area.name}" if above else area.name))
    return found
