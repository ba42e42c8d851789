"""Says questions and figures in words: templates/integrity.toml, the site's own before the shipped ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from gridcase.config.integrity import Integrity
from gridcase.directory.listing import list_users
from gridcase.directory.queries import departments
from gridcase.evaluation.bulletin.words import Words, load_words
from gridcase.evaluation.integrity.rules import (
    BURSTS,
    CLOSINGS,
    PAIRS,
    PHOTOS,
    SELF_HANDLING,
    VOIDS,
    Finding,
    Looked,
)
from gridcase.evaluation.integrity.tally import Figure
from gridcase.resources import SiteFolder

FILE = Path("integrity.toml")
LANGUAGES = ("zh", "en")
# Whose subject begins with a person, with a department, and whose second part is a department.
_PEOPLE = (CLOSINGS, PAIRS, PHOTOS, SELF_HANDLING, BURSTS)


class Wording:
    """The texts of a site, with the names of departments and people behind codes."""

    def __init__(self, words: Words, settings: Integrity, names: Names) -> None:
        self._words, self._names = words, names
        self._settings = {name: _shown(value) for name, value in asdict(settings).items()}

    def word(self, key: str, language: str = "zh", **values: Any) -> str:
        """A fixed text of the page."""
        return self._words(f"word_{language}.{key}", **values)

    def title(self, rule: str, language: str = "zh") -> str:
        """What a rule looks at."""
        return self._words(f"{rule}.title_{language}")

    def rule(self, looked: Looked, language: str = "zh") -> str:
        """The rule with its thresholds."""
        values = {"looked_at": 0, "by_chance": "0", **_values(looked.figures, looked.values)}
        return self._words(f"{looked.rule}.rule_{language}", **self._settings, **values)

    def question(self, finding: Finding, language: str = "zh") -> str:
        """The question, with its figures."""
        first, second = self.names(finding, language)
        values = _values(finding.figures, finding.values)
        return self._words(
            f"{finding.rule}.question_{language}", **self._settings, **values, name=first, second=second
        )

    def label(self, rule: str, figure: Figure, language: str = "zh") -> str:
        """What a figure is called; a month is its own name."""
        key = f"figure_{language}.{rule}_{figure.name}"
        text = self._words.find(key, "")
        return self._words(key, **self._settings) if text else figure.name

    def names(self, finding: Finding, language: str = "zh") -> tuple[str, str]:
        """Whom a question is about, by name: one, or inspector and department."""
        first, second = finding.subject
        if finding.rule in _PEOPLE:
            shown = self._names.people.get(first, first)
        else:
            shown = self._names.departments.get(first, first) if finding.rule == VOIDS else first
        nobody = self.word("nobody", language)
        if finding.rule != PAIRS:
            return shown or nobody, ""
        return shown or nobody, self._names.departments.get(second, second) or nobody

    def name(self, finding: Finding, language: str = "zh") -> str:
        """Whom a question is about, as one text."""
        return " · ".join(part for part in self.names(finding, language) if part)


class Names:
    """Departments and people of a district by code and user name, those who left included."""

    def __init__(self, connection: Connection, district: str) -> None:
        self.departments: Mapping[str, str] = {
            card.code: card.name for card in departments(connection, district)
        }
        self.people: Mapping[str, str] = {
            user.name: user.display_name or user.name for user in list_users(connection, district)
        }


def wording_of(connection: Connection, district: str, settings: Integrity, *, site: SiteFolder) -> Wording:
    """The wording of a site. Raises DefinitionError with every fault of its own texts."""
    return Wording(load_words(site, FILE), settings, Names(connection, district))


def _values(figures: tuple[Figure, ...], values: Mapping[str, str]) -> dict[str, Any]:
    return {**{figure.name: figure.value for figure in figures}, **values}


def _shown(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
