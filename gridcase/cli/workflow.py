"""The commands `gridcase workflow …`: which versions there are, in what two differ, and taking cases over (flow.md 9)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridcase.cli.importing import read_file, tell_dry_run
from gridcase.cli.opening import open_existing
from gridcase.cli.options import choose_database_url, db_option, load_site, load_site_settings, site_option

if TYPE_CHECKING:
    from gridcase.app import Installation
    from gridcase.cases.migrating import Migration
    from gridcase.directory.people import Actor
    from gridcase.engine import Definition
    from gridcase.engine.comparing import Change
    from gridcase.resources import SiteFolder

NOT_FOUND, REFUSED = 1, 3
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}

_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式."
)


@click.group("workflow", short_help="流程版本：比较、迁移")
def workflow() -> None:
    """流程版本：列出、比较、把在办案件迁移到另一版本 (versions of workflows: list, compare, take cases over)."""


@workflow.command("list", short_help="列出流程版本")
@_format
@site_option
@db_option
def list_versions(form: str, *, site: str | None, db: str | None) -> None:
    """列出各流程版本及其在办案件所处状态 (the versions of all workflows, and where their open cases stand)."""
    from gridcase.app import open_for_repair
    from gridcase.cases.definitions import standings

    folder = load_site(site)
    # Also where open cases are stranded: this is where one sees it.
    installation = open_for_repair(folder, load_site_settings(folder), db=db)
    with installation.database.reading() as connection:
        rows = standings(connection, installation.book.district)
    installation.database.close()
    flows = installation.book.flows
    items: list[dict[str, Any]] = [
        {
            "workflow": name,
            "version": version,
            "title": definition.title,
            "takes_new_cases": name in flows.offered and flows.latest(name) is definition,
            "open": {row.state: row.count for row in rows if (row.workflow, row.version) == (name, version)},
        }
        for (name, version), definition in sorted(flows.by_version.items())
    ]
    if form == "json":
        click.echo(json.dumps(items, ensure_ascii=False))
        return
    for item in items:
        mark = "接收新案件" if item["takes_new_cases"] else ""
        states = "，".join(f"{state} {count}" for state, count in item["open"].items()) or "无在办案件"
        click.echo(
            "\t".join(
                part
                for part in (f"{item['workflow']}@{item['version']}", item["title"], mark, states)
                if part
            )
        )


@workflow.command("diff", short_help="比较两个流程版本")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@_format
@site_option
@db_option
def diff(old: str, new: str, form: str, *, site: str | None, db: str | None) -> None:
    """比较 A 与 B：文件，或站点流程的 NAME、NAME@VERSION (in what two definitions differ, table by table).

    A version that left the folder is looked for among the stored ones. Exit codes: 0 compared, 1 no such workflow,
    or a faulty file.
    """
    from gridcase.engine.comparing import differences

    folder = load_site(site)
    found = differences(_definition(old, folder, db), _definition(new, folder, db))
    if form == "json":
        click.echo(json.dumps([_as_dict(change) for change in found], ensure_ascii=False))
        return
    for change in found:
        click.echo(_line(change))
    click.echo(f"{len(found)} 处不同 ({len(found)} differences)", err=True)


def _as_dict(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "table": change.table,
        "name": change.name,
        "key": change.key,
        "old": change.old,
        "new": change.new,
    }


def _line(change: Change) -> str:
    head = f"{_SIGNS[change.kind]} {change.table} {change.name}"
    if change.key is None:
        return head
    old, new = (json.dumps(value, ensure_ascii=False) for value in (change.old, change.new))
    return f"{head}: {change.key} = {old} -> {new}"


def _definition(named: str, site: SiteFolder, db: str | None) -> Definition:
    """The definition of a file, or of a version in the site's folder or its database; ends the command with exit 1."""
    from gridcase.cases.flow_files import load_flow_files
    from gridcase.engine import read_folder
    from gridcase.errors import NotFound

    path = Path(named)
    if path.is_file():
        flows = load_flow_files({named: path.read_bytes()})
        return next(iter(flows.by_version.values()))
    name, _, version = named.partition("@")
    stored = _stored_texts(site, db) if version else {}
    files = read_folder(site.workflows)
    flows = load_flow_files(files, stored)
    try:
        return flows.get(name, int(version)) if version.isdecimal() else flows.latest(name)
    except NotFound as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(NOT_FOUND) from error


def _stored_texts(site: SiteFolder, db: str | None) -> dict[tuple[str, int], str]:
    """The texts of the versions that the site's database keeps; none when it is not there or has no tables yet."""
    from gridcase.cases.definitions import stored_versions
    from gridcase.db import Database, missing_file
    from gridcase.migrations import schema_state

    settings = load_site_settings(site)
    database = Database(choose_database_url(db, settings, site))
    try:
        if missing_file(database.url):
            return {}
        with database.reading() as connection:
            if not schema_state(connection).is_current:
                return {}
            known = stored_versions(connection, settings.site.district)
            return {key: version.text for key, version in known.items()}
    finally:
        database.close()


@workflow.command("migrate", short_help="把在办案件迁移到另一版本")
@click.argument("plan_file", metavar="PLAN.toml", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只列出将要做的，不写入 (show what would be done and stop).")
@click.option(
    "--by", "who", metavar="USER", help="经办的管理员，默认为系统 (the administrator who answers for it)."
)
@_format
@site_option
@db_option
def migrate(
    plan_file: Path, dry_run: bool, who: str | None, form: str, *, site: str | None, db: str | None
) -> None:
    """按方案把在办案件迁移到流程的另一版本，每件写一步历史 (take running cases over to another version, by a plan).

    方案：workflow、from、to（版本）、reason，[states] 为“旧状态 = 新状态”，未列出的状态名不变。
    Exit codes: 0 done, 2 the plan cannot be read, 3 a case stands in the way: all are named, nothing is written.
    """
    from gridcase.cases import migrating
    from gridcase.errors import DefinitionError

    with open_existing(site, db) as installation:
        database, book, now = installation.database, installation.book, installation.clock()
        by = _person(installation, who)
        plan = _read_plan(plan_file, installation)
        try:
            done = (
                migrating.examine(database, book, now, plan=plan)
                if dry_run
                else migrating.migrate(database, book, now, plan=plan, by=by)
            )
        except DefinitionError as error:
            _tell_faults(error)
            raise click.exceptions.Exit(REFUSED) from error
    click.echo(json.dumps(done.as_dict(), ensure_ascii=False) if form == "json" else "\n".join(_told(done)))
    if dry_run:
        tell_dry_run()


def _read_plan(file: Path, installation: Installation) -> Any:
    from gridcase.cases.migrating import read_plan

    return read_file(file, lambda text, name: read_plan(text, name, installation.book.flows))


def _tell_faults(error: Any) -> None:
    for fault in error.faults:
        click.echo(str(fault), err=True)


def _person(installation: Installation, who: str | None) -> tuple[Actor, str]:
    """The administrator of this name, or the program itself; ends the command when it is somebody else."""
    from gridcase.directory.people import SYSTEM
    from gridcase.directory.queries import find_actor

    if who is None:
        return SYSTEM, "system"
    with installation.database.reading() as connection:
        person = find_actor(connection, installation.book.district, who)
    if person is None or not person.has_role("administrator"):
        click.echo(f"{who}：没有此管理员 (no administrator of this name)", err=True)
        raise click.exceptions.Exit(NOT_FOUND if person is None else REFUSED)
    return person, "administrator"


def _told(done: Migration) -> Iterator[str]:
    yield f"案件 {done.case_count} 件 ({done.case_count} cases)"
    for (before, after), count in sorted(done.moved.items()):
        yield f"  {before} -> {after}\t{count}"
    for label, clocks in (("新开始的时限", done.started), ("终止的时限", done.ended)):
        for clock, count in sorted(clocks.items()):
            yield f"  {label} {clock}\t{count}"
    if done.left_count:
        yield f"  未迁移 {done.left_count} 件，办理中有变化，请再运行一次 ({done.left_count} left, run again)"
