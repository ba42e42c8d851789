"""What all commands that take over data of a city share: their options, reading the file, showing what it changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gridcase.cli.options import db_option, site_option
from gridcase.errors import DefinitionError, Fault
from gridcase.tables import Changes

if TYPE_CHECKING:
    from gridcase.app import Installation
    from gridcase.cases.table_imports import TableImport

T = TypeVar("T")
Options = Mapping[str, str] | None
F = TypeVar("F", bound=Callable[..., Any])

NOT_UNDERSTOOD = 2
# Rows of each part that are shown; the counts tell the rest.
_SHOWN = 10


def import_options(command: F) -> F:
    """Adds the argument `FILE.csv` and the options `--dry-run`, `--site` and `--db`."""
    for add in (
        db_option,
        site_option,
        click.option("--dry-run", is_flag=True, help="只列出变化，不写入 (show what would change and stop)."),
        click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path)),
    ):
        command = add(command)
    return command


def read_file(file: Path, parse: Callable[[str, str], T]) -> T:
    """What `parse` makes of the text and the name of a file.

    A file that cannot be read, or a faulty one, ends the command with exit 2, after every fault was told.
    """
    try:
        return parse(file.read_bytes().decode("utf-8-sig"), str(file))
    except DefinitionError as error:
        faults: Sequence[Fault] = error.faults
    except UnicodeDecodeError:
        faults = [Fault(str(file), "", "bad_file", "not UTF-8")]
    except OSError as error:
        faults = [Fault(str(file), "", "bad_file", error.strerror or str(error))]
    for fault in faults:
        click.echo(str(fault), err=True)
    raise click.exceptions.Exit(NOT_UNDERSTOOD)


def take_over(
    installation: Installation,
    kind: TableImport[T],
    file: Path,
    *,
    rows: Sequence[T],
    options: Options = None,
) -> Changes[T]:
    """Write the rows of a file, as the page does after its preview; `options` say how it was read."""
    from gridcase.cases.book import Desk
    from gridcase.cases.table_imports import Source, apply
    from gridcase.directory.import_drafts import Draft
    from gridcase.directory.people import SYSTEM

    draft = Draft(file.name, "", options or {})
    with installation.database.transaction() as connection:
        desk = Desk(connection, installation.book, installation.clock())
        return apply(desk, kind, draft, rows=rows, source=Source(SYSTEM.name))


def show_changes(
    head: str, changes: Changes[T], *, row: Callable[[T], str], change: Callable[[T, T], str]
) -> None:
    """Counts of what an import adds, changes and removes, with the first rows of each.

    `row` tells one row, `change` what becomes of one: before and after.
    """
    added, changed, removed = changes.added, changes.changed, changes.removed
    counts = f"新增 {len(added)}，修改 {len(changed)}，删除 {len(removed)}"
    english = f"{len(added)} added, {len(changed)} changed, {len(removed)} removed"
    click.echo(f"{head}：{counts} ({english})")
    for line in (
        *_first([f"+ {row(each)}" for each in added]),
        *_first([f"~ {change(was, will)}" for was, will in changed]),
        *_first([f"- {row(each)}" for each in removed]),
    ):
        click.echo(line)


def _first(lines: list[str]) -> Iterator[str]:
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"  …另有 {len(lines) - _SHOWN} 行 ({len(lines) - _SHOWN} more)"


def tell_dry_run() -> None:
    """Say that nothing was written."""
    click.echo("试运行，未写入 (dry run, nothing was written)", err=True)


def let_others_follow() -> None:
    """Wait until every running process goes by what was just written."""
    from gridcase.cases.following import SETTLE_S

    click.echo("已写入，等待运行中的进程换用 (written; running processes take it over)", err=True)
    time.sleep(SETTLE_S)
