"""The revisions of the schema: numbered without a gap, there and back on both databases, and equal to the models."""

from __future__ import annotations

import re
from importlib import import_module

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Table, UniqueConstraint, inspect, text
from sqlalchemy.schema import SchemaItem

from gridcase.db import Base, Database
from gridcase.migrations import downgrade, schema_state, upgrade
from tests.house.repository import ROOT

VERSIONS = sorted((ROOT / "gridcase" / "migrations" / "versions").glob("[0-9]*.py"))
MADE_TABLES = text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
MODELS = sorted((ROOT / "gridcase").rglob("*models.py"))


for path in MODELS:
    import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def key_columns(table: Table) -> list[list[str]]:
    """The columns of each key of the table: primary, unique, foreign."""
    unique = [key for key in table.constraints if isinstance(key, UniqueConstraint)]
    keys = [
        table.primary_key,
        *unique,
        *(index for index in table.indexes if index.unique),
        *table.foreign_key_constraints,
    ]
    return [[column.name for column in key.columns] for key in keys]


def tables(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_revisions_are_numbered_one_after_the_other() -> None:
    for number, path in enumerate(VERSIONS, start=1):
        text = path.read_text(encoding="utf-8")
        before = f'"{number - 1:04d}"' if number > 1 else "None"

        assert path.name.startswith(f"{number:04d}_")
        assert re.search(rf'^revision(: str)? = "{number:04d}"$', text, flags=re.MULTILINE), path.name
        assert re.search(rf"^down_revision.* = {before}$", text, flags=re.MULTILINE), path.name


def test_the_schema_goes_up_down_and_up_again(database_url: str) -> None:
    database = Database(database_url)

    upgrade(database)
    first = tables(database)
    downgrade(database)
    assert tables(database) == set()
    upgrade(database)

    assert first == tables(database)
    assert {"case_fact", "step"} <= {name.removesuffix("s") for name in first}
    with database.reading() as connection:
        assert schema_state(connection).is_current
    database.engine.dispose()


def test_where_the_schema_stands_is_what_alembic_says(database_url: str) -> None:
    database = Database(database_url)
    stands = []
    for revision in (None, "0005", "head"):
        if revision is not None:
            upgrade(database, revision)
        with database.reading() as connection:
            found = schema_state(connection)
            assert found.current == MigrationContext.configure(connection).get_current_revision()
        stands.append((found.current, found.is_current))

    scripts = ScriptDirectory(str(ROOT / "gridcase" / "migrations"))
    assert stands == [(None, False), ("0005", False), (scripts.get_current_head(), True)]
    database.engine.dispose()


def test_the_schema_is_what_the_models_say(database_url: str) -> None:
    database = Database(database_url)
    upgrade(database)

    with database.reading() as connection:
        here = connection.dialect.name

        def is_here(item: SchemaItem, *_named: object) -> bool:
            return item.info.get("dialect", here) == here

        context = MigrationContext.configure(connection, opts={"include_object": is_here})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []
    database.engine.dispose()


def test_tables_without_row_ids_are_those_of_the_models(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    upgrade(database)

    with database.reading() as connection:
        found = {name for name, sql in connection.execute(MADE_TABLES) if "WITHOUT ROWID" in sql}

    wanted = {
        table.name
        for table in Base.metadata.sorted_tables
        if not table.dialect_options["sqlite"]["with_rowid"]
    }
    assert "clock_run" in wanted
    assert found == wanted
    database.engine.dispose()


def test_the_district_is_part_of_every_key() -> None:
    found = {table.name: key_columns(table) for table in Base.metadata.sorted_tables}

    assert len(found) > 15
    assert [f"{name}: {key}" for name, keys in found.items() for key in keys if "district" not in key] == []
