"""Several serving processes on one socket, for PostgreSQL; gunicorn comes with the extra `pg`."""

from __future__ import annotations

import socket
from typing import Any

from gunicorn.app.base import BaseApplication

from gridcase.cli.serving import GRACE_S

_STUCK_S = 120


class Forked(BaseApplication):  # type: ignore[misc]
    """Several processes of the same application on one socket, each with threads."""

    def __init__(self, app: Any, listener: socket.socket, *, workers: int, threads: int) -> None:
        self._app = app
        self._options = {
            "bind": f"fd://{listener.fileno()}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "preload_app": True,
            "graceful_timeout": GRACE_S,
            "timeout": _STUCK_S,
            "loglevel": "warning",
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._app
