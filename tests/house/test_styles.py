"""The style sheets: contrast of the tokens in both themes, no colour beside the tokens, no rule that nothing uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from gridcase.web.pages.design import COLOURS
from tests.house.repository import ROOT

CSS = ROOT / "gridcase" / "web" / "static" / "css"
TOKENS, SITE = (
    (CSS / "tokens.css").read_text(encoding="utf-8"),
    (CSS / "site.css").read_text(encoding="utf-8"),
)
_TEXT, _SHAPE = 4.5, 3.0
_GROUNDS = ("panel", "ground", "sunk")
# What stands on a ground that its own rule does not name.
_INHERITED = [
    *((ink, on, _TEXT) for ink in ("ink", "ink-quiet", "accent", "red", "green", "yellow") for on in _GROUNDS),
    *((ink, on, _TEXT) for ink in ("held", "made-ink") for on in ("panel", "ground")),
    *((ink, f"{name}-soft", _TEXT) for name in ("green", "yellow", "red", "held") for ink in ("ink", name)),
    *((ink, "accent-soft", _TEXT) for ink in ("ink", "accent", "ink-quiet")),
    *((shape, "panel", _SHAPE) for shape in ("edge-strong", "yellow-fill", "focus", "accent")),
    ("focus", "ground", _SHAPE), ("bar-ink", "bar", _TEXT), ("bar-quiet", "bar", _TEXT), ("bar-ink", "bar-hover", _TEXT),
    ("panel", "red", _SHAPE), ("ground", "ink", _TEXT), ("ink", "grade-none", _TEXT), ("grade-light", "grade-black", _TEXT),
]  # fmt: skip


def _declared(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", block))


def _blocks() -> dict[str, str]:
    found = re.findall(r"(:root[^\s{]*) \{(.*?)\}", TOKENS, re.S)
    return {name: body for name, body in found if "--ink:" in body}


def themes() -> dict[str, dict[str, str]]:
    """The tokens as they are in each theme."""
    blocks = _blocks()
    light, dark = _declared(blocks[":root"]), _declared(blocks[":root.theme-dark"])
    return {"light": light, "dark": {**light, **dark}}


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours `#rrggbb` (WCAG 2.2, 1.4.3)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    yield from re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheet, flags=re.S))


def _pairs() -> set[tuple[str, str, float]]:
    """Text and ground that stand in one rule of the site's style sheet, and those that are named above."""
    found = set(_INHERITED)
    for _, body in _rules(SITE):
        ink = re.search(r"(?<![-\w])color: var\(--([a-z-]+)\)", body)
        ground = re.search(r"background(?:-color)?: var\(--([a-z-]+)\)", body)
        if ink and ground:
            found.add((ink[1], ground[1], _TEXT))
    return found


def test_contrast_is_counted_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_text_and_ground_has_the_contrast_of_level_aa(theme: str) -> None:
    tokens, pairs = themes()[theme], _pairs()

    found = {(ink, ground): (contrast(tokens[ink], tokens[ground]), least) for ink, ground, least in pairs}

    assert len(pairs) > 40
    assert {pair: round(value, 2) for pair, (value, least) in found.items() if value < least} == {}


def test_dark_by_the_device_and_dark_by_choice_are_the_same() -> None:
    blocks = _blocks()

    assert sorted(blocks) == [":root", ":root.theme-dark", ":root:not(.theme-light)"]
    assert _declared(blocks[":root.theme-dark"]) == _declared(blocks[":root:not(.theme-light)"])


def test_colours_stand_in_the_tokens_only_and_are_shown_on_the_page_of_components() -> None:
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", SITE))

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", SITE) == []
    assert used - set(themes()["light"]) - {"behind"} == set()
    assert set(COLOURS) <= set(themes()["light"])
    samples = (CSS / "design.css").read_text(encoding="utf-8")
    assert [name for name in COLOURS if f".swatch-{name} " not in samples] == []


def test_the_style_sheet_of_the_site_has_no_class_that_nothing_uses() -> None:
    folders = (
        ROOT / "templates" / "pages",
        ROOT / "gridcase" / "web" / "static" / "js",
        ROOT / "gridcase" / "web" / "pages",
    )
    paths = [
        path for folder in folders for path in folder.rglob("*") if path.suffix in (".html", ".js", ".py")
    ]
    told = " ".join(path.read_text(encoding="utf-8") for path in paths)
    # Built from a stem and a code: lamp-red, mark-ask, notice-bad.
    stems = (
        "lamp-",
        "grade-",
        "mark-",
        "notice-",
        "status-",
        "deadline-",
        "panel-",
        "pane-",
        "button-",
        "request-",
        "text-",
        "theme-",
    )
    classes = {name for selector, _ in _rules(SITE) for name in re.findall(r"\.([a-z][a-z0-9-]*)", selector)}

    unused = {
        name
        for name in classes
        if not name.startswith(("leaflet", *stems)) and not re.search(rf"(?<![\w-]){name}(?![\w-])", told)
    }

    assert len(classes) > 100
    assert unused == set()
