"""Numbered schema revisions, and the two things done with them: upgrade, and say where a database stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, column, inspect, select, table

from gridcase.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).resolve().parent
_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True)
class SchemaState:
    """`current` is the revision of the database (None = no tables), `head` the newest one of this program."""

    current: str | None
    head: str

    @property
    def is_current(self) -> bool:
        return self.current == self.head


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def schema_state(connection: Connection) -> SchemaState:
    """Where the database stands.

    Asked at the start of every command, and so without alembic: revisions are numbered in one line, by file name.
    """
    head = max(path.name for path in (_FOLDER / "versions").glob("[0-9]*.py")).partition("_")[0]
    current = None
    if inspect(connection).has_table(_TABLE):
        current = connection.scalar(select(column("version_num")).select_from(table(_TABLE)))
    return SchemaState(current, head)


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema up to a revision, all or nothing."""
    from alembic import command

    with database.transaction() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str = "base") -> None:
    """Take the schema back to a revision, all or nothing; data of dropped tables are gone."""
    from alembic import command

    with database.transaction() as connection:
        command.downgrade(_config(connection), revision)


def connection_of(config: Any) -> Connection:
    """The connection that `upgrade` and `downgrade` hand to the alembic environment."""
    connection = config.attributes.get("connection")
    if not isinstance(connection, Connection):
        raise TypeError("migrations run through gridcase.migrations.upgrade, which brings the connection")
    return connection
