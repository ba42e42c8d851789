"""The command `gridcase`: a group that imports a sub-command when it is called, not before."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from gridcase import __version__
from gridcase.cli.commands import COMMANDS
from gridcase.cli.ending import exit_code, in_our_words, tell
from gridcase.cli.options import db_option, site_option


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

    def main(self, *args: Any, **kwargs: Any) -> Any:
        _open_what_was_closed()
        for stream in (sys.stdout, sys.stderr):
            # Answers are read by programs: UTF-8 whatever the locale says.
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
        try:
            try:
                return super().main(*args, **kwargs)
            finally:
                # Now, while it can still be told that the answer did not arrive.
                sys.stdout.flush()
        except Exception as error:
            known = in_our_words(error)
            if known is None:
                raise
            tell(known)
            sys.exit(exit_code(known))


def _open_what_was_closed() -> None:
    """Let streams that whoever called us has closed lead nowhere.

    Else the next file that is opened, such as the database, would stand where other programs write to.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8"))


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="gridcase")
@site_option
@db_option
def main(site: str | None, db: str | None) -> None:
    """城市网格化管理案件流程引擎 (case workflow engine for city grid management)."""
