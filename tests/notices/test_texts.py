"""Texts of notices: every kind has a template that renders, and a site's own goes before the shipped one."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridcase.errors import DefinitionError
from gridcase.jobs import watchdog
from gridcase.notices import reminding, reporters
from gridcase.notices.texts import notice_text
from gridcase.reminders.service import KIND
from gridcase.resources import SiteFolder, shipped_folder

VALUES = {
    "department": "甲局",
    "at": "2026-10-28 08:05",
    "first_day": "2026-10-01",
    "last_day": "2026-10-31",
    "rules": ("on_time_closing_rate", "overdue_open"),
    "on_time_closing_rate": "50.00",
    "rate_below": "80",
    "min_due": 5,
    "overdue_open_at_least": 3,
    "due": 6,
    "on_time_closed": 3,
    "overdue_unhandled": 2,
    "carried_over_open": 1,
    "overdue_open": 3,
    "cases": [],
    "more": 0,
}


def site(tmp_path: Path, text: str | None = None) -> SiteFolder:
    if text is not None:
        folder = tmp_path / "templates" / "notices"
        folder.mkdir(parents=True)
        (folder / f"{KIND}.txt").write_text(text, encoding="utf-8")
    return SiteFolder(tmp_path)


def test_every_kind_of_notice_has_a_template_and_no_template_is_left_over() -> None:
    files = sorted(path.name for path in (shipped_folder() / "templates" / "notices").iterdir())

    assert files == sorted(f"{kind}.txt" for kind in (watchdog.KIND, reporters.KIND, reminding.KIND, KIND))


def test_the_shipped_text_names_rules_and_figures_without_empty_lines(tmp_path: Path) -> None:
    lines = notice_text(site(tmp_path), KIND, VALUES).splitlines()

    assert "" not in lines
    assert lines[1:4] == [
        "判定依据：",
        "- 按期结案率 50.00%，低于 80%（应结案不少于 5 件时判定）",
        "- 超期未处置案件 3 件，达到 3 件",
    ]


def test_a_department_without_a_case_due_shows_a_dash_for_its_rate(tmp_path: Path) -> None:
    values = {**VALUES, "due": 0, "on_time_closing_rate": "—", "rules": ("overdue_open",)}

    assert "应结案 0 件，按期结案 3 件，按期结案率 —；" in notice_text(site(tmp_path), KIND, values)


def test_the_text_of_the_site_goes_first(tmp_path: Path) -> None:
    assert notice_text(site(tmp_path, "{{ department }}，<请速办>\n"), KIND, VALUES) == "甲局，<请速办>"


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("甲\n{% if %}", "line 2", "TemplateSyntaxError"),
        ("{{ nobody }}", "", "'nobody' is undefined"),
        ("{% include 'gone.txt' %}", "", "gone.txt"),
    ],
)
def test_a_faulty_template_is_named_with_its_file(tmp_path: Path, text: str, place: str, says: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        notice_text(site(tmp_path, text), KIND, VALUES)

    (fault,) = caught.value.faults
    assert fault.file == str(tmp_path / "templates" / "notices" / f"{KIND}.txt")
    assert (fault.place, fault.code) == (place, "bad_template")
    assert says in fault.text
