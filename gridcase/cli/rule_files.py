"""Reads a file of responsibility rules for the commands about them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gridcase.cli.importing import read_file

if TYPE_CHECKING:
    from gridcase.app import Installation
    from gridcase.cases.responsibility import Rule

DATE = click.DateTime(["%Y-%m-%d"])


def read_rules_file(installation: Installation, file: Path) -> list[Rule]:
    """The rules of a file. A faulty one ends the command with exit 2, after every fault was told."""
    from gridcase.cases.rule_desk import known_names
    from gridcase.cases.rule_file import read_rules

    with installation.database.reading() as connection:
        known = known_names(connection, installation.book)
    return read_file(file, lambda text, name: read_rules(text, name, known))
