"""Reads areas.csv, the list of units with names, aliases and parents (geo.md 5)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from gridcase.spatial.faults import GeoFault
from gridcase.spatial.spans import ALWAYS, Span, read_span

AREA_FILE = "areas.csv"
_NEEDED = ("code", "name", "level", "parent", "alias")


@dataclass(frozen=True)
class AreaRow:
    """One row of the list as it stands there; `place` is its code, or its line in the file."""

    place: str
    code: str
    name: str
    level: str
    parent: str
    aliases: tuple[str, ...]
    span: Span = ALWAYS


def read_area_list(path: Path, file: str, faults: list[GeoFault]) -> list[AreaRow]:
    """The rows of the list; what cannot be read is added to `faults` under the label `file`."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline="")))
    except OSError as error:
        faults.append(GeoFault(file, "", "bad_file", f"cannot be read: {error.strerror}"))
        return []
    except UnicodeDecodeError as error:
        faults.append(GeoFault(file, "", "bad_file", f"is not UTF-8: byte {error.start + 1} cannot be read"))
        return []
    except csv.Error as error:
        faults.append(GeoFault(file, "", "bad_file", f"is not CSV: {error}"))
        return []
    header = [field.strip() for field in lines[0]] if lines else []
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        faults.append(GeoFault(file, "line 1", "bad_file", f"lacks the columns {', '.join(missing)}"))
        return []
    rows = []
    for number, fields in enumerate(lines[1:], start=2):
        if not any(field.strip() for field in fields):
            continue
        if len(fields) != len(header):
            text = f"has {len(fields)} fields instead of {len(header)}"
            faults.append(GeoFault(file, f"line {number}", "bad_file", text))
            continue
        values = {name: field.strip() for name, field in zip(header, fields, strict=True)}
        # A blank in a code is a fault of G-01, so the code alone is kept as it stands.
        values["code"] = fields[header.index("code")]
        rows.append(_read_row(values, number, file=file, faults=faults))
    return rows


def _read_row(values: dict[str, str], number: int, *, file: str, faults: list[GeoFault]) -> AreaRow:
    place = values["code"] or f"line {number}"
    span, wrong = read_span(values.get("valid_from"), values.get("valid_to"))
    faults += [GeoFault(file, place, "dates", fault) for fault in wrong]
    aliases = tuple(alias.strip() for alias in values["alias"].split("|") if alias.strip())
    return AreaRow(place, values["code"], values["name"], values["level"], values["parent"], aliases, span)
