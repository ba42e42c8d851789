"""What a record was made with beside its lines: the schemes, and who was judged; as texts, and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from gridcase.cases.steps import dump_json
from gridcase.evaluation.composing import FindScheme
from gridcase.evaluation.rank import Found
from gridcase.evaluation.scheme_files import parse_scheme
from gridcase.evaluation.scheme_folder import wanted_schemes
from gridcase.evaluation.schemes import Scheme
from gridcase.evaluation.units import CellPlace, JudgedUnit

UNITS, SCHEME = "units", "scheme "


def scheme_texts(scheme: Scheme, find: FindScheme) -> dict[str, str]:
    """The text of the scheme and of every scheme that it takes scores from, by the name of the record's text."""
    found: dict[str, str] = {}
    open_schemes = [scheme]
    while open_schemes:
        each = open_schemes.pop()
        if SCHEME + each.name not in found:
            found[SCHEME + each.name] = each.text
            open_schemes += [find(name) for name in wanted_schemes(each)]
    return found


def kept_finder(texts: Mapping[str, str]) -> FindScheme:
    """Finds schemes among the texts of a record. DefinitionError when one cannot be read, KeyError without it."""
    kept = {
        name.removeprefix(SCHEME): parse_scheme(text, name)
        for name, text in texts.items()
        if name.startswith(SCHEME)
    }
    return kept.__getitem__


def units_text(found: Found) -> str:
    """Canonical JSON: the judged units by code, and the cells of each where marks of cells are asked for."""
    return dump_json(
        {
            "units": [asdict(unit) for unit in found.units],
            "cells": {code: [asdict(place) for place in places] for code, places in found.cells.items()},
        }
    )


def units_from(text: str) -> tuple[tuple[JudgedUnit, ...], dict[str, tuple[CellPlace, ...]]]:
    """The units and cells that `units_text` wrote."""
    told = json.loads(text)
    units = tuple(JudgedUnit(**unit) for unit in told["units"])
    cells = {code: tuple(CellPlace(**place) for place in places) for code, places in told["cells"].items()}
    return units, cells
