"""What the commands over figures share: the database of a site as it is, its clock, its schemes, the units and periods asked for."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gridcase.cli.options import existing_database_url, load_site, load_site_settings
from gridcase.config import Settings
from gridcase.errors import DefinitionError, GridcaseError
from gridcase.resources import SiteFolder

if TYPE_CHECKING:
    from gridcase.db import Database
    from gridcase.evaluation.frozen.store import RecordKey
    from gridcase.evaluation.periods import Period
    from gridcase.evaluation.rank import RankRequest
    from gridcase.evaluation.scheme_folder import SchemeFolder

F = TypeVar("F", bound=Callable[..., Any])

EXIT_NOT_UNDERSTOOD = 2
UNITS = ("streets", "departments", "communities", "districts", "cells")
POSTS = ("inspectors", "intake-operators", "shift-supervisors", "dispatchers")

period_option = click.option(
    "--period", required=True, metavar="PERIOD", help="2026-10, 2026-10-05, 2026-W43, 2026-Q4, 2026-H2, 2026"
)
of_option = click.option("--of", "of", required=True, type=click.Choice(UNITS))
any_of_option = click.option("--of", "of", required=True, type=click.Choice((*UNITS, *POSTS)))
by_option = click.option("--by", metavar="NAME", help="经办人，缺省为登录用户 (who does it).")


def scheme_option(command: F) -> F:
    """Adds `--scheme NAME`, the argument `scheme_name`."""
    return click.option(
        "--scheme", "scheme_name", metavar="NAME", help="方案名；缺省见 config.toml 的 [evaluation]。"
    )(command)


def who(by: str | None) -> str:
    """The name given, else that of whoever is logged in to the machine."""
    if by is not None and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "-"


@dataclass(frozen=True)
class Figures:
    """A site as commands over figures see it; `now` is the moment of its clock, in whole seconds."""

    site: SiteFolder
    settings: Settings
    database: Database
    now: datetime

    @property
    def district(self) -> str:
        return self.settings.site.district

    @property
    def schemes(self) -> SchemeFolder:
        from gridcase.evaluation.scheme_folder import SchemeFolder

        return SchemeFolder(self.site.path("workflows/schemes"))

    def period(self, text: str) -> Period:
        """The period of this site. Raises Invalid `bad_period`."""
        from gridcase.evaluation.periods import parse_period

        return parse_period(text, start_day=self.settings.evaluation.period_start_day)

    def key(self, period: str, of: str) -> RecordKey:
        """What a frozen record is found by. Raises Invalid `bad_period`."""
        from gridcase.evaluation.frozen.store import RecordKey

        return RecordKey(self.district, of, self.period(period).name)

    def request(
        self, period: str, of: str, *, scheme_name: str | None, as_of: datetime | None
    ) -> RankRequest:
        """The question of `rank` and `freeze`. Raises Invalid `bad_period` and DefinitionError of the scheme."""
        from gridcase.evaluation.default_schemes import default_scheme
        from gridcase.evaluation.rank import RankRequest

        asked = self.period(period)
        name = scheme_name or default_scheme(self.settings.evaluation, of)
        return RankRequest(
            self.district,
            asked,
            of,
            scheme=self.schemes.find(name, on=asked.first_day),
            now=self.now,
            as_of=as_of,
            raters_at_least=self.settings.evaluation.raters_at_least,
        )


@contextmanager
def open_figures(site: str | None, db: str | None) -> Iterator[Figures]:
    """The figures of a site whose database has the tables of this program; nothing is made by opening.

    Raises GridcaseError `no_database` and `schema_outdated`. A scheme that is unknown or faulty inside the block ends
    the command with exit 2: it is input that cannot be understood.
    """
    from gridcase.db import Database
    from gridcase.demo.marks import demo_clock
    from gridcase.migrations import schema_state

    folder = load_site(site)
    settings = load_site_settings(folder)
    database = Database(existing_database_url(db, settings, folder))
    try:
        machine = datetime.now(UTC)
        with database.reading() as connection:
            state = schema_state(connection)
            if not state.is_current:
                text = f"the database is at revision {state.current}, the program at {state.head}"
                raise GridcaseError("schema_outdated", f"{text}: run `gridcase db upgrade`")
            own = demo_clock(connection, settings.site.district, machine=machine)
        yield Figures(folder, settings, database, (own or machine).replace(microsecond=0))
    except DefinitionError as error:
        for fault in error.faults:
            click.echo(str(fault), err=True)
        raise click.exceptions.Exit(EXIT_NOT_UNDERSTOOD) from error
    finally:
        database.close()
