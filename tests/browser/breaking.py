"""A line that breaks: a proxy on this machine between the browser and the site that cuts, delays and lies as told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_END = b"\r\n\r\n"

# What may happen to a request. `cut_before` and `cut_after`: the line breaks before the site has it, or after the site
# has done it; `cut_middle`: with half of the body on its way; `silence`: no answer ever comes. The others are answers
# that do not come from the site.
CUTS = ("cut_before", "cut_middle", "cut_after")
ANSWERS = {
    "500": (500, "text/html", b"<h1>oops</h1>"),
    "503": (503, "application/problem+json", b'{"code":"database_busy"}'),
    "504": (504, "text/html", b"<h1>gateway time-out</h1>"),
    "401": (401, "application/problem+json", b'{"code":"not_signed_in"}'),
    "409": (409, "application/problem+json", json.dumps({"code": "x", "detail": "线路上的拒绝"}).encode()),
    "portal": (200, "text/html", b"<h1>please pay for the network</h1>"),
    "nonsense": (200, "application/json", b'{"receipt": nul'),
}


@dataclass(frozen=True)
class Asked:
    """A request on its way. `kind` is its method and path without ids."""

    method: str
    path: str
    size: int

    @property
    def kind(self) -> str:
        parts = [
            part for part in urlsplit(self.path).path.split("/") if not (part.isdigit() or len(part) == 64)
        ]
        return f"{self.method} {'/'.join(parts)}"


Choose = Callable[[Asked], str | None]


@dataclass
class Line:
    """The line. `choose` says what happens to a request (None: nothing); while `is_down` nothing comes through."""

    target: tuple[str, int]
    choose: Choose = lambda _asked: None
    is_down: bool = False
    seen: list[tuple[Asked, str | None]] = field(default_factory=list)
    base: str = ""

    def handle(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            head, rest = _read_head(client)
            if not head or self.is_down:
                return
            asked, length = _asked(head)
            fault = self.choose(asked)
            self.seen.append((asked, fault))
            if fault == "cut_before":
                return
            if fault == "silence":
                # Until the other side gives up.
                while client.recv(65536):
                    pass
                return
            if fault in ANSWERS:
                _read_body(client, rest, length)
                _answer(client, fault)
                return
            self._forward(client, head, rest, length=length, fault=fault)

    def _forward(
        self, client: socket.socket, head: bytes, rest: bytes, *, length: int, fault: str | None
    ) -> None:
        with socket.create_connection(self.target) as site:
            if fault == "cut_middle":
                site.sendall(_closing(head) + _read_body(client, rest, length // 2)[: length // 2])
                return
            site.sendall(_closing(head) + _read_body(client, rest, length))
            while data := site.recv(65536):
                if fault != "cut_after":
                    client.sendall(data)


def _read_head(client: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while _END not in data:
        more = client.recv(65536)
        if not more:
            return b"", b""
        data += more
    head, _, rest = data.partition(_END)
    return head + _END, rest


def _read_body(client: socket.socket, rest: bytes, length: int) -> bytes:
    while len(rest) < length:
        more = client.recv(65536)
        if not more:
            break
        rest += more
    return rest


def _asked(head: bytes) -> tuple[Asked, int]:
    lines = head.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    length = int(fields.get("content-length", 0))
    return Asked(method, path, length), length


def _closing(head: bytes) -> bytes:
    """The head, with the wish that the connection ends with the answer."""
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return lines[0] + b"\r\nConnection: close\r\n" + b"\r\n".join(lines[1:])


def _answer(client: socket.socket, name: str) -> None:
    status, kind, body = ANSWERS[name]
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    client.sendall(head.encode() + body)


@contextmanager
def line_to(address: str) -> Iterator[Line]:
    """A line to a served site; its own address is `base`."""
    parts = urlsplit(address)
    line = Line((str(parts.hostname), int(parts.port or 80)))
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    line.base = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=line.handle, args=(client,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
