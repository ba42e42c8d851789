"""What the commands about responsibility rules ask of an installation: what rules may name, cells, those in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from gridcase.cases.book import Rulebook
from gridcase.cases.responsibility import Rule
from gridcase.cases.rule_file import Known
from gridcase.cases.rule_gaps import CellPlace
from gridcase.directory.queries import departments


def known_names(connection: Connection, book: Rulebook) -> Known:
    """What the rules of this installation may name."""
    cards = {card.code: card for card in departments(connection, book.district)}
    return Known(book.catalogue, book.geography, cards)


def cell_places(book: Rulebook, *, on: date) -> Iterator[CellPlace]:
    """The cells of a day by code, with the areas and responsibility grids that they lie in."""
    grids: dict[str, list[str]] = {}
    for grid in book.geography.grids:
        for member in grid.members if grid.span.holds(on) else ():
            grids.setdefault(member, []).append(grid.code)
    for cell in book.geography.cells(on):
        code = cell.code
        areas = {code, code[:12], code[:9], code[:6], *grids.get(code, ())[:1]}
        owner = str(cell.properties.get("responsible_department") or "")
        yield CellPlace(code, frozenset(areas), owner)


def rules_in_force(connection: Connection, book: Rulebook, rules: list[Rule], *, on: date) -> list[Rule]:
    """Of these rules those of a day whose department is active and handles cases."""
    cards = departments(connection, book.district, handling_only=True)
    able = {card.code for card in cards if card.is_active}
    return [rule for rule in rules if rule.span.holds(on) and rule.department in able]
