"""Initials in pinyin: words of the trade as people type them, and no name of the catalogue without its own."""

from __future__ import annotations

import csv

import pytest

from gridcase.cases.initials import initials
from tests.house.repository import ROOT


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("暴露生活垃圾", "blshlj"),
        ("非法小广告", "ffxgg"),
        ("雨水箅子", "ysbz"),
        ("空调室外机低挂", "ktswjdg"),
        ("畜力车进城", "clcjc"),
        ("占道清洗装潢车辆", "zdqxzhcl"),
        ("无障碍设施", "wzass"),
        ("5G 基站(杆)", "5gjzg"),
        ("", ""),
        ("、——😀", ""),
    ],
)
def test_initials_are_those_that_people_type(text: str, typed: str) -> None:
    assert initials(text) == typed


def test_every_sub_category_has_a_letter_for_each_of_its_characters() -> None:
    with (ROOT / "workflows" / "catalogue" / "catalogue.csv").open(encoding="utf-8") as file:
        names = {row["sub_name"] for row in csv.DictReader(file)}
    told = {name: sum(character.isalnum() for character in name) for name in names}

    assert len(names) > 200
    assert {name: initials(name) for name in names if len(initials(name)) != told[name]} == {}
