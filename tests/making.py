"""Makes a ready installation for tests: a quick district, departments, people in every role, a clock set by hand.

def test_something(office): ...                      runs twice, on SQLite and on PostgreSQL (tests/conftest.py)

number = office.report()                             # by `inspector`, with a photo, in the cell of `office.point`
office.move("intake_operator", number, "accept")
office.tick(5)                                       # nothing else moves the clock
office.move("officer_a", number, "give_feedback", photos=1, measure="清理")
asked = office.ask("officer_a", number, "extension")
office.grant("dispatcher", number, asked.id)
office.walk(number, "dispatched")                    # the plain way from wherever the case is to that state
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from sqlalchemy import select

from gridcase.app import Installation, open_installation
from gridcase.cases import appending, requests, service
from gridcase.cases.book import Desk, Rulebook, write
from gridcase.cases.casefile import CaseFile
from gridcase.cases.forms import (
    Moved,
    MoveForm,
    PhotosForm,
    Reported,
    Reporter,
    ReportForm,
    RequestAnswer,
    RequestForm,
)
from gridcase.cases.loading import load_case
from gridcase.cases.photos import PhotoFile
from gridcase.clock import CHINA
from gridcase.config import Settings
from gridcase.db import Base, Database
from gridcase.directory.people import Actor, DepartmentCard
from gridcase.directory.queries import find_actor
from gridcase.directory.service import NewUser, add_department, add_user
from gridcase.resources import SiteFolder

Answer = TypeVar("Answer")

# The first working day after the long holiday, at 09:00.
NOW = datetime(2026, 10, 9, 1, tzinfo=UTC)

DEPARTMENTS = (
    DepartmentCard("A", "甲局", "handling"),
    DepartmentCard("B", "乙局", "handling"),
    DepartmentCard("S", "某街道办事处", "street"),
    DepartmentCard("Z", "监督中心", "centre"),
    DepartmentCard("CITY", "市监督中心", "centre"),
)
PEOPLE = (
    NewUser("inspector", ("inspector",), "Z", phone="13800000001", display_name="张三"),
    NewUser("inspector_2", ("inspector",)),
    NewUser("intake_operator", ("intake_operator",), "Z"),
    NewUser("shift_supervisor", ("shift_supervisor",)),
    NewUser("shift_supervisor_2", ("shift_supervisor",)),
    NewUser("shift_supervisor_z", ("shift_supervisor",), "Z"),
    NewUser("upper_reviewer", ("upper_reviewer",), "CITY"),
    NewUser("dispatcher", ("dispatcher",), "Z"),
    NewUser("officer_a", ("department_officer",), "A"),
    NewUser("officer_a2", ("department_officer",), "A"),
    NewUser("officer_b", ("department_officer",), "B"),
    NewUser("officer_s", ("department_officer",), "S"),
    NewUser("handler_a", ("handler",), "A"),
    NewUser("handler_a2", ("handler",), "A"),
    NewUser("handler_b", ("handler",), "B"),
    NewUser("leader", ("leader",)),
    NewUser("administrator", ("administrator",)),
    NewUser("system", ("system",)),
)


@lru_cache(maxsize=16)
def jpeg(shade: int = 120) -> bytes:
    """A tiny JPEG; every shade (below 65,536) is another picture."""
    buffer = io.BytesIO()
    picture = Image.new("RGB", (32, 32), (shade % 256, 90, 40))
    # Neighbouring shades may compress to the same bytes; a bright block for each bit keeps every picture apart.
    for bit in range(16):
        if shade >> bit & 1:
            left, top = bit % 4 * 8, bit // 4 * 8
            picture.paste((240, 240, 240), (left, top, left + 8, top + 8))
    picture.save(buffer, "JPEG")
    return buffer.getvalue()


def china(text: str) -> datetime:
    """The moment of `2026-11-23T09:00` in China time."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


@dataclass
class Office:
    """A running installation. People act by name at `now`, which only the test moves."""

    installation: Installation
    now: datetime
    point: tuple[float, float]
    people: dict[str, Actor] = field(default_factory=dict)
    _shade: int = 0

    @property
    def book(self) -> Rulebook:
        return self.installation.book

    @property
    def database(self) -> Database:
        return self.installation.database

    @property
    def district(self) -> str:
        return self.book.district

    @property
    def position(self) -> dict[str, Any]:
        """The record `position` for a move."""
        return {"lon": self.point[0], "lat": self.point[1], "coordinate_system": "wgs84"}

    # --- time ------------------------------------------------------------------------------------------------

    def tick(self, minutes: float = 1, *, hours: float = 0, seconds: float = 0, days: float = 0) -> datetime:
        """Move the clock on; answers the new moment."""
        self.now += timedelta(minutes=minutes, hours=hours, seconds=seconds, days=days)
        return self.now

    def set(self, moment: str | datetime) -> datetime:
        """Set the clock to a moment, or to a China time such as `2026-11-23T09:00`."""
        self.now = china(moment) if isinstance(moment, str) else moment.astimezone(UTC)
        return self.now

    # --- people ----------------------------------------------------------------------------------------------

    def actor(self, who: str | Actor) -> Actor:
        return who if isinstance(who, Actor) else self.people[who]

    def add_user(
        self, name: str, *roles: str, department: str | None = None, area: str | None = None
    ) -> Actor:
        """One more person, known by that name from now on."""
        new = NewUser(name, roles, department, area)
        with self.database.transaction() as connection:
            self.people[name] = add_user(
                connection, self.district, new, rules=self.installation.roles, now=self.now
            )
        return self.people[name]

    # --- acts ------------------------------------------------------------------------------------------------

    def write(self, act: Callable[[Desk], Answer]) -> Answer:
        """One act in one transaction at `now`."""
        return write(self.database, self.book, self.now, act=act)

    def photos(self, count: int) -> tuple[PhotoFile, ...]:
        """Pictures that differ from all before."""
        taken = []
        for _ in range(count):
            self._shade += 1
            taken.append(self.book.photos.check(jpeg(self._shade)))
        return tuple(taken)

    def first_picture(self) -> None:
        """Begin again with the first picture: those that are kept already need no writing."""
        self._shade = 0

    def report(self, who: str | Actor = "inspector", *, photos: int | None = None, **fields: Any) -> str:
        """A report in the inspectors' channel, or another; answers the case number."""
        return self.reported(who, photos=photos, **fields).number

    def reported(
        self, who: str | Actor = "inspector", *, photos: int | None = None, **fields: Any
    ) -> Reported:
        """As `report`, with the whole answer. An inspector brings a photo unless told otherwise."""
        actor = self.actor(who)
        values: dict[str, Any] = {
            "kind": "event",
            "main_code": "01",
            "sub_code": "10",
            "description": "路边有一堆生活垃圾",
            "lon": self.point[0],
            "lat": self.point[1],
            "coordinate_system": "wgs84",
            "channel": "inspector" if actor.has_role("inspector") else "self_found",
            **fields,
        }
        if isinstance(values.get("reporter"), Mapping):
            values["reporter"] = Reporter(**values["reporter"])
        count = (1 if values["channel"] == "inspector" else 0) if photos is None else photos
        form = ReportForm(**values, photos=self.photos(count))
        return self.write(lambda desk: service.report(desk, actor, form))

    def move(
        self,
        who: str | Actor,
        number: str,
        trigger: str,
        *,
        photos: int = 0,
        version: int | None = None,
        **records: Any,
    ) -> Moved:
        """Fire a trigger with these records, exactly as given."""
        actor, form = self.actor(who), MoveForm(records, version, self.photos(photos))
        return self.write(lambda desk: service.move(desk, actor, number, trigger=trigger, form=form))

    def ask(
        self, who: str | Actor, number: str, kind: str, *, photos: int = 0, **fields: Any
    ) -> RequestAnswer:
        """Ask for something; `reason` is given unless told otherwise, `until` is a date or `YYYY-MM-DD`."""
        actor = self.actor(who)
        until = fields.pop("until", None)
        fields.setdefault("reason", "连续下雨无法施工")
        if isinstance(until, str):
            until = date.fromisoformat(until)
        form = RequestForm(kind, until=until, photos=self.photos(photos), **fields)
        return self.write(lambda desk: requests.ask(desk, actor, number, form=form))

    def decide(
        self, how: str, who: str | Actor, number: str, *, request: str, opinion: str | None = None
    ) -> RequestAnswer:
        """`how` is forward, grant, refuse, withdraw or release."""
        actor, act = self.actor(who), getattr(requests, how)
        return self.write(lambda desk: act(desk, actor, number, request_id=request, opinion=opinion))

    def forward(self, who: str | Actor, number: str, request: str) -> RequestAnswer:
        return self.decide("forward", who, number, request=request)

    def grant(self, who: str | Actor, number: str, request: str) -> RequestAnswer:
        return self.decide("grant", who, number, request=request)

    def refuse(
        self, who: str | Actor, number: str, request: str, *, opinion: str | None = "理由不足"
    ) -> RequestAnswer:
        return self.decide("refuse", who, number, request=request, opinion=opinion)

    def withdraw(self, who: str | Actor, number: str, request: str) -> RequestAnswer:
        return self.decide("withdraw", who, number, request=request)

    def release(self, who: str | Actor, number: str, request: str) -> RequestAnswer:
        return self.decide("release", who, number, request=request)

    def release_holds(self, number: str) -> int:
        """What the job does for one case at `now`: releases whose date has come."""
        return self.write(lambda desk: requests.release_holds(desk, number))

    def add_photo(self, who: str | Actor, number: str, kind: str) -> None:
        """Append a photo to a case, without a move."""
        actor, (photo,) = self.actor(who), self.photos(1)
        form = PhotosForm(kind, (photo,))
        self.write(lambda desk: appending.add_photos(desk, actor, number, form=form, seed=photo.sha256))

    # --- looking ---------------------------------------------------------------------------------------------

    def case(self, number: str) -> CaseFile:
        """The case, folded anew from its stored steps."""
        with self.database.reading() as connection:
            found = load_case(Desk(connection, self.book, self.now), number)
        assert found is not None
        return found

    def rows(self, table: str, number: str | None = None) -> list[dict[str, Any]]:
        """The stored rows of a table by its key, of one case only when its number is given."""
        wanted = Base.metadata.tables[table]
        query = select(wanted).where(wanted.c.district == self.district).order_by(*wanted.primary_key.columns)
        if number is not None:
            query = query.where(wanted.c.number == number)
        with self.database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    # --- the plain way ---------------------------------------------------------------------------------------

    def walk(self, number: str, *states: str, department: str = "A") -> str:
        """Bring a case of the standard flow to each of these states in turn, a minute a move; answers the number.

        The state is reached by a move even when the case is in it already: `walk(n, "handled", "handled")` has
        the feedback returned and given again.
        """
        for state in states:
            self._walk_to(number, state, department)
        return number

    def _walk_to(self, number: str, goal: str, department: str) -> None:
        for _ in range(12):
            here = self.case(number).state or ""
            self.tick()
            if self.plain(number, PLAIN_WAY[goal][here], department=department).state == goal:
                return
        raise AssertionError(f"no way from {self.case(number).state} to {goal}")

    def plain(self, number: str, trigger: str, *, department: str = "A") -> Moved:
        """One move of the standard flow by whom it belongs to, with the records it needs."""
        who = PLAIN_ACTOR[trigger]
        if who == "officer":
            main = self.case(number).department or department
            who = {"A": "officer_a", "B": "officer_b", "S": "officer_s"}[main]
        return self.move(who, number, trigger, **self.records(trigger, department))

    def records(self, trigger: str, department: str = "A") -> dict[str, Any]:
        """What a plain move of this trigger needs, ready for `move(**records)`."""
        return {
            name: self.position[name] if value is _HERE else department if value is _MAIN else value
            for name, value in PLAIN_RECORDS.get(trigger, {}).items()
        }


_HERE, _MAIN = object(), object()
_AT = {"lon": _HERE, "lat": _HERE, "coordinate_system": _HERE, "photos": 1}

PLAIN_ACTOR = {
    "accept": "intake_operator",
    "send_confirmation": "intake_operator",
    "confirm": "inspector_2",
    "confirm_absent": "inspector_2",
    "self_close": "inspector",
    "merge": "intake_operator",
    "reject": "intake_operator",
    "file": "shift_supervisor",
    "dispatch": "dispatcher",
    "return_to_intake": "dispatcher",
    "receive": "officer",
    "hand_back": "officer",
    "redispatch": "dispatcher",
    "give_feedback": "officer",
    "return_feedback": "intake_operator",
    "send_verification": "intake_operator",
    "verify_pass": "inspector_2",
    "verify_fail": "inspector_2",
    "verify_unable": "inspector_2",
    "ask_more": "shift_supervisor",
    "decline_closing": "shift_supervisor",
    "rework": "dispatcher",
    "close": "shift_supervisor",
    "force_close": "shift_supervisor",
}
PLAIN_RECORDS: dict[str, dict[str, Any]] = {
    "send_confirmation": {"inspector": "inspector_2"},
    "confirm": {"result": "present", **_AT},
    "confirm_absent": _AT,
    "self_close": {"measure": "当场清理", "photos": 1},
    "reject": {"reason_code": "not_in_scope", "reason": "不属于受理范围"},
    "file": {"condition_no": 1, "duplicates_seen": True},
    "dispatch": {"department": _MAIN},
    "return_to_intake": {"reason": "类别有误"},
    "hand_back": {"reason_code": "not_ours", "reason": "不属本局职责"},
    "redispatch": {"department": _MAIN, "reason": "再次派遣"},
    "give_feedback": {"measure": "清理完毕", "photos": 1},
    "return_feedback": {"reason": "照片不清楚"},
    "send_verification": {"inspector": "inspector_2"},
    "verify_pass": _AT,
    "verify_fail": {"reason": "没有清理干净", **_AT},
    "verify_unable": {"reason": "现场封闭"},
    "ask_more": {"inspector": "inspector_2"},
    "decline_closing": {"reason": "照片不符"},
    "rework": {"reason": "返工处理"},
    "close": {"ticked": [1]},
    "force_close": {"reason": "拆迁范围", "document": "会议纪要 12 号"},
}

ONWARD = {
    "reported": "accept",
    "confirming": "confirm",
    "accepted": "file",
    "filed": "dispatch",
    "dispatched": "receive",
    "handling": "give_feedback",
    "handed_back": "redispatch",
    "handled": "send_verification",
    "verifying": "verify_pass",
    "verification_failed": "rework",
    "verified": "close",
}
# For each goal: the trigger to fire in each state on the way; what is not named goes forward.
PLAIN_WAY: dict[str, dict[str, str]] = {
    "confirming": {"reported": "send_confirmation", "accepted": "send_confirmation"},
    "accepted": {**ONWARD, "filed": "return_to_intake"},
    "filed": ONWARD,
    "dispatched": {**ONWARD, "handling": "hand_back"},
    "handling": {**ONWARD, "handled": "return_feedback"},
    "handed_back": {**ONWARD, "dispatched": "hand_back", "handling": "hand_back"},
    "handled": {**ONWARD, "verifying": "verify_unable", "handled": "return_feedback"},
    "verifying": {**ONWARD, "verified": "ask_more"},
    "verification_failed": {**ONWARD, "verifying": "verify_fail", "verified": "decline_closing"},
    "verified": ONWARD,
    "closed": ONWARD,
    "force_closed": {**ONWARD, "filed": "force_close", "dispatched": "force_close", "handling": "force_close",
                     "handed_back": "force_close", "handled": "force_close", "verification_failed": "force_close",
                     "verified": "force_close"},
    "rejected": {"reported": "reject"},
    "self_closed": {"reported": "self_close"},
}  # fmt: skip


def make_office(
    url: str,
    folder: Path,
    *,
    geo: Path,
    now: datetime = NOW,
    settings: Settings | None = None,
) -> Office:
    """A ready installation on the database `url`, its site in `folder`/site, its places those of `geo`.

    An empty database is filled; one that was filled before is taken as it is. What `folder`/site holds already
    (workflows, templates) is the site's; the rest is what the program ships. The disk is not synced.
    """
    site = folder / "site"
    site.mkdir(parents=True, exist_ok=True)
    if not (site / "geo").exists():
        (site / "geo").symlink_to(geo, target_is_directory=True)
    clock: list[Office] = []
    installation = open_installation(
        SiteFolder(site),
        settings or Settings(),
        db=url,
        clock=lambda: clock[0].now if clock else now,
        is_bulk=True,
    )
    cell = next(iter(installation.book.geography.cells(now.date())))
    middle = cell.shape.representative_point()
    office = Office(installation, now, (middle.x, middle.y))
    clock.append(office)
    _fill(office)
    return office


def _fill(office: Office) -> None:
    district, rules = office.district, office.installation.roles
    with office.database.transaction() as connection:
        if find_actor(connection, district, PEOPLE[0].name) is None:
            for card in DEPARTMENTS:
                add_department(connection, district, card)
            for new in PEOPLE:
                if set(new.roles) <= rules.known:
                    add_user(connection, district, new, rules=rules, now=office.now)
        for new in PEOPLE:
            actor = find_actor(connection, district, new.name)
            if actor is not None:
                office.people[new.name] = actor
