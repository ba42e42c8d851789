"""The command `gridcase import categories`: another category table, with its filing conditions and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

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
from gridcase.clock import Unit

if TYPE_CHECKING:
    from gridcase.app import Installation
    from gridcase.cases.catalogue_file import ConditionRow

# Cases of the warning that are named.
_NAMED = 5
_WORDS = {
    "main_name": "大类", "sub_name": "小类", "condition": "立案条件", "closing_condition": "结案条件",
    "limit_text": "时限", "limit_note": "时限原文",
}  # fmt: skip


@click.command("categories", short_help="导入案件分类、立案条件和时限")
@import_options
@click.option(
    "--standard", metavar="ID", help="导入此标准，缺省为设置 catalogue.standard (default the one in force)."
)
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="WORDS=UNIT",
    help="时限数字后面的文字按此单位读，如 小时=工作时，可多次；原文留作备注 (how to read other words).",
)
def import_table(
    file: Path,
    dry_run: bool,
    site: str | None,
    *,
    db: str | None,
    standard: str | None,
    units: tuple[str, ...],
) -> None:
    """导入案件分类目录 FILE，即该标准的全部类别、立案条件和时限 (import the category table of a standard).

    列：standard,kind,main_code,main_name,sub_code,sub_name,condition_no,condition,closing_condition,limit，可有
    national_code,source；文件中没有的即删除，其他标准的行不用。已立案的案件不受影响，此后的立案用新的条件和时限。
    Exit codes: 0 done, 2 the file cannot be read or is faulty: every fault is listed and nothing is written.
    """
    from gridcase.cases.catalogue_file import read_conditions

    mapping = _mapping(units)
    folder = load_site(site)
    settings = load_site_settings(folder)
    wanted = standard or settings.catalogue.standard
    table = read_file(file, lambda text, name: read_conditions(text, name, wanted, units=mapping))
    unused = sum(table.others.values())
    head = f"{file.name}: 标准 {wanted}，{len(table.rows)} 个立案条件"
    with opened(folder, settings, db) as installation:
        _import(installation, table.rows, file, head=head, dry_run=dry_run)
    if unused:
        click.echo(f"其他标准的 {unused} 行未用 ({unused} rows of other standards were left alone)", err=True)


def _mapping(units: Sequence[str]) -> dict[str, Unit]:
    from gridcase.cases.catalogue_file import read_units

    try:
        return read_units(units)
    except ValueError as error:
        names = "、".join(one.value for one in Unit)
        told = f"{error}: 写作 文字=单位，单位为 {names} (WORDS=UNIT)"
        raise click.BadParameter(told, param_hint="--unit") from None


def _import(
    installation: Installation, rows: Sequence[ConditionRow], file: Path, *, head: str, dry_run: bool
) -> None:
    from gridcase.cases.catalogue_store import (
        category_changes,
        stored_conditions,
        unfiled_without_class,
    )
    from gridcase.cases.import_kinds import CATEGORY_IMPORT, category_options

    database, district, standard = installation.database, installation.book.district, rows[0].standard
    with database.reading() as connection:
        changes = category_changes(stored_conditions(connection, district, standard), rows)
        stranded = unfiled_without_class(connection, district, rows)
    show_changes(head, changes, row=_text, change=_change)
    if stranded and standard == installation.settings.catalogue.standard:
        named = "、".join(f"{number} ({category})" for number, category in stranded[:_NAMED])
        more = " …" if len(stranded) > _NAMED else ""
        click.echo(
            f"{len(stranded)} 个未立案案件的类别不在新目录中，立案前须更正：{named}{more}"
            f" ({len(stranded)} cases not yet filed must be corrected first)",
            err=True,
        )
    if dry_run:
        tell_dry_run()
        return
    done = take_over(installation, CATEGORY_IMPORT, file, rows=rows, options=category_options(standard, {}))
    in_force = installation.settings.catalogue.standard
    if standard != in_force:
        click.echo(
            f"在用的是 {in_force}，由设置 catalogue.standard 决定 (the setting names another one)", err=True
        )
    elif done:
        let_others_follow()


def _text(row: ConditionRow) -> str:
    limit = f"{row.limit_text}（原文 {row.limit_note}）" if row.limit_note else row.limit_text
    return f"{'/'.join(row.category)} {row.sub_name} {row.condition_no}. {row.condition} {limit}"


def _change(was: ConditionRow, will: ConditionRow) -> str:
    """The condition by its key, and each thing that will read otherwise."""
    parts = [
        f"{_WORDS[field.name]} {getattr(was, field.name) or '-'} -> {getattr(will, field.name) or '-'}"
        for field in fields(was)
        if getattr(was, field.name) != getattr(will, field.name)
    ]
    return f"{'/'.join(was.category)} {was.sub_name} {was.condition_no}. {'；'.join(parts)}"
