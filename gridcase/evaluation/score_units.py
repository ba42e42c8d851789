"""Finds the units that a file names by code or by name: departments, areas, people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from gridcase.directory.listing import list_users
from gridcase.directory.queries import areas, departments

_LEVELS = {"districts": "district", "streets": "street", "communities": "community", "cells": "cell"}
DEPARTMENTS, PEOPLE = "departments", "people"


@dataclass(frozen=True)
class UnitNames:
    """Every unit that can be judged: code -> name, and name -> kind of units -> codes."""

    names: Mapping[str, str]
    codes: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)

    def find(self, text: str) -> list[str]:
        """The codes that a text means; none when it is unknown.

        A code is meant before a name. A name that a department and an area share means both; the same name twice
        in one kind raises LookupError.
        """
        if text in self.names:
            return [text]
        by_kind = self.codes.get(text, {})
        if any(len(codes) > 1 for codes in by_kind.values()):
            raise LookupError(text)
        return sorted({code for codes in by_kind.values() for code in codes})


def unit_names(connection: Connection, district: str) -> UnitNames:
    """The units of a district, those that are no longer active or valid included."""
    found = [
        (DEPARTMENTS, card.code, card.name) for card in departments(connection, district, handling_only=True)
    ]
    for kind, level in _LEVELS.items():
        found += [(kind, area["code"], area["name"]) for area in areas(connection, district, level)]
    for user in list_users(connection, district):
        found.append((PEOPLE, user.name, user.display_name or user.name))
    codes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for kind, code, name in found:
        codes[name][kind].append(code)
    return UnitNames({code: name for _kind, code, name in found}, codes)
