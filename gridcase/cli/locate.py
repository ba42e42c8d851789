"""The command `gridcase locate`: the unit grid cell of one point, or of each row of a file (geo.md 9)."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from gridcase.cli.options import load_site, load_site_settings, site_option
from gridcase.clock import CHINA
from gridcase.errors import DefinitionError, Invalid
from gridcase.spatial import Geography, answer_point, answer_rows, load_geography, read_rows
from gridcase.spatial.coordinates import known_system
from gridcase.spatial.spans import parse_date

OUTSIDE = 1
NOT_UNDERSTOOD = 2


# Unknown options reach the command, so that a negative longitude is told as what it is.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("point", nargs=-1, metavar="LON LAT", type=click.UNPROCESSED)
@click.option("--crs", metavar="NAME", help="坐标系 wgs84, gcj02, bd09, cgcs2000；缺省取 config.toml.")
@click.option("--at", "at", metavar="DATE", help="日期 2026-07-01；缺省为今天 (the cells of this day).")
@click.option("--geo", metavar="DIR", help="地理数据目录；缺省为站点的 geo/ (geo folder).")
@click.option("--format", type=click.Choice(["json"]), expose_value=False, help="输出格式，总是 JSON.")
@click.option("--batch", metavar="FILE", help="CSV 文件：id, lon, lat, 可选 crs；- 为标准输入 (CSV file).")
@site_option
def locate(site: str | None, point: tuple[str, ...], batch: str | None, **where: str | None) -> None:
    """查找坐标所在的单元网格 (unit grid cell of a point).

    Exit codes: 0 cell found (batch: all rows read), 1 outside the grid, 2 input not understood.
    """
    _refuse_wrong_call(point, batch)
    try:
        folder = load_site(site)
        geo = load_site_settings(folder).geo
        crs = known_system(where["crs"] or geo.default_crs)
        on = _day(where["at"])
        chosen = Path(where["geo"]) if where["geo"] else folder.geo
        geography = load_geography(chosen, code_scheme=geo.code_scheme, snap_m=geo.snap_m)
        if batch is not None:
            _answer_file(batch, geography, crs=crs, on=on)
        else:
            _answer_one(point, geography, crs=crs, on=on)
    except Invalid as error:
        if batch is None:
            _write({"error": {"code": error.code, "message": error.message}})
        click.echo(f"Error: {error.message}", err=True)
        raise click.exceptions.Exit(NOT_UNDERSTOOD) from None
    except DefinitionError as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(NOT_UNDERSTOOD) from None


def _refuse_wrong_call(point: tuple[str, ...], batch: str | None) -> None:
    for text in point:
        if text.startswith("--"):
            raise click.NoSuchOption(text)
    if batch is not None and point:
        raise click.UsageError("--batch goes without LON and LAT")
    if batch is None and len(point) != 2:
        raise click.UsageError(f"give LON and LAT, or --batch FILE; {len(point)} values were given")


def _day(at: str | None) -> date:
    if at is None:
        return datetime.now(CHINA).date()
    try:
        return parse_date(at.strip())
    except ValueError as error:
        raise Invalid("bad_date", f"--at: {error}") from None


def _answer_one(point: tuple[str, ...], geography: Geography, *, crs: str, on: date) -> None:
    answer = answer_point(geography, point[0], point[1], crs=crs, on=on)
    _write(answer)
    if "error" in answer:
        raise click.exceptions.Exit(OUTSIDE)


def _answer_file(batch: str, geography: Geography, *, crs: str, on: date) -> None:
    try:
        content = sys.stdin.buffer.read() if batch == "-" else Path(batch).read_bytes()
    except OSError as error:
        raise Invalid("bad_file", f"{batch}: cannot be read: {error.strerror}") from None
    for answer in answer_rows(read_rows(content), geography, crs=crs, on=on):
        _write(answer)


def _write(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, separators=(",", ":")) + "\n")
