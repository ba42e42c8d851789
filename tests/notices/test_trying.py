"""The text of a notice is checked before it is used: its names, what it may hold, how it reads with the examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridcase.notices.kinds import notice_kinds
from gridcase.notices.texts import notice_source, notice_text
from gridcase.notices.trying import notice_faults, text_in_force, try_text
from gridcase.resources import SiteFolder, shipped_folder

SHIPPED = SiteFolder(shipped_folder())
KINDS = notice_kinds()
SLOW = KINDS["slow_department"]


def own_site(tmp_path: Path, kind: str, text: str | bytes) -> SiteFolder:
    folder = tmp_path / "templates" / "notices"
    folder.mkdir(parents=True)
    (folder / f"{kind}.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    return SiteFolder(tmp_path)


def test_every_shipped_text_is_told_of_with_examples_that_name_each_of_its_values() -> None:
    files = {path.stem for path in (shipped_folder() / "templates" / "notices").iterdir()}

    assert set(KINDS) == files
    for kind in KINDS.values():
        assert kind.examples
        for example in kind.examples:
            assert set(example.values) == set(kind.values), (kind.name, example.title)


def test_the_shipped_texts_have_no_fault_and_read_the_same_when_they_are_tried() -> None:
    assert notice_faults(SHIPPED) == []
    for kind in KINDS.values():
        tried = try_text(kind, notice_source(SHIPPED, kind.name).text)
        assert tried.faults == ()
        assert tried.previews == text_in_force(SHIPPED, kind).previews
        assert all(preview.text for preview in tried.previews)


def test_a_notice_has_the_values_that_were_promised_and_no_others() -> None:
    values = dict(SLOW.examples[0].values)
    del values["more"]

    with pytest.raises(ValueError, match="'more'"):
        notice_text(SHIPPED, SLOW.name, values)
    with pytest.raises(ValueError, match="slow_department"):
        notice_text(SHIPPED, SLOW.name, {**SLOW.examples[0].values, "extra": 1})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ departmnt }}", 'nearest is "department"'),
        # No example comes there, but some day a notice would.
        ("{% if more > 99 %}{{ nobody }}{% endif %}", '"nobody" is no value of this notice'),
        ("{% if %}", "TemplateSyntaxError"),
        (b"\xff\xfe", "UnicodeDecodeError"),
    ],
)
def test_a_faulty_text_of_a_site_is_told_before_a_notice_needs_it(
    tmp_path: Path, text: str | bytes, says: str
) -> None:
    site = own_site(tmp_path, SLOW.name, text)

    faults = notice_faults(site)

    assert {fault.code for fault in faults} == {"bad_template"}
    assert all(fault.file.endswith("slow_department.txt") for fault in faults)
    assert says in faults[0].text
    assert notice_source(site, SLOW.name).is_own
    assert not notice_source(site, "reminder").is_own


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 10 ** 9 }}",
        "{{ department ~ department }}",
        "{{ '%999999999d' % due }}",
        "{% for one in range(9) %}{% endfor %}",
        "{% for one in 'abc' %}{% endfor %}",
        "{% for a in cases %}{% for b in cases %}{% for c in cases %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for one in cases recursive %}{{ loop(cases) }}{% endfor %}",
        "{% set cases = department %}",
        "{% set a = {1: department} %}{% set b = {1: a, 2: a} %}{{ b }}",
        "{% set a = department | join(department) %}",
        "{% include 'reminder.txt' %}",
        "{% extends 'reminder.txt' %}",
        "{% macro grow() %}{% endmacro %}",
        "{{ self }}",
        "{{ cycler }}",
        "{{ department.__class__ }}",
        "{{ department.__class__.__mro__ }}",
        "{{ cases.append(1) }}",
        "{{ cases[5] }}",
        "{{ due > department }}",
        "{" * 3000,
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
    ],
)
def test_what_could_do_more_than_read_values_is_not_tried(text: str) -> None:
    tried = try_text(SLOW, text)

    assert {fault.code for fault in tried.faults} == {"bad_template"}
    assert all(preview.text is None for preview in tried.previews)


def test_a_good_text_is_filled_with_every_example() -> None:
    text = "{% set no = '没有' %}{{ department }}：{{ cases | length }} 件{% if not due %}，{{ no }}应结案{% endif %}<b>"

    tried = try_text(SLOW, text)

    assert tried.faults == ()
    assert [preview.text for preview in tried.previews] == ["甲局：2 件<b>", "乙局：0 件，没有应结案<b>"]
