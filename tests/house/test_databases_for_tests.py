"""The databases that tests run on: fresh, apart from one another, and copied from a filled template."""

from __future__ import annotations

import psycopg

from tests.postgres import PostgresServer


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""))


def test_a_database_url_names_an_empty_database(database_url: str) -> None:
    assert database_url.startswith(("sqlite:///", "postgresql+psycopg://"))


def test_two_fresh_databases_are_apart(postgres: PostgresServer) -> None:
    one, other = postgres.create(), postgres.create()

    with connect(one) as connection:
        connection.execute("CREATE TABLE seen (n int)")
    with connect(other) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'seen'").fetchone()

    assert tables == (0,)
    postgres.drop(one)
    postgres.drop(other)


def test_a_template_is_filled_once_and_copied(postgres: PostgresServer) -> None:
    fills = []

    def fill(url: str) -> None:
        fills.append(url)
        with connect(url) as connection:
            connection.execute("CREATE TABLE seen AS SELECT 7 AS n")

    copies = [postgres.create(postgres.fill("house_template", fill)) for _ in range(2)]

    assert len(fills) == 1
    for url in copies:
        with connect(url) as connection:
            assert connection.execute("SELECT n FROM seen").fetchone() == (7,)
        postgres.drop(url)


def test_the_server_opens_no_port(postgres: PostgresServer) -> None:
    url = postgres.create()

    with connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)

    postgres.drop(url)
