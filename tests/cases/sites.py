"""Site folders with workflows of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

from gridcase.config import Settings
from gridcase.resources import shipped_folder
from tests.making import Office, make_office

STANDARD = (shipped_folder() / "workflows" / "standard.toml").read_text(encoding="utf-8")


def workflows_of(folder: Path) -> Path:
    """The workflows folder of the site in `folder`, with what the program ships in it."""
    target = folder / "site" / "workflows"
    if not target.exists():
        shutil.copytree(shipped_folder() / "workflows", target)
    return target


def open_site(url: str, folder: Path, *, geo: Path, settings: Settings | None = None, **files: str) -> Office:
    """An office whose site has these further workflow files (name without .toml to text)."""
    workflows = workflows_of(folder)
    for name, text in files.items():
        (workflows / f"{name}.toml").write_text(text, encoding="utf-8")
    return make_office(url, folder, geo=geo, settings=settings)
