"""The tables that are taken over as files: responsibility rules, the category table, the working calendar."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.catalogue_file import ConditionRow, ConditionTable, read_conditions
from gridcase.cases.catalogue_store import (
    CATALOGUE_IN_FORCE,
    category_changes,
    import_categories,
    stored_conditions,
)
from gridcase.cases.responsibility import Rule
from gridcase.cases.rule_desk import known_names
from gridcase.cases.rule_file import read_rules
from gridcase.cases.rule_store import RULES_IN_FORCE, import_rules, rule_changes, stored_rules
from gridcase.cases.table_imports import TableImport
from gridcase.clock import (
    CalendarRow,
    Unit,
    calendar_changes,
    load_calendar_rows,
    parse_calendar,
    with_years_replaced,
)
from gridcase.directory.calendar import CALENDAR_IN_FORCE, import_calendar, own_calendar
from gridcase.directory.import_drafts import Draft, Whose, find_draft
from gridcase.directory.service import set_site_fact
from gridcase.resources import SiteFolder
from gridcase.tables import Changes

RULES, CATEGORIES, CALENDAR = "rules", "categories", "calendar"
# Options of a draft of categories: which standard, and which words mean which unit (JSON).
STANDARD, UNITS = "standard", "units"


def import_of(name: str, site: SiteFolder) -> TableImport[Any] | None:
    """The kind of this name, None for any other. `site` has the calendar files that imported rows override."""
    if name == RULES:
        return RULE_IMPORT
    if name == CATEGORIES:
        return CATEGORY_IMPORT
    return calendar_import(site) if name == CALENDAR else None


def _hold(fact: str, desk: Desk) -> None:
    """Write before anything is read: on PostgreSQL a second import waits here until this one is committed."""
    set_site_fact(desk.connection, desk.district, fact, value="")


# --- responsibility rules ------------------------------------------------------------------------------------


def _read_rules(desk: Desk, draft: Draft) -> list[Rule]:
    return read_rules(draft.text, draft.file_name, known_names(desk.connection, desk.book))


def _stored_rules(desk: Desk, _draft: Draft) -> list[Rule]:
    return stored_rules(desk.connection, desk.district)


RULE_IMPORT: TableImport[Rule] = TableImport(
    name=RULES,
    act="rules_imported",
    read=_read_rules,
    hold=partial(_hold, RULES_IN_FORCE),
    stored=_stored_rules,
    changes=lambda desk, draft, rows: rule_changes(_stored_rules(desk, draft), rows),
    write=lambda desk, _draft, rows: import_rules(desk.connection, desk.district, rows),
)


def rules_of_draft(desk: Desk, owner: str) -> list[Rule] | None:
    """The rules that a person uploaded and has not confirmed, or None. Raises DefinitionError as `read_rules`."""
    found = find_draft(desk.connection, Whose(desk.district, RULES, owner))
    return _read_rules(desk, found[0]) if found is not None else None


# --- categories ----------------------------------------------------------------------------------------------


def category_options(standard: str, units: Mapping[str, Unit]) -> dict[str, str]:
    """The options of a draft of categories."""
    mapped = {words: unit.value for words, unit in sorted(units.items())}
    return {STANDARD: standard, UNITS: json.dumps(mapped, ensure_ascii=False)}


def category_table(draft: Draft) -> ConditionTable:
    """The conditions of the standard of a draft, and how many rows of others its file has.

    Raises DefinitionError with all faults.
    """
    units = {words: Unit(name) for words, name in json.loads(draft.options[UNITS]).items()}
    return read_conditions(draft.text, draft.file_name, draft.options[STANDARD], units=units)


def _read_categories(_desk: Desk, draft: Draft) -> list[ConditionRow]:
    return list(category_table(draft).rows)


def _stored_categories(desk: Desk, draft: Draft) -> list[ConditionRow]:
    return stored_conditions(desk.connection, desk.district, draft.options[STANDARD])


def _write_categories(desk: Desk, draft: Draft, rows: Sequence[ConditionRow]) -> Changes[ConditionRow]:
    return import_categories(desk.connection, desk.district, rows, file_name=draft.file_name, now=desk.now)


CATEGORY_IMPORT: TableImport[ConditionRow] = TableImport(
    name=CATEGORIES,
    act="categories_imported",
    read=_read_categories,
    hold=partial(_hold, CATALOGUE_IN_FORCE),
    stored=_stored_categories,
    changes=lambda desk, draft, rows: category_changes(_stored_categories(desk, draft), rows),
    write=_write_categories,
)


# --- the working calendar ------------------------------------------------------------------------------------


def calendar_import(site: SiteFolder) -> TableImport[CalendarRow]:
    """The calendar of a site: imported rows override its files, which `site` has."""

    def shipped() -> list[CalendarRow]:
        return load_calendar_rows(site.path("workflows/calendars"))

    def changes(desk: Desk, _draft: Draft, rows: Sequence[CalendarRow]) -> Changes[CalendarRow]:
        files, own = shipped(), own_calendar(desk.connection, desk.district)
        return calendar_changes([*files, *own], [*files, *with_years_replaced(own, rows)])

    return TableImport(
        name=CALENDAR,
        act="calendar_imported",
        read=lambda _desk, draft: parse_calendar(draft.text, draft.file_name),
        hold=partial(_hold, CALENDAR_IN_FORCE),
        stored=lambda desk, _draft: [*shipped(), *own_calendar(desk.connection, desk.district)],
        changes=changes,
        write=lambda desk, _draft, rows: import_calendar(desk.connection, desk.district, rows),
    )
