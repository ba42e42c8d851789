"""The connections on which acts run on PostgreSQL, kept ready between acts (docs/adr/0003)."""

from __future__ import annotations

from select import POLLIN, poll
from typing import Any

from sqlalchemy import Connection, Engine


class KeptConnections:
    """Connections that go from act to act without the pool in between, which costs more than a small statement.

    As many are kept as were ever in use at once; the pool of `engine` bounds them. Safe to share by threads.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ready: list[Connection] = []

    def take(self) -> Connection:
        """A connection that is not known to be broken."""
        while True:
            try:
                connection = self._ready.pop()
            except IndexError:
                return self._engine.connect()
            if not has_ended(connection.connection.driver_connection):
                return connection
            self.give_up(connection)

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose transaction has ended for the next act."""
        self._ready.append(connection)

    def give_up(self, connection: Connection) -> None:
        """Part with a connection that broke; the pool makes a new one when it is asked."""
        connection.invalidate()
        connection.close()

    def close(self) -> None:
        """Close the connections that no act uses."""
        while self._ready:
            self._ready.pop().close()
        self._engine.dispose()


def has_ended(driver: Any) -> bool:
    """Whether the server has ended a connection of psycopg: one at rest has something to say only then."""
    if driver.closed:
        return True
    watch = poll()
    watch.register(driver.fileno(), POLLIN)
    return bool(watch.poll(0))
