"""Every data file that ships is valid: catalogue, channels, calendars, schemes, areas, and what settings name in them."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest

from gridcase.clock import parse_calendar, parse_limit
from gridcase.config import Settings
from tests.house.repository import ROOT

CATALOGUE = ROOT / "workflows" / "catalogue" / "catalogue.csv"
CALENDARS = sorted((ROOT / "workflows" / "calendars").glob("*.csv"))
SCHEMES = sorted((ROOT / "workflows" / "schemes").glob("*.toml"))
TEXT_FILES = sorted(
    path
    for folder in ("workflows", "geo", "templates")
    for path in (ROOT / folder).rglob("*")
    if path.is_file()
)
COLUMNS = [
    "standard",
    "kind",
    "main_code",
    "main_name",
    "sub_code",
    "sub_name",
    "condition_no",
    "condition",
    "closing_condition",
    "limit",
    "national_code",
    "source",
]
LEVELS = {"district": 6, "street": 9, "community": 12}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_the_catalogue_has_its_columns_and_full_rows() -> None:
    rows = rows_of(CATALOGUE)

    assert len(rows) > 700
    assert list(rows[0]) == COLUMNS
    assert [row for row in rows if None in row or None in row.values()] == []


def test_catalogue_codes_and_kinds_are_well_formed() -> None:
    wrong = [
        row
        for row in rows_of(CATALOGUE)
        if row["kind"] not in ("component", "event")
        or not (row["main_code"].isdigit() and len(row["main_code"]) == 2)
        or not (
            row["sub_code"].isdigit()
            and len(row["sub_code"]) == (3 if row["standard"].startswith("gb47678") else 2)
        )
        or not row["main_name"]
        or not row["sub_name"]
    ]

    assert wrong == []


def test_no_two_rows_of_the_catalogue_share_a_key() -> None:
    keys = Counter(
        tuple(row[name] for name in ("standard", "kind", "main_code", "sub_code", "condition_no"))
        for row in rows_of(CATALOGUE)
    )

    assert [key for key, count in keys.items() if count > 1] == []


def test_a_sub_category_has_one_name_within_its_standard() -> None:
    names: dict[tuple[str, ...], set[tuple[str, str]]] = {}
    for row in rows_of(CATALOGUE):
        key = tuple(row[name] for name in ("standard", "kind", "main_code", "sub_code"))
        names.setdefault(key, set()).add((row["main_name"], row["sub_name"]))

    assert {key: found for key, found in names.items() if len(found) > 1} == {}


def test_every_limit_of_the_catalogue_can_be_read_by_the_clock() -> None:
    limits = {row["limit"] for row in rows_of(CATALOGUE) if row["limit"]}

    assert len(limits) > 10
    for text in limits:
        assert parse_limit(text).value > 0


def test_every_condition_of_the_catalogue_in_force_has_a_limit_and_a_closing_condition() -> None:
    rows = [row for row in rows_of(CATALOGUE) if row["standard"] == Settings().catalogue.standard]
    conditions = [row for row in rows if row["condition_no"]]

    assert len(conditions) > 500
    assert [
        row for row in conditions if not (row["condition"] and row["closing_condition"] and row["limit"])
    ] == []
    numbers: dict[tuple[str, ...], list[int]] = {}
    for row in conditions:
        key = (row["kind"], row["main_code"], row["sub_code"])
        numbers.setdefault(key, []).append(int(row["condition_no"]))
    assert {key: found for key, found in numbers.items() if found != list(range(1, len(found) + 1))} == {}


def test_the_classes_that_may_be_settled_on_the_spot_are_those_that_the_flow_names() -> None:
    names = {
        f"{row['kind']}/{row['main_code']}/{row['sub_code']}": row["sub_name"]
        for row in rows_of(CATALOGUE)
        if row["standard"] == Settings().catalogue.standard
    }

    assert [names[code] for code in Settings().self_handling.classes] == ["暴露生活垃圾", "非法小广告"]


@pytest.mark.parametrize("path", CALENDARS, ids=lambda path: path.name)
def test_a_calendar_is_read_without_a_fault(path: Path) -> None:
    rows = parse_calendar(path.read_text(encoding="utf-8"), path.name)

    assert len(rows) == len({row.on for row in rows})
    assert [row.on for row in rows] == sorted(row.on for row in rows)


def test_the_years_2025_and_2026_are_loaded() -> None:
    years = {
        row.on.year
        for path in CALENDARS
        for row in parse_calendar(path.read_text(encoding="utf-8"), path.name)
    }

    assert years >= {2025, 2026}


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_scheme_is_named_as_its_file(path: Path) -> None:
    scheme = tomllib.loads(path.read_text(encoding="utf-8"))

    assert scheme["name"] == path.stem
    assert scheme["version"] >= 1
    assert scheme["title"]


def test_the_schemes_that_settings_name_exist() -> None:
    chosen = Settings().evaluation

    assert {chosen.departments, chosen.streets, chosen.cells} <= {path.stem for path in SCHEMES}


def test_the_area_list_is_a_tree_of_codes() -> None:
    rows = rows_of(ROOT / "geo" / "areas.csv")
    levels = {row["code"]: row["level"] for row in rows}

    assert len(levels) == len(rows) == 1 + 12 + 171
    for row in rows:
        assert len(row["code"]) == LEVELS[row["level"]], row
        assert row["level"] == "district" or (
            row["code"].startswith(row["parent"]) and row["parent"] in levels
        ), row
    assert Settings().site.district in levels


@pytest.mark.parametrize("path", TEXT_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_data_file_is_utf8_without_mark_and_carriage_return(path: Path) -> None:
    content = path.read_bytes()

    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    content.decode("utf-8")


def test_no_job_is_scheduled_near_midnight() -> None:
    times = [getattr(Settings().jobs, each.name) for each in fields(Settings().jobs)]

    assert times
    assert [time for time in times if re.match(r"(23|00):", time)] == []
