"""What `gridcase check` looks at, part by part: each part answers its faults and leaves the others alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from gridcase.cases.catalogue import read_channels
from gridcase.cases.catalogue_file import load_catalogue_files
from gridcase.cases.definitions import stored_versions, stranded_faults, version_faults
from gridcase.cases.flow_files import flow_faults, load_flow_files
from gridcase.clock import load_calendar_rows
from gridcase.config import Settings
from gridcase.db import Database, missing_file
from gridcase.errors import DefinitionError, Fault
from gridcase.evaluation.bulletin.page import load_template
from gridcase.evaluation.bulletin.rewards import load_rewards
from gridcase.evaluation.bulletin.words import load_words
from gridcase.evaluation.integrity.wording import FILE as QUESTIONS
from gridcase.evaluation.onsite.sheets import parse_sheet
from gridcase.evaluation.scheme_files import parse_scheme
from gridcase.migrations import schema_state
from gridcase.notices.trying import notice_faults
from gridcase.resources import SiteFolder
from gridcase.spatial import check_geo

Files = Mapping[str, bytes | str]


def workflow_faults(files: Files) -> list[Fault]:
    """The faults of workflow definitions under the program's guards, records and limits (flow.md 9)."""
    return flow_faults(files)


def missing_workflows(folder: Path, files: Files) -> list[Fault]:
    """A folder without any definition: whoever has it checked meant another one."""
    if files:
        return []
    return [
        Fault(str(folder), "", "no_workflow", "there is no workflow definition (NAME.toml) in this folder")
    ]


def geo_faults(folder: Path, settings: Settings) -> list[Fault]:
    """The faults of a geo folder (geo.md 8)."""
    return list(check_geo(folder, settings))


def data_faults(workflows: Path, settings: Settings) -> list[Fault]:
    """The faults of what lies beside the workflows: catalogue, channels, calendars, evaluation schemes, exam sheets."""
    faults = _faults_of(lambda: load_calendar_rows(workflows / "calendars"))
    faults += _faults_of(lambda: load_catalogue_files(workflows / "catalogue", settings.catalogue.standard))
    faults += _file_faults(workflows / "channels.csv", read_channels) or _channel_faults(workflows, settings)
    for path in sorted((workflows / "schemes").glob("*.toml")):
        faults += _file_faults(path, parse_scheme)
    for path in sorted((workflows / "exams").glob("*.toml")):
        faults += _file_faults(path, parse_sheet)
    return faults


def _channel_faults(workflows: Path, settings: Settings) -> list[Fault]:
    """Whether the channel of what citizens report is there."""
    file = workflows / "channels.csv"
    known = read_channels(file.read_text(encoding="utf-8"), str(file))
    name = settings.public.channel
    if not settings.public.reports or name in known:
        return []
    text = f'no channel "{name}"; there are: {", ".join(known)}'
    return [Fault("config.toml", "public.channel", "unknown_channel", text)]


def text_faults(site: SiteFolder, settings: Settings) -> list[Fault]:
    """The faults of what a site changes of texts: words, page and rewards of bulletins, its questions, its notices."""
    faults = _faults_of(lambda: load_words(site))
    faults += _faults_of(lambda: load_words(site, QUESTIONS))
    faults += _faults_of(lambda: load_template(site))
    faults += _faults_of(lambda: load_rewards(site, settings.bulletin.rewards))
    return faults + notice_faults(site)


def default_workflow_faults(files: Files, settings: Settings) -> list[Fault]:
    """Whether the workflow that new cases take by default is there; only for files without a fault."""
    flows = load_flow_files(files)
    name = settings.workflow.default
    if name in flows.names:
        return []
    known = ", ".join(flows.names) or "none"
    return [
        Fault(
            "config.toml", "workflow.default", "unknown_workflow", f'no workflow "{name}"; there are: {known}'
        )
    ]


def database_faults(url: str, district: str, files: Files) -> list[Fault]:
    """The definitions whose text was changed under a version that is in use (`version_not_raised`), open cases that
    no definition knows (`strands_cases`), and a database that cannot be asked. One without tables has nothing stored yet."""
    database = Database(url)
    shown = database.url.render_as_string(hide_password=True)
    if missing_file(database.url):
        return [Fault(shown, "", "no_database", "there is no such file")]
    try:
        with database.reading() as connection:
            state = schema_state(connection)
            if state.current is None:
                return []
            if not state.is_current:
                text = f"at revision {state.current}, the program at {state.head}: run `gridcase db upgrade`"
                return [Fault(shown, "", "schema_outdated", text)]
            return [*version_faults(connection, district, files), *_stranded(connection, district, files)]
    except SQLAlchemyError as error:
        return [Fault(shown, "", "no_database", str(error).splitlines()[0])]
    finally:
        database.close()


def _stranded(connection: Connection, district: str, files: Files) -> list[Fault]:
    """The open cases that no definition knows; nothing to say of them while a file is faulty."""
    stored = {key: known.text for key, known in stored_versions(connection, district).items()}
    try:
        flows = load_flow_files(files, stored)
    except DefinitionError:
        return []
    return stranded_faults(connection, district, flows)


def _file_faults(path: Path, read: Callable[[str, str], object]) -> list[Fault]:
    """The faults of one file, called by its place below the site."""
    called = f"{path.parent.name}/{path.name}"

    def read_it() -> None:
        try:
            read(path.read_text(encoding="utf-8-sig"), called)
        except (OSError, UnicodeDecodeError) as error:
            raise DefinitionError([Fault(called, "", "bad_file", str(error))]) from error

    return _faults_of(read_it)


def _faults_of(read: Callable[[], object]) -> list[Fault]:
    try:
        read()
    except DefinitionError as error:
        return list(error.faults)
    return []
