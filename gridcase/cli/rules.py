"""The commands about responsibility rules: `gridcase import rules`, `gridcase rules gaps` and `gridcase rules replay`."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridcase.cli.importing import import_options, show_changes, take_over, tell_dry_run
from gridcase.cli.opening import open_site
from gridcase.cli.options import db_option, site_option
from gridcase.cli.rule_files import DATE, read_rules_file
from gridcase.cli.rule_replay import replay

if TYPE_CHECKING:
    from gridcase.app import Installation
    from gridcase.cases.responsibility import Rule
    from gridcase.cases.rule_gaps import Gap

FOUND = 1


def _today(installation: Installation, on: datetime | None) -> date:
    from gridcase.clock import CHINA

    return on.date() if on is not None else installation.clock().astimezone(CHINA).date()


# --- import --------------------------------------------------------------------------------------------------


@click.command("rules", short_help="导入责任规则")
@import_options
def import_rules(file: Path, dry_run: bool, site: str | None, db: str | None) -> None:
    """导入责任规则 FILE，即全部规则：类别 × 区域 × 权属 → 责任部门 (import the responsibility rules).

    列：kind,main_code,sub_code,area,department，可有 owner,priority,valid_from,valid_to,note；空白表示不限。
    数值大的优先级先适用；相同时，写明权属、类别更细、区域更小的先适用。
    Exit codes: 0 done, 2 the file cannot be read or is faulty: every fault is listed and nothing is written.
    """
    from gridcase.cases.import_kinds import RULE_IMPORT
    from gridcase.cases.rule_store import rule_changes, stored_rules

    with open_site(site, db) as installation:
        rules = read_rules_file(installation, file)
        with installation.database.reading() as connection:
            changes = rule_changes(stored_rules(connection, installation.book.district), rules)
        show_changes(
            f"{file.name}: {len(rules)} 条规则",
            changes,
            row=rule_text,
            change=lambda was, will: f"{rule_text(was)} -> {_terms(will)}",
        )
        if dry_run:
            tell_dry_run()
            return
        take_over(installation, RULE_IMPORT, file, rows=rules)


def rule_text(rule: Rule) -> str:
    """A rule in one line: category, area, owner, department, and its terms."""
    owner = f" 权属 {rule.owner}" if rule.owner else ""
    return f"{rule.category or '*'} {rule.area or '*'}{owner} {rule.department} {_terms(rule)}"


def _terms(rule: Rule) -> str:
    begin, end = rule.span.valid_from or "", rule.span.valid_to or ""
    dates = f" {begin}..{end}" if begin or end else ""
    note = f" {rule.note}" if rule.note else ""
    return f"({rule.priority}){dates}{note}"


# --- gaps ----------------------------------------------------------------------------------------------------


@click.group("rules", short_help="责任规则的检查与回放")
def rules_group() -> None:
    """责任规则：查无人负责和多头负责，启用前回放上月派遣 (responsibility rules: gaps, replay)."""


rules_group.add_command(replay)


@rules_group.command("gaps", short_help="列出无责任部门或有两个责任部门的网格和小类")
@click.option(
    "--file", "file", type=click.Path(path_type=Path), metavar="FILE.csv", help="检查此文件而非现行规则."
)
@click.option("--on", "on", type=DATE, help="规则和网格在此日的状态，默认今天 (rules and cells of this day).")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text")
@site_option
@db_option
def gaps(file: Path | None, on: datetime | None, form: str, *, site: str | None, db: str | None) -> None:
    """列出没有责任部门、或有两个同等责任部门的 网格 × 小类 (cells × categories with no owner or with two).

    text 每个小类一行；csv 每个网格一行，列 kind,main_code,sub_code,sub_name,cell,finding,departments；json 每个小类一行。
    Exit codes: 0 every cell and category has one department, 1 some have none or two, 2 FILE is faulty.
    """
    from gridcase.cases.rule_desk import cell_places, rules_in_force
    from gridcase.cases.rule_gaps import gaps as find_gaps
    from gridcase.cases.rule_store import stored_rules

    with open_site(site, db) as installation:
        book, day = installation.book, _today(installation, on)
        given = read_rules_file(installation, file) if file is not None else None
        with installation.database.reading() as connection:
            rules = stored_rules(connection, book.district) if given is None else given
            valid = rules_in_force(connection, book, rules, on=day)
    cells = list(cell_places(book, on=day))
    found = list(find_gaps(valid, book.catalogue, cells))
    _show_gaps(found, form, cell_count=len(cells))
    counts = {name: sum(len(gap.cells) for gap in found if gap.finding == name) for name in ("none", "two")}
    total = len(cells) * len(book.catalogue.categories)
    click.echo(
        f"{day}：{len(cells)} 个网格 × {len(book.catalogue.categories)} 个小类 = {total}；"
        f"无责任部门 {counts['none']}，多个责任部门 {counts['two']} (none {counts['none']}, two {counts['two']})",
        err=True,
    )
    if found:
        raise click.exceptions.Exit(FOUND)


def _show_gaps(found: Sequence[Gap], form: str, *, cell_count: int) -> None:
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["kind", "main_code", "sub_code", "sub_name", "cell", "finding", "departments"])
        for gap in found:
            one, departments = gap.category, " ".join(gap.departments)
            head = [one.kind, one.main_code, one.sub_code, one.sub_name]
            writer.writerows([*head, cell, gap.finding, departments] for cell in gap.cells)
        return
    for gap in found:
        click.echo(
            json.dumps(_gap_json(gap), ensure_ascii=False) if form == "json" else _gap_text(gap, cell_count)
        )


def _gap_json(gap: Gap) -> dict[str, Any]:
    one = gap.category
    return {
        "kind": one.kind, "main_code": one.main_code, "sub_code": one.sub_code, "sub_name": one.sub_name,
        "finding": gap.finding, "departments": list(gap.departments), "cell_count": len(gap.cells),
        "cells": list(gap.cells),
    }  # fmt: skip


def _gap_text(gap: Gap, cell_count: int) -> str:
    one = gap.category
    what = "、".join(gap.departments) if gap.departments else "无责任部门"
    where = "全部网格" if len(gap.cells) == cell_count else f"{len(gap.cells)} 个网格，如 {gap.cells[0]}"
    return f"{one.kind}/{one.main_code}/{one.sub_code} {one.sub_name}：{what}（{where}）"
