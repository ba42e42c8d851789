"""One node of the scheduler: a ticker that looks what is due, claims it and runs it; any number of nodes may run."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler

from gridcase.cases.book import Rulebook
from gridcase.db import Database
from gridcase.jobs import claims
from gridcase.jobs.due import Due, due_jobs
from gridcase.jobs.registry import Job, schedules

_LOG = logging.getLogger(__name__)
_ZONE = ZoneInfo("Asia/Shanghai")
# A lease is renewed this many times before it would run out.
_RENEWALS = 3


class Node:
    """One process that runs jobs. `clock` is the site's, which may be a demo's; leases follow the database's own.

    `lease_s`: seconds after which the work of a node that died is free for others.
    """

    def __init__(
        self,
        database: Database,
        book: Rulebook,
        clock: Callable[[], datetime],
        *,
        jobs: Mapping[str, Job],
        lease_s: int,
    ) -> None:
        self._database = database
        self._book = book
        self._clock = clock
        self._jobs = jobs
        self._schedules = schedules(jobs, book.settings.jobs)
        owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.holder = claims.Holder(book.district, owner[-100:], lease_s)
        self._working: set[str] = set()
        self._at_work = threading.Lock()

    def tick(self) -> list[str]:
        """Run whatever is due and nobody else is at; answers the names of the jobs that this node ran.

        A job that fails is logged and stays due; the others run all the same.
        """
        with self._at_work:
            now = self._clock().replace(microsecond=0)
            return [due.name for due in due_jobs(now, self._schedules) if self._work(due, now)]

    def rest(self) -> None:
        """Wait until the tick that is going on is over."""
        with self._at_work:
            return

    def renew(self) -> None:
        """Hold on to the leases of the runs that are going on."""
        for name in tuple(self._working):
            with self._database.transaction() as connection:
                is_held = claims.renew_lease(connection, self.holder, name)
            if not is_held:
                _LOG.warning("the lease of %s was lost while it ran", name)

    def _work(self, due: Due, now: datetime) -> bool:
        with self._database.reading() as connection:
            if claims.is_done(connection, self.holder.district, due):
                return False
        begun = self._clock()
        with self._database.transaction() as connection:
            if not claims.take(connection, self.holder, due, now=begun):
                return False
        self._working.add(due.name)
        try:
            self._run(due, now)
        finally:
            self._working.discard(due.name)
        return True

    def _run(self, due: Due, now: datetime) -> None:
        try:
            summary = self._jobs[due.name].run(self._database, self._book, now)
        except Exception as error:
            # Whatever a job breaks on must stop neither the other jobs nor the next attempt.
            _LOG.exception("%s %s failed", due.name, due.key)
            with self._database.transaction() as connection:
                claims.fail(connection, self.holder, due, error=f"{type(error).__name__}: {error}")
            return
        text, ended = json.dumps(summary.as_dict(), ensure_ascii=False), self._clock()
        with self._database.transaction() as connection:
            claims.finish(connection, self.holder, due, now=ended, summary=text)
        _LOG.info("%s %s done: %s", due.name, due.key, text)


def run_until(stop: threading.Event, node: Node, *, tick_s: float) -> None:
    """Tick every `tick_s` seconds, first at once, until `stop` is set; then ends the run that is going on.

    Each node has a scheduler with its own memory: a shared job store would fire once a node (dependencies.md).
    """
    scheduler = BackgroundScheduler(timezone=_ZONE)
    each = {"trigger": "interval", "max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    first = datetime.now(_ZONE)
    scheduler.add_job(node.tick, id="tick", seconds=tick_s, next_run_time=first, **each)
    scheduler.add_job(node.renew, id="renew", seconds=node.holder.lease_s / _RENEWALS, **each)
    scheduler.start()
    _LOG.info("node %s ticks every %g s", node.holder.owner, tick_s)
    stop.wait()
    # No new tick; the leases of the run that is going on are renewed until it is over.
    scheduler.remove_job("tick")
    node.rest()
    scheduler.shutdown(wait=True)
    _LOG.info("node %s stopped", node.holder.owner)
