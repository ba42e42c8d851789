"""`gridcase rank`: counts, scores and ranks the units of a district from its case history (evaluation.md 9)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gridcase.cli.options import choose_database_url, db_option, load_site, load_site_settings, site_option
from gridcase.config import Settings
from gridcase.errors import DefinitionError, GridcaseError
from gridcase.resources import SiteFolder

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gridcase.evaluation.periods import Period
    from gridcase.evaluation.rank import RankAnswer

EXIT_NOT_UNDERSTOOD = 2
UNITS = ("streets", "departments", "communities", "districts", "cells")


@click.command(short_help="由案件历史计算排名")
@click.option(
    "--period", required=True, metavar="PERIOD", help="2026-10, 2026-10-05, 2026-W43, 2026-Q4, 2026-H2, 2026"
)
@click.option("--of", "of", required=True, type=click.Choice(UNITS))
@click.option("--scheme", "scheme_name", metavar="NAME", help="方案名；缺省见 config.toml 的 [evaluation]。")
@click.option("--as-of", metavar="MOMENT", help="只看此时刻之前的步骤 (ISO 8601，无时区即北京时间)。")
@click.option(
    "--format",
    "answer_format",
    type=click.Choice(["json", "csv", "table"]),
    default="table",
    show_default=True,
)
@db_option
@site_option
def rank(period: str, of: str, *, scheme_name: str | None, as_of: str | None, **options: str | None) -> None:
    """由案件历史计算一个周期的计数、率、得分和排名 (rank units from the case history)."""
    from gridcase.evaluation.periods import parse_moment, parse_period
    from gridcase.evaluation.rank import rank_as_text

    site = load_site(options["site"])
    settings = load_site_settings(site)
    asked = Asked(
        period=parse_period(period, start_day=settings.evaluation.period_start_day),
        of=of,
        scheme=scheme_name or default_scheme(settings, of),
        as_of=parse_moment(as_of) if as_of is not None else None,
    )
    try:
        answer = _rank(asked, site, settings, db=options["db"])
    except DefinitionError as error:
        # A scheme that is unknown or faulty is input that cannot be understood.
        for fault in error.faults:
            click.echo(str(fault), err=True)
        raise click.exceptions.Exit(EXIT_NOT_UNDERSTOOD) from error
    click.echo(rank_as_text(answer, options["answer_format"] or "table"), nl=False)


@dataclass(frozen=True)
class Asked:
    """What the command line says, read."""

    period: Period
    of: str
    scheme: str
    as_of: datetime | None


def default_scheme(settings: Settings, of: str) -> str:
    """The scheme of the settings for these units; areas above the cell share one."""
    chosen = settings.evaluation
    return {"departments": chosen.departments, "cells": chosen.cells}.get(of, chosen.streets)


def _rank(asked: Asked, site: SiteFolder, settings: Settings, *, db: str | None) -> RankAnswer:
    from gridcase.demo.marks import demo_clock
    from gridcase.evaluation.rank import RankRequest
    from gridcase.evaluation.rank import rank as rank_units
    from gridcase.evaluation.scheme_folder import SchemeFolder

    schemes = SchemeFolder(site.path("workflows/schemes"))
    scheme = schemes.find(asked.scheme, on=asked.period.first_day)
    district, machine = settings.site.district, datetime.now(UTC)
    with _open(choose_database_url(db, settings, site)) as connection:
        now = (demo_clock(connection, district, machine=machine) or machine).replace(microsecond=0)
        request = RankRequest(district, asked.period, asked.of, scheme=scheme, now=now, as_of=asked.as_of)
        return rank_units(connection, request, schemes)


@contextmanager
def _open(url: str) -> Iterator[Connection]:
    """A reading connection to a database whose tables are those of this program; nothing is made or changed.

    Raises GridcaseError `no_database` and `schema_outdated`.
    """
    from gridcase.db import Database
    from gridcase.migrations import schema_state

    database = Database(url)
    file = database.url.database
    if database.is_sqlite and (file is None or not Path(file).is_file()):
        raise GridcaseError("no_database", f"there is no database file {file}")
    try:
        with database.reading() as connection:
            state = schema_state(connection)
            if not state.is_current:
                text = f"the database is at revision {state.current}, the program at {state.head}"
                raise GridcaseError("schema_outdated", f"{text}: run `gridcase db upgrade`")
            yield connection
    finally:
        database.close()
