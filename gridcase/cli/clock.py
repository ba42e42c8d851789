"""The command `gridcase clock`: the due moment of one limit, or of a file of them, with the explanation."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from gridcase.cli.calendar_rows import imported_rows, shipped_rows
from gridcase.cli.options import db_option, load_site, load_site_settings, site_option
from gridcase.clock import (
    ClockError,
    ClockRules,
    WorkCalendar,
    answer,
    answers,
    make_rules,
    readable,
    refusal,
)

REFUSED = 1
UNREADABLE = 2


@click.command()
@click.option("--start", metavar="MOMENT", help="起算时刻 (2026-09-30T16:30).")
@click.option("--limit", metavar="LIMIT", help="时限 (4工作时, 15工作日, 0.25紧急工作时).")
@click.option("--hold", "holds", metavar="FROM/TO", multiple=True, help="暂停，可多次 (a hold, repeatable).")
@click.option(
    "--extend", "extensions", metavar="AT=LIMIT", multiple=True, help="延期：申请时刻=时限，可多次."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式.")
@click.option(
    "--batch", metavar="FILE", help="每行一个 JSON 对象，逐行回答 (JSON lines; - is standard input)."
)
@site_option
@db_option
def clock(site: str | None, db: str | None, batch: str | None, *, form: str, **question: Any) -> None:
    """计算到期时刻并逐段说明 (due moment of a limit, explained).

    工作日历取站点的文件，数据库中导入的日期优先 (the calendar files of the site, overridden by imported dates).
    Exit codes: 0 answered, 1 refused, 2 the batch file cannot be read or the call is wrong.
    """
    is_asked = any(value not in (None, ()) for value in question.values())
    if batch is not None and is_asked:
        raise click.UsageError("--batch goes without --start, --limit, --hold and --extend")
    if batch is None and not is_asked:
        raise click.UsageError("give --start and --limit, or --batch")
    if batch is not None:
        lines = _read(batch)
        _write_answers(lines, _rules(site, db))
        return
    try:
        members = b"".join(answer(_question(question), _rules(site, db)))
    except ClockError as fault:
        error = _named(fault, question)
        if form == "json":
            _write(b"{%b}\n" % b"".join(refusal(error)))
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(REFUSED) from None
    if form == "json":
        _write(b"{%b}\n" % members)
    else:
        found = json.loads(b"{%b}" % members)
        _write(readable(found["due_at"], found["lines"]).encode() + b"\n")


def _rules(site: str | None, db: str | None) -> ClockRules:
    folder = load_site(site)
    settings = load_site_settings(folder)
    rows = [*shipped_rows(folder), *imported_rows(folder, settings, db)]
    return make_rules(WorkCalendar(rows), settings.clock.slots, settings.clock.workday)


def _question(given: dict[str, Any]) -> dict[str, Any]:
    """The options as the fields of a batch line; what lacks its sign is left as it is, to be refused in its turn."""
    question = {name: given[name] for name in ("start", "limit") if given[name] is not None}
    question["holds"] = [_parted(hold, "/", ("from", "to")) for hold in given["holds"]]
    question["extensions"] = [_parted(one, "=", ("at", "limit")) for one in given["extensions"]]
    return question


def _parted(text: str, sign: str, names: tuple[str, str]) -> dict[str, str] | str:
    first, found, last = text.partition(sign)
    return {names[0]: first, names[1]: last} if found else text


def _named(error: ClockError, given: dict[str, Any]) -> ClockError:
    """The refusal in words of the options, where an option lacks its sign: it speaks of the fields of a batch line."""
    for name, sign, option in (("holds", "/", "--hold FROM/TO"), ("extensions", "=", "--extend AT=LIMIT")):
        lacking = [text for text in given[name] if sign not in text]
        if lacking and f"each of {name} " in str(error):
            return ClockError(error.code, f"{lacking[0]!r} has no {sign!r}, write {option}")
    return error


def _read(batch: str) -> list[bytes]:
    try:
        with click.open_file(batch, "rb") as file:
            return list(file)
    except OSError as error:
        click.echo(f"bad_file: {batch}: {error.strerror or error}", err=True)
        raise click.exceptions.Exit(UNREADABLE) from None


def _write_answers(lines: list[bytes], rules: ClockRules) -> None:
    for line in answers(lines, rules):
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _write(text: bytes) -> None:
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
