"""Pages of a workflow that a city wrote itself: its own labels, fields and clocks, without a changed line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridcase.resources import shipped_folder
from tests.cases.flows import LOOK_BACK, PERMIT
from tests.making import make_office
from tests.web_pages.visiting import Site, words_of


@pytest.fixture
def city(tmp_path: Path, quick_geo: Path, filled_sqlite: Path) -> Iterator[Site]:
    workflows = tmp_path / "site" / "workflows"
    shutil.copytree(shipped_folder() / "workflows", workflows)
    (workflows / "look_back.toml").write_text(LOOK_BACK, encoding="utf-8")
    (workflows / "permit.toml").write_text(PERMIT, encoding="utf-8")
    shutil.copyfile(filled_sqlite, tmp_path / "gridcase.db")
    office = make_office(f"sqlite:///{tmp_path / 'gridcase.db'}", tmp_path, geo=quick_geo)
    yield Site(office)
    office.database.close()


def test_a_case_of_it_is_shown_and_moved_in_its_own_words(city: Site) -> None:
    office = city.office
    number = office.report("shift_supervisor", workflow="look_back", records={"inspector": "inspector_2"})
    visitor = city.visitor("inspector_2")
    lon, lat = office.point

    before = visitor.text(f"/cases/{number}")
    answer = visitor.move(
        number, "visit", photos=1, result="已整改", lon=str(lon), lat=str(lat), coordinate_system="wgs84"
    )
    after = visitor.text(f"/cases/{number}")

    assert "待回访" in before
    assert "回头看 第 1 版" in before
    assert "待回访时限 15工作日" in before
    assert "核查照片 必填" in before
    assert answer.status_code == 303
    assert "已回访" in after
    assert "结果 已整改" in after


def test_its_queue_stands_among_the_tabs(city: Site) -> None:
    city.office.report("shift_supervisor", workflow="look_back", records={"inspector": "inspector_2"})

    page = city.visitor("inspector_2").text("/cases")

    assert "待回访 1" in page


def test_its_roles_have_names_and_its_stages_are_told_by_their_codes(city: Site) -> None:
    city.office.add_user("clerk", "clerk")
    page = city.visitor("clerk").get("/cases?tab=all").text

    assert "窗口" in words_of(page)
    assert "没有您可以查看的案件" in words_of(page)
