"""The batch commands from a cold start, each in a process of its own, beside a bare script on the same file.

The script for the clock reads and writes each line as JSON and computes nothing. The one for points reads the cells,
builds a spatial index with shapely, asks it once for all points and writes the code of each.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from time import perf_counter

from gridcase.resources import shipped_folder
from gridcase.spatial import load_geography
from tests.bench.due_moments import LIMITS, tasks, with_holds
from tests.bench.locating import points_inside, points_outside
from tests.bench.measuring import Line, Size, figure_at_most

CLOCK_LINES = 1_500
POINT_ROWS = 2_000
_ECHO = """
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    sys.stdout.write(json.dumps(json.loads(line), ensure_ascii=False) + "\\n")
"""
_RAW_TREE = """
import csv, json, sys
import numpy, shapely
features = json.load(open(sys.argv[1], encoding="utf-8"))["features"]
tree = shapely.STRtree([shapely.geometry.shape(feature["geometry"]) for feature in features])
rows = list(csv.DictReader(open(sys.argv[2], encoding="utf-8", newline="")))
lons, lats = (numpy.array([float(row[name]) for row in rows]) for name in ("lon", "lat"))
points, cells = tree.query(shapely.points(lons, lats), predicate="intersects")
for point, cell in zip(points.tolist(), cells.tolist()):
    sys.stdout.write(json.dumps({"id": rows[point]["id"], "cell": features[cell]["properties"]["code"]}) + "\\n")
"""


def clock_lines(path: Path) -> None:
    """Questions of all units, every third with holds and an extension."""
    rng, lines = Random(4), []
    for at in range(CLOCK_LINES):
        text = LIMITS[at % len(LIMITS)]
        task = tasks(rng, [text])[0]
        question: dict[str, object] = {"id": str(at), "start": task.start.isoformat(), "limit": text}
        if at % 3 == 0:
            held = with_holds(task)
            question["holds"] = [
                {"from": hold.start.isoformat(), "to": hold.end.isoformat()} for hold in held.holds
            ]
            question["extensions"] = [{"at": (task.start + timedelta(minutes=20)).isoformat(), "limit": text}]
        lines.append(json.dumps(question, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def decade_lines(path: Path) -> None:
    """Questions of all units, ten of them with limits that run for decades."""
    units = ("工作时", "工作日", "紧急工作时", "紧急工作日", "自然日")
    questions = [
        {
            "id": str(at),
            "start": f"2026-{at % 12 + 1:02}-{at % 28 + 1:02}T16:30",
            "limit": f"{9999 if at % 150 == 1 else at % 30 + 1}{units[at % 5]}",
        }
        for at in range(CLOCK_LINES)
    ]
    lines = [json.dumps(question, ensure_ascii=False) for question in questions]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def point_rows(path: Path) -> None:
    """Points of three systems, one in fifty outside the grid."""
    geography, rng = load_geography(shipped_folder() / "geo"), Random(5)
    outside = POINT_ROWS // 50
    points = points_inside(geography, POINT_ROWS - outside, rng) + points_outside(geography, outside, rng)
    systems = ("wgs84", "wgs84", "gcj02", "bd09")
    rows = [f"{at},{lon!r},{lat!r},{systems[at % 4]}" for at, (lon, lat) in enumerate(points)]
    path.write_text("\n".join(["id,lon,lat,crs", *rows]) + "\n", encoding="utf-8")


def measure(size: Size) -> Iterator[Line]:
    """Seconds from the start of the process to its end."""
    command = str(Path(sys.executable).with_name("gridcase"))
    with tempfile.TemporaryDirectory(prefix="gridcase-bench-") as name:
        points = Path(name) / "points.csv"
        point_rows(points)
        cells = shipped_folder() / "geo" / "unit_grid_cells.geojson"
        bound = (figure_at_most(5),)
        for file, write, what in (
            ("clock.jsonl", clock_lines, "lines"),
            ("decades.jsonl", decade_lines, "lines, limits of decades"),
        ):
            questions = Path(name) / file
            write(questions)
            ours, bare = _in_turns(
                [command, "clock", "--batch", str(questions)],
                [sys.executable, "-c", _ECHO, str(questions)],
                rounds=size.cold_rounds,
            )
            yield Line(
                f"`gridcase clock --batch`, {CLOCK_LINES:,} {what}", "lines echoed", "s", ours, bare, bound
            )
        ours, bare = _in_turns(
            [command, "locate", "--at", "2026-10-09", "--batch", str(points)],
            [sys.executable, "-c", _RAW_TREE, str(cells), str(points)],
            rounds=size.cold_rounds,
        )
        floor = "index built and asked by a script"
        yield Line(f"`gridcase locate --batch`, {POINT_ROWS:,} rows", floor, "s", ours, bare, bound)


def _in_turns(ours: Sequence[str], bare: Sequence[str], *, rounds: int) -> tuple[list[float], list[float]]:
    return _columns([(_seconds(ours), _seconds(bare)) for _ in range(rounds)])


def _columns(pairs: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _seconds(command: Sequence[str]) -> float:
    start = perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - start
