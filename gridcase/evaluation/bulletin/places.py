"""Reads the list of places for the red and the black list: entered by hand, each with the case that proves it."""

from __future__ import annotations

from collections.abc import Collection

from gridcase.errors import DefinitionError, Fault
from gridcase.evaluation.bulletin.content import Place
from gridcase.tables import read_table

NEEDED = ("list", "place", "address", "case")
REMARK = "remark"
COLOURS = ("red", "black")
_SHOWN = 40


def parse_places(text: str, file: str) -> tuple[Place, ...]:
    """The places of a CSV text: `list` (red, black), `place`, `address`, `case`, optional `remark`.

    Raises DefinitionError with every fault: those of the header; `bad_value` for another list, `missing_field` for
    an empty field, `duplicate_name` for a place and case twice.
    """
    faults: list[Fault] = []
    found: dict[tuple[str, str], Place] = {}
    for line, fields in read_table(text, file, needed=NEEDED, optional=(REMARK,), faults=faults):
        where = f"line {line}"
        if fields["list"] not in COLOURS:
            told = f'list = "{fields["list"][:_SHOWN]}" is neither red nor black'
            faults.append(Fault(file, where, "bad_value", told))
        for name in ("place", "address", "case"):
            if not fields[name]:
                faults.append(Fault(file, where, "missing_field", f"{name} is empty"))
        key = (fields["place"], fields["case"])
        if key in found:
            told = f'"{key[0][:_SHOWN]}" with this case stands there already'
            faults.append(Fault(file, where, "duplicate_name", told))
        place = Place(
            fields["list"], fields["place"], fields["address"], fields["case"], fields.get(REMARK, "")
        )
        found.setdefault(key, place)
    if faults:
        raise DefinitionError(faults)
    return tuple(found.values())


def check_cases(places: Collection[Place], known: Collection[str], file: str) -> None:
    """Raises DefinitionError with `unknown_case` for every place whose case does not exist."""
    faults = [
        Fault(file, place.name, "unknown_case", f"there is no case {place.case}")
        for place in places
        if place.case not in known
    ]
    if faults:
        raise DefinitionError(faults)
