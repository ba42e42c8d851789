"""The commands `gridcase import …`: take over data of the city after showing what they change (geo.md 9)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gridcase.cli.options import db_option, load_site, load_site_settings, site_option
from gridcase.cli.rules import import_rules
from gridcase.clock import (
    CalendarChanges,
    CalendarRow,
    calendar_changes,
    parse_calendar,
    with_years_replaced,
)
from gridcase.errors import DefinitionError, Fault

if TYPE_CHECKING:
    from gridcase.app import Installation

NOT_UNDERSTOOD = 2
# Rows of each part that are shown; the counts tell the rest.
_SHOWN = 10
# How long after the import until every running process counts by the new calendar, in spans between two looks.
_LOOKS = 3


@click.group("import", short_help="导入工作日历等数据")
def import_data() -> None:
    """导入数据：先列出新增、修改、删除，再一次写入 (import data: shown first, then all or nothing)."""


import_data.add_command(import_rules)


@import_data.command("calendar", short_help="导入工作日历")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只列出变化，不写入 (show what would change and stop).")
@site_option
@db_option
def calendar(file: Path, dry_run: bool, site: str | None, db: str | None) -> None:
    """导入工作日历 FILE，列为 date,kind,name；在办案件的到期时刻随后重新计算 (import a working calendar).

    FILE 中出现的年份以 FILE 为准，其他年份不变；导入的日期优先于 workflows/calendars 中的文件。
    Exit codes: 0 done, 2 the file cannot be read or is faulty: every fault is listed and nothing is written.
    """
    rows = _read(file)
    from gridcase.cli.calendar_rows import imported_rows, shipped_rows

    folder = load_site(site)
    settings = load_site_settings(folder)
    shipped, own = shipped_rows(folder), imported_rows(folder, settings, db)
    after = with_years_replaced(own, rows)
    changes = calendar_changes([*shipped, *own], [*shipped, *after])
    click.echo("\n".join(_preview(file, rows, changes)))
    if dry_run:
        click.echo("试运行，未写入 (dry run, nothing was written)", err=True)
        return
    from gridcase.app import open_installation

    installation = open_installation(folder, settings, db=db)
    _apply(installation, rows)
    installation.database.close()


def _read(file: Path) -> list[CalendarRow]:
    try:
        return parse_calendar(file.read_bytes().decode("utf-8"), str(file))
    except DefinitionError as error:
        faults: Sequence[Fault] = error.faults
    except UnicodeDecodeError:
        faults = [Fault(str(file), "", "bad_file", "not UTF-8")]
    except OSError as error:
        faults = [Fault(str(file), "", "bad_file", error.strerror or str(error))]
    for fault in faults:
        click.echo(str(fault), err=True)
    raise click.exceptions.Exit(NOT_UNDERSTOOD)


def _preview(file: Path, rows: Sequence[CalendarRow], changes: CalendarChanges) -> Iterator[str]:
    added, changed, removed = changes.added, changes.changed, changes.removed
    years = "、".join(str(year) for year in sorted({row.on.year for row in rows})) or "-"
    counts = f"新增 {len(added)}，修改 {len(changed)}，删除 {len(removed)}"
    english = f"{len(added)} added, {len(changed)} changed, {len(removed)} removed"
    yield f"{file.name}: {years} 年，{len(rows)} 行：{counts} ({english})"
    yield from _first([f"+ {_text(row)}" for row in added])
    yield from _first([f"~ {_text(old)} -> {new.kind} {new.name}".rstrip() for old, new in changed])
    yield from _first([f"- {_text(row)}" for row in removed])


def _text(row: CalendarRow) -> str:
    return f"{row.on} {row.kind} {row.name}".rstrip()


def _first(lines: list[str]) -> Iterator[str]:
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"  …另有 {len(lines) - _SHOWN} 行 ({len(lines) - _SHOWN} more)"


def _apply(installation: Installation, rows: Sequence[CalendarRow]) -> None:
    """Write the rows, then bring the due moments of all open clocks to them.

    In between every running process takes the new calendar over: what one of them still computed by the old one is
    computed anew here. An import that was cut off here is made whole by running it again, or by the daily job.
    """
    from gridcase.cases.live_calendar import LOOK_EVERY_S
    from gridcase.directory.calendar import import_calendar
    from gridcase.jobs.recomputing import recompute_due

    book = installation.book
    with installation.database.transaction() as connection:
        is_changed = import_calendar(connection, book.district, rows)
    if is_changed:
        click.echo("已写入，等待运行中的进程换用新日历 (written; running processes take it over)", err=True)
        time.sleep(_LOOKS * LOOK_EVERY_S)
    book.live_calendar.refresh()
    summary = recompute_due(installation.database, book, installation.clock())
    click.echo(
        f"核对在办案件 {summary.case_count} 个：{summary.changed_count} 个案件的 {summary.clock_count} 个到期时刻改变"
        f" ({summary.case_count} open cases, {summary.clock_count} due moments moved in {summary.changed_count})"
    )
    if summary.left_count:
        click.echo(
            f"{summary.left_count} 个案件正被他人办理，由任务 recompute_due 补算 (left to the job)", err=True
        )
