"""Makes the demo month for `gridcase demo` and prints what came of it: users, reminders, rankings."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from gridcase.app import Installation, open_database, open_installation
from gridcase.clock import CHINA
from gridcase.config import Settings
from gridcase.demo.marks import check_fillable, empty, set_demo_clock
from gridcase.demo.month.filling import Filled, Ground, Order, Watch, fill, read_plan, span_of_order
from gridcase.demo.month.settling import settle
from gridcase.directory.credentials import hash_password
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest, rank, rank_as_json
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.text_table import text_table
from gridcase.jobs.registry import jobs_of
from gridcase.resources import SiteFolder

_GROUPS, _GROUP_LETTERS = 3, 4
# Letters that nobody mistakes for another one.
_LETTERS = "abcdefghkmnprstuvwxyz"
_RANKED = ("departments", "streets")
_COLUMNS = (
    ("应结案数", "counts", "due_count"),
    ("结案率", "rates", "closing_rate"),
    ("按期结案率", "rates", "on_time_closing_rate"),
    ("返工率", "rates", "rework_rate"),
)


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for."""

    site: SiteFolder
    settings: Settings
    db: str | None
    period: str
    cases: int
    seed: int
    may_reset: bool


@dataclass(frozen=True)
class Made:
    """A played month: the installation with its clock standing, what was played, the password, the reminders."""

    installation: Installation
    filled: Filled
    password: str
    period: str
    reminders: tuple[dict[str, Any], ...]


def make_month(wanted: Wanted) -> Made:
    """Play the month. Raises Refused `holds_cases`, Invalid `bad_period`, DefinitionError for faulty files."""
    _make_room(wanted)
    installation = open_installation(
        wanted.site, wanted.settings, db=wanted.db, is_bulk=True, clock=_machine_now
    )
    database, book = installation.database, installation.book
    plan = read_plan(wanted.site.workflows, book)
    password = make_password()
    order = Order(wanted.period, wanted.cases, wanted.seed, hash_password(password))
    span_of_order(order, plan, book)
    remind = jobs_of(wanted.site)["remind"]
    told: list[dict[str, Any]] = []
    click.echo(f"模拟 {wanted.period}：{wanted.cases} 个案件 (playing {wanted.cases} cases)", err=True)
    with click.progressbar(length=wanted.cases, file=sys.stderr, label=wanted.period) as bar:
        watch = Watch(
            added=bar.update, remind=lambda now: told.append(remind.run(database, book, now).as_dict())
        )
        filled = fill(Ground(database, book, installation.roles, plan), order, watch)
    settle(database)
    durable = open_database(wanted.settings, wanted.site, db=wanted.db)
    with durable.transaction() as connection:
        set_demo_clock(connection, book.district, stands=filled.span.stands, machine=_machine_now())
    durable.close()
    served = open_installation(wanted.site, wanted.settings, db=wanted.db)
    return Made(served, filled, password, wanted.period, tuple(told))


def _make_room(wanted: Wanted) -> None:
    """Empty an earlier demo. Raises Refused `holds_cases` for a database that is to be left alone."""
    database = open_database(wanted.settings, wanted.site, db=wanted.db)
    with database.reading() as connection:
        must_go = check_fillable(connection, wanted.settings.site.district, may_reset=wanted.may_reset)
    if must_go:
        empty(database)
    database.close()


def make_password() -> str:
    """A password for all users of a demo, new each time: three groups of four letters."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LETTERS)) for _ in range(_GROUPS))
    return "-".join(groups)


def _machine_now() -> datetime:
    return datetime.now(UTC)


# --- what is printed -----------------------------------------------------------------------------------------


def show_month(made: Made, *, seconds: float) -> None:
    """Users and rankings on standard output; what was played, and what the flow refused, on standard error."""
    for line in _played_lines(made, seconds):
        click.echo(line, err=True)
    for refusal in made.filled.refusals:
        click.echo(f"流程拒绝 (refused): {refusal}", err=True)
    click.echo("\n".join(_user_lines(made)))
    for of in _RANKED:
        click.echo(f"\n{ranking_text(made, of)}")
    click.echo("")


def _played_lines(made: Made, seconds: float) -> Iterator[str]:
    tally = made.filled.tally
    yield f"已模拟 {tally['cases']} 个案件、{tally['steps']} 个步骤，用时 {seconds:.1f} 秒 (played)"
    for summary in made.reminders:
        names = "、".join(each["name"] for each in summary["departments"]) or "无"
        yield f"{summary['at'][:16]} 催办 {summary['stored_count']} 个部门 (reminded)：{names}"
    stands = made.filled.span.stands.astimezone(CHINA)
    yield f"演示时间 {stands:%Y-%m-%d %H:%M} 起，按实际时间前进 (the clock of the demo)"


def _user_lines(made: Made) -> Iterator[str]:
    """`name password`, then what the person is; further people of the role have the same password."""
    definition = made.installation.book.flows.latest("standard")
    yield "演示用户和密码 (demo users and their password)"
    for role, names in made.filled.users.items():
        more = (
            f"，另有 {names[1]} … {names[-1]}" if len(names) > 2 else f"，另有 {names[-1]}" * (len(names) - 1)
        )
        yield f"{role:<20}{made.password}  {definition.roles[role].label}{more}"


def ranking_text(made: Made, of: str) -> str:
    """The ranking of departments or streets at the end of the period, a few columns of it."""
    place = made.installation
    chosen = place.settings.evaluation
    period = parse_period(made.period, start_day=chosen.period_start_day)
    schemes = SchemeFolder(place.site.workflows / "schemes")
    scheme = schemes.find(chosen.departments if of == "departments" else chosen.streets, on=period.first_day)
    request = RankRequest(place.book.district, period, of, scheme=scheme, now=made.filled.span.stands)
    with place.database.reading() as connection:
        answer = rank_as_json(rank(connection, request, schemes))
    units = sorted(answer["units"], key=lambda unit: (unit["group"], unit.get("rank", len(answer["units"]))))
    header = ["分组", "单位", *(label for label, _part, _name in _COLUMNS), "得分", "等级", "排名"]
    rows = [
        [
            unit["group"],
            unit["unit"],
            *(str(unit[part].get(name, "")) for _label, part, name in _COLUMNS),
            *(str(unit.get(name, "")) for name in ("score", "grade", "rank")),
        ]
        for unit in units
    ]
    title = f"{made.period} {scheme.title}（{scheme.name} 第 {scheme.version} 版，未发布）"
    return f"{title}\n{text_table(header, rows, left=2)}"
