"""Clients that keep their connections: one thread of a process of its own drives them all over bare sockets.

Each client sends its next request when the answer to the one before is there whole. Nothing is computed in
between, so that the clients take as little as can be of the processors that the server needs.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

_HEAD_END = b"\r\n\r\n"
_SILENCE_S = 60.0


@dataclass(frozen=True)
class Load:
    """What came of it: seconds from the first request to the last answer, and each answer in its order."""

    seconds: float
    latencies: list[float]
    bodies: list[list[bytes]]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds


@dataclass
class _Client:
    """One connection and what it has still to send."""

    connection: socket.socket
    requests: Iterator[bytes]
    sent_at: float = 0.0
    received: bytes = b""
    bodies: list[bytes] = field(default_factory=list)

    def send_next(self) -> bool:
        """Send the next request; False when there is none."""
        request = next(self.requests, None)
        if request is None:
            return False
        self.received = b""
        self.sent_at = perf_counter()
        self.connection.sendall(request)
        return True

    def take(self) -> bool:
        """Take what has come; True when the answer is whole. Raises RuntimeError when it is a refusal."""
        part = self.connection.recv(65536)
        if not part:
            raise RuntimeError(f"the server hung up: {self.received!r}")
        self.received += part
        head, end, body = self.received.partition(_HEAD_END)
        if not end or len(body) < _length(head):
            return False
        if not head.startswith(b"HTTP/1.1 20"):
            raise RuntimeError(f"refused: {self.received.decode(errors='replace')}")
        self.bodies.append(body)
        return True


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise RuntimeError(f"an answer without its length: {head!r}")


def drive(host: str, port: int, scripts: Sequence[Sequence[bytes]]) -> Load:
    """Send the requests of each script on a connection of its own, all connections at once."""
    clients = [_Client(_connected(host, port), iter(script)) for script in scripts]
    latencies: list[float] = []
    with selectors.DefaultSelector() as ready:
        for client in clients:
            ready.register(client.connection, selectors.EVENT_READ, client)
        started = perf_counter()
        working = sum(client.send_next() for client in clients)
        while working:
            events = ready.select(_SILENCE_S)
            if not events:
                raise RuntimeError(f"no answer for {_SILENCE_S:.0f} s")
            for key, _ in events:
                client = key.data
                if not client.take():
                    continue
                latencies.append(perf_counter() - client.sent_at)
                working -= not client.send_next()
        seconds = perf_counter() - started
    for client in clients:
        client.connection.close()
    return Load(seconds, latencies, [client.bodies for client in clients])


def _connected(host: str, port: int) -> socket.socket:
    connection = socket.create_connection((host, port), timeout=_SILENCE_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
