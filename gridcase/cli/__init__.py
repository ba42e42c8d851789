"""The command `gridcase`: a group that imports a sub-command when it is called, not before."""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from gridcase import __version__
from gridcase.cli.commands import COMMANDS
from gridcase.cli.options import db_option, site_option
from gridcase.errors import ChangedMeanwhile, DefinitionError, GridcaseError, Invalid, NotPermitted, Refused

# api.md 3: 0 done, 1 no or not found, 2 input not understood, 3 refused by rule.
EXIT_NO = 1
EXIT_NOT_UNDERSTOOD = 2
EXIT_REFUSED = 3


def exit_code(error: GridcaseError) -> int:
    """The exit code of a command that ends with this error (api.md 3)."""
    if isinstance(error, Invalid):
        return EXIT_NOT_UNDERSTOOD
    if isinstance(error, NotPermitted | Refused | ChangedMeanwhile):
        return EXIT_REFUSED
    return EXIT_NO


def error_lines(error: GridcaseError) -> list[str]:
    """What a person reads: `code: message`, then each fault of a field; of a faulty file each fault alone."""
    if isinstance(error, DefinitionError):
        return [str(fault) for fault in error.faults]
    lines = [str(error)]
    if isinstance(error, Invalid):
        lines += [f"  {reason.field or '-'}: {reason.code}" for reason in error.errors]
    return lines


class LazyGroup(click.Group):
    """A click group over the table of commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, attribute = entry.target.split(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{entry.target} is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GridcaseError as error:
            for line in error_lines(error):
                click.echo(line, err=True)
            ctx.exit(exit_code(error))

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            # Answers are read by programs: UTF-8 whatever the locale says.
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
        return super().main(*args, **kwargs)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="gridcase")
@site_option
@db_option
def main(site: str | None, db: str | None) -> None:
    """城市网格化管理案件流程引擎 (case workflow engine for city grid management)."""
