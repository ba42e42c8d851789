"""Settings: what config.toml may hold, and what a faulty one is told."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gridcase.config import SECRETS, Settings, load_settings, secret
from gridcase.errors import DefinitionError, Fault
from gridcase.resources import shipped_folder

SHIPPED = shipped_folder() / "config.toml"


def faults_of(text: str) -> list[Fault]:
    with pytest.raises(DefinitionError) as caught:
        load_settings(text, "config.toml")
    return list(caught.value.faults)


def only_fault(text: str) -> Fault:
    (fault,) = faults_of(text)
    return fault


def keys_of(settings: Any, place: str = "") -> list[str]:
    found = []
    for each in fields(settings):
        value = getattr(settings, each.name)
        where = f"{place}.{each.name}" if place else each.name
        found += keys_of(value, where) if is_dataclass(value) else [where]
    return found


def test_the_shipped_file_says_the_same_as_the_defaults() -> None:
    assert load_settings(SHIPPED.read_text(encoding="utf-8"), "config.toml") == Settings()


def test_the_shipped_file_names_every_setting_with_a_comment() -> None:
    documented, table = [], ""
    for line in SHIPPED.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"\[([a-z_.]+)\]", line):
            table = heading[1]
        elif key := re.fullmatch(r"([a-z_]+) = .+#\s+(\S.{9,})", line):
            documented.append(f"{table}.{key[1]}")

    assert sorted(documented) == sorted(keys_of(Settings()))


def test_an_empty_file_means_the_shipped_settings() -> None:
    assert load_settings("", "config.toml") == Settings()


def test_a_given_key_replaces_its_default_and_leaves_the_others() -> None:
    text = '[clock]\nworkday = "close_of_business"\n[reminders.slow]\nmin_due = 7\n'

    settings = load_settings(text, "config.toml")

    assert settings.clock.workday == "close_of_business"
    assert settings.clock.slots == (("08:00", "12:00"), ("14:00", "18:00"))
    assert settings.reminders.slow.min_due == 7
    assert settings.reminders.slow.on_time_closing_rate_below == Decimal(80)


def test_settings_cannot_be_changed_after_loading() -> None:
    with pytest.raises(AttributeError):
        Settings().clock.workday = "close_of_business"  # type: ignore[misc]


def test_an_unknown_key_is_told_with_the_nearest_right_name() -> None:
    fault = only_fault("[extension]\nmaxx = 3\n")

    assert (fault.place, fault.code) == ("extension.maxx", "unknown_key")
    assert 'nearest is "max"' in fault.text


def test_an_unknown_table_is_told_with_the_nearest_right_name() -> None:
    fault = only_fault("[reminder]\ndays = 3\n")

    assert (fault.place, fault.code) == ("reminder", "unknown_key")
    assert 'nearest is "reminders"' in fault.text


def test_an_unknown_key_without_a_near_name_lists_the_known_ones() -> None:
    assert "known are max, size" in only_fault("[extension]\nzzzzz = 3\n").text


def test_all_faults_of_a_file_are_told_at_once() -> None:
    text = '[clok]\n[lamp]\nyellow = "80"\n[history]\nhash = "sha1"\n[reminders.slow]\nmin_du = 1\n'

    places = [fault.place for fault in faults_of(text)]

    assert places == ["clok", "lamp.yellow", "history.hash", "reminders.slow.min_du"]


def test_a_file_that_is_no_toml_is_told_with_the_line() -> None:
    fault = only_fault('[clock\nworkday = "span"\n')

    assert fault.code == "bad_file"
    assert "line 1" in fault.text


def test_a_value_where_a_table_belongs_is_a_fault() -> None:
    fault = only_fault('clock = "span"\n')

    assert (fault.place, fault.code) == ("clock", "bad_value")
    assert "[clock]" in fault.text


def test_a_wrong_word_is_told_with_the_allowed_ones_and_the_nearest() -> None:
    text = only_fault('[clock]\nworkday = "spann"\n').text

    assert '"span", "close_of_business"' in text
    assert 'nearest is "span"' in text


@pytest.mark.parametrize(
    ("table", "line", "says"),
    [
        ("site", 'district = "12010"', "six digits"),
        ("site", "district = 120104", "six digits"),
        ("site", 'name = ""', "not empty"),
        ("database", 'url = "mysql://root@localhost/x"', "sqlite:///FILE or postgresql+psycopg"),
        ("server", "threads = 0", "from 1 to 256"),
        ("server", "threads = true", "a whole number"),
        ("server", "threads = 2.0", "a whole number"),
        ("workflow", 'default = "Standard"', "small letters"),
        ("roles", 'merge = [["shift_supervisor", "dispatcher"]]', '["intake_operator", "dispatcher"]'),
        ("roles", 'merge = ["intake_operator", "dispatcher"]', "a list of these pairs"),
        ("roles", 'merge = [["intake_operator", "department_officer"]]', "a list of these pairs"),
        ("filing", 'by = "department_officer"', '"shift_supervisor"'),
        ("clock", "slots = []", "ascending"),
        ("clock", 'slots = [["08:00", "12:00"], ["11:00", "18:00"]]', "not overlapping"),
        ("clock", 'slots = [["8:00", "12:00"]]', '"HH:MM"'),
        ("clock", 'slots = [["12:00", "12:00"]]', "ascending"),
        ("clock", 'slots = [["24:00", "24:00"]]', "ascending"),
        ("lamp", "yellow = 101", "from 1 to 100"),
        ("hand_back", 'limit = "4小时"', '"4工作时"'),
        ("hand_back", 'limit = "1.5工作日"', '"4工作时"'),
        ("hand_back", 'limit = "0工作时"', '"4工作时"'),
        ("rework", 'limit = "half"', '"full", "remaining"'),
        ("extension", 'size = "double"', '"original" or a limit text'),
        ("extension", "max = -1", "from 0 to 99"),
        ("verification", "other_inspector = 1", "true or false"),
        ("self_handling", 'classes = ["event/1/10"]', '"event/01/10"'),
        ("geo", 'default_crs = "wgs48"', 'nearest is "wgs84"'),
        ("geo", "snap_m = nan", "a number from 0 to 10"),
        ("geo", "snap_m = inf", "a number from 0 to 10"),
        ("evaluation", "period_start_day = 29", "from 1 to 28"),
        ("reminders", 'deliver_from = "24:00"', '"HH:MM"'),
        ("reminders", 'deliver_to = "08:00"', "not after deliver_from"),
        ("jobs", 'remind = "hourly"', '"every minute"'),
        ("sessions", "idle_minutes = 1441", "absolute_hours = 24"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_would(table: str, line: str, says: str) -> None:
    fault = only_fault(f"[{table}]\n{line}\n")

    assert fault.code == "bad_value"
    assert fault.place == f"{table}.{line.split(' =')[0]}"
    assert says in fault.text


@pytest.mark.parametrize(
    ("text", "read", "expected"),
    [
        (
            '[clock]\nslots = [["00:00", "12:00"], ["12:00", "24:00"]]',
            "clock.slots",
            (("00:00", "12:00"), ("12:00", "24:00")),
        ),
        ('[hand_back]\nlimit = "０.25紧急工作时"', "hand_back.limit", "０.25紧急工作时"),
        ('[extension]\nsize = "3工作日"', "extension.size", "3工作日"),
        ("[geo]\nsnap_m = 0", "geo.snap_m", 0.0),
        (
            "[reminders.slow]\non_time_closing_rate_below = 82.5",
            "reminders.slow.on_time_closing_rate_below",
            Decimal("82.5"),
        ),
        (
            '[roles]\nmerge = [["dispatcher", "intake_operator"]]',
            "roles.merge",
            (("intake_operator", "dispatcher"),),
        ),
        ('[jobs]\nremind = "every 5 minutes"', "jobs.remind", "every 5 minutes"),
        ("[evaluation]\nperiod_start_day = 28", "evaluation.period_start_day", 28),
    ],
)
def test_values_on_the_right_side_of_a_bound_are_kept(text: str, read: str, expected: object) -> None:
    value: Any = load_settings(text, "config.toml")
    for name in read.split("."):
        value = getattr(value, name)

    assert value == expected


def test_no_secret_stands_in_the_shipped_file() -> None:
    document = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))

    assert "secret" not in str(document).lower()


def test_a_secret_comes_from_the_environment_or_from_a_named_file(tmp_path: Path) -> None:
    held = tmp_path / "key"
    held.write_text("from a file\n", encoding="utf-8")

    assert secret("GRIDCASE_SECRET_KEY", {"GRIDCASE_SECRET_KEY": "direct"}) == "direct"
    assert secret("GRIDCASE_SECRET_KEY", {"GRIDCASE_SECRET_KEY_FILE": str(held)}) == "from a file"
    assert [secret(name, {}) for name in SECRETS] == [None, None]


def test_a_secret_given_twice_or_in_an_unreadable_file_is_a_fault(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    wrong = [
        {"GRIDCASE_SECRET_KEY": "a", "GRIDCASE_SECRET_KEY_FILE": str(empty)},
        {"GRIDCASE_SECRET_KEY_FILE": str(empty)},
        {"GRIDCASE_SECRET_KEY_FILE": str(tmp_path / "absent")},
    ]

    for environ in wrong:
        with pytest.raises(DefinitionError, match="GRIDCASE_SECRET_KEY"):
            secret("GRIDCASE_SECRET_KEY", environ)


def test_only_the_named_secrets_exist() -> None:
    with pytest.raises(KeyError):
        secret("GRIDCASE_PASSWORD", {})


def test_the_longest_category_that_tells_a_part_decides_how_near_a_duplicate_is() -> None:
    text = """[duplicates]
days = 3
by_category = [{ category = "event/01/10", radius_m = 20.5 }, { category = "event", radius_m = 80, days = 0 }]
"""
    settings = load_settings(text).duplicates

    def reach(category: str) -> tuple[float | None, int | None]:
        return settings.reach(category).radius_m, settings.reach(category).days

    assert reach("component/01/10") == (50.0, 3)
    assert reach("event/01/11") == (80.0, 0)
    assert reach("event/01/10") == (20.5, 0)


@pytest.mark.parametrize("entry", [
    "5", '{ category = "event/01" }', "{ radius_m = 5 }", '{ category = "events", days = 5 }',
    '{ category = "event/01", radius_m = -1 }', '{ category = "event/01", days = 1.5 }',
    '{ category = "event/01", day = 5 }', '{ category = "event", days = 1 }, { category = "event", days = 2 }',
])  # fmt: skip
def test_a_faulty_entry_of_a_category_is_told(entry: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_settings(f"[duplicates]\nby_category = [{entry}]")

    (fault,) = caught.value.faults
    assert (fault.place, fault.code) == ("duplicates.by_category", "bad_value")
