"""The scheduled jobs, for administrators: when each runs, how its runs ended, what failed or was not done."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for

from gridcase.web.context import looking
from gridcase.web.job_board import Run, Standing, job_board
from gridcase.web.pages.admin import check_administrator
from gridcase.web.pages.frame import render

JOB_RUNS = Blueprint("job_runs", __name__)

_LIMIT = 50
_EVERY = re.compile(r"every (?:minute|([0-9]+) minutes)")


@dataclass(frozen=True, slots=True)
class Timed:
    """A run with its length in seconds (None: not over), and what it did as pairs of name and value."""

    run: Run
    seconds: int | None
    did: tuple[tuple[str, str], ...]


@JOB_RUNS.get("/admin/jobs")
def show_list() -> str:
    """Every job with its last run. Raises NotPermitted for all but administrators, as every page here."""
    with looking() as (desk, actor):
        check_administrator(actor)
        found = job_board().standings(desk.connection, desk.now)
        frequent = [job for job in found if every(job.schedule)]
        is_idle = bool(frequent) and all(job.missed_at is not None for job in frequent)
        return render(
            desk, actor, "pages/job_runs.html",
            items=[(job, _timed(job.last) if job.last else None) for job in found],
            every=every, is_idle=is_idle,
        )  # fmt: skip


@JOB_RUNS.get("/admin/jobs/<name>")
def show(name: str) -> str:
    """The kept runs of one job. Raises NotFound `unknown_job`."""
    with looking() as (desk, actor):
        check_administrator(actor)
        job: Standing = job_board().standing(desk.connection, name, desk.now)
        is_failed, before = bool(request.args.get("failed")), request.args.get("before", "").replace("\0", "")
        found = job_board().runs(desk.connection, name, is_failed=is_failed, before=before, limit=_LIMIT + 1)
        shown = found[:_LIMIT]
        kept: dict[str, Any] = {"name": name} | ({"failed": "yes"} if is_failed else {})
        is_more = len(found) > _LIMIT
        return render(
            desk, actor, "pages/job_run_list.html",
            job=job, items=[_timed(run) for run in shown], every=every, is_failed=is_failed,
            first=url_for("job_runs.show", **kept) if before else "",
            following=url_for("job_runs.show", **kept, before=shown[-1].key) if is_more else "",
        )  # fmt: skip


def every(schedule: str) -> int | None:
    """The minutes of a schedule "every N minutes"; None for a time of day."""
    match = _EVERY.fullmatch(schedule)
    return int(match[1] or 1) if match else None


def _timed(run: Run) -> Timed:
    length = (run.finished_at - run.started_at).total_seconds() if run.finished_at else None
    return Timed(run, None if length is None else max(0, int(length)), tuple(_did(run.summary)))


def _did(summary: str | None) -> list[tuple[str, str]]:
    """What a run did, lists by their length: the log has them whole."""
    try:
        told = json.loads(summary or "{}")
    except ValueError:
        return [("", summary or "")]
    if not isinstance(told, dict):
        return [("", str(told))]
    return [
        (name, str(len(value)) if isinstance(value, list | dict) else _plain(value))
        for name, value in told.items()
    ]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
