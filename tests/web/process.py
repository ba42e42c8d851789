"""A real serving process of our own: started on a free port, stopped gently or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.making import Office

_STOP_S = 40


@dataclass
class Served:
    """`gridcase serve` on a site folder and a database; `address` is known once it listens."""

    site: Path
    db: str
    workers: int = 1
    address: str = ""
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.kill()

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    def start(self) -> None:
        """Start and wait until it listens."""
        command = [sys.executable, "-m", "gridcase", "--site", str(self.site), "--db", self.db, "serve"]
        command += ["--port", "0", "--workers", str(self.workers)]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GRIDCASE_")}
        log = self.site / "serve.log"
        with log.open("a") as errors:
            self._process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environ,
                # A group of its own: killing it kills its workers too, and nobody else.
                start_new_session=True,
            )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        assert self.address.startswith("http://127.0.0.1:"), log.read_text()

    def kill(self) -> None:
        """SIGKILL to the process and its workers."""
        process, self._process = self.process, None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(_STOP_S)
        if process.stdout is not None:
            process.stdout.close()

    def stop(self) -> int:
        """SIGTERM; answers the exit code."""
        self.process.terminate()
        return self.wait()

    def wait(self) -> int:
        """The exit code of a process that was told to stop: told twice, it may die of it on its last steps."""
        process, self._process = self.process, None
        code = process.wait(_STOP_S)
        if process.stdout is not None:
            process.stdout.close()
        return code


def served(office: Office, *, workers: int = 1) -> Served:
    """A serving process on the site and database of an office."""
    url = office.database.url.render_as_string(hide_password=False)
    return Served(office.installation.site.root, url, workers)
