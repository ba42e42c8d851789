"""The commands `gridcase user`, `gridcase department` and `gridcase token`: people, departments, tokens."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from gridcase.cli.opening import open_existing, open_site
from gridcase.cli.options import db_option, site_option
from gridcase.errors import Invalid

if TYPE_CHECKING:
    from gridcase.app import Installation

_KINDS = ("handling", "street", "community", "centre")


def _check_area(installation: Installation, area: str | None) -> None:
    from gridcase.clock import CHINA
    from gridcase.directory.areas import check_area

    if area is not None:
        check_area(installation.book.geography, area, installation.clock().astimezone(CHINA).date())


def _print(row: object) -> None:
    click.echo(json.dumps(row, ensure_ascii=False))


# --- people --------------------------------------------------------------------------------------------------


@click.group(short_help="管理人员")
def user() -> None:
    """管理人员 (manage people)."""


@user.command("add", short_help="新增人员")
@click.argument("name")
@click.argument("more_roles", nargs=-1, metavar="")
@click.option(
    "--role", "roles", multiple=True, required=True, metavar="ROLE...", help="岗位代码，可多个 (role codes)."
)
@click.option("--department", metavar="CODE", help="所属部门 (department).")
@click.option("--area", metavar="CODE", help="区域代码，缺省为本区 (area, default the district).")
@click.option("--display-name", default="", metavar="TEXT", help="显示姓名 (name shown to people).")
@click.option(
    "--password-stdin", is_flag=True, help="从标准输入读取密码 (read the password from standard input)."
)
@site_option
@db_option
def add_person(
    name: str,
    more_roles: tuple[str, ...],
    roles: tuple[str, ...],
    department: str | None,
    area: str | None,
    display_name: str,
    password_stdin: bool,
    site: str | None,
    db: str | None,
) -> None:
    """新增人员 NAME；岗位组合违反规则时退出码为 3 (a forbidden combination of roles exits 3).

    没有密码的人员只能用令牌访问接口 (without a password only tokens let this person in).
    """
    from gridcase.directory.credentials import hash_password
    from gridcase.directory.service import NewUser, add_user

    secret = hash_password(_read_password()) if password_stdin else None
    # `--role A B` means two roles: what follows the option comes here as further arguments.
    chosen = tuple(dict.fromkeys((*roles, *more_roles)))
    new = NewUser(name, chosen, department, area, display_name=display_name, password_hash=secret)
    with open_site(site, db) as installation:
        _check_area(installation, area)
        district, now = installation.book.district, installation.clock()
        with installation.database.transaction() as connection:
            actor = add_user(connection, district, new, rules=installation.roles, now=now)
    _print({"name": actor.name, "roles": actor.roles, "department": actor.department, "area": actor.area})


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Invalid("missing_field", "standard input holds no password", field="password")
    return password


@user.command("password", short_help="重设密码")
@click.argument("name")
@site_option
@db_option
def set_new_password(name: str, site: str | None, db: str | None) -> None:
    """从标准输入读取 NAME 的新密码；该人员的登录全部失效，锁定解除 (set a password, end all sessions and any lock)."""
    from gridcase.directory.audit import Noted
    from gridcase.directory.credentials import hash_password
    from gridcase.directory.people import SYSTEM
    from gridcase.directory.staff import reset_password

    with open_site(site, db) as installation:
        password = _read_password()
        _check_password(installation, password, name)
        entry = Noted(installation.clock(), SYSTEM.name, "password_reset", name)
        hashed = hash_password(password)
        with installation.database.transaction() as connection:
            ended = reset_password(
                connection, installation.book.district, name, password_hash=hashed, entry=entry
            )
    _print({"name": name, "sessions_ended": ended})


def _check_password(installation: Installation, password: str, name: str) -> None:
    from gridcase.directory.passwords import PasswordRules, check_password_rules

    settings = installation.settings.passwords
    check_password_rules(password, name, PasswordRules(settings.min_length, settings.kinds))


@user.command("unbind", short_help="解除验证器")
@click.argument("name")
@site_option
@db_option
def unbind(name: str, site: str | None, db: str | None) -> None:
    """解除 NAME 的验证器，例如手机丢失；该人员的登录全部失效 (take the second factor away, end all sessions)."""
    from gridcase.directory.audit import Noted
    from gridcase.directory.people import SYSTEM
    from gridcase.directory.staff import unbind_device

    with open_site(site, db) as installation:
        entry = Noted(installation.clock(), SYSTEM.name, "second_factor_off", name)
        with installation.database.transaction() as connection:
            ended = unbind_device(connection, installation.book.district, name, entry=entry)
    _print({"name": name, "had_device": ended is not None, "sessions_ended": ended or 0})


@user.command("list", short_help="列出人员")
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True)
@site_option
@db_option
def list_people(form: str, site: str | None, db: str | None) -> None:
    """列出人员 (list the people)."""
    from gridcase.directory.listing import list_users

    with open_existing(site, db) as installation, installation.database.reading() as connection:
        people = list_users(connection, installation.book.district)
    if form == "json":
        _print([asdict(person) for person in people])
        return
    for person in people:
        department = person.department or "-"
        note = "" if person.is_active else "  停用"
        click.echo(f"{person.name}  {','.join(person.roles)}  {department}  {person.area}{note}")


# --- departments ---------------------------------------------------------------------------------------------


@click.group(short_help="管理部门")
def department() -> None:
    """管理部门 (manage departments)."""


@department.command("add", short_help="新增部门")
@click.argument("code")
@click.argument("name")
@click.option("--kind", type=click.Choice(_KINDS), default="handling", show_default=True, help="部门性质.")
@click.option("--area", metavar="CODE", help="区域代码 (area).")
@click.option("--group", default="", metavar="TEXT", help="排名分组 (group of the rankings).")
@site_option
@db_option
def add_office(
    code: str, name: str, kind: str, area: str | None, group: str, site: str | None, db: str | None
) -> None:
    """新增部门 CODE NAME (add a department)."""
    from gridcase.directory.audit import Noted
    from gridcase.directory.departments import DepartmentRow, new_department
    from gridcase.directory.people import SYSTEM

    row = DepartmentRow(code, name, kind, area, group=group)
    with open_site(site, db) as installation:
        _check_area(installation, area)
        entry = Noted(installation.clock(), SYSTEM.name, "department_added")
        with installation.database.transaction() as connection:
            new_department(connection, installation.book.district, row, entry=entry)
    _print({"code": code, "name": name, "kind": kind, "area": area, "group": group})


@department.command("list", short_help="列出部门")
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True)
@site_option
@db_option
def list_offices(form: str, site: str | None, db: str | None) -> None:
    """列出部门 (list the departments)."""
    from gridcase.directory.queries import departments

    with open_existing(site, db) as installation, installation.database.reading() as connection:
        cards = departments(connection, installation.book.district)
    if form == "json":
        _print([asdict(card) for card in cards])
        return
    for card in cards:
        note = "" if card.is_active else "  停用"
        click.echo(f"{card.code}  {card.name}  {card.kind}  {card.area or '-'}{note}")


# --- tokens --------------------------------------------------------------------------------------------------


@click.command(short_help="签发接口令牌")
@click.argument("user_name", metavar="USER")
@click.option(
    "--days", type=click.IntRange(min=1), metavar="N", help="有效天数，缺省不限 (days until it ends)."
)
@site_option
@db_option
def token(user_name: str, days: int | None, site: str | None, db: str | None) -> None:
    """为 USER 签发接口令牌，只显示一次 (make a token for the interface, shown once)."""
    from gridcase.directory.credentials import make_token

    with open_site(site, db) as installation:
        now = installation.clock()
        ends = now + timedelta(days=days) if days is not None else None
        with installation.database.transaction() as connection:
            secret = make_token(connection, installation.book.district, user_name, now=now, expires_at=ends)
    click.echo(secret)
