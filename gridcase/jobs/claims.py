"""Claims a due run for one node: a unique row a run, worked under a lease that runs out when its node dies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, or_, select, update

from gridcase.cases.store import Batch
from gridcase.db import UtcDateTime, table_of
from gridcase.jobs.due import Due
from gridcase.jobs.models import JobRun, Lease

_RUN, _LEASE = table_of(JobRun), table_of(Lease)
# Runs of every few minutes are of no interest after some days; daily ones are kept.
_KEPT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Holder:
    """A node that claims runs: `owner` is its name among all nodes, `lease_s` how long a claim stands unrenewed."""

    district: str
    owner: str
    lease_s: int


def take(connection: Connection, holder: Holder, due: Due, *, now: datetime) -> bool:
    """Claim a due run in a write transaction; `now` is when it begins. False: done, or another is at it.

    A run whose node died is claimed again once the lease of its job has run out.
    """
    if not take_lease(connection, holder, due.name):
        return False
    keys = {"district": holder.district, "kind": due.name, "key": due.key}
    started = {"owner": holder.owner, "started_at": now}
    batch = Batch(connection.dialect)
    batch.add(_RUN, "ignore", {**keys, **started, "attempt_count": 0})
    batch.flush(connection.connection.driver_connection)
    mine = (
        update(_RUN)
        .where(_RUN.c.district == holder.district, _RUN.c.kind == due.name, _RUN.c.key == due.key)
        .where(_RUN.c.finished_at.is_(None))
        .values(**started, attempt_count=_RUN.c.attempt_count + 1)
    )
    if connection.execute(mine).rowcount == 1:
        return True
    release_lease(connection, holder, due.name)
    return False


def is_done(connection: Connection, district: str, due: Due) -> bool:
    """Whether the run is over, so that there is nothing to claim."""
    query = select(_RUN.c.finished_at).where(
        _RUN.c.district == district, _RUN.c.kind == due.name, _RUN.c.key == due.key
    )
    return connection.execute(query).scalar() is not None


def finish(connection: Connection, holder: Holder, due: Due, *, now: datetime, summary: str) -> None:
    """The run was done at `now`: keep its summary (JSON) and give the lease back."""
    _end(connection, holder, due, finished_at=now, summary=summary, error=None)
    if "T" in due.key:
        oldest = f"{due.at - _KEPT:%Y-%m-%dT%H:%M}"
        mine = (_RUN.c.district == holder.district, _RUN.c.kind == due.name)
        connection.execute(delete(_RUN).where(*mine, _RUN.c.key < oldest))


def fail(connection: Connection, holder: Holder, due: Due, *, error: str) -> None:
    """The run failed: say why and give the lease back, so that the next tick of any node tries again."""
    _end(connection, holder, due, error=error)


def _end(connection: Connection, holder: Holder, due: Due, **values: object) -> None:
    # When the lease ran out meanwhile, the run may be another node's: then it is for that one to end.
    connection.execute(
        update(_RUN)
        .where(_RUN.c.district == holder.district, _RUN.c.kind == due.name, _RUN.c.key == due.key)
        .where(_RUN.c.owner == holder.owner, _RUN.c.finished_at.is_(None))
        .values(**values)
    )
    release_lease(connection, holder, due.name)


def take_lease(connection: Connection, holder: Holder, name: str) -> bool:
    """Take the lease of a job when it is free, has run out, or is this node's already."""
    moment = database_clock(connection)
    batch = Batch(connection.dialect)
    batch.add(
        _LEASE,
        "ignore",
        {"district": holder.district, "name": name, "owner": holder.owner, "expires_at": moment},
    )
    batch.flush(connection.connection.driver_connection)
    statement = (
        update(_LEASE)
        .where(_LEASE.c.district == holder.district, _LEASE.c.name == name)
        .where(or_(_LEASE.c.owner == holder.owner, _LEASE.c.expires_at <= moment))
        .values(owner=holder.owner, expires_at=moment + timedelta(seconds=holder.lease_s))
    )
    return connection.execute(statement).rowcount == 1


def renew_lease(connection: Connection, holder: Holder, name: str) -> bool:
    """Hold a lease for another `lease_s` from now. False when it was lost meanwhile."""
    return _set_expiry(connection, holder, name, seconds=holder.lease_s)


def release_lease(connection: Connection, holder: Holder, name: str) -> None:
    """Give a lease back."""
    _set_expiry(connection, holder, name, seconds=0)


def _set_expiry(connection: Connection, holder: Holder, name: str, *, seconds: int) -> bool:
    expires_at = database_clock(connection) + timedelta(seconds=seconds)
    statement = (
        update(_LEASE)
        .where(_LEASE.c.district == holder.district, _LEASE.c.name == name, _LEASE.c.owner == holder.owner)
        .values(expires_at=expires_at)
    )
    return connection.execute(statement).rowcount == 1


def database_clock(connection: Connection) -> datetime:
    """Leases are measured by the clock of the database, so that the clocks of the nodes need not agree."""
    moment = connection.execute(select(func.now(type_=UtcDateTime()))).scalar_one()
    if not isinstance(moment, datetime):
        raise TypeError(f"the database told no moment but {moment!r}")
    return moment
