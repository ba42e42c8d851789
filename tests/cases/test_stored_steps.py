"""Where steps lie on SQLite: beside each other, long ones too, before and after a database is brought up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from gridcase.cases.verifying import verify
from gridcase.migrations import downgrade, upgrade
from tests.making import Office, make_office

_MADE = text("SELECT sql FROM sqlite_master WHERE name = 'step'")
_PAGES = text("PRAGMA page_count")
COPIES = 60
LONG = "道路东侧人行道上有居民堆放的生活垃圾约两立方米。" * 8


def _made(office: Office) -> str:
    with office.database.reading() as connection:
        return " ".join(str(connection.scalar(_MADE)).replace('"', "").split())


def test_a_database_of_the_revision_before_keeps_its_history(
    sqlite_url: str, quick_geo: Path, tmp_path: Path
) -> None:
    office = make_office(sqlite_url, tmp_path, geo=quick_geo)
    numbers = [
        office.walk(office.report(description=LONG), state) for state in ("closed", "handling", "closed")
    ]
    steps, made = office.rows("step"), _made(office)
    downgrade(office.database, "0023")
    assert _made(office).endswith("WITHOUT ROWID")
    assert office.rows("step") == steps
    upgrade(office.database)

    assert _made(office) == made
    assert office.rows("step") == steps
    checked = list(verify(office.database, office.book))
    assert [one.number for one in checked] == sorted(numbers)
    assert [one for one in checked if one.differences] == []
    office.database.close()


def test_long_steps_share_their_pages(sqlite_url: str, quick_geo: Path, tmp_path: Path) -> None:
    office = make_office(sqlite_url, tmp_path, geo=quick_geo)
    office.report(description=LONG)

    with office.database.transaction() as connection:
        connection.execute(text("CREATE TABLE other AS SELECT * FROM step"))
        before = connection.scalar(_PAGES)
        for no in range(2, COPIES + 2):
            connection.execute(text("UPDATE other SET no = :no"), {"no": no})
            connection.execute(text("INSERT INTO step SELECT * FROM other"))
        pages = connection.scalar(_PAGES) - before
        longest = connection.scalar(text("SELECT max(length(CAST(data AS BLOB))) FROM step"))

    # In the tree of their key SQLite keeps a quarter of a page of a row, and the rest on a page of its own.
    assert 1_000 < longest < 1_500
    assert COPIES / 4 < pages < COPIES * 0.6
    office.database.close()
