"""The manual on the site: open to everybody, with its pictures, and each page leads to the chapter of its role."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from gridcase.web.pages.manual_text import manual_of
from tests.making import jpeg
from tests.web_pages.visiting import Site, Visitor

_TEXT = """# 本区手册

见[运行手册](operations.zh-CN.md)和[派遣](#派遣)。

<a id="centre"></a>

## 监督中心：受理员

![队列](manual/queue.png)

### 派遣

<b>不是标记</b>，`s` 采用建议。

| 键 | 用途 |
| --- | --- |
| `s` | 采用 |

### 派遣
"""


def _link_of(visitor: Visitor, path: str) -> str:
    found = re.search(r'<a class="[^"]*-help" href="([^"]+)"', visitor.get(path).text)
    assert found is not None, path
    return found[1]


@pytest.mark.parametrize(
    ("who", "path", "chapter"),
    [
        (None, "/sign-in", "account"),
        (None, "/public/report", "citizen"),
        (None, "/nowhere", "account"),
        ("inspector", "/cases", "inspector"),
        ("inspector", "/phone/outbox", "inspector"),
        ("intake_operator", "/cases", "centre"),
        ("dispatcher", "/desk", "centre"),
        ("dispatcher", "/rankings", "leader"),
        ("officer_a", "/cases", "department"),
        ("handler_a", "/cases", "department"),
        ("leader", "/cases", "leader"),
        ("leader", "/account", "account"),
        ("administrator", "/cases", "administrator"),
        ("administrator", "/admin/people", "administrator"),
        ("leader", "/help", "leader"),
    ],
)
def test_the_help_of_a_page_leads_to_the_chapter_of_its_role(
    shared_site: Site, who: str | None, path: str, chapter: str
) -> None:
    assert _link_of(shared_site.visitor(who), path) == f"/help#{chapter}"


def test_the_manual_is_open_to_everybody_with_every_chapter_and_picture(shared_site: Site) -> None:
    nobody = shared_site.visitor()
    text = nobody.get("/help").text

    chapters = [chapter.id for chapter in manual_of(shared_site.office.installation.site).chapters]
    assert "inspector" in chapters
    assert [chapter for chapter in chapters if f'<h2 id="{chapter}">' not in text] == []
    ends = {unquote(end) for end in re.findall(r'href="#([^"]+)"', text)}
    assert len(ends) > 30
    assert [end for end in ends if f'id="{end}"' not in text] == []
    for path in re.findall(r'<img src="(/help/[^"]+)"', text):
        answer = nobody.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "image/png"), path


def test_a_site_may_have_a_manual_of_its_own(site: Site) -> None:
    folder = Path(site.office.installation.site.root) / "docs" / "manual"
    folder.mkdir(parents=True)
    (folder.parent / "manual.zh-CN.md").write_text(_TEXT, encoding="utf-8")
    (folder / "queue.png").write_bytes(jpeg(3))
    (folder / "unused.png").write_bytes(jpeg(4))
    visitor = site.visitor("dispatcher")

    text = visitor.get("/help").text

    assert "<h1>本区手册</h1>" in text
    assert '<h2 id="centre">监督中心：受理员</h2>' in text
    assert '<h3 id="派遣">' in text
    assert '<h3 id="派遣-1">' in text
    assert '见运行手册和<a href="#%E6%B4%BE%E9%81%A3">派遣</a>' in text
    assert "&lt;b&gt;不是标记&lt;/b&gt;" in text
    assert "<td><code>s</code></td>" in text
    assert re.search(
        r'<a href="/help/queue.png" class="manual-picture"><img src="/help/queue.png" alt="队列" '
        r'loading="lazy" width="32" height="32"',
        text,
    )
    assert visitor.get("/help/queue.png").data == jpeg(3)
    for path in ("/help/unused.png", "/help/..%2Fmanual.zh-CN.md", "/help/none.png"):
        assert visitor.get(path).status_code == 404, path


def test_the_english_pages_say_that_the_manual_is_chinese(shared_site: Site) -> None:
    visitor = shared_site.visitor()
    visitor.client.set_cookie("gridcase_look", "auto.normal.en")

    text = visitor.get("/help").text

    assert "The manual is in Chinese only." in text
    assert '<div lang="zh-CN">' in text
    assert ">Help</a>" in text
