"""One case as the played month sees it: what the problem really is, who has it now, what is planned next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gridcase.cases.catalogue import Category, Condition
from gridcase.directory.people import Actor
from gridcase.spatial import Place


@dataclass(slots=True, eq=False)
class Course:
    """The truth about a problem and the plans of the people; the case itself lies in the register.

    `turn` numbers the plan in force: what an earlier plan left on the agenda no longer happens.
    """

    place: Place
    category: Category
    condition: Condition
    channel: str
    is_patrol: bool
    reported_at: datetime
    responsible: str
    number: str = ""
    reported_by: str = ""
    twin: Course | None = None
    inspector: Actor | None = None
    department: str = ""
    dispatched_at: datetime | None = None
    dispatch_count: int = 0
    failures: int = 0
    was_filed: bool = False
    was_handed_back: bool = False
    open_request: str | None = None
    extension_count: int = 0
    is_over: bool = False
    turn: int = 0

    def new_turn(self) -> None:
        """Another plan is in force: what the old one left on the agenda is off."""
        self.turn += 1

    @property
    def category_key(self) -> str:
        """kind/main/sub, as the plan and the settings name classes."""
        return f"{self.category.kind}/{self.category.main_code}/{self.category.sub_code}"


Act = Callable[[Course], None]
