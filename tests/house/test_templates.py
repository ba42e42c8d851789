"""All templates of pages parse, hold nothing inline, point at files that exist, and have a word for every code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from jinja2.nodes import Filter, Name

from gridcase.cases.records import PHOTO_KINDS, REASON_CODES, RECORD_NAMES, RESULTS
from gridcase.cases.view import COUNTERS
from gridcase.directory.audit import ACTS
from gridcase.web.pages.wording import WORDING
from tests.house.repository import ROOT, project_files

TEMPLATES = ROOT / "templates"
PAGES = sorted((TEMPLATES / "pages").glob("*.html"))
STATIC = ROOT / "gridcase" / "web" / "static"
WORKFLOWS = [
    path
    for path in sorted((ROOT / "workflows").glob("*.toml"))
    if path.name not in ("notices.toml", "duties.toml")
]
# Fetched by `make assets`, so not among the files of the project.
FETCHED = "vendor/"


@pytest.fixture(scope="module")
def environment() -> Environment:
    """Jinja as the site uses it: Flask's filters are those of Jinja and our own."""
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    for name in ("moment", "exact", "minute", "weekday", "parts", "whole", "day", "distance", "label"):
        made.filters[name] = str
    return made


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_template_parses_and_uses_only_filters_that_exist(path: Path, environment: Environment) -> None:
    tree = environment.parse(path.read_text(encoding="utf-8"))

    unknown = {node.name for node in tree.find_all(Filter)} - set(environment.filters)
    environment.get_template(f"pages/{path.name}")

    assert unknown == set()


def test_our_own_filters_are_those_of_the_site() -> None:
    registered = set(re.findall(r'app_template_filter\("(\w+)"\)', _source("wording.py")))

    assert registered == {
        "moment",
        "exact",
        "minute",
        "weekday",
        "parts",
        "whole",
        "day",
        "distance",
        "label",
    }
    assert WORDING.name == "wording"


def _source(name: str) -> str:
    return (ROOT / "gridcase" / "web" / "pages" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_template_holds_no_script_style_or_address_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"<style\b|\sstyle=", text) == []
    assert re.findall(r"\son[a-z]+=", text) == []
    assert re.findall(r"(?:https?:)?//[a-z]", text) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_template_names_only_files_that_exist(path: Path) -> None:
    named = re.findall(r"filename='([^']+)'", path.read_text(encoding="utf-8"))

    missing = [name for name in named if not name.startswith(FETCHED) and not (STATIC / name).is_file()]

    assert missing == []


def test_every_form_that_writes_carries_its_token() -> None:
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, flags=re.DOTALL):
            assert "csrf_token" in form or "form_head" in form, path.name


def test_scripts_and_styles_ask_for_nothing_from_elsewhere() -> None:
    for path in project_files():
        if STATIC in path.parents and path.suffix in (".js", ".css"):
            text = path.read_text(encoding="utf-8")
            assert re.findall(r"https?://", text) == [], path.name
            assert re.findall(r"\beval\(|new Function|innerHTML|document\.write", text) == [], path.name


# --- words ----------------------------------------------------------------------------------------------------


def words(environment: Environment, name: str) -> dict[str, str]:
    found: dict[str, str] = getattr(environment.get_template("pages/words.html").module, name)
    return found


def test_every_record_has_a_word(environment: Environment) -> None:
    assert sorted(RECORD_NAMES - set(words(environment, "fields"))) == []


def test_every_choice_photo_kind_and_counter_has_a_word(environment: Environment) -> None:
    choices = {code for codes in (*REASON_CODES.values(), *RESULTS.values()) for code in codes}

    assert choices - set(words(environment, "values")) == set()
    assert set(PHOTO_KINDS) - set(words(environment, "photo_kinds")) == set()
    assert set(COUNTERS) - set(words(environment, "counters")) == set()


def test_every_act_of_the_audit_has_a_word(environment: Environment) -> None:
    assert set(words(environment, "audit_acts")) == set(ACTS)


def test_every_stage_and_hold_of_the_shipped_workflows_has_a_word(environment: Environment) -> None:
    holds = words(environment, "holds")

    for path in WORKFLOWS:
        flow = tomllib.loads(path.read_text(encoding="utf-8"))
        stages = {state.get("stage", state["name"]) for state in flow["state"]}
        begun = {on.partition("@")[0] for clock in flow["clock"] for on in clock.get("holds", ())}
        assert stages - set(words(environment, "stages")) == set(), path.name
        assert begun - set(holds) == set(), path.name


def test_no_word_is_asked_for_that_is_not_there(environment: Environment) -> None:
    exported = set(vars(environment.get_template("pages/words.html").module)) | {"html"}
    for path in PAGES:
        asked = set(re.findall(r"\bwords\.([a-z_]+)", path.read_text(encoding="utf-8")))
        assert asked - exported == set(), path.name


def test_the_search_for_names_sees_the_templates(environment: Environment) -> None:
    tree = environment.parse((TEMPLATES / "pages" / "case.html").read_text(encoding="utf-8"))

    assert len(PAGES) > 10
    assert any(node.name == "case" for node in tree.find_all(Name))
