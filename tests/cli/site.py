"""Runs commands on a site of their own, with the quick district and a SQLite file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from gridcase.cli import main


@dataclass(frozen=True)
class OwnSite:
    """A site folder; every command gets it and its database."""

    folder: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'own.db'}"

    def run(self, *arguments: str, given: str | None = None) -> Result:
        """The command with `--site` and `--db`; `given` is its standard input."""
        where = ["--site", str(self.folder), "--db", self.url]
        return CliRunner().invoke(main, [*where, *arguments], input=given)


def own_site(folder: Path, geo: Path) -> OwnSite:
    """A site in `folder` whose places are those of `geo`."""
    site = folder / "own"
    site.mkdir()
    (site / "geo").symlink_to(geo, target_is_directory=True)
    return OwnSite(site)
