"""How pages look: theme, size of type and language are chosen by a form and kept in a cookie."""

from __future__ import annotations

import re

import pytest

from gridcase.web.pages.english import is_chinese
from gridcase.web.pages.look import COOKIE
from tests.web_pages.visiting import Site, Visitor, words_of


def _root(visitor: Visitor, path: str = "/rankings") -> str:
    found = re.search(r"<html [^>]*>", visitor.get(path).text)
    assert found is not None
    return found[0]


def _wish(visitor: Visitor, before: str = "http://localhost/rankings", **wishes: str) -> str:
    """Press a button of the form on the page `before`; where that leads to."""
    answer = visitor.client.post(
        "/look", data={"csrf_token": visitor.token(), **wishes}, headers={"Referer": before}
    )
    assert answer.status_code == 302
    return str(answer.location)


def test_each_wish_is_kept_beside_the_others(shared_site: Site) -> None:
    visitor = shared_site.visitor("leader")
    assert _root(visitor) == '<html lang="zh-CN">'

    way = _wish(visitor, "http://localhost/rankings?of=streets", theme="dark")
    _wish(visitor, size="large")
    _wish(visitor, language="en")

    assert way == "/rankings?of=streets"
    assert _root(visitor) == '<html lang="en" class="theme-dark text-large">'
    _wish(visitor, theme="auto", size="normal", language="zh")
    assert _root(visitor) == '<html lang="zh-CN">'


@pytest.mark.parametrize(
    "kept", ["", "blue.huge.fr", "....", "dark", '"><b>.large.en', "light.large.zh.more"]
)
def test_a_cookie_that_says_nothing_known_changes_nothing(shared_site: Site, kept: str) -> None:
    visitor = shared_site.visitor("leader")
    visitor.client.set_cookie(COOKIE, kept)

    classes = {"dark": ' class="theme-dark"', "light.large.zh.more": ' class="theme-light text-large"'}
    large = ' class="text-large"' if kept.endswith(".large.en") else ""
    language = "en" if kept.endswith(".en") else "zh-CN"
    assert _root(visitor) == f'<html lang="{language}"{classes.get(kept, large)}>'


def test_a_wish_leads_nowhere_else(shared_site: Site) -> None:
    visitor = shared_site.visitor("leader")

    assert _wish(visitor, "https://elsewhere.example/rankings", theme="dark") == "/"
    assert _wish(visitor, next="//elsewhere.example/", theme="dark") == "/"
    assert _wish(visitor, theme="<script>") == "/rankings"
    assert _root(visitor) == '<html lang="zh-CN" class="theme-dark">'


def test_who_is_not_signed_in_may_choose_too(shared_site: Site) -> None:
    visitor = shared_site.visitor()

    _wish(visitor, "http://localhost/sign-in", language="en")

    assert "User name" in visitor.text("/sign-in")


@pytest.fixture
def reader(shared_site: Site) -> Visitor:
    """A leader who reads English."""
    visitor = shared_site.visitor("leader")
    visitor.client.set_cookie(COOKIE, "auto.normal.en")
    return visitor


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/rankings?of=departments", "Ranked by score, highest first"),
        ("/map", "Click a cell on the map."),
        ("/bulletins", "No period has been published yet."),
        ("/cases?tab=all", "There is no case that you may see."),
        ("/_design", "Each lamp has its own shape and word"),
        ("/account", "Change the password"),
    ],
)
def test_a_page_reads_in_english_but_for_names(reader: Visitor, path: str, wanted: str) -> None:
    text = words_of(reader.get(path).text)

    assert wanted in text
    names = ("甲局", "乙局", "中文", "城市网格化管理平台", "街道", "网格化", "城市管理")
    left = {word for word in re.findall(r"[\u4e00-\u9fff]+", text) if not any(name in word for name in names)}
    assert left == set()


def test_a_case_reads_in_english_and_its_own_words_stay(shared_site: Site) -> None:
    office = shared_site.office
    number = office.walk(office.report(description="正常"), "dispatched")
    visitor = shared_site.visitor("officer_a")
    visitor.client.set_cookie(COOKIE, "auto.normal.en")

    page = visitor.get(f"/cases/{number}").text
    text = words_of(page)

    for wanted in (
        "Dispatched, to be received",
        "History",
        "How the deadline is counted",
        "working",
        "Receive",
    ):
        assert wanted in text, wanted
    # A label of the same letters has its English; what a person wrote is never exchanged.
    assert '<p class="fold-text">正常</p>' in page
    assert is_chinese(page)


def test_a_refusal_reads_in_english(reader: Visitor) -> None:
    assert "Not found" in reader.text("/cases/20261009999999", 404)
