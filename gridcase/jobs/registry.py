"""The list of jobs: name, what it does, and the function; the setting [jobs] of the same name says when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from gridcase.cases.book import Rulebook
from gridcase.cases.following import SETTLE_S
from gridcase.config.tables import Jobs
from gridcase.db import Database
from gridcase.errors import Invalid, nearest_name
from gridcase.evaluation.settling import settle
from gridcase.jobs.holds import release_holds
from gridcase.jobs.recomputing import recompute_due
from gridcase.jobs.uploads import clean_uploads
from gridcase.jobs.watchdog import watch
from gridcase.notices.reporters import tell_reporters
from gridcase.reminders.service import remind
from gridcase.resources import SiteFolder


class Summary(Protocol):
    """What a run did, for people and for the log."""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values by name."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `run(database, book, now)` is safe to run twice and safe to miss once."""

    name: str
    label: str
    run: Callable[[Database, Rulebook, datetime], Summary]


def jobs_of(site: SiteFolder) -> dict[str, Job]:
    """All jobs of a site by name, in the order in which those due together run.

    Holds end before anything is judged, so that a case whose suspension ended today counts again.
    """
    jobs = (
        Job("release_holds", "到期的挂账、缓办自动恢复计时", release_holds),
        Job(
            "recompute_due",
            "工作日历变化后重新计算在办案件的到期时刻",
            partial(recompute_due, settle_s=SETTLE_S),
        ),
        Job("settle", "已结束的案件计入按月汇总，排名只读仍在变化的案件", settle),
        Job("clean_uploads", "清理手机分段上传后没有用到的照片", clean_uploads),
        Job("watchdog", "停留过久的案件升级，通知负责的岗位", partial(watch, site=site)),
        Job("notices", "把受理、并案、办结的结果告知反映人", partial(tell_reporters, site=site)),
        Job("remind", "考核期最后几天催办处置效率不高的部门", partial(remind, site=site)),
    )
    return {job.name: job for job in jobs}


def find_job(jobs: Mapping[str, Job], name: str) -> Job:
    """The job of this name. Raises Invalid `unknown_job`, naming the nearest one."""
    job = jobs.get(name)
    if job is None:
        nearest = nearest_name(name, list(jobs))
        hint = f"did you mean {nearest!r}?" if nearest else f"there are {', '.join(sorted(jobs))}"
        raise Invalid("unknown_job", f"there is no job {name!r}; {hint}", job=name, nearest=nearest)
    return job


def schedules(names: Iterable[str], settings: Jobs) -> dict[str, str]:
    """Job name -> its setting in the table [jobs]."""
    return {name: getattr(settings, name) for name in names}
