"""Brings a database that was filled without syncing to rest: everything lies on the disk when this returns."""

from __future__ import annotations

import os
from pathlib import Path

from gridcase.db import Database


def settle(database: Database) -> None:
    """Close the database. On SQLite the log goes into the file, and file and folder are synced.

    PostgreSQL flushes all it has when the next durable transaction commits.
    """
    file = database.url.database if database.is_sqlite else None
    if file is None or file == ":memory:":
        database.close()
        return
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    for path in (Path(file), Path(file).parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
