"""English by a switch: no text of a page and no label of a shipped definition lacks its English."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from gridcase.cases.work import DECIDING_LABEL
from gridcase.config.meanings import meanings
from gridcase.errors import DefinitionError
from gridcase.evaluation.columns import LABELS
from gridcase.evaluation.rates import RATES
from gridcase.jobs.registry import jobs_of
from gridcase.resources import SiteFolder
from gridcase.web.pages.english import english_environment, is_chinese, label_in_english, load_english
from tests.house.english_texts import ENGLISH, PAGES, TEMPLATES, missing_from
from tests.house.repository import ROOT

_PLACES = re.compile(r"\{\d+\}|%[ds]")
# What is Chinese in English pages too: the name of the other language, and what goes to people who read Chinese.
_KEPT = {"中文", "请抓紧办理。", "城市管理 12319 Case 2026"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES / "pages")))
def test_every_text_of_a_page_has_its_english(path: Path) -> None:
    missing = missing_from(path)

    assert missing == set(), "python -m tests.house.english_texts lists them for templates/english.toml"


def _labels(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name in ("label", "title") and isinstance(value, str):
                yield value
            yield from _labels(value)
    elif isinstance(part, list):
        for value in part:
            yield from _labels(value)


def shipped_labels() -> set[str]:
    """The labels of the shipped workflows, schemes, counts, rates, sources and limits."""
    files = [ROOT / "workflows" / name for name in ("standard.toml", "two_level.toml")]
    files += (ROOT / "workflows" / "schemes").glob("*.toml")
    found = {label for path in files for label in _labels(tomllib.loads(path.read_text(encoding="utf-8")))}
    with (ROOT / "workflows" / "channels.csv").open(encoding="utf-8") as file:
        found |= {row["name"] for row in csv.DictReader(file)}
    found |= {
        "3工作日",
        "0.5紧急工作时",
        "4工作时",
        "35 米",
        "1.4 公里",
        "2026年10月",
        "2026年第4季度",
        "2026年上半年",
        "2026年下半年",
        "2026年第43周",
        "图1",
        DECIDING_LABEL,
    }
    found |= set(meanings().tables.values())
    found |= {job.label for job in jobs_of(SiteFolder(ROOT)).values()}
    return found | set(LABELS.values()) | {rate.label for rate in RATES.values()}


def test_every_label_of_what_is_shipped_has_its_english() -> None:
    labels = shipped_labels()

    assert len(labels) > 200
    assert {label for label in labels if is_chinese(label_in_english(label, ENGLISH))} == set()


def test_no_english_text_is_left_over() -> None:
    files = [
        path for folder in ("gridcase", "templates", "workflows") for path in (ROOT / folder).rglob("*.*")
    ]
    sources = [path for path in files if path.suffix in (".py", ".html", ".toml", ".csv")]
    told = "".join(path.read_text(encoding="utf-8") for path in sources if path.name != "english.toml")
    told = " ".join(told.split())
    pieces = {text: [piece.strip() for piece in _PLACES.split(text)] for text in ENGLISH}

    assert {text for text, own in pieces.items() if not all(piece in told for piece in own)} == set()


def test_english_texts_keep_their_places_and_hold_no_markup() -> None:
    for chinese, english in ENGLISH.items():
        assert sorted(_PLACES.findall(chinese)) == sorted(_PLACES.findall(english)), chinese
        assert not set(english) & set('<>"'), chinese
        assert chinese in _KEPT or not is_chinese(english), chinese


@pytest.mark.parametrize(
    "text",
    ['[a]\n"共 {1} 件" = "{2} cases"\n', '[a]\n"共" = "<b>"\n', '[a]\n"共" = 3\n', '"共" = "all"\n', "[a\n"],
)
def test_a_file_of_a_site_that_would_break_a_page_stops_the_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "english.toml").write_text(text, encoding="utf-8")

    with pytest.raises(DefinitionError) as caught:
        load_english(SiteFolder(tmp_path))

    assert [fault.code for fault in caught.value.faults] == ["bad_file"]


def test_a_sites_own_english_goes_over_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "english.toml").write_text('[own]\n"街道" = "Towns"\n', encoding="utf-8")

    texts = load_english(SiteFolder(tmp_path))

    assert (texts["街道"], texts["部门"]) == ("Towns", ENGLISH["部门"])


def test_a_sentence_may_put_its_values_in_another_order() -> None:
    texts = {
        "第 {1} 页，共 {2} 页": "page {1} of {2}",
        "{1} 由 {2} 冻结": "{2} froze it on {1}",
        "姓名": "Name",
    }
    environment = english_environment(Environment(autoescape=True), texts)

    def drawn(text: str) -> str:
        return environment.from_string(text).render(day="10-09", who="<b>", no=3, all=9)

    assert drawn("<p>{{ day }} 由 {{ who }} 冻结</p>") == "<p>&lt;b&gt; froze it on 10-09</p>"
    assert drawn('<a title="姓名">第 {{ no }} 页，共 {{ all }} 页</a>') == '<a title="Name">page 3 of 9</a>'
    assert drawn("{{ '姓名' if no else '' }}：{{ no }}") == "Name: 3"
    assert drawn("<i>{1} 由 {2} 冻结</i>") == "<i>{2} froze it on {1}</i>"
    assert drawn("<i>没有译文</i>") == "<i>没有译文</i>"
