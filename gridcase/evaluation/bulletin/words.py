"""Fixed texts in a TOML file of templates/, such as bulletins/words.toml: the site's own words before the shipped ones."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gridcase.errors import DefinitionError, Fault, nearest_name
from gridcase.resources import SiteFolder, shipped_folder

_FILE = Path("bulletins") / "words.toml"


class Words:
    """Texts by `table.key`; `{name}` in a text is filled from the values given."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key. KeyError for one that the shipped file does not have."""
        return self._texts[key].format_map(values) if values else self._texts[key]

    def find(self, key: str, otherwise: str) -> str:
        """The text of a key that may be missing."""
        return self._texts.get(key, otherwise)


def load_words(site: SiteFolder, file: Path = _FILE) -> Words:
    """The texts of a site: those of bulletins, or of another file of templates/.

    Raises DefinitionError with every fault of the site's own file:
    `bad_file` (no TOML of tables of texts), `unknown_key` with the nearest right one, `bad_template` for a text that
    asks for a value which the shipped one does not have.
    """
    shipped, own = shipped_folder() / "templates" / file, site.templates / file
    texts = _read(shipped)
    if own != shipped and own.is_file():
        theirs = _read(own)
        faults = list(_faults(theirs, texts, str(own)))
        if faults:
            raise DefinitionError(faults)
        texts |= theirs
    return Words(texts)


def _read(path: Path) -> dict[str, str]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError([Fault(str(path), "", "bad_file", str(error))]) from error
    found = {}
    for table, texts in tables.items():
        for key, text in texts.items() if isinstance(texts, dict) else ():
            found[f"{table}.{key}"] = text
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            raise DefinitionError([Fault(str(path), table, "bad_file", "a table of texts is wanted")])
    return found


def _faults(theirs: Mapping[str, str], shipped: Mapping[str, str], file: str) -> list[Fault]:
    faults = []
    for key, text in theirs.items():
        if key not in shipped:
            nearest = nearest_name(key, list(shipped))
            hint = f", nearest is {nearest}" if nearest else ""
            faults.append(Fault(file, key, "unknown_key", f"no text is called {key}{hint}"))
            continue
        try:
            unknown = _names(text) - _names(shipped[key])
        except ValueError as error:
            faults.append(Fault(file, key, "bad_template", str(error)))
            continue
        if unknown:
            told = ", ".join(sorted(unknown))
            faults.append(Fault(file, key, "bad_template", f"there is no value for {told}"))
    return faults


def _names(text: str) -> set[str]:
    """The names of a text. ValueError for a brace without its pair, or a name that is none."""
    names = set()
    for _literal, name, form, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(f"{{{name}}} is no plain name")
        names.add(name)
    return names
