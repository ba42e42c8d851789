"""Administrators read the texts of notices as they go out, and try a change without anything being stored."""

from __future__ import annotations

from html import unescape

import pytest

from gridcase.notices.kinds import notice_kinds
from gridcase.notices.texts import notice_source
from gridcase.web.pages.english import is_chinese, label_in_english
from tests.house.english_texts import ENGLISH
from tests.web_pages.visiting import Site, words_of


def test_every_kind_is_shown_as_it_goes_out(both_sites: Site) -> None:
    admin = both_sites.visitor("administrator")

    words = admin.text("/admin/notices")

    for kind in notice_kinds().values():
        assert kind.label in words
        page = words_of(admin.get(f"/admin/notices/{kind.name}").text)
        assert all(meaning in page for meaning in kind.values.values())
    assert (
        "您反映的问题（案件 20261009000123，暴露生活垃圾，红旗路 8 号）已于 2026-10-12 16:20 办结：结案。"
        in words
    )
    assert "程序自带的文字" in words
    assert admin.get("/admin/notices/nothing").status_code == 404


def test_the_sites_own_text_counts_at_once_and_its_faults_are_told(site: Site) -> None:
    admin, folder = (
        site.visitor("administrator"),
        site.office.installation.site.root / "templates" / "notices",
    )
    folder.mkdir(parents=True)
    file = folder / "escalation.txt"

    file.write_text("{{ number }} 无人办理 <急>", encoding="utf-8")
    own = admin.get("/admin/notices/escalation").text
    file.write_text("{{ numbr }}", encoding="utf-8")
    faulty = words_of(admin.get("/admin/notices/escalation").text)

    assert "20261009000123 无人办理 &lt;急&gt;" in own
    assert "本站点的文字" in own
    assert str(file) in own
    assert "填不出来" in faulty
    assert "numbr" in faulty
    assert "有错误" in admin.text("/admin/notices")


def test_a_tried_text_is_shown_filled_and_stored_nowhere(kept_site: Site) -> None:
    admin, site = kept_site.visitor("administrator"), kept_site.office.installation.site
    before = notice_source(site, "escalation")

    good = admin.post("/admin/notices/escalation/try", text="请看 {{ number }}\r\n<script>").text
    bad = admin.post("/admin/notices/escalation/try", text="{{ numbr }} {{ 9 ** 9 }}").text
    long = admin.post("/admin/notices/escalation/try", text="x" * 8001).text

    assert "请看 20261009000123\n&lt;script&gt;" in good
    assert "可以使用。" in good
    # What was typed is kept.
    assert "{{ numbr }} {{ 9 ** 9 }}" in unescape(bad)
    assert 'nearest is "number"' in words_of(bad)
    assert "Pow cannot be tried here" in words_of(bad)
    assert "文字过长 text_too_long" in words_of(long)
    assert notice_source(site, "escalation") == before


def test_what_kinds_and_their_values_are_called_has_its_english() -> None:
    texts = {
        text
        for kind in notice_kinds().values()
        for text in (
            kind.label,
            kind.occasion,
            kind.receiver,
            *kind.values.values(),
            *(each.title for each in kind.examples),
        )
    }

    assert {text for text in texts if is_chinese(label_in_english(text, ENGLISH))} == set()


@pytest.mark.parametrize("who", ["leader", "shift_supervisor", "officer_a", "inspector"])
def test_nobody_else_reads_or_tries_texts(kept_site: Site, who: str) -> None:
    visitor = kept_site.visitor(who)

    for path in ("", "/reminder", "/nothing"):
        assert visitor.get(f"/admin/notices{path}").status_code == 403
    assert visitor.post("/admin/notices/reminder/try", text="x").status_code == 403
    assert kept_site.visitor().get("/admin/notices").status_code == 302
