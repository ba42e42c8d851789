"""What if another scheme had been in force: the same as if the months had been frozen by it, and nothing is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gridcase.config.tables import Evaluation
from gridcase.db import Base
from gridcase.errors import DefinitionError, Invalid
from gridcase.evaluation.frozen.publishing import JSON
from gridcase.evaluation.look_back.months import months_between
from gridcase.evaluation.look_back.replaying import Replayer
from gridcase.evaluation.look_back.trial import MonthTrial, Trial, WhatIf, kind_for
from gridcase.evaluation.look_back.trial_answers import what_if_as_json, what_if_text
from gridcase.evaluation.look_back.trying import what_if
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import rank_as_json
from gridcase.evaluation.scheme_files import parse_scheme
from gridcase.evaluation.schemes import Scheme
from tests.evaluation.bulletin_month import Known, copy_of, make_known
from tests.evaluation.frozen_month import make_months
from tests.evaluation.ledger import DISTRICT
from tests.facts.story import START, Story

LATER = datetime(2026, 12, 12, tzinfo=UTC)
TWO = ("2026-10", "2026-11")
CITY_SCORES = "unit,city_score,source,document,issued_on\n" + "".join(
    f"{name},{score},市考核办,市考核〔2026〕11号,2026-11-05\n"
    for name, score in (("甲局", 90), ("乙局", 80), ("街道办", 70))
)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """The register of `bulletin_month`, nothing frozen; tests get copies."""
    folder = tmp_path_factory.mktemp("open")
    made = make_known(f"sqlite:///{folder / 'gridcase.db'}", folder)
    yield made
    made.months.ledger.database.close()


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """Random cases of October with appeals, told as far as 12 December; many move from one month to the next."""
    folder = tmp_path_factory.mktemp("walks")
    months = make_months(f"sqlite:///{folder / 'gridcase.db'}", folder)
    months.fill(100, seed=5)
    months.fill(20, seed=5, later=1, triggers=frozenset({"rework", "redispatch"}))
    # Handled in October, reworked in November, before and after D1 and `later` judge October.
    for days in (8, 20):
        months.add(_reworked(parse_period("2026-11").start + timedelta(days=days)))
    months.now = LATER
    months.tell_all(LATER)
    _slower(folder / "schemes")
    yield Known(months)
    months.ledger.database.close()


def _reworked(failed_at: datetime) -> Story:
    """Due and handled in October, not passed at the moment: due again after it."""
    story = Story(start=START).to_handled().until(failed_at)
    return story.play(
        "send_verification verify_fail rework receive give_feedback send_verification verify_pass close"
    )


def _slower(schemes: Path) -> None:
    """D1 judged ten days later, and D1 that adds the cases carried over."""
    text = (schemes / "department-d1.toml").read_text(encoding="utf-8")
    later = text.replace("as_of_delay_hours = 0", "as_of_delay_hours = 240")
    (schemes / "later.toml").write_text(later.replace('"department-d1"', '"later"'), encoding="utf-8")
    more = text.replace('carry_over = "own_column"', 'carry_over = "included"')
    (schemes / "more.toml").write_text(more.replace('"department-d1"', '"more"'), encoding="utf-8")


@pytest.fixture
def known(plain: Known, tmp_path: Path) -> Iterator[Known]:
    copied = copy_of(plain, tmp_path)
    yield copied
    copied.months.ledger.database.close()


def tried(
    known: Known, scheme: str | Scheme, months: tuple[str, str] = TWO, of: str = "departments"
) -> WhatIf:
    found = known.months.schemes.find(scheme) if isinstance(scheme, str) else scheme
    periods = months_between(*months, start_day=1)
    trial = Trial(DISTRICT, of, periods, found, known.months.now, Evaluation(), known.months.schemes)
    with known.months.ledger.database.reading() as connection:
        return what_if(connection, trial)


def made(month: MonthTrial) -> tuple[Any, Any, int]:
    """Units, sums and left-out cases of the tried scheme, as `rank` prints them."""
    assert month.replayed is not None
    told = rank_as_json(month.replayed)
    return told["units"], told["totals"], told["judged_before"]


def published(known: Known, period: str, of: str = "departments") -> tuple[Any, Any, int]:
    """The same of the frozen record, without the marks of amendments."""
    told = json.loads(known.months.published(JSON, period, of))
    for entry in (*told["units"], *told["totals"]):
        entry.pop("amended", None)
    return told["units"], told["totals"], told["judged_before"]


def tables_hash(known: Known) -> str:
    """A hash over every row of every table."""
    digest = hashlib.sha256()
    with known.months.ledger.database.reading() as connection:
        for table in Base.metadata.sorted_tables:
            for row in sorted(repr(tuple(row)) for row in connection.execute(select(table))):
                digest.update(f"{table.name} {row}\n".encode())
    return digest.hexdigest()


def unit(found: WhatIf, code: str, period: str = "2026-10") -> dict[str, Any]:
    months = what_if_as_json(found)["months"]
    units = next(month for month in months if month["period"] == period)["units"]
    told: dict[str, Any] = next(each for each in units if each["code"] == code)
    return told


# --- the same scheme --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "scheme"),
    [
        ("departments", "department-d1"),
        ("departments", "department-d2"),
        ("streets", "area"),
        ("inspectors", "post-inspector"),
    ],
)
def test_the_scheme_that_was_in_force_gives_what_was_published(
    walks: Known, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: str, scheme: str
) -> None:
    known = copy_of(walks, tmp_path)
    known.freeze(*TWO, of=of, scheme=scheme)
    before = tables_hash(known)

    quick = tried(known, scheme, of=of)
    monkeypatch.setattr(Replayer, "_kept_counts", lambda *_args: None)
    by_rows = tried(known, scheme, of=of)

    for found in (quick, by_rows):
        for month in found.months:
            assert made(month) == published(known, month.old.period, of)
            assert (month.basis, month.why) == ("record", None)
            assert {each.move for each in month.units} <= {"stays", "unranked"}
    assert any(month["units"] for month in what_if_as_json(quick)["months"])
    assert tables_hash(known) == before
    known.months.ledger.database.close()


def test_an_amended_month_is_replayed_as_its_last_amendment_left_it(known: Known) -> None:
    known.freeze("2026-10")
    known.months.now = LATER
    known.months.tell_all(LATER)
    known.months.amend("2026-114")

    found = tried(known, "department-d1", ("2026-10", "2026-10"))

    assert made(found.months[0]) == published(known, "2026-10")
    assert unit(found, "A")["new"]["score"] == "98.33"
    assert what_if_as_json(found)["months"][0]["frozen"] == 1


# --- another scheme -----------------------------------------------------------------------------------------------------


def test_only_what_the_scheme_changes_is_changed(known: Known) -> None:
    known.freeze("2026-10")
    text = known.months.schemes.find("department-d1").text
    # 50 + 20 + 30 in place of 60 + 30 + 10.
    for old, new in (
        ("points = 60", "points = 50"),
        ("points = 30", "points = 20"),
        ("points = 10", "points = 30"),
    ):
        text = text.replace(old, new)

    found = tried(known, parse_scheme(text, "changed.toml"), ("2026-10", "2026-10"))

    units, totals, judged_before = made(found.months[0])
    old_units, old_totals, old_judged = published(known, "2026-10")
    same = ("unit", "code", "group", "counts", "rates", "rank")
    assert [[each[name] for name in same] for each in units] == [
        [each[name] for name in same] for each in old_units
    ]
    assert (totals, judged_before) == (old_totals, old_judged)
    # A: 50 × 5/6 + 20 + 30 × 5/6 = 86.67 after 88.33; B: 50 × 2/3 + 20 × 2/3 + 30 = 76.67 after 70.00.
    assert [unit(found, code)["new"]["score"] for code in "ABS"] == ["86.67", "76.67", "100.00"]
    assert [unit(found, code)["score_change"] for code in "ABS"] == ["-1.67", "6.67", "0.00"]
    assert [unit(found, code)["new"]["grade"] for code in "ABS"] == ["B", "B", "A"]


@pytest.mark.parametrize(
    ("old", "new", "basis"),
    [
        ("department-d1", "department-d2", ("record", None)),
        ("department-d1", "more", ("record", None)),
        ("department-d2", "department-d1", ("register", "other_mode")),
        ("department-d1", "later", ("register", "other_as_of")),
        ("later", "department-d2", ("register", "other_as_of")),
    ],
)
def test_a_replay_is_what_would_have_been_published(
    walks: Known, tmp_path: Path, old: str, new: str, basis: tuple[str, str | None]
) -> None:
    ways = []
    for scheme in (old, new):
        folder = tmp_path / scheme
        folder.mkdir()
        known = copy_of(walks, folder)
        known.freeze(*TWO, scheme=scheme)
        ways.append(known)
    before = tables_hash(ways[0])

    found = tried(ways[0], new)

    for month in found.months:
        assert made(month) == published(ways[1], month.old.period)
        assert (month.basis, month.why) == basis
    # Only mode `due` judges each case once.
    assert (made(found.months[1])[2] > 0) is (new != "department-d2")
    assert any(made(month) != published(ways[0], month.old.period) for month in found.months)
    assert tables_hash(ways[0]) == before
    for known in ways:
        known.months.ledger.database.close()


def test_a_month_counted_anew_keeps_the_appeals_of_its_amendment(known: Known, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    by_due = copy_of(known, other)
    for each, scheme in ((known, "department-d2"), (by_due, "department-d1")):
        each.freeze("2026-10", scheme=scheme)
        each.months.now = LATER
        each.months.tell_all(LATER)
        each.months.amend("2026-114")

    found = tried(known, "department-d1", ("2026-10", "2026-10"))

    assert found.months[0].why == "other_mode"
    assert made(found.months[0]) == published(by_due, "2026-10")
    by_due.months.ledger.database.close()


def test_a_month_that_is_not_frozen_is_counted_from_the_history(known: Known) -> None:
    known.months.now = LATER
    known.freeze("2026-09")

    found = tried(known, "department-d3", ("2026-09", "2026-10"))

    told = what_if_as_json(found)["months"]
    assert [(month["frozen"], month["basis"]) for month in told] == [(0, "record"), (None, "register")]
    assert made(found.months[1])[0] == known.months.rank("2026-10", scheme="department-d3")["units"]
    assert "2026-10（未发布）" in what_if_text(found, "table")
    assert what_if_text(found, "table").startswith("【试算，不是发布结果】")


# --- what a scheme lacks ------------------------------------------------------------------------------------------------


def test_a_score_that_the_record_does_not_hold_makes_units_unranked_and_is_named(known: Known) -> None:
    known.months.import_scores(CITY_SCORES, period="2026-10")
    known.freeze("2026-10")

    found = tried(known, "city", ("2026-10", "2026-10"))

    for code in "ABS":
        told = unit(found, code)
        assert (told["new"], told["move"]) == ({"unranked": "unknown"}, "becomes_unranked")
        assert told["missing"] == ["city_score"]
    month = what_if_as_json(found)["months"][0]
    assert month["becomes_unranked"][0] == {"code": "A", "unranked": "unknown", "missing": ["city_score"]}
    assert "不再排名：甲局、乙局、街道办（缺数据：市级考核 city_score）" in what_if_text(found, "table")


def test_a_month_that_is_not_frozen_uses_what_was_imported(known: Known) -> None:
    known.months.import_scores(CITY_SCORES, period="2026-10")

    found = tried(known, "city", ("2026-10", "2026-10"))

    assert unit(found, "A")["new"]["score"] == "190.00"


def test_who_rises_falls_and_loses_the_rank_is_told_with_its_reason(known: Known) -> None:
    known.freeze("2026-10")
    d1 = known.months.schemes.find("department-d1").text
    few = d1.replace("[ranking]", '[ranking]\nmin_count = { column = "due_count", at_least = 3 }')
    turned = d1.replace('order = "desc"', 'order = "asc"')

    lacking = tried(known, parse_scheme(few, "few.toml"), ("2026-10", "2026-10"))
    turning = tried(known, parse_scheme(turned, "turned.toml"), ("2026-10", "2026-10"))

    assert what_if_as_json(lacking)["months"][0]["becomes_unranked"] == [
        {"code": "S", "unranked": "too_few", "missing": []}
    ]
    assert "不再排名：街道办（件数不足）" in what_if_text(lacking, "table")
    month = what_if_as_json(turning)["months"][0]
    assert (month["rises"], month["falls"]) == (["B"], ["A"])
    assert (unit(turning, "B")["rise"], unit(turning, "A")["rise"]) == (1, -1)
    assert "上升：乙局（2 → 1）" in what_if_text(turning, "table")
    assert [each["code"] for each in month["units"]] == ["B", "A", "S"]


def test_a_record_of_other_formulas_is_not_replayed(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    known.freeze("2026-10")
    for module in ("look_back.trying", "bulletin.reading"):
        monkeypatch.setattr(f"gridcase.evaluation.{module}.FORMULA_VERSION", 2)

    found = tried(known, "department-d2", ("2026-10", "2026-10"))

    month = what_if_as_json(found)["months"][0]
    assert (month["basis"], month["why"], month["new"]) == (None, "other_formula", None)
    assert unit(found, "A")["old"]["score"] == "88.33"
    assert unit(found, "A")["move"] == "not_replayed"
    assert "另一版公式" in what_if_text(found, "table")


def test_a_scheme_for_other_units_is_refused(known: Known) -> None:
    with pytest.raises(Invalid, match="mode_act"):
        tried(known, "post-inspector")
    with pytest.raises(Invalid, match="unknown_of"):
        kind_for(known.months.schemes.find("rates"), None)
    assert kind_for(known.months.schemes.find("area"), None) == "streets"
    broken = parse_scheme(
        known.months.schemes.find("street-month").text.replace('"area"', '"arena"'), "x.toml"
    )
    with pytest.raises(DefinitionError, match="arena"):
        tried(known, broken, of="streets")
