"""Wires one installation: configuration, definitions, guards, places, calendar, clock; and makes the site of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from gridcase.cases.book import Rulebook
from gridcase.cases.catalogue import Catalogue, read_channels
from gridcase.cases.catalogue_file import load_catalogue_files
from gridcase.cases.catalogue_live import LiveCatalogue
from gridcase.cases.catalogue_store import catalogue_mark, load_catalogue, store_conditions
from gridcase.cases.definitions import stored_versions, stranded_faults, version_faults
from gridcase.cases.flow_files import load_flow_files
from gridcase.cases.following import Look
from gridcase.cases.guards import GUARDS
from gridcase.cases.live_calendar import LiveCalendar
from gridcase.cases.photos import PhotoStore
from gridcase.clock import WorkCalendar, load_calendar_rows
from gridcase.config import Settings, data_folder, database_url
from gridcase.db import Database
from gridcase.directory.calendar import calendar_mark, own_calendar
from gridcase.directory.service import CLOCK_OFFSET, RoleRules, site_fact, store_areas
from gridcase.engine import FlowMachine, Flows, read_folder, with_actors
from gridcase.errors import DefinitionError, Fault, GridcaseError
from gridcase.migrations import schema_state, upgrade
from gridcase.resources import SiteFolder
from gridcase.spatial import Geography, load_geography

if TYPE_CHECKING:
    from flask import Flask

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Installation:
    """One installation, ready for work: where it lies, its database, its rulebook and its clock."""

    site: SiteFolder
    settings: Settings
    database: Database
    book: Rulebook
    clock: Clock

    @property
    def roles(self) -> RoleRules:
        """What definitions and settings say of roles."""
        return self.book.role_rules


def open_database(settings: Settings, site: SiteFolder, *, db: str | None, is_bulk: bool = False) -> Database:
    """The database of a site: `db` before the environment before config.toml."""
    return Database(database_url(db, settings=settings, site=site, environ=os.environ), is_bulk=is_bulk)


def open_installation(
    site: SiteFolder,
    settings: Settings,
    *,
    db: str | None = None,
    clock: Clock | None = None,
    is_bulk: bool = False,
) -> Installation:
    """Open a site. An empty database is migrated and loaded with what the site ships first.

    Raises DefinitionError with the faults of all files or of what strands open cases, and GridcaseError
    `schema_outdated` for a database that needs `gridcase db upgrade`.
    """
    return _open(_Ground(site, settings, is_strict=True), db=db, clock=clock, is_bulk=is_bulk)


def open_for_repair(site: SiteFolder, settings: Settings, *, db: str | None = None) -> Installation:
    """As `open_installation`, whatever the rows say of open cases: for what examines and mends them."""
    return _open(_Ground(site, settings, is_strict=False), db=db)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a site is opened from. `is_strict`: not when open cases are stranded."""

    site: SiteFolder
    settings: Settings
    is_strict: bool


def _open(
    ground: _Ground, *, db: str | None, clock: Clock | None = None, is_bulk: bool = False
) -> Installation:
    site, settings = ground.site, ground.settings
    geography = load_geography(
        site.geo, code_scheme=settings.geo.code_scheme, snap_m=float(settings.geo.snap_m)
    )
    database = open_database(settings, site, db=db, is_bulk=is_bulk)
    machine_clock: Clock = clock or (lambda: datetime.now(UTC))
    _prepare(database, settings, site, geography=geography)
    with database.transaction() as connection:
        book = _rulebook(connection, database, ground, geography=geography)
        offset = site_fact(connection, settings.site.district, CLOCK_OFFSET)
    if clock is None and offset is not None:
        shift = timedelta(seconds=int(offset))
        return Installation(site, settings, database, book, lambda: datetime.now(UTC) + shift)
    return Installation(site, settings, database, book, machine_clock)


def _prepare(database: Database, settings: Settings, site: SiteFolder, *, geography: Geography) -> None:
    with database.reading() as connection:
        state = schema_state(connection)
    if state.current is None:
        upgrade(database)
        with database.transaction() as connection:
            _load_reference(connection, settings, site, geography=geography)
    elif not state.is_current:
        raise GridcaseError(
            "schema_outdated",
            f"the database is at revision {state.current}, the program at {state.head}: run `gridcase db upgrade`",
        )


def _load_reference(
    connection: Connection, settings: Settings, site: SiteFolder, *, geography: Geography
) -> None:
    district = settings.site.district
    conditions = load_catalogue_files(site.workflows / "catalogue", settings.catalogue.standard)
    store_conditions(connection, district, conditions)
    rows: list[dict[str, Any]] = [
        {
            "district": district,
            "code": area.code,
            "level": area.level,
            "name": area.name,
            "parent": area.parent,
            "area_class": None,
            "valid_from": area.span.valid_from,
            "valid_to": area.span.valid_to,
        }
        for area in geography.areas
    ]
    rows += [
        {
            "district": district,
            "code": cell.code,
            "level": "cell",
            "name": cell.code,
            "parent": cell.community,
            "area_class": cell.area_class,
            "valid_from": cell.valid_from,
            "valid_to": cell.valid_to,
        }
        for cell in geography.all_cells()
    ]
    store_areas(connection, rows)


def _rulebook(
    connection: Connection, database: Database, ground: _Ground, *, geography: Geography
) -> Rulebook:
    site, settings = ground.site, ground.settings
    district = settings.site.district
    flows = _flows(connection, ground)
    channels = site.workflows / "channels.csv"
    folder = Path(data_folder(settings, site))
    return Rulebook(
        settings=settings,
        flows=flows,
        machines={key: FlowMachine(definition, GUARDS) for key, definition in flows.by_version.items()},
        catalogue=LiveCatalogue(
            settings.catalogue.standard,
            _look_at_catalogue(database, district, settings.catalogue.standard),
            seconds=monotonic,
        ),
        channels=read_channels(channels.read_text(encoding="utf-8"), str(channels)),
        geography=geography,
        live_calendar=LiveCalendar(_look_at_calendar(database, district, site), seconds=monotonic),
        photos=PhotoStore(
            folder / "photos",
            max_bytes=settings.photos.max_bytes,
            max_pixels=settings.photos.max_pixels,
            thumbnail_pixels=settings.photos.thumbnail_pixels,
        ),
    )


def _flows(connection: Connection, ground: _Ground) -> Flows:
    site, settings = ground.site, ground.settings
    district = settings.site.district
    files: Mapping[str, bytes | str] = read_folder(site.workflows)
    faults = version_faults(connection, district, files)
    # A version that left the folder goes on for the cases that began with it, on its stored words.
    stored = {key: known.text for key, known in stored_versions(connection, district).items()}
    try:
        flows = load_flow_files(files, stored)
    except DefinitionError as error:
        raise DefinitionError([*faults, *error.faults]) from error
    if ground.is_strict:
        faults += stranded_faults(connection, district, flows)
    if settings.workflow.default not in flows.offered:
        text = f"no workflow {settings.workflow.default!r} in workflows/"
        faults.append(Fault("config.toml", "workflow.default", "unknown_workflow", text))
    if faults:
        raise DefinitionError(faults)
    return with_actors(flows, {"file": settings.filing.by, "close": settings.closing.by})


def _look_at_catalogue(database: Database, district: str, standard: str) -> Look[Catalogue]:
    def look(known: str | None) -> tuple[str | None, Catalogue] | None:
        with database.reading() as connection:
            mark = catalogue_mark(connection, district)
            return None if mark == known else (mark, load_catalogue(connection, district, standard))

    return look


def _look_at_calendar(database: Database, district: str, site: SiteFolder) -> Look[WorkCalendar]:
    """The files of the site in name order, as they are at the start; an administrator's rows override them (clock.md 3)."""
    shipped = load_calendar_rows(site.workflows / "calendars")

    def look(known: str | None) -> tuple[str | None, WorkCalendar] | None:
        with database.reading() as connection:
            mark = calendar_mark(connection, district)
            if mark == known:
                return None
            return mark, WorkCalendar([*shipped, *own_calendar(connection, district)])

    return look


def create_app(installation: Installation) -> Flask:
    """The site and the interface of an installation."""
    from gridcase.jobs.registry import jobs_of
    from gridcase.jobs.standing import JobBoard
    from gridcase.web import make_site

    book, site = installation.book, installation.site
    board = JobBoard(book.district, jobs_of(site), installation.settings.jobs)
    return make_site(installation.database, book, installation.clock, site=site, jobs=board)
