"""Cells × categories without a department or with two, against the rule asked cell by cell; how often rules are asked."""

from __future__ import annotations

from random import Random

import pytest

from gridcase.cases import rule_gaps
from gridcase.cases.catalogue import Catalogue, Category
from gridcase.cases.responsibility import Rule, Subject, fits, winners
from gridcase.cases.rule_gaps import CellPlace, Gap, gaps
from tests.cases.ruling import rule

_AREAS = ("", "120104", "120104001", "120104002", "120104001001", "120104002003", "120104001001004")


def catalogue(main_count: int, sub_count: int) -> Catalogue:
    keys = [
        (kind, f"{main:02d}", f"{sub:02d}")
        for kind in ("component", "event")
        for main in range(1, main_count + 1)
        for sub in range(1, sub_count + 1)
    ]
    return Catalogue("test", {key: Category(key[0], key[1], "", key[2], "") for key in keys})


def cells(count: int) -> list[CellPlace]:
    found = []
    for at in range(count):
        code = f"120104{at % 12 + 1:03d}{at // 12 % 15 + 1:03d}{at // 180 + 1:03d}"
        areas = frozenset({code, code[:12], code[:9], code[:6]})
        found.append(CellPlace(code, areas, "园林" if at % 7 == 0 else ""))
    return found


def some_rule(rng: Random) -> Rule:
    category = rng.choice(
        ["", "event", "event/01", "event/01/02", "component", "component/02", "component/02/01"]
    )
    owner = rng.choice(["", "", "园林"])
    return rule(
        rng.choice("ABC"), category, rng.choice(_AREAS), owner=owner, priority=rng.choice([0, 0, 0, 1])
    )


def test_the_gaps_are_those_of_every_cell_and_category_asked_alone() -> None:
    table, places = catalogue(2, 3), cells(200)
    for seed in range(60):
        rng = Random(seed)
        rules = list({one.key: one for one in (some_rule(rng) for _ in range(rng.randint(0, 12)))}.values())

        found = {
            (gap.category.kind, gap.category.main_code, gap.category.sub_code, cell): gap.departments
            for gap in gaps(rules, table, places)
            for cell in gap.cells
        }

        expected = {}
        for key in table.categories:
            for place in places:
                subject = Subject(*key, place.areas, place.owner)
                best = winners([one for one in rules if fits(one, subject)])
                if len(best) != 1:
                    expected[*key, place.code] = tuple(sorted(one.department for one in best))
        assert found == expected, seed


def test_a_gap_says_whether_nobody_or_several_answer() -> None:
    category = next(iter(catalogue(1, 1).categories.values()))

    assert [Gap(category, names, ("1",)).finding for names in ((), ("A", "B"))] == ["none", "two"]


def test_ten_times_the_cells_ask_the_rules_no_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def counted(one: Rule, subject: Subject) -> bool:
        nonlocal asked
        asked += 1
        return fits(one, subject)

    monkeypatch.setattr(rule_gaps, "fits", counted)
    table = catalogue(10, 10)
    streets = [
        rule("A", f"event/{main:02d}/01", f"120104{street:03d}")
        for main in range(1, 11)
        for street in range(1, 13)
    ]
    rules = [*streets, *(rule("BC"[main % 2], f"component/{main:02d}") for main in range(1, 10))]
    effort = {}
    for count in (400, 4000):
        asked = 0
        found = list(gaps(rules, table, cells(count)))
        assert sum(len(gap.cells) for gap in found) == count * (10 + 90)
        effort[count] = asked

    assert 0 < effort[4000] == effort[400] < 10_000
