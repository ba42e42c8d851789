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
    names = _names(judged)
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(names)
    for unit in judged.units:
        values = _values(judged, unit)
        writer.writerow([values.get(name, "") for name in names])
    return output.getvalue()


def units_geojson(judged: Judged, outlines: Outlines, *, is_synthetic: bool = False) -> str:
    """A feature a unit (RFC 7946) with the same values; `geometry` is null for a unit that is no area.

    `outlines` are GeoJSON geometries in WGS-84 by code; `is_synthetic`: they are made up, and every feature says so.
    """
    names, features = _names(judged), []
    for unit in judged.units:
        values, geometry = _values(judged, unit), outlines.get(unit.code)
        known = {name: values[name] for name in names if name in values}
        if geometry is not None and is_synthetic:
            known["synthetic"] = True
        features.append({"type": "Feature", "id": unit.code, "properties": known, "geometry": geometry})
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n"


def _names(judged: Judged) -> list[str]:
    """The columns: keys, the counts that any unit has, the rates of the table, what the table makes of them."""
    counts = dict.fromkeys(name for unit in judged.units for name in unit.counts)
    return [*_FIRST, *counts, *judged.rates, *_LAST]


def _values(judged: Judged, unit: Unit) -> dict[str, Any]:
    """What is known of a unit, by column."""
    values = {
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
    return {name: value for name, value in values.items() if value is not None}
