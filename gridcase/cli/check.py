"""The command `gridcase check`: every fault of a site's files, with file and place."""

from __future__ import annotations

from pathlib import Path

import click

from gridcase.cli.options import choose_database_url, db_option, load_site, load_site_settings, site_option
from gridcase.config import Settings, load_settings
from gridcase.errors import DefinitionError, Fault
from gridcase.resources import SiteFolder

FAULTY = 1

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--workflows", metavar="DIR", type=_FOLDER, help="只检查此流程目录 (these workflow definitions only)."
)
@click.option("--geo", metavar="DIR", type=_FOLDER, help="只检查此地理数据目录 (this geo folder only).")
@click.option("--config", metavar="FILE", type=_FILE, help="检查此配置文件 (this config.toml).")
@db_option
@site_option
def check(
    site: str | None, db: str | None, *, workflows: Path | None, geo: Path | None, config: Path | None
) -> None:
    """检查流程、地理、配置和数据库，列出全部错误 (every fault of a site's files).

    Without --workflows, --geo and --config the whole site is checked. With --db also whether the text of a version
    that is in use was changed. Exit codes: 0 no fault, 1 any.
    """
    if workflows is None and geo is None and config is None:
        faults = _check_site(load_site(site), db)
    else:
        faults = _check_parts(workflows, geo, config=config, db=db)
    for fault in faults:
        click.echo(str(fault))
    if faults:
        click.echo(f"发现 {len(faults)} 处错误 ({len(faults)} faults)", err=True)
        raise click.exceptions.Exit(FAULTY)
    click.echo("没有发现错误 (no faults)", err=True)


def _check_site(site: SiteFolder, db: str | None) -> list[Fault]:
    from gridcase.cli import site_checks
    from gridcase.engine import read_folder

    settings, faults = _settings(site)
    files = read_folder(site.workflows)
    flow_faults = site_checks.workflow_faults(files)
    faults += flow_faults or site_checks.default_workflow_faults(files, settings)
    faults += site_checks.data_faults(site.workflows, settings)
    faults += site_checks.text_faults(site, settings)
    faults += site_checks.geo_faults(site.geo, settings)
    if db is not None:
        url = choose_database_url(db, settings, site)
        faults += site_checks.database_faults(url, settings.site.district, files)
    return faults


def _settings(site: SiteFolder) -> tuple[Settings, list[Fault]]:
    """The settings of the site, or those we ship with the faults of its file."""
    try:
        return load_site_settings(site), []
    except DefinitionError as error:
        return Settings(), list(error.faults)


def _check_parts(
    workflows: Path | None, geo: Path | None, *, config: Path | None, db: str | None
) -> list[Fault]:
    from gridcase.cli import site_checks
    from gridcase.engine import read_folder

    settings, faults = (Settings(), []) if config is None else _settings_of(config)
    files = read_folder(workflows) if workflows is not None else {}
    if workflows is not None:
        faults += site_checks.workflow_faults(files) or site_checks.missing_workflows(workflows, files)
    if geo is not None:
        faults += site_checks.geo_faults(geo, settings)
    if db is not None and workflows is not None:
        url = choose_database_url(db, settings, load_site())
        faults += site_checks.database_faults(url, settings.site.district, files)
    return faults


def _settings_of(config: Path) -> tuple[Settings, list[Fault]]:
    try:
        return load_settings(config.read_text(encoding="utf-8-sig"), str(config)), []
    except (OSError, UnicodeDecodeError) as error:
        return Settings(), [Fault(str(config), "", "bad_file", str(error))]
    except DefinitionError as error:
        return Settings(), list(error.faults)
