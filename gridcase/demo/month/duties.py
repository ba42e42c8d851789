"""The responsibility rules of the demo district: what the plan says of each department, imported like those of a city."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sqlalchemy import Connection

from gridcase.cases.book import Rulebook
from gridcase.cases.rule_desk import known_names
from gridcase.cases.rule_file import NEEDED, read_rules
from gridcase.cases.rule_store import import_rules
from gridcase.demo.month.people import Staff
from gridcase.demo.month.plan import FILE, Plan

_NOTE = "演示"


def load_rules(connection: Connection, book: Rulebook, plan: Plan, *, staff: Staff) -> None:
    """Write the rules of the plan, once departments are there. Raises DefinitionError for what the plan has wrong."""
    known = known_names(connection, book)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*NEEDED, "note"])
    for category, area, department in _lines(plan, staff):
        # The catalogue of a city may lack a class that some department would take.
        if category in known.categories:
            parts = [*category.split("/"), "", ""][:3]
            writer.writerow([*parts, area, department, _NOTE])
    import_rules(connection, book.district, read_rules(text.getvalue(), str(FILE), known))


def _lines(plan: Plan, staff: Staff) -> Iterator[tuple[str, str, str]]:
    """Category, area and department: the departments everywhere, each street's unit in its street."""
    for department in plan.department:
        for category in department.takes:
            yield category, "", department.code
    for category in plan.street_units.takes:
        for street, unit in staff.street_units.items():
            yield category, street, unit
