"""`gridcase evaluate`: scores a file of counts by a scheme, without a database (evaluation.md 8)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gridcase.cli.options import load_site, site_option

if TYPE_CHECKING:
    from gridcase.errors import Fault
    from gridcase.evaluation.counts_file import UnitCounts
    from gridcase.evaluation.schemes import Scheme

EXIT_NOT_UNDERSTOOD = 2


@click.command(short_help="按方案计算计数文件")
@click.option(
    "--scheme", "scheme_name", required=True, metavar="NAME_OR_FILE", help="方案名，或 .toml 文件。"
)
@click.option("--counts", "counts_file", required=True, metavar="FILE.csv", help="计数文件。")
@click.option("--digits", type=click.IntRange(0, 6), help="率和得分的小数位数，代替方案的设置。")
@click.option(
    "--format",
    "answer_format",
    type=click.Choice(["json", "csv", "table"]),
    default="table",
    show_default=True,
)
@site_option
def evaluate(
    scheme_name: str, counts_file: str, digits: int | None, answer_format: str, site: str | None
) -> None:
    """按方案计算计数文件的率、得分、等级和排名 (score a file of counts by a scheme)."""
    from gridcase.evaluation.answer import as_text
    from gridcase.evaluation.evaluating import evaluate as evaluate_rows

    with _digits_without_end():
        scheme, rows = _read(scheme_name, counts_file, site)
        text = as_text(evaluate_rows(scheme, rows, digits=digits), answer_format)
    _write(text)


@contextmanager
def _digits_without_end() -> Iterator[None]:
    """Counts of any length are exact; left to itself Python refuses more than 4,300 digits."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


def _read(scheme_name: str, counts_file: str, site: str | None) -> tuple[Scheme, list[UnitCounts]]:
    """Scheme and rows; the faults of both are told before the command ends with exit 2."""
    from gridcase.errors import DefinitionError
    from gridcase.evaluation.counts_file import read_counts
    from gridcase.evaluation.scheme_folder import SchemeFolder, is_file_name, read_scheme

    faults: list[Fault] = []
    scheme: Scheme | None = None
    rows: list[UnitCounts] = []
    try:
        if is_file_name(scheme_name):
            scheme = read_scheme(Path(scheme_name))
        else:
            scheme = SchemeFolder(load_site(site).path("workflows/schemes")).find(scheme_name)
    except DefinitionError as error:
        faults += error.faults
    try:
        rows = read_counts(_content(counts_file), counts_file)
    except DefinitionError as error:
        faults += error.faults
    if scheme is None or faults:
        for fault in faults:
            click.echo(str(fault), err=True)
        raise click.exceptions.Exit(EXIT_NOT_UNDERSTOOD)
    return scheme, rows


def _content(file: str) -> bytes:
    from gridcase.errors import DefinitionError, Fault

    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise DefinitionError([Fault(file, "", "bad_file", error.strerror or str(error))]) from error


def _write(text: str) -> None:
    """The whole answer or an error: a disk that is full must not look like success."""
    try:
        click.echo(text, nl=False)
        sys.stdout.flush()
    except OSError as error:
        # What still lies in the buffer would be written at the end, fail again and change the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo(f"standard output: {error.strerror}", err=True)
        raise click.exceptions.Exit(1) from error
