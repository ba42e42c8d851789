"""How a person wants pages to look: light or dark, the size of type, the language; kept in a cookie of the browser."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from gridcase.web.pages.onward import local_path

LOOK = Blueprint("look", __name__)

COOKIE = "gridcase_look"
THEMES = ("auto", "light", "dark")
SIZES = ("normal", "large")
LANGUAGES = ("zh", "en")
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Look:
    """The wishes of a browser. `theme` auto: as the device wishes."""

    theme: str = THEMES[0]
    size: str = SIZES[0]
    language: str = LANGUAGES[0]

    @property
    def classes(self) -> str:
        """The classes of the page's root, by which the tokens of colour and type are chosen."""
        found = [f"theme-{self.theme}"] if self.theme != THEMES[0] else []
        return " ".join([*found, *([f"text-{self.size}"] if self.size != SIZES[0] else [])])

    @property
    def value(self) -> str:
        """The look in one word, as the cookie keeps it."""
        return ".".join((self.theme, self.size, self.language))

    @property
    def tag(self) -> str:
        """The language tag of the page (BCP 47)."""
        return "zh-CN" if self.language == "zh" else self.language


_KNOWN = {"theme": THEMES, "size": SIZES, "language": LANGUAGES}


def look() -> Look:
    """The look of this request; what the cookie does not say, or says wrongly, is as nobody had chosen."""
    if "look" not in g:
        told = request.cookies.get(COOKIE, "").split(".")
        named = zip((field.name for field in fields(Look)), told, strict=False)
        g.look = Look(**{name: value for name, value in named if value in _KNOWN[name]})
    found: Look = g.look
    return found


@LOOK.post("/look")
def change() -> Response:
    """Take over the wishes that the form names, and go back to where it stood."""
    wishes = {name: request.form[name] for name in _KNOWN if request.form.get(name) in _KNOWN[name]}
    wanted = replace(look(), **wishes).value
    response = redirect(local_path(request.form.get("next") or _page_before()))
    response.set_cookie(
        COOKIE, wanted, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )
    return response


def _page_before() -> str | None:
    """The page on which the form stood; the form of an answer to another form names where to go instead."""
    host, _slash, path = (request.referrer or "").partition("://")[2].partition("/")
    return f"/{path}" if host == request.host else None
