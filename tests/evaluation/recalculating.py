"""Has LibreOffice compute a workbook and names every cell that differs: `python -m tests.evaluation.recalculating FILE.xlsx`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

# LibreOffice takes over the values that a workbook holds unless it is told to compute them.
_ALWAYS = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    '<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">'
    "<value>0</value></prop></item></oor:items>"
)
_NEAR = 1e-9


def recalculated(file: Path, folder: Path) -> Path:
    """The workbook as LibreOffice computes it."""
    profile, out = folder / "profile", folder / "out"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(file)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return out / file.name


def differences(file: Path, again: Path) -> Iterator[str]:
    """Sheet, cell and both values where they differ; a text and no text at all are the same."""
    computed = openpyxl.load_workbook(again, data_only=True)
    for sheet in openpyxl.load_workbook(file, data_only=True).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                found = computed[sheet.title][cell.coordinate].value
                if not _same(cell.value, found):
                    yield f"{sheet.title} {cell.coordinate}: {cell.value!r}, computed {found!r}"


def _same(one: Any, two: Any) -> bool:
    if isinstance(one, int | float) and isinstance(two, int | float):
        return abs(one - two) < _NEAR
    return (one or None) == (two or None)


if __name__ == "__main__":
    book = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        found = list(differences(book, recalculated(book, Path(scratch))))
    print("\n".join(found) or "no cell differs")
    sys.exit(bool(found))
