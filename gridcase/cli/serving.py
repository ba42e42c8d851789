"""Runs an installation behind a socket until SIGTERM or SIGINT, and lets running requests finish."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import threading
import time
from typing import Any

import click
from waitress import wasyncore
from waitress.server import create_server

from gridcase.app import Installation, create_app
from gridcase.config.tables import Server

GRACE_S = 30
_POLL_S = 0.05
_BACKLOG = 1024
# Bodies above the setting are told 413 by the site itself, as a problem document; far above it, by the server.
_BODY_FACTOR = 4
# A request leaves some hundreds behind that wait for the collector.
_YOUNG_OBJECTS = 5_000


def open_listener(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def address_of(listener: socket.socket) -> str:
    """The address as a browser takes it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve_installation(installation: Installation, listener: socket.socket, *, workers: int = 1) -> None:
    """Serve until told to stop. The address goes to standard output, a sentence about it to standard error."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # `transitions` tells two lines of every step at this level.
    for name in ("waitress.queue", "alembic", "transitions"):
        logging.getLogger(name).setLevel(logging.ERROR)
    app = create_app(installation)
    spare_collector()
    click.echo(address_of(listener))
    click.echo(f"网站已启动，按 Ctrl+C 停止 (serving on {address_of(listener)})", err=True)
    threads = installation.settings.server.threads
    if workers > 1:
        # Forked processes must not share connections.
        from gridcase.cli.forking import Forked

        installation.database.close()
        Forked(app, listener, workers=workers, threads=threads).run()
        return
    installation.database.copy_journal_first()
    _serve_alone(app, listener, installation.settings.server)
    installation.database.close()


def spare_collector() -> None:
    """Let the garbage collector pass over what stays until the end: catalogue, cells, programs, some 170,000 objects.

    Else it goes through all of them again after every few hundred requests, which the others wait for.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])


def _serve_alone(app: Any, listener: socket.socket, settings: Server) -> None:
    serving = Serving(app, listener, settings)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _signal, _frame: serving.stop())
    serving.run()


class Serving:
    """An application behind a listening socket, in this process. `stop` may be called by a signal or another thread."""

    def __init__(self, app: Any, listener: socket.socket, settings: Server) -> None:
        self._sockets: dict[int, Any] = {}
        self._stopping = threading.Event()
        self._server = create_server(
            app,
            map=self._sockets,
            sockets=[listener],
            threads=settings.threads,
            max_request_body_size=_BODY_FACTOR * settings.max_body_bytes,
            ident="gridcase",
            # The site itself looks whose they are, behind a proxy.
            clear_untrusted_proxy_headers=not settings.trusted_proxy,
        )

    def run(self) -> None:
        """Serve until `stop`, then let running requests finish, at most `GRACE_S` seconds."""
        while not self._stopping.is_set():
            wasyncore.loop(timeout=1.0, use_poll=True, map=self._sockets, count=1)
        self._finish()

    def stop(self) -> None:
        """Let `run` end."""
        self._stopping.set()
        self._server.pull_trigger()

    def _finish(self) -> None:
        """Take no new connection, let every request that has begun get its whole answer, then stop the threads."""
        server, sockets = self._server, self._sockets
        server.accepting = False
        server.socket.close()
        sockets.pop(server._fileno, None)
        give_up_at = time.monotonic() + GRACE_S
        while server.active_channels and time.monotonic() < give_up_at:
            for channel in list(server.active_channels.values()):
                is_busy = channel.requests or channel.total_outbufs_len or channel.request is not None
                channel.will_close = channel.will_close or not is_busy
            wasyncore.loop(timeout=_POLL_S, use_poll=True, map=sockets, count=1)
        server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(sockets, ignore_all=True)
