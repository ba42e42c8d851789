"""Open data of a published period: units with counts, rates, scores and ranks as CSV and GeoJSON; nothing of any person."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from gridcase.evaluation.bulletin.judged import Judged, Unit

Outlines = Mapping[str, Mapping[str, Any]]
_FIRST = ("period", "of", "code", "unit", "group")
_LAST = ("score", "grade", "rank", "unranked")


def units_csv(judged: Judged) -> str:
    """A row a unit in the order of the table: keys, all counts, all rates, score, grade, rank; empty = absent."""
    counts, rates = _columns(judged)
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow([*_FIRST, *counts, *rates, *_LAST])
    for unit in judged.units:
        values = _properties(judged, unit)
        writer.writerow(
            ["" if values.get(name) is None else values[name] for name in (*_FIRST, *counts, *rates, *_LAST)]
        )
    return output.getvalue()


def units_geojson(judged: Judged, outlines: Outlines) -> str:
    """A feature a unit (RFC 7946) with the same values; `geometry` is null for a unit that is no area.

    `outlines` are GeoJSON geometries in WGS-84 by code.
    """
    counts, rates = _columns(judged)
    features = []
    for unit in judged.units:
        values = _properties(judged, unit)
        known = {
            name: values[name] for name in (*_FIRST, *counts, *rates, *_LAST) if values.get(name) is not None
        }
        features.append(
            {"type": "Feature", "id": unit.code, "properties": known, "geometry": outlines.get(unit.code)}
        )
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n"


def _columns(judged: Judged) -> tuple[list[str], list[str]]:
    """The counts that any unit has, and the rates of the table."""
    counts = dict.fromkeys(name for unit in judged.units for name in unit.counts)
    return list(counts), list(judged.rates)


def _properties(judged: Judged, unit: Unit) -> dict[str, Any]:
    return {
        "period": judged.period,
        "of": judged.of,
        "code": unit.code,
        "unit": unit.name,
        "group": unit.group,
        **unit.counts,
        **unit.rates,
        "score": unit.score,
        "grade": unit.grade,
        "rank": unit.rank,
        "unranked": unit.unranked,
    }
