"""What the commands about responsibility rules share: opening the site, reading a file of rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gridcase.cli.options import load_site, load_site_settings
from gridcase.errors import DefinitionError, Fault

if TYPE_CHECKING:
    from gridcase.app import Installation
    from gridcase.cases.responsibility import Rule

NOT_UNDERSTOOD = 2
DATE = click.DateTime(["%Y-%m-%d"])


@contextmanager
def open_site(site: str | None, db: str | None) -> Iterator[Installation]:
    """The installation of a site folder and a database, as given on the command line; closed in the end."""
    from gridcase.app import open_installation

    folder = load_site(site)
    installation = open_installation(folder, load_site_settings(folder), db=db)
    try:
        yield installation
    finally:
        installation.database.close()


def read_rules_file(installation: Installation, file: Path) -> list[Rule]:
    """The rules of a file. A faulty one ends the command with exit 2, after every fault was told."""
    from gridcase.cases.rule_desk import known_names
    from gridcase.cases.rule_file import read_rules

    try:
        text = file.read_bytes().decode("utf-8")
        with installation.database.reading() as connection:
            known = known_names(connection, installation.book)
        return read_rules(text, str(file), known)
    except DefinitionError as error:
        faults: Sequence[Fault] = error.faults
    except UnicodeDecodeError:
        faults = [Fault(str(file), "", "bad_file", "not UTF-8")]
    except OSError as error:
        faults = [Fault(str(file), "", "bad_file", error.strerror or str(error))]
    for fault in faults:
        click.echo(str(fault), err=True)
    raise click.exceptions.Exit(NOT_UNDERSTOOD)
