"""The commands `gridcase db`, `user`, `department` and `token`: what they make, and how they exit when refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gridcase.db import Access, Database
from gridcase.directory.credentials import actor_of_token, check_password, open_session
from gridcase.directory.lockout import ACCOUNT, Key, LockRules, locked_until, note_failure
from gridcase.directory.second_factor import add_device
from gridcase.migrations import downgrade
from tests.cli.site import OwnSite, own_site

DISTRICT = "120104"


@pytest.fixture
def site(tmp_path: Path, quick_geo: Path) -> OwnSite:
    return own_site(tmp_path, quick_geo)


@pytest.fixture
def ready(site: OwnSite) -> OwnSite:
    assert site.run("department", "add", "A", "甲局").exit_code == 0
    return site


def test_the_status_of_a_database_that_is_not_there_is_empty_and_makes_no_file(site: OwnSite) -> None:
    run = site.run("db", "status")

    assert run.exit_code == 1
    assert json.loads(run.stdout)["state"] == "empty"
    assert not (site.folder / "own.db").exists()


def test_an_upgrade_fills_an_empty_database_and_a_second_one_changes_nothing(site: OwnSite) -> None:
    first, second = site.run("db", "upgrade"), site.run("db", "upgrade")
    status = site.run("db", "status")
    database = Database(site.url)
    with database.reading() as connection:
        areas, conditions = (
            connection.exec_driver_sql(f"select count(*) from {table}").scalar_one()
            for table in ("area", "category_condition")
        )
    database.close()

    assert (first.exit_code, second.exit_code, status.exit_code) == (0, 0, 0)
    assert json.loads(status.stdout)["state"] == "current"
    assert areas > 1000
    assert conditions > 400


def test_an_outdated_database_is_brought_up(site: OwnSite) -> None:
    site.run("db", "upgrade")
    database = Database(site.url)
    downgrade(database, "0001")
    database.close()

    before, upgraded, after = site.run("db", "status"), site.run("db", "upgrade"), site.run("db", "status")

    assert (before.exit_code, upgraded.exit_code, after.exit_code) == (1, 0, 0)
    assert json.loads(before.stdout)["state"] == "outdated"
    assert json.loads(before.stdout)["revision"] == "0001"


def test_a_revision_of_a_newer_program_is_refused_by_name(site: OwnSite) -> None:
    site.run("db", "upgrade")
    database = Database(site.url)
    with database.transaction() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    database.close()

    status, upgraded = site.run("db", "status"), site.run("db", "upgrade")

    assert (status.exit_code, upgraded.exit_code) == (1, 1)
    assert "9999" in upgraded.stderr


def test_a_person_is_added_with_a_password_and_listed(ready: OwnSite) -> None:
    added = ready.run(
        "user", "add", "zhang", "--role", "department_officer", "--role", "handler", "--department", "A",
        "--area", "120104001", "--display-name", "张三", "--password-stdin", given="sehr geheim\n",
    )  # fmt: skip
    listed = ready.run("user", "list", "--format", "json")
    database = Database(ready.url)
    with database.reading() as connection:
        right = check_password(connection, DISTRICT, "zhang", password="sehr geheim")
        wrong = check_password(connection, DISTRICT, "zhang", password="anders")
    database.close()

    assert added.exit_code == 0
    assert json.loads(added.stdout) == {
        "name": "zhang", "roles": ["department_officer", "handler"], "department": "A", "area": "120104001",
    }  # fmt: skip
    assert [person["display_name"] for person in json.loads(listed.stdout)] == ["张三"]
    assert "zhang  department_officer,handler  A  120104001" in ready.run("user", "list").stdout
    assert right is not None
    assert wrong is None


def test_a_password_is_set_by_the_rules_and_lifts_a_lock(ready: OwnSite) -> None:
    ready.run("user", "add", "zhang", "--role", "leader", "--password-stdin", given="sehr geheim\n")
    database = Database(ready.url)
    now = datetime.now(UTC)
    rules = LockRules({ACCOUNT: 1}, within=timedelta(hours=1), lock=timedelta(hours=1))
    with database.transaction() as connection:
        open_session(connection, DISTRICT, "zhang", now=now)
        note_failure(connection, DISTRICT, [Key(ACCOUNT, "zhang")], rules=rules, now=now)

    weak = ready.run("user", "password", "zhang", given="kurz\n")
    unknown = ready.run("user", "password", "nobody", given="neues Wort 77\n")
    done = ready.run("user", "password", "zhang", given="neues Wort 77\n")

    assert (weak.exit_code, unknown.exit_code) == (2, 1)
    assert "weak_password" in weak.stderr
    assert json.loads(done.stdout) == {"name": "zhang", "sessions_ended": 1}
    with database.reading() as connection:
        assert check_password(connection, DISTRICT, "zhang", password="neues Wort 77") is not None
        assert locked_until(connection, DISTRICT, [Key(ACCOUNT, "zhang")], now=now) is None
    database.close()


def test_a_lost_device_is_taken_away(ready: OwnSite) -> None:
    ready.run("user", "add", "zhang", "--role", "leader")
    database = Database(ready.url)
    with database.transaction() as connection:
        assert add_device(connection, DISTRICT, "zhang", secret="JBSWY3DPEHPK3PXP", step=1)

    first, again = ready.run("user", "unbind", "zhang"), ready.run("user", "unbind", "zhang")
    unknown = ready.run("user", "unbind", "nobody")
    database.close()

    assert json.loads(first.stdout) == {"name": "zhang", "had_device": True, "sessions_ended": 0}
    assert json.loads(again.stdout)["had_device"] is False
    assert unknown.exit_code == 1
    assert "unknown_user" in unknown.stderr


def test_several_roles_may_follow_one_option(ready: OwnSite) -> None:
    run = ready.run("user", "add", "li", "--role", "leader", "administrator")

    assert json.loads(run.stdout)["roles"] == ["leader", "administrator"]


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["--role", "dispatcher", "--department", "A"], "separation", 3),
        (["--role", "inspector", "--role", "department_officer", "--department", "A"], "separation", 3),
        (["--role", "dispatcher", "--role", "intake_operator"], "roles_merged", 3),
        (["--role", "mayor"], "unknown_role", 2),
        (["--role", "inspector", "--department", "B"], "unknown_department", 2),
        (["--role", "inspector", "--area", "999999"], "unknown_area", 2),
    ],
)
def test_what_the_rules_forbid_exits_with_the_rule_and_adds_nobody(
    ready: OwnSite, arguments: list[str], code: str, exit_code: int
) -> None:
    run = ready.run("user", "add", "wang", *arguments)

    assert run.exit_code == exit_code
    assert run.stderr.startswith(f"{code}: ")
    assert run.stdout == ""
    assert json.loads(ready.run("user", "list", "--format", "json").stdout) == []


def test_a_person_needs_a_role_and_a_name_of_their_own(ready: OwnSite) -> None:
    assert ready.run("user", "add", "zhao").exit_code == 2
    assert ready.run("user", "add", "zhao", "--role", "leader").exit_code == 0

    again = ready.run("user", "add", "zhao", "--role", "leader")
    silent = ready.run("user", "add", "qian", "--role", "leader", "--password-stdin", given="\n")

    assert (again.exit_code, silent.exit_code) == (2, 2)
    assert again.stderr.startswith("taken: ")


def test_departments_are_added_once_and_listed(ready: OwnSite) -> None:
    street = ready.run("department", "add", "S", "某街道办", "--kind", "street", "--area", "120104001")
    again = ready.run("department", "add", "S", "某街道办")
    listed = json.loads(ready.run("department", "list", "--format", "json").stdout)

    assert street.exit_code == 0
    assert again.exit_code == 2
    assert [(card["code"], card["kind"], card["area"]) for card in listed] == [
        ("A", "handling", None),
        ("S", "street", "120104001"),
    ]
    assert "S  某街道办  street  120104001" in ready.run("department", "list").stdout


def test_a_token_is_shown_once_works_and_ends(ready: OwnSite) -> None:
    ready.run("user", "add", "sun", "--role", "leader")

    token = ready.run("token", "sun", "--days", "2").stdout.strip()

    database = Database(ready.url)
    now = datetime.now(UTC)
    with database.reading() as connection:
        today = actor_of_token(Access(connection), DISTRICT, token, now=now)
        later = actor_of_token(Access(connection), DISTRICT, token, now=now + timedelta(days=2, minutes=1))
        stored = connection.exec_driver_sql("select token_hash from api_token").scalar_one()
    database.close()
    assert today is not None
    assert today.name == "sun"
    assert later is None
    assert token not in stored


def test_a_token_for_nobody_exits_1(ready: OwnSite) -> None:
    run = ready.run("token", "nobody")

    assert run.exit_code == 1
    assert run.stderr.startswith("unknown_user: ")
