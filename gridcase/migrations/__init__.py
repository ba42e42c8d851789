"""Numbered schema revisions, and the two things done with them: upgrade, and say where a database stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from gridcase.db import Database

_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class SchemaState:
    """`current` is the revision of the database (None = no tables), `head` the newest one of this program."""

    current: str | None
    head: str

    @property
    def is_current(self) -> bool:
        return self.current == self.head


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def schema_state(connection: Connection) -> SchemaState:
    """Where the database stands."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return SchemaState(MigrationContext.configure(connection).get_current_revision(), str(head))


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema up to a revision, all or nothing."""
    with database.transaction() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str = "base") -> None:
    """Take the schema back to a revision, all or nothing; data of dropped tables are gone."""
    with database.transaction() as connection:
        command.downgrade(_config(connection), revision)


def connection_of(config: Any) -> Connection:
    """The connection that `upgrade` and `downgrade` hand to the alembic environment."""
    connection = config.attributes.get("connection")
    if not isinstance(connection, Connection):
        raise TypeError("migrations run through gridcase.migrations.upgrade, which brings the connection")
    return connection
