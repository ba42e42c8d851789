"""`gridcase scheduler` that ticks ten times a second and gives a dead node up after two, for tests that cannot wait."""

from __future__ import annotations

import click

from gridcase.cli.jobs import run_scheduler
from gridcase.cli.options import db_option, load_site, site_option


@click.command()
@site_option
@db_option
def fast_scheduler(site: str | None, db: str | None) -> None:
    run_scheduler(load_site(site), db, tick_s=0.1, lease_s=2)


if __name__ == "__main__":
    fast_scheduler()
