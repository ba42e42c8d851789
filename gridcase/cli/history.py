"""The commands over the history of cases: `gridcase verify-history` and `gridcase replay`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from gridcase.cli.options import db_option, existing_database_url, load_site, load_site_settings, site_option
from gridcase.errors import Invalid

if TYPE_CHECKING:
    from gridcase.app import Installation
    from gridcase.cases.differences import Difference
    from gridcase.db import Database

FOUND = 1
# How often the progress is told on standard error, in cases.
_STEP = 1000
_LONGEST = 60
# What is the matter, in the words of people.
WORDS: Mapping[str, tuple[str, str]] = {
    "hash_mismatch": ("内容与哈希不符", "the content is not what was sealed"),
    "row_absent": ("缺少", "missing"),
    "number_unused": (
        "编号已取用但没有案件：上报中断，或案件被整件删除",
        "drawn, but no case: a report broke off, or a case was removed whole",
    ),
    "row_surplus": ("多出，历史中没有", "not in the history"),
    "value_differs": ("与历史不符", "not what the history says"),
    "unreadable": ("无法读作案件历史", "cannot be read as a history"),
    "photo_lost": ("照片文件丢失", "the picture is lost"),
    "photo_altered": ("照片文件被替换", "the picture is another one"),
    "no_such_move": ("该版本流程没有这一步", "the flow of its version has no such move"),
    "due_outdated": ("到期时刻不是现行日历所得", "not by the calendar in force; run the job recompute_due"),
}

_numbers = click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式，json 每行一处."
)


@click.command("verify-history", short_help="校验案件历史")
@_numbers
@click.option("--pictures", is_flag=True, help="同时校验照片文件的哈希 (read every picture too).")
@_format
@site_option
@db_option
def verify_history(
    numbers: tuple[str, ...], pictures: bool, form: str, *, site: str | None, db: str | None
) -> None:
    """校验哈希链，并核对案件、计时、申请、统计等各表与历史是否一致 (verify the hash chain and all mirrored rows).

    每处不符输出一行：案件编号、表、行、列。Exit codes: 0 all is sound, 1 something differs,
    2 there is no such case.
    """
    from gridcase.cases.verifying import case_count, verify

    installation = open_site_for_repair(site, db)
    database, book = installation.database, installation.book
    check_known(database, book.district, numbers)
    total = len(numbers) or case_count(database, book.district)
    found = 0
    checked = verify(database, book, numbers=numbers, with_pictures=pictures)
    for case in progress(checked, total):
        found += _tell(case.differences, form)
    database.close()
    _end(found, "历史完整 (all is sound)")


@click.command(short_help="按历史重放案件")
@_numbers
@click.option("--check", "is_check", is_flag=True, help="只核对，不写入 (write nothing).")
@_format
@site_option
@db_option
def replay(numbers: tuple[str, ...], is_check: bool, form: str, *, site: str | None, db: str | None) -> None:
    """按历史和当时的流程重放案件，重建由历史得出的各表；历史本身有误的案件不动 (replay cases, rebuild mirrored rows).

    Exit codes: 0 nothing differs, or all that differed was rebuilt; 1 something differs; 2 there is no such case.
    """
    from gridcase.cases.replaying import replay as replay_cases
    from gridcase.cases.verifying import case_count

    installation = open_site_for_repair(site, db)
    database, book = installation.database, installation.book
    check_known(database, book.district, numbers)
    total = len(numbers) or case_count(database, book.district)
    found = mended = 0
    replayed = replay_cases(database, book, installation.clock(), numbers=numbers, is_check=is_check)
    for case in progress(replayed, total):
        found += _tell(case.differences, form)
        mended += _tell(case.mended, form, is_mended=True)
    database.close()
    if mended:
        click.echo(f"已重建 {mended} 处 ({mended} values or rows were written anew)", err=True)
    _end(found, "与历史一致 (nothing differs)")


def open_site_for_repair(site: str | None, db: str | None) -> Installation:
    """The installation, whatever its rows say of open cases; the caller closes its database.

    Raises GridcaseError `no_database`: a check of nothing would find all sound.
    """
    from gridcase.app import open_for_repair

    folder = load_site(site)
    settings = load_site_settings(folder)
    return open_for_repair(folder, settings, db=existing_database_url(db, settings, folder))


def check_known(database: Database, district: str, numbers: Sequence[str]) -> None:
    """Raises Invalid `unknown_case`, naming those that no case ever had; a case that was lost is for the check itself."""
    from gridcase.cases.verifying import never_given

    unknown = never_given(database, district, numbers) if numbers else []
    if unknown:
        database.close()
        told = ", ".join(unknown)
        raise Invalid("unknown_case", f"没有这个案件 (there is no such case): {told}", field="NUMBER")


def progress(cases: Iterable[Any], total: int) -> Iterator[Any]:
    """The cases, with a word on standard error now and then about how far it is."""
    for count, case in enumerate(cases, start=1):
        yield case
        if count % _STEP == 0:
            click.echo(f"{count}/{max(total, count)}", err=True)


def _tell(differences: Iterable[Difference], form: str, *, is_mended: bool = False) -> int:
    """Tell each; answers how many are faults: a number that was drawn in vain is none."""
    from gridcase.cases.differences import UNUSED

    count = 0
    for one in differences:
        count += one.code != UNUSED
        if form == "json":
            line = json.dumps({**one.as_dict(), "mended": is_mended}, ensure_ascii=False)
        else:
            line = text_of(one) + (" → 已重建 (mended)" if is_mended else "")
        click.echo(line)
    return count


def text_of(one: Difference) -> str:
    """One line for people: `20261009000001: step no=3: on_time: value_differs: 与历史不符 (…): False, 应为 True`."""
    key = " ".join(f"{name}={value}" for name, value in one.key.items())
    places = [one.number, f"{one.table} {key}".strip(), one.column or "", one.code]
    zh, en = WORDS[one.code]
    told = ": ".join(place for place in places if place)
    values = one.as_dict()
    if one.column is None:
        return f"{told}: {zh} ({en})"
    return f"{told}: {zh} ({en}): {_shortened(values['stored'])}, 应为 (should be) {_shortened(values['expected'])}"


def _shortened(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _end(found: int, sound: str) -> None:
    if found:
        click.echo(f"发现 {found} 处不符 ({found} differences)", err=True)
        raise click.exceptions.Exit(FOUND)
    click.echo(sound, err=True)
