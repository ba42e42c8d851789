"""What the site asks of whoever runs the jobs; `app` hands it over, for `web` and `jobs` know nothing of each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from flask import current_app

EXTENSION = "gridcase.jobs"


class Run(Protocol):
    """One run; `outcome` is done, failed, running or broken_off; `summary` is JSON of what it did."""

    @property
    def key(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def finished_at(self) -> datetime | None: ...
    @property
    def summary(self) -> str | None: ...


class Standing(Protocol):
    """How one job stands; `missed_at` is when a run became due that was not done."""

    @property
    def schedule(self) -> str: ...
    @property
    def missed_at(self) -> datetime | None: ...
    @property
    def last(self) -> Run | None: ...


class JobBoard(Protocol):
    """The jobs of one site."""

    def standings(self, connection: Any, now: datetime, /) -> Sequence[Standing]:
        """Every job at a moment."""

    def standing(self, connection: Any, name: str, now: datetime, /) -> Standing:
        """One job. Raises NotFound `unknown_job`."""

    def runs(
        self, connection: Any, name: str, /, *, is_failed: bool = False, before: str = "", limit: int
    ) -> Sequence[Run]:
        """The kept runs of a job, the newest first."""


def job_board() -> JobBoard:
    """The jobs of the site that serves this request."""
    found: JobBoard = current_app.extensions[EXTENSION]
    return found
