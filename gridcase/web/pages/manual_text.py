"""The manual as HTML: a Markdown file of the site, with its chapters, its sections and its pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from flask import url_for
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from PIL import Image

from gridcase.resources import SiteFolder

_TEXT, _PICTURES = "docs/manual.zh-CN.md", "docs/manual"
# `<a id="centre"></a>` before a heading: where pages and other documents lead to, whatever the heading says.
_ANCHOR = re.compile(r'^<a id="([a-z-]+)"></a>\n+##? +(.+)$', re.MULTILINE)
_NO_SLUG = re.compile(r"[^\w\- ]")


@dataclass
class Section:
    """A heading of the manual with those below it."""

    id: str
    title: str
    parts: list[Section] = field(default_factory=list)


@dataclass(frozen=True)
class Manual:
    """The manual: its title, its text in HTML without the title, its chapters, the names of its pictures."""

    title: str
    text: Markup
    chapters: Sequence[Section]
    pictures: frozenset[str]


def picture_of_manual(site: SiteFolder, name: str) -> Path | None:
    """The file of a picture that the manual shows, by its name; None of every other name."""
    return _picture(site, name) if name in manual_of(site).pictures else None


def _picture(site: SiteFolder, name: str) -> Path | None:
    path = site.path(f"{_PICTURES}/{name}")
    return path if path.is_file() else None


@lru_cache(maxsize=4)
def manual_of(site: SiteFolder) -> Manual:
    """The manual of the site, or the shipped one, as it was when it was first asked for."""
    source = site.path(_TEXT).read_text(encoding="utf-8")
    anchors = {title.strip(): anchor for anchor, title in _ANCHOR.findall(source)}
    source = re.sub(r'^<a id="[a-z-]+"></a>\n+', "", source, flags=re.MULTILINE)
    # Without HTML of its own: the policy of the pages would not let it be more than it seems.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(source)
    title, sections = _number_headings(tokens, anchors)
    pictures = frozenset(_settle_pictures(tokens, site))
    _drop_ways_out(tokens)
    text = Markup(markdown.renderer.render(_without_title(tokens), markdown.options, {}))
    return Manual(title, text, tuple(sections), pictures)


def _number_headings(tokens: list[Token], anchors: dict[str, str]) -> tuple[str, list[Section]]:
    """Give each heading its id; answers the title and the chapters."""
    title, chapters = "", list[Section]()
    taken: dict[str, int] = {}
    for token, inline in pairwise(tokens):
        if token.type != "heading_open":
            continue
        if token.tag == "h1":
            title = inline.content
            continue
        name = anchors.get(inline.content) or _slug(inline.content)
        taken[name] = taken.get(name, 0) + 1
        found = Section(name if taken[name] == 1 else f"{name}-{taken[name] - 1}", inline.content)
        token.attrSet("id", found.id)
        (chapters if token.tag == "h2" or not chapters else chapters[-1].parts).append(found)
    return title, chapters


def _slug(title: str) -> str:
    """The id of a heading without one of its own, as code hosts make it, so that links hold there too."""
    return _NO_SLUG.sub("", title.lower()).replace(" ", "-")


def _settle_pictures(tokens: list[Token], site: SiteFolder) -> Iterator[str]:
    """Let pictures be those of this site, with their size, loaded when they come into sight, opened whole by a click."""
    for token in tokens:
        for child in token.children or ():
            if child.type != "image":
                continue
            name = str(child.attrs["src"]).rpartition("/")[2]
            path = _picture(site, name)
            child.attrs["src"] = url_for("help.show_picture", name=name)
            child.attrs["loading"] = "lazy"
            if path is not None:
                with Image.open(path) as picture:
                    child.attrs["width"], child.attrs["height"] = picture.size
            yield name
        token.children = list(_linked(token.children)) if token.children else token.children


def _linked(children: Sequence[Token]) -> Iterator[Token]:
    for child in children:
        if child.type != "image":
            yield child
            continue
        yield Token("link_open", "a", 1, attrs={"href": child.attrs["src"], "class": "manual-picture"})
        yield child
        yield Token("link_close", "a", -1)


def _drop_ways_out(tokens: list[Token]) -> None:
    """Leave out links to other documents, which lie beside the program and not on the site; their words stay."""
    for token in tokens:
        kept, is_out = [], False
        for child in token.children or ():
            if child.type == "link_open":
                is_out = not str(child.attrs["href"]).startswith(("#", "/"))
            if not (is_out and child.type in ("link_open", "link_close")):
                kept.append(child)
        token.children = kept if token.children else token.children


def _without_title(tokens: list[Token]) -> list[Token]:
    """Without the first heading, which the page shows by itself."""
    return tokens[3:] if tokens and tokens[0].tag == "h1" else tokens
