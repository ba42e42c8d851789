"""The floor of the site: a bare Flask handler that puts what it is sent into one row and commits.

It runs on the same server, with the same database class and durability, and hands a compiled Core insert
to the driver as the register does. It asks nobody who they are and judges nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import click
from flask import Flask, Response, request
from sqlalchemy import Column, Connection, Float, Integer, MetaData, String, Table, Text
from waitress.server import create_server

from gridcase.cases.steps import dump_json
from gridcase.cases.store import Batch
from gridcase.cli.serving import address_of, open_listener
from gridcase.config import Settings
from gridcase.db import Database, UtcDateTime

_METADATA = MetaData()
REPORT = Table(
    "bare_report",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("client_id", String(36)),
    Column("channel", String(40)),
    Column("kind", String(10)),
    Column("main_code", String(4)),
    Column("sub_code", String(4)),
    Column("description", Text),
    Column("address", Text),
    Column("lon", Float(53)),
    Column("lat", Float(53)),
    Column("coordinate_system", String(20)),
    Column("reporter", Text),
    Column("received_at", UtcDateTime),
)
MOVE = Table(
    "bare_move",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("number", String(20)),
    Column("trigger", String(60)),
    Column("client_id", String(36)),
    Column("records", Text),
    Column("received_at", UtcDateTime),
)


def _bare_insert(database: Database) -> Callable[[Table, dict[str, Any]], None]:
    """One INSERT and one commit a call; on SQLite one after the other, as the site's own adr 0004 found quickest."""
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
            with writing.begin():
                _send(writing, table, values)

    return insert_in_turn


def _send(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    batch = Batch(connection.dialect)
    batch.add(table, "insert", values)
    batch.flush(connection.connection.driver_connection)


def make_floor(database: Database) -> Flask:
    """The bare application; its tables are made when they are missing."""
    with database.transaction() as connection:
        _METADATA.create_all(connection)
    app = Flask("bare")

    insert = _bare_insert(database)

    def keep(table: Table, values: dict[str, Any]) -> Response:
        insert(table, {**values, "received_at": datetime.now(UTC)})
        body = dump_json({"client_id": values["client_id"], "state": "reported", "version": 1})
        return Response(body, status=201, content_type="application/json")

    @app.post("/api/v1/cases")
    def report() -> Response:
        sent = request.get_json()
        return keep(REPORT, {**sent, "reporter": dump_json(sent["reporter"])})

    @app.post("/api/v1/cases/<number>/moves/<trigger>")
    def move(number: str, trigger: str) -> Response:
        sent = request.get_json()
        client_id = sent.pop("client_id")
        values = {"number": number, "trigger": trigger, "client_id": client_id, "records": dump_json(sent)}
        return keep(MOVE, values)

    return app


def main(url: str) -> None:
    """Serve until killed; the address goes to standard output."""
    listener = open_listener("127.0.0.1", 0)
    server = create_server(
        make_floor(Database(url)), sockets=[listener], threads=Settings().server.threads, ident="bare"
    )
    click.echo(address_of(listener))
    server.run()


if __name__ == "__main__":
    main(sys.argv[1])
