"""Who is judged: handling departments and areas with their names and groups, and the cells of areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from gridcase.db import table_of
from gridcase.directory.models import Department
from gridcase.directory.queries import areas
from gridcase.errors import Invalid, nearest_name

# `--of` -> the key of the fact row, which for areas is also the level in the area table
KEYS = {
    "departments": "department",
    "streets": "street",
    "communities": "community",
    "districts": "district",
    "cells": "cell",
}
HANDLING_KINDS = ("handling", "street", "community")


@dataclass(frozen=True, slots=True)
class JudgedUnit:
    """One unit of an evaluation: its code, its name, the group inside which it is ranked."""

    code: str
    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A unit grid cell with the areas it lies in and its class."""

    code: str
    community: str | None
    street: str | None
    area_class: int | None


def judged_units(
    connection: Connection, district: str, *, of: str, on: date, with_cases: Iterable[str]
) -> list[JudgedUnit]:
    """The units of `of` (a key of `KEYS`) by code, those without any case included.

    Departments: the active ones that handle cases. Areas: those valid on the day. `with_cases`: codes that have
    counts; they are shown even when they are no longer active or valid.
    """
    found = (
        _departments(connection, district)
        if of == "departments"
        else _areas(connection, district, KEYS[of], on=on)
    )
    known = {unit.code: unit for unit, _is_valid in found}
    wanted = {unit.code for unit, is_valid in found if is_valid} | set(with_cases)
    return [known.get(code, JudgedUnit(code, code)) for code in sorted(wanted)]


def known_units(connection: Connection, district: str, of: str) -> list[JudgedUnit]:
    """Every unit of `of` (a key of `KEYS`) that there is or was, by code."""
    if of == "departments":
        found = [unit for unit, _is_active in _departments(connection, district)]
    else:
        found = [JudgedUnit(area["code"], area["name"]) for area in areas(connection, district, KEYS[of])]
    return sorted(found, key=lambda unit: unit.code)


def named_unit(units: Sequence[JudgedUnit], text: str) -> JudgedUnit:
    """The unit of this code or name. Raises Invalid `unit_not_found`, `ambiguous_unit` for a name that two bear."""
    for unit in units:
        if unit.code == text:
            return unit
    named = [unit for unit in units if unit.name == text]
    if len(named) > 1:
        codes = ", ".join(unit.code for unit in named)
        raise Invalid("ambiguous_unit", f"several units are called {text!r}: {codes}", text=text)
    if not named:
        nearest = nearest_name(text, [name for unit in units for name in (unit.name, unit.code)])
        raise Invalid("unit_not_found", with_nearest(f"there is no unit {text!r}", nearest), unit=text)
    return named[0]


def with_nearest(text: str, nearest: str | None) -> str:
    """The text of a fault with the nearest right name, if there is one."""
    return f'{text}, nearest is "{nearest}"' if nearest else text


def _departments(connection: Connection, district: str) -> list[tuple[JudgedUnit, bool]]:
    table = table_of(Department).c
    rows = connection.execute(
        select(table.code, table.name, table.group_name, table.is_active).where(
            table.district == district, table.kind.in_(HANDLING_KINDS)
        )
    )
    return [(JudgedUnit(code, name, group), bool(is_active)) for code, name, group, is_active in rows]


def _areas(connection: Connection, district: str, level: str, *, on: date) -> list[tuple[JudgedUnit, bool]]:
    found = areas(connection, district, level)
    return [(JudgedUnit(area["code"], area["name"]), _is_valid(area, on)) for area in found]


def _is_valid(area: dict[str, Any], on: date) -> bool:
    """Half-open: valid on `valid_from`, no longer on `valid_to` (geo.md 3)."""
    starts, ends = area["valid_from"], area["valid_to"]
    return (starts is None or starts <= on) and (ends is None or on < ends)


def cells_on(connection: Connection, district: str, on: date) -> list[CellPlace]:
    """The cells valid on the day with their community, street and class, by code."""
    street_of = {area["code"]: area["parent"] for area in areas(connection, district, "community")}
    return [
        CellPlace(cell["code"], cell["parent"], street_of.get(cell["parent"]), cell["area_class"])
        for cell in areas(connection, district, "cell")
        if _is_valid(cell, on)
    ]
