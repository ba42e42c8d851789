"""Every setting is told with its value in force, its source and its meaning; no password is among them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from gridcase.config import Settings, load_settings
from gridcase.config.meanings import comments_of, meanings
from gridcase.config.origins import SettingInForce, settings_in_force, shown

OWN = """
[lamp]
yellow = 70
[extension]
max = 2
[[duplicates.by_category]]
category = "event/01/10"
radius_m = 100
"""


def by_key(running: str, file: str) -> dict[str, SettingInForce]:
    return {row.key: row for row in settings_in_force(load_settings(running), file).settings}


def all_keys(part: Any, place: str = "") -> set[str]:
    found = set()
    for field in fields(part):
        key = f"{place}{field.name}"
        found |= all_keys(getattr(part, field.name), f"{key}.") if "table" in field.metadata else {key}
    return found


def test_a_value_comes_from_the_file_or_is_the_shipped_one() -> None:
    rows = by_key(OWN, OWN)

    assert set(rows) == all_keys(Settings())
    assert (rows["lamp.yellow"].value, rows["lamp.yellow"].default, rows["lamp.yellow"].source) == (
        "70",
        "80",
        "file",
    )
    assert rows["lamp.yellow"].is_changed
    assert (rows["extension.max"].source, rows["extension.max"].is_changed) == ("file", False)
    assert (rows["jobs.remind"].value, rows["jobs.remind"].source) == ('"08:05"', "default")
    assert rows["duplicates.by_category"].value == '[{"category": "event/01/10", "radius_m": 100}]'
    assert (rows["verification.far_m"].value, rows["geo.snap_m"].value) == ("200", "0.01")
    assert [row.key for row in rows.values() if row.waiting is not None] == []


def test_what_the_file_says_since_the_start_waits_for_the_next_one() -> None:
    rows = by_key(OWN, OWN.replace("70", "75").replace("max = 2", "max = 3"))

    waiting = {row.key: row.waiting for row in rows.values() if row.waiting is not None}
    assert waiting == {"lamp.yellow": "75", "extension.max": "3"}
    gone = by_key(OWN, "")["lamp.yellow"]
    assert (gone.value, gone.source, gone.waiting) == ("70", "file", "80")


@pytest.mark.parametrize(("text", "code"), [("[lamp\n", "bad_file"), ("[lamp]\nyelow = 3\n", "unknown_key")])
def test_a_file_that_would_stop_the_next_start_is_told_with_its_faults(text: str, code: str) -> None:
    told = settings_in_force(load_settings(OWN), text)

    assert [fault.code for fault in told.faults] == [code]
    assert {row.key: row.value for row in told.settings}["lamp.yellow"] == "70"
    assert all(row.waiting is None for row in told.settings)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql+psycopg://grid:s3cret@db/grid", "postgresql+psycopg://grid:***@db/grid"),
        ("postgresql+psycopg://grid:s3@cret@db/grid", "postgresql+psycopg://grid:***@db/grid"),
        ("postgresql+psycopg://db/grid?user=g&password=s3cret&port=5", "postgresql+psycopg://db/grid?user=g&password=***&port=5"),
        ("sqlite:///var/a@b.db", "sqlite:///var/a@b.db"),
    ],
)  # fmt: skip
def test_the_password_of_an_address_is_put_out(address: str, told: str) -> None:
    assert shown(address) == f'"{told}"'
    row = by_key(f'[database]\nurl = "{address}"\n', "")["database.url"]
    assert row.value == f'"{told}"'


def test_every_setting_and_table_has_its_meaning_in_both_languages() -> None:
    told, keys = meanings(), all_keys(Settings())

    assert set(told.chinese) == keys
    assert set(told.english) == keys
    assert set(told.tables) == {key.rpartition(".")[0] for key in keys}


def test_the_comment_behind_a_value_is_found_whatever_the_value_holds() -> None:
    text = '# [other]\n[lamp]\nyellow = "# 80 #"   # percent, #1\nred = 3\n[a.b]\nc_d = ["x"] # see\n'

    assert comments_of(text) == {"lamp.yellow": "percent, #1", "a.b.c_d": "see"}
