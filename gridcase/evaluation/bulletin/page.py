"""A bulletin as a page: templates/bulletins/bulletin.html of the site, else the shipped one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError
from markupsafe import Markup

from gridcase.errors import DefinitionError, Fault
from gridcase.evaluation.bulletin.layout import Document, Heading, Paragraph, Table, runs
from gridcase.evaluation.bulletin.links import Links
from gridcase.resources import SiteFolder, shipped_folder

NAME = "bulletin.html"


@dataclass(frozen=True, slots=True)
class Button:
    """A link above the page, that is not printed."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Chrome:
    """What surrounds the document: its links, and its style sheet by address or, for a page that stands alone, as text.

    `is_paper`: for a printer of pages, which follows no link.
    """

    links: Links
    style_path: str = ""
    style_text: str = ""
    icon_path: str = ""
    buttons: Sequence[Button] = ()
    is_paper: bool = False


def page_of(document: Document, site: SiteFolder, chrome: Chrome) -> str:
    """The page. Raises DefinitionError `bad_template` for a template of the site that cannot be filled in."""
    with _told(site):
        return load_template(site).render(
            document=document,
            runs=runs(document.blocks),
            chrome=chrome,
            links=chrome.links,
            # Our own style sheet, which holds nothing that a page would take for markup.
            style=Markup(chrome.style_text),
            kinds={Heading: "heading", Paragraph: "paragraph", Table: "table"},
        )


def load_template(site: SiteFolder) -> Template:
    """The template of a site. Raises DefinitionError `bad_template`."""
    with _told(site):
        return _environment(site.templates / "bulletins").get_template(NAME)


@contextmanager
def _told(site: SiteFolder) -> Iterator[None]:
    """Errors of the template as a fault of its file."""
    try:
        yield
    except (TemplateError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)
        place = f"line {line}" if line else ""
        text = f"{type(error).__name__}: {error}"
        file = str(site.templates / "bulletins" / NAME)
        raise DefinitionError([Fault(file, place, "bad_template", text)]) from error


@lru_cache(maxsize=8)
def _environment(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader([folder, shipped_folder() / "templates" / "bulletins"]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
