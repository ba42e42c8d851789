"""Real `gridcase scheduler` processes on one database, and the database's clock, which the test moves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gridcase.db import table_of
from gridcase.directory.service import CLOCK_OFFSET, set_site_fact
from gridcase.jobs.models import JobRun
from tests.house.repository import ROOT
from tests.making import Office

PATIENCE_S = 120.0
FAST = "tests.jobs.fast_scheduler"


def gridcase(office: Office, module: str = "gridcase") -> list[str]:
    """The command line of `gridcase`, or another module, on the site and the database of this office."""
    site = office.installation.site.root
    url = office.database.url.render_as_string(hide_password=False)
    return [sys.executable, "-m", module, "--site", str(site), "--db", url]


def set_clock(office: Office, moment: datetime) -> None:
    """From now on the clock of the database stands at `moment` and runs on from there."""
    offset = round((moment - datetime.now(UTC)).total_seconds())
    with office.database.transaction() as connection:
        set_site_fact(connection, office.district, CLOCK_OFFSET, value=str(offset))


class Nodes:
    """A number of schedulers that follow the clock that `set_clock` sets: fast ones, or the plain command."""

    def __init__(self, office: Office, folder: Path, *, count: int, is_fast: bool = True) -> None:
        self.office = office
        command = gridcase(office, FAST if is_fast else "gridcase") + ([] if is_fast else ["scheduler"])
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GRIDCASE_")}
        self._logs = [folder / f"node{number}.log" for number in range(count)]
        self._processes = []
        for log in self._logs:
            with log.open("wb") as file:
                process = subprocess.Popen(
                    command, stderr=file, stdout=subprocess.DEVNULL, env=environment, cwd=ROOT
                )
            self._processes.append(process)

    def __enter__(self) -> Nodes:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self._processes:
            with suppress(ProcessLookupError):
                process.kill()
            process.wait(10)

    @property
    def log(self) -> str:
        """What all of them said, one after the other."""
        return "\n".join(log.read_text(encoding="utf-8") for log in self._logs)

    def wait_until_all_tick(self) -> None:
        """Until each of them has started."""
        self.wait_for(lambda: all("ticks every" in log.read_text(encoding="utf-8") for log in self._logs))

    def wait_for(self, is_so: Callable[[], Any]) -> Any:
        """The first true answer; AssertionError with the log of the nodes when there is none in time."""
        give_up_at = time.monotonic() + PATIENCE_S
        while not (answer := is_so()):
            assert time.monotonic() < give_up_at, self.log
            time.sleep(0.02)
        return answer

    def wait_for_run(self, kind: str, key: str) -> dict[str, Any]:
        """The finished run of a job."""
        found: dict[str, Any] = self.wait_for(lambda: self._finished(kind, key))
        return found

    def _finished(self, kind: str, key: str) -> dict[str, Any] | None:
        run = self.run(kind, key)
        return run if run and run["finished_at"] else None

    def run(self, kind: str, key: str) -> dict[str, Any] | None:
        """The run of a job by its key, if anybody claimed it."""
        table = table_of(JobRun)
        query = select(table).where(table.c.kind == kind, table.c.key == key)
        with self.office.database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return dict(row) if row else None

    def kill(self, owner: str) -> None:
        """SIGKILL to the node of this name."""
        process = next(each for each in self._processes if each.pid == int(owner.split(":")[-2]))
        process.kill()
        process.wait(10)

    def terminate(self) -> list[int]:
        """SIGTERM to those that still run; their exit codes."""
        running = [process for process in self._processes if process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        return [process.wait(30) for process in running]
