"""Finds config.toml, workflows/, geo/ and templates/: in a site folder, beside a checkout, or in the wheel."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped_folder() -> Path:
    """The folder of the data shipped with the program: `_data` in an installed wheel, else the checkout."""
    bundled = _PACKAGE / "_data"
    return bundled if bundled.is_dir() else _PACKAGE.parent


@dataclass(frozen=True)
class SiteFolder:
    """Where one installation keeps its data. What a site folder lacks is taken from the shipped data."""

    root: Path

    def path(self, name: str) -> Path:
        """The file or folder `name` of the site, or the shipped one when the site has none."""
        own = self.root / name
        return own if own.exists() else shipped_folder() / name

    @property
    def config(self) -> Path:
        return self.path("config.toml")

    @property
    def workflows(self) -> Path:
        return self.path("workflows")

    @property
    def geo(self) -> Path:
        return self.path("geo")

    @property
    def templates(self) -> Path:
        return self.path("templates")


def find_site(chosen: str | os.PathLike[str] | None = None) -> SiteFolder:
    """The site folder: `chosen` (`--site`) before `GRIDCASE_SITE` before the current folder if it holds a
    config.toml, else the data shipped with the package (source: api.md 3).

    Raises FileNotFoundError when a named folder does not exist.
    """
    named = chosen or os.environ.get("GRIDCASE_SITE")
    if named:
        root = Path(named)
        if not root.is_dir():
            raise FileNotFoundError(f"site folder not found: {root}")
        return SiteFolder(root.resolve())
    if Path("config.toml").is_file():
        return SiteFolder(Path.cwd())
    return SiteFolder(shipped_folder())
