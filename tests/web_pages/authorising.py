"""A small town for the authorisation tests: people and cases of two streets and two departments, and the table of routes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from gridcase.cases import findings, orders
from gridcase.cases.orders import OrderForm
from gridcase.web.pages.public_follow import follow_code
from tests.making import Office
from tests.web_pages.freezing import freeze_month
from tests.web_pages.visiting import Site

TABLE = Path(__file__).with_name("authorisation.toml")
NOBODY, ANYBODY, SIGNED_IN = "nobody", "anybody", "signed in"
_GROUPS = {"desks": ("intake_operator", "shift_supervisor", "dispatcher")}
_WORD = "标记"
_OPEN = frozenset({ANYBODY})
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
# Names in rules by which a case is meant; what else stands there is told by [values] of the table.
OF_A_CASE = ("number", "photo_id")


@dataclass(frozen=True)
class Route:
    """One line of the table: a method, a rule, who is let in, and what is tried (see the head of the table)."""

    line: str
    who: frozenset[str]
    more: Mapping[str, Any]

    @property
    def method(self) -> str:
        return self.line.partition(" ")[0]

    @property
    def rule(self) -> str:
        return self.line.partition(" ")[2]

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    @property
    def is_interface(self) -> bool:
        return self.rule.startswith("/api/")

    @property
    def names(self) -> list[str]:
        """The names that stand in the rule."""
        return _PLACE.findall(self.rule)

    @property
    def is_of_a_case(self) -> bool:
        return any(name in OF_A_CASE for name in self.names)

    @property
    def is_open(self) -> bool:
        """Whether nobody has to be signed in."""
        return self.who == _OPEN

    def lets_in(self, roles: frozenset[str]) -> bool:
        """Whether somebody with these roles is let in; without any, nobody is signed in."""
        return self.is_open or bool(roles and (SIGNED_IN in self.who or roles & self.who))

    def path(self, values: Mapping[str, Any]) -> str:
        """The address with values for its names, the line's own before the given ones."""
        own = {**values, **self.more.get("with", {})}
        return _PLACE.sub(lambda found: str(own[found[1]]), self.rule)


@dataclass(frozen=True)
class Table:
    """The file: routes by line, people, cases, values for paths."""

    routes: dict[str, Route]
    people: dict[str, dict[str, str]]
    cases: dict[str, dict[str, str]]
    values: dict[str, str]


def read_table() -> Table:
    """The table of the file."""
    told = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    routes = {line: _route(line, value) for line, value in told["routes"].items()}
    return Table(routes, told["people"], told["cases"], told["values"])


def _route(line: str, value: str | dict[str, Any]) -> Route:
    more = {"for": value} if isinstance(value, str) else value
    who = more["for"]
    if who in (ANYBODY, SIGNED_IN):
        return Route(line, frozenset({who}), more)
    return Route(line, frozenset(code for word in who.split() for code in _GROUPS.get(word, (word,))), more)


@dataclass
class Town:
    """A site with the cases and people of the table. `cases` are the values of each case by name, for paths and forms."""

    site: Site
    table: Table
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    roles: dict[str, frozenset[str]] = field(default_factory=dict)
    _streets: dict[str, tuple[str, str, tuple[float, float]]] = field(default_factory=dict)

    @property
    def office(self) -> Office:
        return self.site.office

    @property
    def numbers(self) -> list[str]:
        """The numbers of all cases."""
        return [case["number"] for case in self.cases.values()]

    def values(self, name: str = "north_a") -> dict[str, Any]:
        """What placeholders stand for: of the table, of the streets, and of a case."""
        places = {street: code for street, (code, _cell, _point) in self._streets.items()}
        cells = {f"{street}_cell": cell for street, (_code, cell, _point) in self._streets.items()}
        units = {"mine": "A", "other": "B", "word": _WORD}
        return {**self.table.values, **places, **cells, **units, **self.cases[name]}

    def sees(self, who: str) -> list[str]:
        """The cases that somebody sees, by name."""
        parts = self.table.people[who]["sees"].split() if who != NOBODY else []
        return [name for name in self.cases if any(name.startswith(part) for part in parts)]

    def sees_not(self, who: str) -> list[str]:
        """The cases that are none of theirs."""
        seen = self.sees(who)
        return [name for name in self.cases if name not in seen]

    def strangers(self, who: str) -> list[str]:
        """Two of those, as different as there are."""
        found = self.sees_not(who)
        return found[:1] + found[1:][-1:]

    def secrets(self, who: str) -> Iterator[tuple[str, str, str]]:
        """What no answer to this person may hold: the name of a case, and what of it, with the value."""
        nameless = self.table.people.get(who, {}).get("nameless", "").split()
        for name, case in self.cases.items():
            if name in self.sees_not(who):
                for key in ("number", "address", "description", "photo_id"):
                    yield name, key, case[key]
            if name in self.sees_not(who) or name in nameless:
                for key in ("reporter", "phone", "masked"):
                    yield name, key, case[key]


def build(site: Site) -> Town:
    """Fill an empty office with the people and cases of the table; it is the second of November, October is frozen."""
    table, office = read_table(), site.office
    town = Town(site, table, roles={NOBODY: frozenset()})
    town._streets.update(_two_streets(office))
    for name, person in table.people.items():
        if "role" in person:
            street, _cell, _point = town._streets[person["area"]]
            office.add_user(name, person["role"], area=street)
        town.roles[name] = frozenset(office.people[name].roles)
    office.set("2026-10-20T09:00")
    for at, (name, case) in enumerate(table.cases.items()):
        _make_case(town, name, case, at=at)
    office.set("2026-11-02T09:00")
    freeze_month(office, "departments")
    return town


def _two_streets(office: Office) -> Iterator[tuple[str, tuple[str, str, tuple[float, float]]]]:
    """Code, a cell and a point of two streets."""
    found: dict[str, tuple[str, str, tuple[float, float]]] = {}
    for cell in office.book.geography.cells(office.now.date()):
        middle = cell.shape.representative_point()
        found.setdefault(cell.code[:9], (cell.code[:9], cell.code, (middle.x, middle.y)))
    yield from zip(("north", "south"), list(found.values())[:2], strict=True)


def _make_case(town: Town, name: str, case: Mapping[str, str], *, at: int) -> None:
    office, street = town.office, case["street"]
    _code, cell, point = town._streets[street]
    office.tick(20)
    office.point = point
    tail = f"{4301 + 7 * at}"
    marks = {
        "address": f"{_WORD}巷{at + 41}弄",
        "description": f"描述{at + 61}处堆物",
        "reporter": f"欧阳{'甲乙丙丁戊己庚辛壬癸'[at]}",
        "phone": f"1391111{tail}",
    }
    number = office.report(
        "intake_operator", channel="hotline_12345", photos=1,
        address=marks["address"], description=marks["description"],
        reporter={"name": marks["reporter"], "phone": marks["phone"]},
    )  # fmt: skip
    _carry_on(town, number, case)
    with town.site.app.app_context():
        code = follow_code(number)
    photo = office.rows("photo", number)[0]["id"]
    town.cases[name] = {
        **marks, "number": number, "photo_id": photo, "masked": f"****{tail}", "cell": cell, "follow_code": code,
        "wrong_code": "A" * len(code), "lon": point[0], "lat": point[1],
        "request_id": "R1", "order_id": "S1", "finding_id": "F1",
    }  # fmt: skip


def _carry_on(town: Town, number: str, case: Mapping[str, str]) -> None:
    """Move a new case to its goal, with everything that may hang on it."""
    office, goal = town.office, case["goal"]
    if goal == "reported":
        return
    department = case["department"]
    officer, inspector = f"officer_{department.lower()}", f"inspector_{case['street']}"
    office.walk(number, "confirming", "accepted", "handling", department=department)
    if "handler" in case:
        office.move(officer, number, "assign", handler=case["handler"])
    if goal == "handling":
        order = OrderForm(2, "限期办结", office.now + timedelta(days=9))
        leader, supervisor = office.actor("leader"), office.actor("shift_supervisor")
        if "held" in case:
            until = case["held"].removeprefix("until ")
            asked = office.ask(officer, number, "suspension", until=until, photos=1)
            office.grant("shift_supervisor", number, asked.id)
        else:
            office.ask(officer, number, "extension")
        office.write(lambda desk: orders.supervise(desk, leader, number, form=order))
        office.write(lambda desk: findings.find(desk, supervisor, number, kind="missed", reason="漏报案件"))
        return
    if goal == "closed":
        # Late, so that there is something to appeal against.
        office.tick(days=4)
    office.move(officer, number, "give_feedback", measure="清理完毕", photos=1)
    office.move("intake_operator", number, "send_verification", inspector=inspector)
    if goal == "closed":
        office.move(inspector, number, "verify_pass", photos=1, **office.position)
        office.move("shift_supervisor", number, "close", ticked=[1])
        office.ask(officer, number, "appeal")
