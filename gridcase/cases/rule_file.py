"""Reads a file of responsibility rules (CSV) and tells every fault of it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from gridcase.cases.catalogue import Catalogue
from gridcase.cases.responsibility import Rule
from gridcase.directory.people import DepartmentCard
from gridcase.errors import DefinitionError, Fault, nearest_name
from gridcase.spatial import Geography
from gridcase.spatial.spans import Span, parse_date
from gridcase.tables import read_table

NEEDED = ("kind", "main_code", "sub_code", "area", "department")
OPTIONAL = ("owner", "priority", "valid_from", "valid_to", "note")
_PRIORITY = re.compile(r"-?[0-9]{1,6}")
_WIDEST = {"owner": 100, "note": 200}
# Different wrong departments that get a hint: looking for one takes a while, and in such a file all are wrong.
_MOST_HINTS = 200

Findings = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class Known:
    """What the rules of a file may name."""

    catalogue: Catalogue
    geography: Geography
    departments: Mapping[str, DepartmentCard]

    @cached_property
    def areas(self) -> frozenset[str]:
        """The codes of areas, cells and responsibility grids of all times."""
        codes = {area.code for area in self.geography.areas}
        codes |= {cell.code for cell in self.geography.all_cells()}
        return frozenset(codes | {grid.code for grid in self.geography.grids})

    @cached_property
    def categories(self) -> frozenset[str]:
        """Every kind, kind/main and kind/main/sub of the catalogue."""
        keys = self.catalogue.categories
        return frozenset("/".join(key[:depth]) for key in keys for depth in (1, 2, 3))

    def nearest_department(self, code: str) -> str | None:
        """The code of a department that looks most like one that is none; of too many different ones, None."""
        if code not in self._nearest and len(self._nearest) < _MOST_HINTS:
            self._nearest[code] = nearest_name(code, list(self.departments))
        return self._nearest.get(code)

    @cached_property
    def _nearest(self) -> dict[str, str | None]:
        return {}


def read_rules(text: str, file: str, known: Known) -> list[Rule]:
    """The rules in the order of the file: CSV with the columns NEEDED and any of OPTIONAL, in any order.

    An empty field fits everything; `priority` empty is 0. A byte-order mark, blank lines and blanks around a field
    do not count. Raises DefinitionError with all faults: `bad_file`, `missing_key`, `unknown_key` (columns),
    `bad_value`, `bad_date`, `class_in_catalogue`, `unknown_area`, `unknown_department`, `one_main_department` (an
    office of the centre), `duplicate_name`.
    """
    faults: list[Fault] = []
    rules: dict[tuple[str, ...], Rule] = {}
    for number, values in read_table(text, file, needed=NEEDED, optional=OPTIONAL, faults=faults):
        found, rule = _read_line(values, known)
        if rule is not None and rule.key in rules:
            found.append(("duplicate_name", "the same rule stands in an earlier line"))
        faults.extend(Fault(file, f"line {number}", code, words) for code, words in found)
        if rule is not None:
            rules.setdefault(rule.key, rule)
    if faults:
        raise DefinitionError(faults)
    return list(rules.values())


def _read_line(values: Mapping[str, str], known: Known) -> tuple[list[tuple[str, str]], Rule | None]:
    """What is wrong with a line, and its rule unless anything is."""
    span, found = _span(values)
    found += [*_category_findings(values, known), *_place_findings(values, known), *_text_findings(values)]
    if found:
        return found, None
    return found, Rule(
        department=values["department"],
        kind=values["kind"],
        main_code=values["main_code"],
        sub_code=values["sub_code"],
        area=values["area"],
        owner=values.get("owner", ""),
        priority=int(values.get("priority") or 0),
        span=span,
        note=values.get("note", ""),
    )


def _span(values: Mapping[str, str]) -> tuple[Span, list[tuple[str, str]]]:
    days, found = [], []
    for name in ("valid_from", "valid_to"):
        text = values.get(name, "")
        try:
            days.append(parse_date(text) if text else None)
        except ValueError as error:
            found.append(("bad_date", f"{name}: {error}"))
            days.append(None)
    span = Span(*days)
    if span.fault:
        found.append(("bad_value", span.fault))
    return span, found


def _category_findings(values: Mapping[str, str], known: Known) -> Findings:
    kind, main, sub = (values[name] for name in ("kind", "main_code", "sub_code"))
    category = "/".join(part for part in (kind, main, sub) if part)
    if (sub and not main) or (main and not kind):
        yield "bad_value", "a sub code needs its main code, and a main code its kind"
    elif category and category not in known.categories:
        yield "class_in_catalogue", f"the catalogue has no class {category}"


def _place_findings(values: Mapping[str, str], known: Known) -> Findings:
    area, code = values["area"], values["department"]
    if area and area not in known.areas:
        yield "unknown_area", f"there is no area, cell or responsibility grid {area!r}"
    card = known.departments.get(code)
    if card is None:
        nearest = known.nearest_department(code)
        yield (
            "unknown_department",
            f"there is no department {code!r}" + (f", nearest is {nearest!r}" if nearest else ""),
        )
    elif not card.handles:
        yield "one_main_department", f"{code} is an office of the centre and handles no cases"


def _text_findings(values: Mapping[str, str]) -> Findings:
    if values.get("priority") and not _PRIORITY.fullmatch(values["priority"]):
        yield "bad_value", f"priority {values['priority']!r} is no whole number of at most six digits"
    for name, width in _WIDEST.items():
        text = values.get(name, "")
        if len(text) > width or not text.isprintable():
            yield "bad_value", f"{name} is longer than {width} characters or holds some that are no text"
