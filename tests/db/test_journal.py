"""Who copies the journal of SQLite into the file: the serving process, and any other only when it is twice as long."""

from __future__ import annotations

from pathlib import Path

from gridcase.db import Access, Database
from gridcase.db.shared_writer import JOURNAL_PAGES


def limit_of(database: Database) -> int:
    """The pages of journal after which a commit of an act copies it."""

    def ask(access: Access) -> int:
        return int(access.driver.execute("PRAGMA wal_autocheckpoint").fetchone()[0])

    return database.act(ask)


def test_who_serves_copies_before_the_others(tmp_path: Path) -> None:
    serving, other = (Database(f"sqlite:///{tmp_path}/a.db") for _ in range(2))

    serving.copy_journal_first()

    assert (limit_of(serving), limit_of(other)) == (JOURNAL_PAGES, 2 * JOURNAL_PAGES)
    for database in (serving, other):
        database.close()
