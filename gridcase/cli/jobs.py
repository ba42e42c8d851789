"""The commands of scheduled work: `gridcase scheduler`, `gridcase run-job`, `gridcase jobs`."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from gridcase.cli.opening import opened
from gridcase.cli.options import (
    db_option,
    existing_database_url,
    load_site,
    load_site_settings,
    site_option,
)

if TYPE_CHECKING:
    from gridcase.app import Installation
    from gridcase.resources import SiteFolder

TICK_S = 60.0
LEASE_S = 120


@click.command(short_help="启动定时任务")
@site_option
@db_option
def scheduler(site: str | None, db: str | None) -> None:
    """按设置的时间运行任务，直到收到 SIGTERM 或 SIGINT；可同时在多台机器上运行 (run the scheduled jobs)."""
    run_scheduler(load_site(site), db, tick_s=TICK_S, lease_s=LEASE_S)


def run_scheduler(site: SiteFolder, db: str | None, *, tick_s: float, lease_s: int) -> None:
    """Be a node of the scheduler until SIGTERM or SIGINT: look every `tick_s` seconds what is due.

    What a node that died had begun is taken over by another one after `lease_s` seconds.
    """
    from gridcase.app import open_installation
    from gridcase.jobs.registry import jobs_of
    from gridcase.jobs.runner import Node, run_until

    _log_to_standard_error()
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _number, _frame: stop.set())
    installation = open_installation(site, load_site_settings(site), db=db)
    clock = _clock_of(installation)
    jobs = jobs_of(site)
    node = Node(installation.database, installation.book, clock, jobs=jobs, lease_s=lease_s)
    run_until(stop, node, tick_s=tick_s)
    installation.database.close()


@click.command("run-job", short_help="按指定时刻运行一次任务")
@click.argument("name")
@click.option("--at", metavar="MOMENT", help="时刻 (2026-10-28T08:05)，没有时区即北京时间；缺省为现在。")
@site_option
@db_option
def run_job(name: str, at: str | None, site: str | None, db: str | None) -> None:
    """按指定时刻运行一次任务，重复运行不产生重复的结果 (run one job as if it were MOMENT)."""
    from gridcase.evaluation.periods import parse_moment
    from gridcase.jobs.registry import find_job, jobs_of

    _log_to_standard_error()
    folder = load_site(site)
    job = find_job(jobs_of(folder), name)
    moment = parse_moment(at) if at is not None else None
    settings = load_site_settings(folder)
    with opened(folder, settings, existing_database_url(db, settings, folder)) as installation:
        summary = job.run(installation.database, installation.book, moment or installation.clock())
    click.echo(json.dumps(summary.as_dict(), ensure_ascii=False))


@click.command(short_help="列出任务及其时间")
@site_option
def jobs(site: str | None) -> None:
    """列出任务、时间和用途 (list the jobs and their times)."""
    from gridcase.jobs.registry import jobs_of, schedules

    folder = load_site(site)
    known = jobs_of(folder)
    times = schedules(known, load_site_settings(folder).jobs)
    widest = max(len(name) for name in known), max(len(time) for time in times.values())
    for name, job in known.items():
        click.echo(f"{name:<{widest[0]}}  {times[name]:<{widest[1]}}  {job.label}")


def _log_to_standard_error() -> None:
    """Standard output is for answers."""
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format=form)
    for noisy in ("apscheduler", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _clock_of(installation: Installation) -> Callable[[], datetime]:
    """The site's clock, looked up at each call: that of a demo may be set anew while the scheduler runs."""
    from gridcase.directory.service import CLOCK_OFFSET, site_fact

    def clock() -> datetime:
        with installation.database.reading() as connection:
            offset = site_fact(connection, installation.book.district, CLOCK_OFFSET)
        return datetime.now(UTC) + timedelta(seconds=int(offset or 0))

    return clock
