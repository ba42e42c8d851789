"""Months of every length: on each of the last seven days each slow department is reminded once, and never else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from gridcase.config import Settings
from gridcase.config.tables import Evaluation
from gridcase.reminders.service import remind
from tests.making import Office, make_office
from tests.reminders.month import DEPARTMENTS, Month
from tests.reminders.town import Town


def run(office: Office, month: Month) -> list[tuple[str, str]]:
    """Day and department of each reminder after the month; the job runs three times a day."""
    town = Town(office, *DEPARTMENTS)
    installation = office.installation

    def every_morning(morning: datetime) -> None:
        for _ in range(3):
            remind(installation.database, installation.book, morning, site=installation.site)

    month.play(town, every_morning)
    return town.told


@pytest.mark.parametrize(
    ("first", "end"),
    [
        ("2026-02-01", "2026-03-01"),
        ("2028-02-01", "2028-03-01"),
        ("2026-11-01", "2026-12-01"),
        ("2026-10-01", "2026-11-01"),
    ],
    ids=["28 days", "29 days", "30 days", "31 days"],
)
def test_each_slow_department_is_reminded_once_on_each_of_the_last_seven_days(
    sqlite_office: Office, first: str, end: str
) -> None:
    month = Month(first, end)

    told = run(sqlite_office, month)

    assert told == month.expected()
    assert len({day for day, _ in told}) == 7
    counts = Counter(department for _, department in told)
    assert counts == {"A": 7, "C": 3, "D": 3, "F": 7}


def test_the_last_days_follow_the_start_day_of_the_period(tmp_path: Path, quick_geo: Path) -> None:
    settings = replace(Settings(), evaluation=Evaluation(period_start_day=26))
    office = make_office(f"sqlite:///{tmp_path / 'own.db'}", tmp_path, geo=quick_geo, settings=settings)
    month = Month("2026-09-26", "2026-10-26")

    told = run(office, month)
    office.database.close()

    assert told == month.expected()
    assert {day for day, _ in told} == {f"2026-10-{day}" for day in range(19, 26)}
