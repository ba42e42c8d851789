"""The commands `gridcase demo` and `gridcase play`: what they print, what they refuse, which clock they leave behind."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gridcase.app import open_installation
from gridcase.clock import CHINA
from gridcase.config import Settings
from gridcase.db import Database
from gridcase.directory.credentials import check_password
from gridcase.resources import SiteFolder
from tests.cli.site import OwnSite, own_site
from tests.making import make_office

DISTRICT = "120104"
STORY = [
    {"department": {"code": "A", "name": "甲局", "kind": "handling"}},
    {"user": {"name": "o1", "roles": ["intake_operator"]}},
    {"user": {"name": "x1", "roles": ["dispatcher"], "department": "A"}},
    {
        "at": "2026-10-09T09:00",
        "as": "o1",
        "call": "POST /cases",
        "save": "c",
        "body": {
            "channel": "leader",
            "kind": "event",
            "main_code": "01",
            "sub_code": "10",
            "description": "垃圾",
            "lon": 117.15,
            "lat": 39.11,
            "coordinate_system": "wgs84",
        },
    },
    {"at": "2026-10-09T09:05", "as": "o1", "call": "POST /cases/{c}/moves/accept"},
    {"at": "2026-10-09T09:06", "as": "nobody", "call": "GET /cases/{c}"},
]


@pytest.fixture
def site(tmp_path: Path, quick_geo: Path) -> OwnSite:
    return own_site(tmp_path, quick_geo)


def played(site: OwnSite) -> str:
    file = site.folder / "story.jsonl"
    texts = [json.dumps(line, ensure_ascii=False) for line in STORY]
    file.write_text("\n".join(texts), encoding="utf-8")
    return str(file)


def clock_of(site: OwnSite) -> datetime:
    installation = open_installation(SiteFolder(site.folder), Settings(), db=site.url)
    installation.database.close()
    return installation.clock()


def count_of(site: OwnSite) -> int:
    connection = sqlite3.connect(site.folder / "own.db")
    (count,) = connection.execute("select count(*) from cases").fetchone()
    connection.close()
    return int(count)


# --- demo ----------------------------------------------------------------------------------------------------


def test_a_demo_prints_users_rankings_and_what_was_played(site: OwnSite) -> None:
    run = site.run("demo", "--cases", "50", "--no-serve", "--seed", "3")

    assert run.exit_code == 0, run.stderr
    assert count_of(site) == 50
    passwords = dict(re.findall(r"^([a-z_]+)\s+([a-z]{4}-[a-z]{4}-[a-z]{4})\b", run.stdout, re.MULTILINE))
    assert set(passwords) == {
        "inspector", "intake_operator", "shift_supervisor", "dispatcher", "department_officer", "handler", "leader",
        "administrator",
    }  # fmt: skip
    assert "部门月度评价" in run.stdout
    assert "区域评价" in run.stdout
    assert "已模拟 50 个案件" in run.stderr
    assert "流程拒绝" not in run.stderr
    database = Database(site.url)
    with database.reading() as connection:
        for name, password in passwords.items():
            assert check_password(connection, DISTRICT, name, password=password) is not None, name
    database.close()


def test_the_clock_of_a_demo_stands_after_the_period_and_runs_on(site: OwnSite) -> None:
    site.run("demo", "--cases", "5", "--no-serve", "--period", "2026-03")

    first, second = clock_of(site), clock_of(site)

    # The 1st of April 2026 is a Wednesday.
    stands = datetime(2026, 4, 1, 9, tzinfo=CHINA)
    assert stands <= first < second < stands + timedelta(minutes=20)


def test_a_demo_is_made_anew_only_when_reset_is_given(site: OwnSite) -> None:
    site.run("demo", "--cases", "5", "--no-serve")

    refused = site.run("demo", "--cases", "6", "--no-serve")
    anew = site.run("demo", "--cases", "7", "--no-serve", "--reset")

    assert refused.exit_code == 3
    assert "--reset" in refused.stderr
    assert anew.exit_code == 0
    assert count_of(site) == 7


def test_real_cases_are_never_touched(tmp_path: Path, quick_geo: Path, site: OwnSite) -> None:
    office = make_office(site.url, tmp_path, geo=quick_geo)
    number = office.report()
    office.database.close()

    demo = site.run("demo", "--cases", "5", "--no-serve", "--reset")
    play = site.run("play", played(site))

    assert (demo.exit_code, play.exit_code) == (3, 3)
    assert demo.stderr.startswith("holds_cases: ")
    assert play.stderr.startswith("holds_cases: ")
    assert play.stdout == ""
    connection = sqlite3.connect(site.folder / "own.db")
    assert connection.execute("select number from cases").fetchall() == [(number,)]
    assert connection.execute("select count(*) from site_fact").fetchone() == (0,)
    connection.close()


@pytest.mark.parametrize("arguments", [["--period", "2026-Q4"], ["--period", "soon"], ["--cases", "0"]])
def test_a_wrong_option_is_told_before_anything_is_played(site: OwnSite, arguments: list[str]) -> None:
    run = site.run("demo", "--no-serve", *arguments)

    assert run.exit_code == 2


def test_a_demo_fills_postgresql_as_well(site: OwnSite, postgres_url: str) -> None:
    run = site.run("demo", "--cases", "12", "--no-serve", "--seed", "3", "--db", postgres_url)
    again = site.run("demo", "--cases", "8", "--no-serve", "--seed", "3", "--reset", "--db", postgres_url)

    assert run.exit_code == 0, run.stderr
    assert again.exit_code == 0, again.stderr
    database = Database(postgres_url)
    with database.reading() as connection:
        assert connection.exec_driver_sql("select count(*) from cases").scalar_one() == 8
    database.close()


# --- play ----------------------------------------------------------------------------------------------------


def test_a_story_prints_one_answer_a_line_and_exits_0_whatever_their_status(site: OwnSite) -> None:
    run = site.run("play", played(site))
    answers = [json.loads(line) for line in run.stdout.splitlines()]

    assert run.exit_code == 0
    assert [(answer["line"], answer["status"]) for answer in answers] == [
        (1, 201), (2, 201), (3, 403), (4, 201), (5, 201), (6, 401),
    ]  # fmt: skip
    assert answers[0]["body"] == {"code": "A", "name": "甲局", "kind": "handling", "area": None}
    assert answers[1]["body"]["area"] == DISTRICT
    assert answers[2]["body"]["code"] == "separation"
    assert answers[4]["body"]["state"] == "accepted"


def test_a_story_leaves_a_demo_whose_clock_goes_on_where_it_ends(site: OwnSite) -> None:
    site.run("play", played(site))

    now = clock_of(site)
    ended = datetime(2026, 10, 9, 9, 6, tzinfo=CHINA)
    assert ended <= now < ended + timedelta(minutes=20)
    # It is a demo now, so that another story may follow and --reset may empty it.
    assert site.run("play", played(site)).exit_code == 0
    assert count_of(site) == 1
    assert site.run("demo", "--cases", "4", "--no-serve", "--reset").exit_code == 0
    assert count_of(site) == 4


def test_the_same_story_played_again_repeats_its_answers_and_adds_no_case(site: OwnSite) -> None:
    file = played(site)
    first = site.run("play", file).stdout.splitlines()
    second = site.run("play", file).stdout.splitlines()

    assert json.loads(second[3])["body"] == json.loads(first[3])["body"]
    assert (json.loads(first[3])["status"], json.loads(second[3])["status"]) == (201, 200)
    assert count_of(site) == 1


def test_two_fresh_databases_give_the_same_bytes(tmp_path: Path, quick_geo: Path) -> None:
    outputs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        site = own_site(tmp_path / name, quick_geo)
        outputs.append(site.run("play", played(site)).stdout_bytes)

    assert outputs[0] == outputs[1]
    assert b'"hash"' in outputs[0]


def test_a_line_that_cannot_be_read_exits_2_and_nothing_is_played(site: OwnSite) -> None:
    file = Path(played(site))
    file.write_text(file.read_text(encoding="utf-8") + '\n{"at": "later"}', encoding="utf-8")

    run = site.run("play", str(file))

    assert run.exit_code == 2
    assert run.stdout == ""
    assert "line 7" in run.stderr
    assert not (site.folder / "own.db").exists()
    assert site.run("play", str(site.folder / "missing.jsonl")).exit_code == 2


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ({"department": {"code": "Q", "name": "某局"}}, 422, "missing_field"),
        ({"department": {"code": "Q", "name": "某局", "kind": "secret"}}, 422, "bad_value"),
        (
            {"department": {"code": "Q", "name": "某局", "kind": "handling", "colour": "red"}},
            422,
            "unknown_field",
        ),
        ({"user": {"name": "q", "roles": "inspector"}}, 422, "bad_value"),
        ({"user": {"name": "q", "roles": []}}, 422, "missing_field"),
        ({"user": {"name": "q", "roles": ["inspector"], "area": "9"}}, 422, "unknown_area"),
        ({"user": {"name": "q", "roles": ["inspector"], "department": "X"}}, 422, "unknown_department"),
        ({"at": "2026-10-09T09:00", "job": "dream"}, 422, "unknown_job"),
    ],
)
def test_a_line_that_is_refused_makes_nothing_and_play_goes_on(
    site: OwnSite, line: dict[str, object], status: int, code: str
) -> None:
    file = site.folder / "story.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in (line, STORY[1])), encoding="utf-8")

    answers = [json.loads(text) for text in site.run("play", str(file)).stdout.splitlines()]

    assert [answer["status"] for answer in answers] == [status, 201]
    assert answers[0]["body"]["code"] == code


def test_the_machine_clock_is_not_read_while_a_story_is_played(site: OwnSite) -> None:
    run = site.run("play", played(site))

    assert datetime.now(UTC).strftime("%Y-%m-%dT%H") not in run.stdout
