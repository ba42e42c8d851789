"""What the templates ask of the English texts; run as a script it lists what is missing, ready to be filled in."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from gridcase.resources import find_site
from gridcase.web.pages.english import english_environment, is_chinese, load_english
from tests.house.repository import ROOT

TEMPLATES = ROOT / "templates"
PAGES = sorted((TEMPLATES / "pages").rglob("*.html"))
ENGLISH = load_english(find_site(str(ROOT)))


class Asked(dict[str, str]):
    """The texts, noting what was asked for, and what in vain."""

    def __init__(self) -> None:
        super().__init__(ENGLISH)
        self.found: set[str] = set()
        self.missing: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        """As of a dict."""
        (self.found if key in self else self.missing).add(key)
        return super().get(key, default)


def asked_by(path: Path) -> Asked:
    """What one template asks for while it is compiled in English."""
    asked = Asked()
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    for _ in english_environment(environment, asked)._tokenize(path.read_text(encoding="utf-8"), None, None):
        pass
    return asked


def missing_from(path: Path) -> set[str]:
    """The texts of one template that have no English."""
    return {text for text in asked_by(path).missing if is_chinese(text)}


def main() -> None:
    """Print the missing texts as lines of templates/english.toml."""
    for path in PAGES:
        lines = [f'{json.dumps(text, ensure_ascii=False)} = ""' for text in sorted(missing_from(path))]
        if lines:
            sys.stdout.write("\n".join(["", f"[{path.stem}]", *lines, ""]))


if __name__ == "__main__":
    main()
