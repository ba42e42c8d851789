"""How the jobs stand: which ran when and how it ended, which failed, which did not run when it was due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, func, select

from gridcase.config.tables import Jobs
from gridcase.db import table_of
from gridcase.errors import NotFound
from gridcase.jobs.claims import database_clock
from gridcase.jobs.due import last_due, next_due_at
from gridcase.jobs.models import JobRun, Lease
from gridcase.jobs.registry import Job, schedules

Outcome = Literal["done", "failed", "running", "broken_off"]
State = Literal["fine", "running", "failed", "overdue", "never"]

# A node looks every minute what is due, and what it does then takes its time.
_PATIENCE = timedelta(minutes=5)
_RUN, _LEASE = table_of(JobRun).c, table_of(Lease).c


@dataclass(frozen=True, slots=True)
class Run:
    """A run: `key` is the China day or minute at which it was due, `summary` JSON of what it did.

    `broken_off`: begun and not ended, and the node that began it holds its lease no more.
    """

    key: str
    outcome: Outcome
    owner: str
    attempt_count: int
    started_at: datetime
    finished_at: datetime | None
    summary: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A job: its schedule, its last run, how many kept runs failed for good or wait for another attempt.

    `overdue`: what was due five minutes ago has not been done; `missed_at` is when that became due. `holder` is the
    node that works on it now.
    """

    name: str
    label: str
    schedule: str
    state: State
    next_at: datetime
    missed_at: datetime | None
    last: Run | None
    failed_count: int
    holder: str | None


class JobBoard:
    """What there is to see of the jobs of one site."""

    def __init__(self, district: str, jobs: Mapping[str, Job], settings: Jobs) -> None:
        self._district, self._jobs = district, jobs
        self._schedules = schedules(jobs, settings)

    def standings(self, connection: Connection, now: datetime) -> list[Standing]:
        """Every job at `now` (aware, by the site's clock), in the order in which those due together run."""
        leases = self._leases(connection)
        return [
            self._standing(connection, job, now, holder=leases.get(job.name)) for job in self._jobs.values()
        ]

    def standing(self, connection: Connection, name: str, now: datetime) -> Standing:
        """One job. Raises NotFound `unknown_job`."""
        if name not in self._jobs:
            raise NotFound("unknown_job", f"there is no job {name!r}", job=name)
        return self._standing(connection, self._jobs[name], now, holder=self._leases(connection).get(name))

    def runs(
        self, connection: Connection, name: str, *, is_failed: bool = False, before: str = "", limit: int
    ) -> list[Run]:
        """The kept runs of a job, the newest first, due before the one of key `before`; on request the failed ones."""
        query = select(table_of(JobRun)).where(_RUN.district == self._district, _RUN.kind == name)
        if is_failed:
            query = query.where(_RUN.error.is_not(None), _RUN.finished_at.is_(None))
        if before:
            query = query.where(_RUN.key < before)
        rows = connection.execute(query.order_by(_RUN.key.desc()).limit(limit)).mappings()
        holder = self._leases(connection).get(name)
        return [_run(row, holder) for row in rows]

    def _standing(self, connection: Connection, job: Job, now: datetime, *, holder: str | None) -> Standing:
        schedule = self._schedules[job.name]
        last = next(iter(self.runs(connection, job.name, limit=1)), None)
        failed = select(func.count()).where(
            _RUN.district == self._district,
            _RUN.kind == job.name,
            _RUN.error.is_not(None),
            _RUN.finished_at.is_(None),
        )
        missed_at = self._missed_at(connection, job.name, now)
        return Standing(
            name=job.name,
            label=job.label,
            schedule=schedule,
            state=_state(last, missed_at),
            next_at=next_due_at(schedule, now),
            missed_at=missed_at,
            last=last,
            failed_count=connection.execute(failed).scalar_one(),
            holder=holder,
        )

    def _missed_at(self, connection: Connection, name: str, now: datetime) -> datetime | None:
        due = last_due(name, self._schedules[name], now - _PATIENCE)
        query = select(_RUN.key).where(
            _RUN.district == self._district,
            _RUN.kind == name,
            _RUN.key >= due.key,
            _RUN.finished_at.is_not(None),
        )
        return due.at if connection.execute(query.limit(1)).first() is None else None

    def _leases(self, connection: Connection) -> dict[str, str]:
        """Job -> the node that works on it now."""
        query = select(_LEASE.name, _LEASE.owner).where(
            _LEASE.district == self._district, _LEASE.expires_at > database_clock(connection)
        )
        return {row.name: row.owner for row in connection.execute(query)}


def _state(last: Run | None, missed_at: datetime | None) -> State:
    if last is None:
        return "never" if missed_at is not None else "fine"
    if last.outcome in ("failed", "broken_off"):
        return "failed"
    if last.outcome == "running":
        return "running"
    return "overdue" if missed_at is not None else "fine"


def _run(row: RowMapping | Mapping[str, Any], holder: str | None) -> Run:
    outcome: Outcome = "done"
    if row["finished_at"] is None:
        outcome = "running" if holder == row["owner"] else "failed" if row["error"] else "broken_off"
    names = ("key", "owner", "attempt_count", "started_at", "finished_at", "summary", "error")
    return Run(outcome=outcome, **{name: row[name] for name in names})
