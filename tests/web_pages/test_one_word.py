"""One thing has one name on pages for people: a month is published, never frozen as commands and records say."""

from __future__ import annotations

from gridcase.resources import shipped_folder

TEMPLATES = shipped_folder() / "templates"


def test_no_page_and_no_bulletin_says_frozen_for_published() -> None:
    texts = [*(TEMPLATES / "pages").rglob("*.html"), *(TEMPLATES / "bulletins").iterdir()]

    told = [str(path.relative_to(TEMPLATES)) for path in texts if "冻结" in path.read_text(encoding="utf-8")]

    assert len(texts) > 100
    assert told == []
