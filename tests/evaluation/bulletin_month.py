"""Three frozen months of departments with figures worked out by hand, for the bulletin of October 2026.

| October | due | on time | late | overdue | reworked | score by D1 |
| --- | --- | --- | --- | --- | --- | --- |
| A 甲局 | 6 | 5 | 1 | 0 | 1 | 60 × 5/6 + 30 + 10 × 5/6 = 88.33 |
| B 乙局 | 3 | 2 | 0 | 1 | 0 | 60 × 2/3 + 30 × 2/3 + 10 = 70.00 |
| S 街道办 | 1 | 1 | 0 | 0 | 0 | 100.00 |

September: A 2 on time (100.00), B 1 on time and 1 overdue (55.00), which is carried over. October 2025: A 1 on time.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gridcase.cases.catalogue import read_channels
from gridcase.cases.catalogue_file import ConditionRow
from gridcase.cases.catalogue_store import store_conditions
from gridcase.config import Settings
from gridcase.db import Database
from gridcase.evaluation.bulletin.content import Bulletin, Hand
from gridcase.evaluation.bulletin.making import Office, draft_bulletin, frozen_bulletin
from gridcase.evaluation.bulletin.rewards import Rule
from gridcase.evaluation.bulletin.words import load_words
from gridcase.evaluation.frozen.store import RecordKey
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.resources import SiteFolder, shipped_folder
from tests.evaluation.frozen_month import Months, make_months
from tests.evaluation.ledger import DISTRICT
from tests.facts.story import Story

WASTE, STALL, LAMP, GARDEN = ("event", "01", "10"), ("event", "02", "01"), ("component", "03", "05"), (
    "event", "01", "11",
)  # fmt: skip
_NAMES = {WASTE: "暴露垃圾", STALL: "非法小广告", LAMP: "路灯", GARDEN: "积存垃圾"}
SHIPPED = SiteFolder(shipped_folder())


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    """An hour of a China date."""
    return datetime(year, month, day, hour, tzinfo=UTC) - timedelta(hours=8)


def reported(
    start: datetime, category: tuple[str, str, str] = WASTE, *, role: str = "inspector", street: str = "1"
) -> Story:
    """A report of a category in one of the two streets."""
    place = f"12010400{street}001001"
    kind, main, sub = category
    return Story(start=start).report(
        role, kind=kind, main_code=main, sub_code=sub,
        cell=f"{place}", community=place[:12], street=place[:9],
    )  # fmt: skip


def sent(story: Story, department: str) -> Story:
    """As far as the department's hands."""
    kind = "street" if department == "S" else "handling"
    return story.play("accept file").do("dispatch", department=department, department_kind=kind).do("receive")


def closed(story: Story, department: str) -> Story:
    """Handled in time and closed."""
    return sent(story, department).play("give_feedback send_verification verify_pass close")


@dataclass
class Known:
    """The register of these months, frozen or not, and what bulletins are made with."""

    months: Months
    settings: Settings = field(default_factory=Settings)
    rewards: tuple[Rule, ...] = ()
    folder: Path | None = None

    @property
    def office(self) -> Office:
        channels = SHIPPED.path("workflows/channels.csv")
        known = read_channels(channels.read_text(encoding="utf-8"), "channels.csv")
        return Office(self.settings, load_words(SHIPPED), known, self.rewards, self.folder)

    def set(self, **bulletin: Any) -> None:
        """Other settings of bulletins."""
        self.settings = replace(self.settings, bulletin=replace(self.settings.bulletin, **bulletin))

    def freeze(self, *periods: str, of: str = "departments", scheme: str = "department-d1") -> None:
        """Freeze periods in this order."""
        for period in periods:
            self.months.freeze(period, of, scheme)

    def bulletin(
        self, period: str = "2026-10", of: str = "departments", hand: Hand | None = None
    ) -> Bulletin:
        """The bulletin of a frozen period, else a draft."""
        own = hand or Hand()
        with self.months.ledger.database.reading() as connection:
            key = RecordKey(DISTRICT, of, period)
            made = frozen_bulletin(connection, self.office, key, hand=own)
            if made is not None:
                return made
            scheme = "department-d1" if of == "departments" else "area"
            request = self.months.request(period, of, scheme)
            return draft_bulletin(connection, self.office, request, schemes=self.months.schemes, hand=own)


def make_known(url: str, folder: Path) -> Known:
    """The cases of the three months; nothing is frozen yet."""
    months = make_months(url, folder)
    # The scheme of October 2025 too.
    file = months.schemes.folder / "department-d1.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("2026-01-01", "2025-01-01"), encoding="utf-8")
    _add_names(months)
    months.add(closed(reported(at(2025, 10, 8)), "A"))
    for day in (3, 4):
        months.add(closed(reported(at(2026, 9, day)), "A"))
    months.add(closed(reported(at(2026, 9, 5), STALL, street="2"), "B"))
    # Due on 25 September at 13:02, never handled.
    months.add(sent(reported(at(2026, 9, 25), STALL, street="2"), "B"))
    _add_october(months)
    return Known(months)


def copy_of(known: Known, folder: Path) -> Known:
    """The same register on SQLite in another folder, to be changed by a test."""
    months = known.months
    file = Path(str(months.ledger.database.url.database))
    with months.ledger.database.reading() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(file, folder / file.name)
    shutil.copytree(months.schemes.folder, folder / "schemes")
    database = Database(f"sqlite:///{folder / file.name}", is_bulk=True)
    ledger = replace(months.ledger, database=database, steps=dict(months.ledger.steps))
    schemes = SchemeFolder(folder / "schemes")
    return Known(replace(months, ledger=ledger, schemes=schemes, whole=dict(months.whole)))


def _add_october(months: Months) -> None:
    for day in (1, 2, 3, 4):
        months.add(closed(reported(at(2026, 10, day)), "A"))
    reworked = sent(reported(at(2026, 10, 5)), "A").play("give_feedback send_verification verify_fail rework")
    months.add(reworked.play("receive give_feedback send_verification verify_pass close"))
    late = sent(reported(at(2026, 10, 6), role="intake_operator"), "A").wait(hours=30)
    late.play("give_feedback send_verification verify_pass close").until(at(2026, 11, 10))
    months.add(late.grant("appeal"))
    for day in (7, 8):
        months.add(closed(reported(at(2026, 10, day), STALL, street="2"), "B"))
    # Due on 20 October at 13:02, never handled.
    months.add(sent(reported(at(2026, 10, 20), LAMP, street="2"), "B"))
    months.add(closed(reported(at(2026, 10, 9), GARDEN), "S"))
    months.add(Story(start=at(2026, 10, 10)).report().do("self_close"))


def _add_names(months: Months) -> None:
    rows = [
        ConditionRow("yuncheng-2026", *key[:2], "大类", key[2], name, 1, "立案条件", "结案条件", "4工作时")
        for key, name in _NAMES.items()
    ]
    with months.ledger.database.transaction() as connection:
        store_conditions(connection, DISTRICT, rows)
