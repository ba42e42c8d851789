"""`gridcase facts rebuild`: the fact rows that every ranking sums up, made anew from the history (evaluation.md 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gridcase.cli.history import open_site_for_repair, progress, text_of
from gridcase.cli.options import db_option, site_option

if TYPE_CHECKING:
    from gridcase.app import Installation
    from gridcase.db import Database

DIFFERS = 3


@click.group(short_help="统计行")
def facts() -> None:
    """统计行：每案一行，排名由其求和 (the fact rows that rankings are sums of)."""


@facts.command(short_help="按历史重建全部统计行")
@click.option("--check", "is_check", is_flag=True, help="只核对，不写入；指出第一处不符 (write nothing).")
@site_option
@db_option
def rebuild(is_check: bool, *, site: str | None, db: str | None) -> None:
    """按历史逐行重建统计表；历史本身有误的案件不动 (rebuild the fact table from the history, row for row).

    --check 只核对，输出第一个不符的案件和列，退出码 3 (names the first differing case and column).
    Exit codes: 0 all is as the history says, or was rebuilt; 3 something differs.
    """
    from gridcase.cases.fact_rebuilding import compare_facts, rebuild_facts
    from gridcase.cases.verifying import case_count

    installation = open_site_for_repair(site, db)
    database, book = installation.database, installation.book
    total, rebuilt, left = case_count(database, book.district), 0, 0
    is_summed = _is_summed(installation)
    found = (
        compare_facts(database, book.district)
        if is_check
        else rebuild_facts(database, book, installation.clock())
    )
    for case in progress(found, total):
        rebuilt += bool(case.mended)
        left += bool(case.differences)
        if case.differences:
            click.echo(text_of(case.differences[0]))
            if is_check:
                break
    wrong = _wrong_sum(database, book.district) if not (is_check and left) else None
    if wrong is not None:
        click.echo(wrong)
        left += is_check
        rebuilt += not is_check
    if rebuilt and is_summed:
        _sum_up_anew(installation)
    database.close()
    if rebuilt:
        click.echo(f"已重建 {rebuilt} 行 ({rebuilt} rows were made anew)", err=True)
    if left:
        click.echo("统计行与历史不符 (fact rows differ from the history)", err=True)
        raise click.exceptions.Exit(DIFFERS)
    click.echo("统计行与历史一致 (all rows are as the history says)", err=True)


def _wrong_sum(database: Database, district: str) -> str | None:
    """The first month sum that is not what its settled cases add up to, in words."""
    from gridcase.evaluation.settling import differing_sums

    with database.reading() as connection:
        for key, column, kept, right in differing_sums(connection, district):
            return f"month_sum {' '.join(key)}: {column}: {kept}, 应为 (should be) {right}"
    return None


def _is_summed(installation: Installation) -> bool:
    """Whether month sums are kept, void ones included."""
    from gridcase.cases.settled import are_void, start_day_of_sums

    with installation.database.reading() as connection:
        district = installation.book.district
        return are_void(connection, district) or start_day_of_sums(connection, district) is not None


def _sum_up_anew(installation: Installation) -> None:
    from gridcase.cases.settled import declare_void
    from gridcase.evaluation.settling import settle

    book = installation.book
    with installation.database.transaction() as connection:
        declare_void(connection, book.district)
    settle(installation.database, book, installation.clock())
