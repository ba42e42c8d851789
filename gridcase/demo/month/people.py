"""Hires the people of the demo district: the centre's desks, inspectors, departments with officers and handlers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from sqlalchemy import Connection

from gridcase.clock import CHINA
from gridcase.demo.month.chance import pick
from gridcase.demo.month.plan import STREET_UNIT, DepartmentPlan, Plan
from gridcase.directory.people import DESK_ROLES, Actor, DepartmentCard
from gridcase.directory.service import NewUser, RoleRules, add_department, add_user
from gridcase.spatial import Geography, Place

_SHIFTS = 3
_SHIFT_HOURS = 24 // _SHIFTS
_SQUARE_KM = 1_000_000
_TYPICAL_CELL_M2 = 10_000.0


@dataclass
class Staff:
    """Who works in the district: people by desk, by street and grid, by department; `tempo` names a pace of the plan."""

    desks: dict[str, tuple[Actor, ...]] = field(default_factory=dict)
    inspectors: dict[str, tuple[Actor, ...]] = field(default_factory=dict)
    officers: dict[str, Actor] = field(default_factory=dict)
    handlers: dict[str, tuple[Actor, ...]] = field(default_factory=dict)
    tempo: dict[str, str] = field(default_factory=dict)
    street_units: dict[str, str] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)

    def on_duty(self, role: str, at: datetime, rng: Random) -> Actor:
        """Somebody of a desk role whose shift it is: three shifts a day, moving on every day."""
        people = self.desks[role]
        local = at.astimezone(CHINA)
        shift = (local.hour // _SHIFT_HOURS + local.toordinal()) % _SHIFTS
        return pick(rng, people[shift::_SHIFTS] or people)

    def inspector_at(self, place: Place, rng: Random, *, other_than: str | None = None) -> Actor:
        """An inspector of the place's grid, else of its street, else of the district; another one when there is one."""
        for area in (place.responsibility_grid, place.street, place.district):
            people = [actor for actor in self.inspectors.get(area or "", ()) if actor.name != other_than]
            if people:
                return pick(rng, people)
        return pick(rng, self.inspectors[place.district])

    def department_at(self, code: str, place: Place) -> str:
        """The department itself, or the unit of the place's street for STREET_UNIT."""
        return self.street_units[place.street] if code == STREET_UNIT else code


@dataclass(frozen=True)
class Office:
    """Where people are hired: the open transaction, the rules about roles, the moment, one hash for all passwords."""

    connection: Connection
    district: str
    rules: RoleRules
    now: datetime
    password_hash: str | None


def hire(office: Office, plan: Plan, geography: Geography, *, cases: int, rng: Random) -> Staff:
    """Write departments and users into an empty directory. Users are named by role and number (api.md 3)."""
    staff = Staff()
    hiring = _Hiring(office, plan, staff=staff, rng=rng)
    on = office.now.astimezone(CHINA).date()
    centre = plan.staff.centre_code
    add_department(
        office.connection, office.district, DepartmentCard(centre, plan.staff.centre_name, "centre")
    )
    extra = cases // plan.staff.cases_per_post
    for role in DESK_ROLES:
        count = plan.staff.fewest.get(role, 1) + extra
        staff.desks[role] = tuple(hiring.person(role, department=centre) for _ in range(count))
    for role in ("leader", "administrator"):
        hiring.person(role, department=centre)
    _hire_inspectors(hiring, geography, on=on, centre=centre)
    for department, kind in _departments(plan, geography, on, staff=staff, rng=rng):
        hiring.department(department, kind)
    return staff


class _Hiring:
    """Adds people one by one and keeps count of their names."""

    def __init__(self, office: Office, plan: Plan, *, staff: Staff, rng: Random) -> None:
        self.office = office
        self.plan = plan
        self.staff = staff
        self._rng = rng

    def person(self, role: str, *, department: str | None, area: str | None = None) -> Actor:
        known = self.staff.names.setdefault(role, [])
        name = role if not known else f"{role}{len(known) + 1}"
        known.append(name)
        words = self.plan.staff
        new = NewUser(
            name,
            (role,),
            department,
            area,
            display_name=pick(self._rng, words.surnames) + pick(self._rng, words.given_names),
            password_hash=self.office.password_hash,
        )
        office = self.office
        return add_user(office.connection, office.district, new, rules=office.rules, now=office.now)

    def department(self, department: DepartmentPlan, kind: str) -> None:
        office, staff, code = self.office, self.staff, department.code
        area = next((street for street, unit in staff.street_units.items() if unit == code), None)
        card = DepartmentCard(code, department.name, kind, area)
        add_department(office.connection, office.district, card, group=department.group)
        staff.tempo[code] = department.tempo
        staff.officers[code] = self.person("department_officer", department=code)
        staff.handlers[code] = tuple(
            self.person("handler", department=code) for _ in range(self.plan.staff.handlers)
        )


def _departments(
    plan: Plan, geography: Geography, on: date, *, staff: Staff, rng: Random
) -> Iterator[tuple[DepartmentPlan, str]]:
    """The departments of the plan, then one unit a street with its pace dealt out in turn."""
    for department in plan.department:
        yield department, "handling"
    units = plan.street_units
    streets = geography.areas.of_level("street", on)
    order = sorted(range(len(streets)), key=lambda _at: rng.random())
    for at, street in enumerate(streets):
        code = units.code.format(number=street.code[-3:])
        staff.street_units[street.code] = code
        yield (
            DepartmentPlan(
                code=code,
                name=units.name.format(street=street.name),
                group=units.group,
                tempo=units.tempos[order[at] % len(units.tempos)],
                takes=units.takes,
            ),
            "street",
        )


def inspectors_wanted(plan: Plan, *, area_km2: float, grids: int, is_pilot: bool) -> int:
    """How many inspectors a street needs: so many per km², rounded up, and at least one a responsibility grid."""
    words = plan.staff
    density = words.pilot_inspectors_per_km2 if is_pilot else words.inspectors_per_km2
    return max(math.ceil(density * area_km2 - 1e-9), grids, 1)


def street_areas_km2(geography: Geography, on: date) -> dict[str, float]:
    """The land of each street: its cells' areas together."""
    areas: dict[str, float] = {}
    for cell in geography.cells(on):
        street = cell.code[:9]
        areas[street] = areas.get(street, 0.0) + (cell.area_m2 or _TYPICAL_CELL_M2) / _SQUARE_KM
    return areas


def _hire_inspectors(hiring: _Hiring, geography: Geography, *, on: date, centre: str) -> None:
    """Inspectors of each street take its responsibility grids in turn; without grids, the street."""
    areas, grids = street_areas_km2(geography, on), _grids_by_street(geography)
    everybody: list[Actor] = []
    by_area: dict[str, list[Actor]] = {}
    for street in geography.areas.of_level("street", on):
        own = grids.get(street.code, [])
        count = inspectors_wanted(
            hiring.plan, area_km2=areas.get(street.code, 0.0), grids=len(own), is_pilot=street.is_pilot
        )
        for at in range(count):
            area = own[at % len(own)] if own else street.code
            actor = hiring.person("inspector", department=centre, area=area)
            everybody.append(actor)
            for key in dict.fromkeys((area, street.code)):
                by_area.setdefault(key, []).append(actor)
    hiring.staff.inspectors = {code: tuple(people) for code, people in by_area.items() if people}
    hiring.staff.inspectors[hiring.office.district] = tuple(everybody)


def _grids_by_street(geography: Geography) -> Mapping[str, list[str]]:
    """The responsibility grids of each street, by the street of their first cell."""
    found: dict[str, list[str]] = {}
    for grid in geography.grids:
        if grid.members:
            found.setdefault(grid.members[0][:9], []).append(grid.code)
    return found
