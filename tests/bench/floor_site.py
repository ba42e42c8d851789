"""The floor of the site: a bare Flask handler that stores as much as a report or a move writes in one row.

It runs on the same server, with the same database class and durability, and hands a compiled Core insert to the
driver as the register does. Its row has the columns of all rows that the site writes for the same request, with the
values of a real one (`sites.written`), so that insert and commit are of comparable size. It asks nobody who they
are and judges nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import click
from flask import Flask, Response, request
from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table
from waitress.server import create_server

from gridcase.cases.steps import dump_json
from gridcase.cases.store import Batch
from gridcase.cli.serving import address_of, open_listener
from gridcase.config import Settings
from gridcase.db import Base, Database, UtcDateTime

Rows = dict[str, dict[str, Any]]


class Kept:
    """One table with the columns of several: `rows` are its values by table and column, moments as text."""

    def __init__(self, name: str, metadata: MetaData, rows: Rows) -> None:
        columns = {f"{table}_{column}": (table, column) for table, row in rows.items() for column in row}
        types = {key: Base.metadata.tables[table].c[column].type for key, (table, column) in columns.items()}
        self.values = {
            key: _read(types[key], rows[table][column]) for key, (table, column) in columns.items()
        }
        self.table = Table(
            name,
            metadata,
            Column("id", Integer, primary_key=True),
            *(Column(key, kind) for key, kind in types.items()),
        )


def _read(kind: Any, value: Any) -> Any:
    if value is not None and isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return bytes.fromhex(value) if isinstance(kind, LargeBinary) else value


def make_floor(database: Database, shapes: dict[str, Rows]) -> Flask:
    """The bare application; its tables are made when they are missing. `shapes` as `sites.written` gives them."""
    metadata = MetaData()
    report, move = (Kept(f"bare_{name}", metadata, shapes[name]) for name in ("report", "move"))
    with database.transaction() as connection:
        metadata.create_all(connection)
    app, insert = Flask("bare"), _bare_insert(database)

    def keep(kept: Kept, sent: dict[str, Any]) -> Response:
        client_id = sent["client_id"]
        told = {f"cases_{name}": value for name, value in sent.items() if f"cases_{name}" in kept.values}
        insert(
            kept.table, {**kept.values, **told, "receipt_client_id": client_id, "step_at": datetime.now(UTC)}
        )
        body = dump_json({"client_id": client_id, "state": "reported", "version": 1})
        return Response(body, status=201, content_type="application/json")

    @app.post("/api/v1/cases")
    def make_report() -> Response:
        return keep(report, request.get_json())

    @app.post("/api/v1/cases/<number>/moves/<trigger>")
    def make_move(number: str, trigger: str) -> Response:
        return keep(move, request.get_json())

    return app


def _bare_insert(database: Database) -> Callable[[Table, dict[str, Any]], None]:
    """One INSERT and one commit a call; on SQLite one after the other, which is quickest (docs/adr/0004)."""
    if not database.is_sqlite:

        def insert(table: Table, values: dict[str, Any]) -> None:
            with database.transaction() as connection:
                _send(connection, table, values)

        return insert
    turn, writing = Lock(), database.engine.connect()

    def insert_in_turn(table: Table, values: dict[str, Any]) -> None:
        with turn:
            driver: Any = writing.connection.driver_connection
            driver.execute("BEGIN IMMEDIATE")
            _send(writing, table, values)
            driver.commit()

    return insert_in_turn


def _send(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    batch = Batch(connection.dialect)
    batch.add(table, "insert", values)
    batch.flush(connection.connection.driver_connection)


def main(url: str, shapes: str) -> None:
    """Serve until killed; the address goes to standard output. `shapes` is a file of `sites.written`."""
    floor = make_floor(Database(url), json.loads(Path(shapes).read_text(encoding="utf-8")))
    listener = open_listener("127.0.0.1", 0)
    server = create_server(floor, sockets=[listener], threads=Settings().server.threads, ident="bare")
    click.echo(address_of(listener))
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
