"""Answers a file of points row by row, by the rules of `locate --batch` in geo.md 9."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

import numpy as np

from gridcase.errors import Invalid
from gridcase.spatial.answers import Answer, outside_answer, place_answer, read_degrees
from gridcase.spatial.coordinates import convert_many, known_system
from gridcase.spatial.index import NO_CELL, Geography

_NEEDED = ("id", "lon", "lat")
_COLUMNS = (*_NEEDED, "crs")
# Rows answered together: enough for the bulk query to pay, few enough to keep memory small.
_CHUNK = 20_000


class Row(NamedTuple):
    """One row of the file; `fault` tells what is wrong with its form, `id` is None when it has none."""

    id: str | None
    lon: str = ""
    lat: str = ""
    crs: str = ""
    fault: str | None = None


def read_rows(content: bytes) -> list[Row]:
    """The rows of a CSV file in its order, blank lines left out.

    Raises Invalid `bad_file` when the file is not UTF-8 or no CSV, `bad_header` when its header lacks `id`, `lon`
    or `lat` or names one of the columns twice.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("bad_file", f"the file is not UTF-8: byte {error.start + 1} cannot be read") from error
    lines = _fields(text)
    header = next(lines, None)
    if header is None:
        raise Invalid("bad_header", "the file is empty: a header line with id, lon, lat is needed")
    names = [name.strip() for name in header]
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise Invalid(
            "bad_header", f"the header lacks {', '.join(missing)}; it reads {','.join(names)!r:.200}"
        )
    twice = [name for name in _COLUMNS if names.count(name) > 1]
    if twice:
        raise Invalid("bad_header", f"the header names {', '.join(twice)} more than once")
    places = [names.index(name) if name in names else None for name in _COLUMNS]
    return [_read_row(fields, places, len(names)) for fields in lines]


def _fields(text: str) -> Iterator[list[str]]:
    """The fields of each line that is not blank. Raises Invalid `bad_file` for a quote still open at the end."""
    # A field may be as long as the file; the reader's own bound would stop at 131,072 characters.
    csv.field_size_limit(max(len(text) + 1, csv.field_size_limit()))
    end = "end"
    while end in text:
        end += "."
    # A line of ours after the last one: a quote still open swallows it.
    reader = csv.reader(chain(io.StringIO(text, newline=""), [end]), skipinitialspace=True)
    started = 1
    for fields in reader:
        if fields == [end]:
            return
        if fields and fields[-1].endswith(end):
            text = f"a quotation mark opened in line {started} or below is never closed"
            raise Invalid("bad_file", text, line=started)
        if len(fields) > 1 or (fields and fields[0].strip()):
            yield fields
        started = reader.line_num + 1


def _read_row(fields: Sequence[str], places: Sequence[int | None], length: int) -> Row:
    values = [fields[at].strip() if at is not None and at < len(fields) else "" for at in places]
    given = values[0] or None
    if len(fields) != length:
        return Row(given, fault=f"the row has {len(fields)} fields, the header {length}")
    if given is None:
        return Row(None, fault="the id is empty")
    return Row(given, *values[1:])


def answer_rows(rows: Sequence[Row], geography: Geography, *, crs: str, on: date) -> Iterator[Answer]:
    """One answer a row, in the order of the rows: what `answer_point` says, or `bad_row`.

    `crs` is the system of rows that name none. Raises Invalid `unknown_crs` when `crs` itself is unknown.
    """
    system = known_system(crs)
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        for row, answer in zip(chunk, _answer_chunk(chunk, geography, crs=system, on=on), strict=True):
            yield {"id": row.id, **answer}


def _answer_chunk(rows: Sequence[Row], geography: Geography, *, crs: str, on: date) -> list[Answer]:
    """The answers without their id; points of one system are converted and looked up together."""
    answers: list[Answer] = [{} for _ in rows]
    points: dict[str, list[tuple[int, float, float]]] = {}
    for at, row in enumerate(rows):
        try:
            system, lon, lat = _read_point(row, crs)
        except Invalid as error:
            answers[at] = _bad_row(error)
        else:
            points.setdefault(system, []).append((at, lon, lat))
    for system, found in points.items():
        lons, lats = (np.array([point[axis] for point in found], dtype=np.float64) for axis in (1, 2))
        lons, lats = convert_many(lons, lats, system)
        positions = geography.locate_many(lons, lats, on=on)
        located = zip(lons.tolist(), lats.tolist(), positions.tolist(), strict=True)
        for (at, _, _), (lon, lat, position) in zip(found, located, strict=True):
            if position == NO_CELL:
                answers[at] = _answer_alone(geography, lon, lat, crs=system, on=on)
            else:
                place = geography.place_at(position, lon, lat, on=on)
                answers[at] = place_answer(place, geography.areas, crs=system)
    return answers


def _answer_alone(geography: Geography, lon: float, lat: float, *, crs: str, on: date) -> Answer:
    """The answer to a WGS-84 point that touches no cell: snapped, outside, or refused as a bad row."""
    try:
        place = geography.locate(lon, lat, crs="wgs84", on=on)
    except Invalid as error:
        if error.code != "outside_grid":
            return _bad_row(error)
        return {"error": outside_answer(error), "crs": crs}
    return place_answer(place, geography.areas, crs=crs)


def _read_point(row: Row, crs: str) -> tuple[str, float, float]:
    """System, longitude and latitude of a row. Raises Invalid for what the single call answers with exit 2."""
    if row.fault is not None:
        raise Invalid("bad_row", row.fault)
    system = known_system(row.crs) if row.crs else crs
    return system, read_degrees(row.lon, "longitude"), read_degrees(row.lat, "latitude")


def _bad_row(error: Invalid) -> Answer:
    return {"error": {"code": "bad_row", "message": error.message}}
