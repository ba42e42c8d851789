"""`gridcase rules replay`: what a changed set of responsibility rules would have done with the last month's dispatches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gridcase.cli.opening import open_existing
from gridcase.cli.options import db_option, site_option
from gridcase.cli.rule_files import DATE, read_rules_file

if TYPE_CHECKING:
    from gridcase.app import Installation
    from gridcase.cases.rule_replay import Replayed
    from gridcase.evaluation.periods import Period


@click.command("replay", short_help="用新规则回放一个月的派遣，不写入")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option("--period", metavar="PERIOD", help="2026-10 等，默认上月 (default the last month).")
@click.option(
    "--on",
    "on",
    type=DATE,
    help="新规则以此日为准，默认今天与文件中最晚生效日的较晚者 (as they read on this day).",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@site_option
@db_option
def replay(
    file: Path, period: str | None, on: datetime | None, form: str, *, site: str | None, db: str | None
) -> None:
    """启用规则文件 FILE 之前，看上月的派遣有多少会去别的部门、是哪些、各部门增减多少；只读 (replay dispatches).

    Exit codes: 0 done, 2 FILE is faulty or the period cannot be read.
    """
    from gridcase.cases.book import Desk
    from gridcase.cases.responsibility import RuleSet
    from gridcase.cases.rule_replay import Comparing, replay_dispatches
    from gridcase.cases.rule_store import stored_rules
    from gridcase.evaluation.periods import last_month, parse_period

    with open_existing(site, db) as installation:
        book = installation.book
        start_day = book.settings.evaluation.period_start_day
        today = _today(installation)
        chosen = parse_period(period or last_month(today, start_day), start_day=start_day)
        rules = read_rules_file(installation, file)
        begins = [rule.span.valid_from for rule in rules if rule.span.valid_from]
        day = on.date() if on is not None else max([today, *begins])
        with installation.database.reading() as connection:
            desk = Desk(connection, book, installation.clock())
            comparing = Comparing(RuleSet(stored_rules(connection, book.district)), RuleSet(rules), day)
            found = list(replay_dispatches(desk, (chosen.span.start, chosen.span.end), comparing))
    answer = _answer(found, chosen, day)
    click.echo(json.dumps(answer, ensure_ascii=False) if form == "json" else "\n".join(_lines(answer)))


def _today(installation: Installation) -> date:
    from gridcase.clock import CHINA

    return installation.clock().astimezone(CHINA).date()


def _answer(found: Sequence[Replayed], period: Period, on: date) -> dict[str, Any]:
    from dataclasses import asdict

    from gridcase.cases.rule_replay import outcome_of, shifts_of
    from gridcase.cases.shown import china_text

    moved = [one for one in found if one.is_elsewhere]
    return {
        "period": period.name,
        "on": on.isoformat(),
        **asdict(outcome_of(found)),
        "departments": [asdict(shift) for shift in shifts_of(found)],
        "elsewhere": [
            {
                "number": one.number,
                "step": one.no,
                "at": china_text(one.at),
                "category": one.category,
                "from": one.went_to,
                "to": one.would_go_to,
                "suggested_before": one.before.card.code if one.before else None,
                "rule": one.after.rule.id if one.after and one.after.rule else None,
            }
            for one in moved
        ],
    }


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{answer['period']} 共派遣 {answer['dispatch_count']} 次，按新规则（{answer['on']}）："
        f"去向相同 {answer['same_count']}，去别的部门 {answer['elsewhere_count']}，"
        f"新规则没有建议 {answer['undecided_count']}；与现行规则的建议不同 {answer['changed_count']}"
    )
    for each in answer["departments"]:
        yield (
            f"{each['department']}: {each['had']} -> {each['would_have']}"
            f"（减少 {each['lost']}，增加 {each['gained']}）"
        )
    for one in answer["elsewhere"]:
        yield f"{one['number']} {one['at'][:16]} {one['category']} {one['from']} -> {one['to']}"
