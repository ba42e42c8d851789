"""`gridcase locate` and `gridcase district`: exit codes, texts and bytes (geo.md 9 and 10)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gridcase.cli import main
from gridcase.resources import shipped_folder
from gridcase.spatial.coordinates import from_wgs84
from tests.spatial.folders import COMMUNITY, SIDE, SOUTH, WEST, cell, four_cells, square, write_folder

LON, LAT = WEST + SIDE / 2, SOUTH + SIDE / 2


@pytest.fixture
def geo(tmp_path: Path) -> Path:
    cells = [
        *four_cells(),
        cell(31, square(0, 2, size=2), valid_to="2026-07-01"),
        cell(97, square(0, 2), valid_from="2026-07-01"),
        cell(98, square(1, 2), valid_from="2026-07-01"),
    ]
    return write_folder(tmp_path / "geo", cells)


def locate(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["locate", *map(str, arguments)])


def answer(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_point_in_a_cell_is_answered_with_exit_0(geo: Path) -> None:
    result = locate(LON, LAT, "--geo", geo, "--format", "json", "--at", "2026-07-01")

    assert result.exit_code == 0
    found = answer(result)
    assert {name: found[name] for name in ("cell", "community", "street", "district")} == {
        "cell": f"{COMMUNITY}001",
        "community": COMMUNITY,
        "street": "120104009",
        "district": "120104",
    }
    assert "id" not in found
    assert found["names"]["community"] == "第一社区居委会"


def test_the_system_is_printed_and_comes_from_the_settings_of_the_site(geo: Path, tmp_path: Path) -> None:
    gcj = from_wgs84(LON, LAT, "gcj02")
    (tmp_path / "config.toml").write_text('[geo]\ndefault_crs = "gcj02"\n', encoding="utf-8")

    shipped = locate(*gcj, "--geo", geo)
    own = locate(*gcj, "--site", tmp_path)
    chosen = locate(LON, LAT, "--site", tmp_path, "--crs", "WGS84")

    assert (answer(shipped)["crs"], shipped.exit_code) == ("wgs84", 1)
    assert (answer(own)["crs"], answer(own)["cell"]) == ("gcj02", f"{COMMUNITY}001")
    assert (answer(chosen)["crs"], answer(chosen)["cell"]) == ("wgs84", f"{COMMUNITY}001")


@pytest.mark.parametrize(
    ("at", "column", "number"),
    [
        ("2026-06-30", 0.5, "031"),
        ("2026-06-30", 1, "031"),
        ("2026-07-01", 0.5, "097"),
        ("2026-07-01", 1, "097"),
        ("2026-07-01", 1.5, "098"),
    ],
)
def test_the_date_chooses_the_cells(geo: Path, at: str, column: float, number: str) -> None:
    result = locate(WEST + column * SIDE, SOUTH + 2.5 * SIDE, "--at", at, "--geo", geo)

    assert answer(result)["cell"] == f"{COMMUNITY}{number}"


def test_a_point_outside_the_grid_has_exit_1_and_the_nearest_cell(geo: Path) -> None:
    result = locate(WEST - SIDE, LAT, "--geo", geo)

    assert result.exit_code == 1
    assert answer(result)["error"] == {
        "code": "outside_grid",
        "nearest_cell": f"{COMMUNITY}001",
        "distance_m": 84.4,
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("39.11", "117.15"), "swapped"),
        (("abc", "39.11"), "longitude 'abc' is not a number"),
        (("117.15", ""), "latitude '' is not a number"),
        (("１１７", "39.11"), "is not a number"),
        (("nan", "39.11"), "not finite"),
        (("-inf", "39.11"), "not finite"),
        (("-117.15", "39.11"), "outside the box"),
        (("117.15", "-39.11"), "outside the box"),
        (("--", "-117.15", "39.11"), "outside the box"),
        (("117.15", "39.11", "--crs", "mars"), "unknown coordinate system 'mars'"),
        (("117.15", "39.11", "--crs", "wgs85"), "nearest is wgs84"),
        (("117.15", "39.11", "--at", "2026-02-30"), "is not a day of the calendar"),
        (("117.15", "39.11", "--at", "yesterday"), "is not a date"),
    ],
)
def test_input_that_is_not_understood_has_exit_2_and_says_what(
    geo: Path, arguments: tuple[str, ...], told: str
) -> None:
    result = locate("--geo", geo, *arguments)

    assert result.exit_code == 2
    assert told in result.stderr
    assert told in answer(result)["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "give LON and LAT, or --batch FILE"),
        (("117.15",), "1 values were given"),
        (("117.15", "39.11", "5"), "3 values were given"),
        (("117.15,39.11",), "1 values were given"),
        (("117.15", "39.11", "--batch", "x.csv"), "--batch goes without LON and LAT"),
        (("117.15", "39.11", "--crz=gcj02"), "No such option"),
        (("117.15", "39.11", "--geo", "nowhere"), "no such folder"),
    ],
)
def test_a_wrong_call_has_exit_2(arguments: tuple[str, ...], told: str) -> None:
    result = locate(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_faulty_geo_folder_lists_all_faults(geo: Path) -> None:
    write_folder(geo, [cell("12", square(0, 0)), cell(2, [[7]])])

    result = locate(LON, LAT, "--geo", geo)

    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 2


def test_a_batch_is_answered_in_lines_with_exit_0(geo: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(f"id,lon,lat\n甲,{LON},{LAT}\nq2,x,{LAT}\n", encoding="utf-8-sig")

    result = locate("--batch", rows, "--geo", geo)

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f'{{"id":"甲","cell":"{COMMUNITY}001","community":"{COMMUNITY}",')
    assert json.loads(lines[1])["error"]["code"] == "bad_row"
    assert locate("--batch", rows, "--geo", geo).stdout_bytes == result.stdout_bytes


@pytest.mark.parametrize("content", [None, b"", b"a,b\n", b"id,lon,lat\n\xff\n", b'id,lon,lat\n"q,1,2\n'])
def test_a_batch_that_cannot_be_read_has_exit_2(geo: Path, tmp_path: Path, content: bytes | None) -> None:
    rows = tmp_path / "rows.csv"
    if content is not None:
        rows.write_bytes(content)

    result = locate("--batch", rows, "--geo", geo)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")


def test_the_shipped_district_answers_from_a_cold_start_in_another_locale(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "id,lon,lat,crs\na,117.15,39.11,\nb,117.1563917,39.1111127,gcj02\nc,117.3,39.2,\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "gridcase", "locate", "--batch", str(rows), "--at", "2026-07-01"]
    place = shipped_folder()

    done = subprocess.run(
        command, capture_output=True, cwd=place, env={"LC_ALL": "C", "PATH": "/usr/bin"}, check=True
    )

    first, second, third = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert first["cell"] == second["cell"]
    assert first["names"]["district"] == "南开区"
    assert third["error"]["code"] == "outside_grid"


def test_district_writes_a_folder_that_locate_reads(tmp_path: Path) -> None:
    arguments = ["district", "--out", str(tmp_path / "one"), "--size", "quick", "--seed", "3"]
    result = CliRunner().invoke(main, arguments)
    again = CliRunner().invoke(main, arguments)
    found = locate("117.15", "39.11", "--geo", tmp_path / "one")

    assert (result.exit_code, again.exit_code, found.exit_code) == (0, 0, 0)
    assert "示意" in result.stdout


def test_district_does_not_write_over_real_data(geo: Path) -> None:
    before = {path.name: path.read_bytes() for path in geo.iterdir()}

    result = CliRunner().invoke(main, ["district", "--out", str(geo), "--size", "quick"])

    assert result.exit_code == 3
    assert "not marked as synthetic" in result.stderr
    assert {path.name: path.read_bytes() for path in geo.iterdir()} == before
