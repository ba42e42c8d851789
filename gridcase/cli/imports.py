"""The commands `gridcase import …`: take over data of the city after showing what they change (geo.md 9)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gridcase.cli.category_import import import_table
from gridcase.cli.importing import (
    import_options,
    let_others_follow,
    read_file,
    show_changes,
    take_over,
    tell_dry_run,
)
from gridcase.cli.opening import opened
from gridcase.cli.options import load_site, load_site_settings
from gridcase.cli.rules import import_rules
from gridcase.clock import CalendarRow, calendar_changes, parse_calendar, with_years_replaced

if TYPE_CHECKING:
    from gridcase.app import Installation


@click.group("import", short_help="导入工作日历等数据")
def import_data() -> None:
    """导入数据：先列出新增、修改、删除，再一次写入 (import data: shown first, then all or nothing)."""


import_data.add_command(import_rules)
import_data.add_command(import_table)


@import_data.command("calendar", short_help="导入工作日历")
@import_options
def calendar(file: Path, dry_run: bool, site: str | None, db: str | None) -> None:
    """导入工作日历 FILE，列为 date,kind,name；在办案件的到期时刻随后重新计算 (import a working calendar).

    FILE 中出现的年份以 FILE 为准，其他年份不变；导入的日期优先于 workflows/calendars 中的文件。
    Exit codes: 0 done, 2 the file cannot be read or is faulty: every fault is listed and nothing is written.
    """
    rows = read_file(file, parse_calendar)
    from gridcase.cli.calendar_rows import imported_rows, shipped_rows

    folder = load_site(site)
    settings = load_site_settings(folder)
    shipped, own = shipped_rows(folder), imported_rows(folder, settings, db)
    after = with_years_replaced(own, rows)
    years = "、".join(str(year) for year in sorted({row.on.year for row in rows})) or "-"
    show_changes(
        f"{file.name}: {years} 年，{len(rows)} 行",
        calendar_changes([*shipped, *own], [*shipped, *after]),
        row=_text,
        change=lambda was, will: f"{_text(was)} -> {will.kind} {will.name}".rstrip(),
    )
    if dry_run:
        tell_dry_run()
        return
    with opened(folder, settings, db) as installation:
        _apply(installation, file, rows)


def _text(row: CalendarRow) -> str:
    return f"{row.on} {row.kind} {row.name}".rstrip()


def _apply(installation: Installation, file: Path, rows: Sequence[CalendarRow]) -> None:
    """Write the rows, then bring the due moments of all open clocks to them.

    In between every running process takes the new calendar over: what one of them still computed by the old one is
    computed anew here. An import that was cut off here is made whole by running it again, or by the job.
    """
    from gridcase.cases.import_kinds import calendar_import
    from gridcase.jobs.recomputing import recompute_due

    book = installation.book
    if take_over(installation, calendar_import(installation.site), file, rows=rows):
        let_others_follow()
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
