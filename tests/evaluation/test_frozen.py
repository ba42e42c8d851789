"""Frozen months: what was published stands, whatever comes after; each case is judged once; quarters add months."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, update

from gridcase.db import table_of
from gridcase.directory.models import Area, Department, DutyShift
from gridcase.errors import Refused
from gridcase.evaluation.case_list import cases_behind, count_sum, source_of
from gridcase.evaluation.frozen.models import FrozenChunk, FrozenRecord, FrozenText, JudgedCase
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest
from gridcase.facts import Selection, columns_at, facts
from tests.evaluation.frozen_month import CITY, FROZEN_AT, Months, make_months
from tests.evaluation.ledger import DISTRICT
from tests.facts.story import START, Story

SCORES = "unit,city_score,source,document,issued_on\n{}"
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(hours=8)


@pytest.fixture
def months(database_url: str, tmp_path: Path) -> Iterator[Months]:
    made = make_months(database_url, tmp_path)
    yield made
    made.ledger.database.close()


@pytest.fixture
def quick(sqlite_url: str, tmp_path: Path) -> Iterator[Months]:
    made = make_months(sqlite_url, tmp_path)
    yield made
    made.ledger.database.close()


def give_scores(months: Months, first: int) -> None:
    rows = [f"{code},{first + at},市局,通报,2026-11-03" for at, code in enumerate("ABS")]
    months.import_scores(SCORES.format("\n".join(rows)))


def test_a_frozen_month_stands_after_a_thousand_moves_appeals_and_imports(months: Months) -> None:
    months.fill(90, later=9)
    give_scores(months, 80)
    before = months.rank("2026-10", "departments", "city")
    months.freeze("2026-10", "departments", "city")
    months.freeze("2026-10", "streets", "area")
    kept = {
        of: [months.published(form, of=of) for form in ("json", "csv", "table")] + [months.exported(of=of)]
        for of in ("departments", "streets")
    }

    moves = months.tell_all(FROZEN_AT + timedelta(days=3650))
    for first in range(5):
        give_scores(months, 10 * first)
    with months.ledger.database.transaction() as connection:
        connection.execute(update(table_of(Department)).values(name="改名", group_name="", is_active=False))
        connection.execute(delete(table_of(Area)).where(table_of(Area).c.level == "cell"))
    (months.schemes.folder / "city.toml").write_text(CITY.replace("points = 100", "points = 50"))
    (months.schemes.folder / "area-cell-1.toml").unlink()

    assert moves >= 1000
    assert sum(step.trigger == "grant" for steps in months.ledger.steps.values() for step in steps) > 50
    for of, texts in kept.items():
        assert [months.published(form, of=of) for form in ("json", "csv", "table")] == texts[:3]
        assert months.exported(of=of) == texts[3]
    frozen = json.loads(kept["departments"][0])
    assert frozen["frozen"] == 0
    assert {**before, "frozen": 0} == {name: frozen[name] for name in before}


def test_the_hash_is_that_of_the_lines_and_the_counts_are_their_sum(quick: Months) -> None:
    quick.fill(60)
    head = quick.freeze()

    content = quick.exported()
    lines = [json.loads(line) for line in content.decode().splitlines()]

    assert hashlib.sha256(content).hexdigest() == head.inputs_sha256
    assert content.endswith(b"\n")
    assert content == b"".join(
        json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        for line in lines
    )
    assert list(lines[0]) == ["as_of", "formula_version", "from", "of", "period", "scheme_sha256", "to"]
    assert (lines[0]["from"], lines[0]["to"]) == ("2026-09-30T16:00:00Z", "2026-10-31T16:00:00Z")
    file = quick.schemes.folder / "rates.toml"
    assert lines[0]["scheme_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    rows = lines[1:]
    assert [row["number"] for row in rows] == sorted(row["number"] for row in rows)
    span = parse_period("2026-10").span
    expected: dict[str, int] = {}
    for steps in quick.ledger.steps.values():
        row = facts(steps, until=NOVEMBER)
        if row is not None and row.department is not None:
            for name, value in columns_at(row, period=span, at=NOVEMBER, selection=Selection()).items():
                expected[name] = expected.get(name, 0) + value
    totals = json.loads(quick.published("json"))["units"]
    assert {name: sum(unit["counts"][f"{name}_count"] for unit in totals) for name in expected} == expected
    assert len(rows) == head.fact_rows > 20


def test_both_databases_give_the_same_hash(sqlite_url: str, postgres_url: str, tmp_path: Path) -> None:
    heads = []
    for url, name in ((sqlite_url, "sqlite"), (postgres_url, "postgresql")):
        (tmp_path / name).mkdir()
        months = make_months(url, tmp_path / name)
        months.fill(30)
        give_scores(months, 80)
        heads.append(months.freeze("2026-10", "departments", "city"))
        months.ledger.database.close()

    assert heads[0].inputs_sha256 == heads[1].inputs_sha256
    assert dict(heads[0].texts) == dict(heads[1].texts)
    assert heads[0].sha256 == heads[1].sha256


def test_what_lies_before_the_moment_is_frozen_and_nothing_later(quick: Months) -> None:
    handled = Story().to_dispatched().until(NOVEMBER).play("receive give_feedback")
    quick.add(handled)

    quick.freeze()
    counts = json.loads(quick.published("json"))["units"][0]["counts"]

    assert counts["overdue_unhandled_count"] == 1
    assert counts["handled_count"] == 0


def failing_late(start: datetime = START) -> Story:
    """Due and handled in October, not passed in November: rework, due again in November."""
    story = Story(start=start).to_handled().until(NOVEMBER + timedelta(days=8))
    return story.play(
        "send_verification verify_fail rework receive give_feedback send_verification verify_pass close"
    )


def test_a_case_that_a_frozen_month_judged_is_judged_by_no_later_one(months: Months) -> None:
    number = months.add(failing_late())
    months.add(Story(start=NOVEMBER + timedelta(days=2)).to_closed())
    months.now = NOVEMBER + timedelta(days=40)
    months.tell_all(months.now)
    as_due = months.counts("2026-11")
    # Nothing is frozen: it belongs to the month of its due moment at T.
    assert (as_due["A"]["due_count"], as_due["A"]["reworked_count"]) == (2, 1)

    months.now = FROZEN_AT
    months.tell_all(FROZEN_AT)
    months.freeze()
    months.now = NOVEMBER + timedelta(days=40)
    months.tell_all(months.now)
    left_out = months.rank("2026-11")

    assert left_out["judged_before"] == 1
    counts = left_out["units"][0]["counts"]
    assert (counts["due_count"], counts["reworked_count"], counts["closed_count"]) == (1, 0, 1)
    assert months.rank("2026-11", "streets")["judged_before"] == 0
    head = months.freeze("2026-11")
    assert head.judged_before == 1
    assert '"judged_before":true,' in months.exported("2026-11").decode()
    assert number in months.exported("2026-11").decode()
    assert months.published("json", "2026-11") == months.published("json", "2026-11")
    assert json.loads(months.published("json", "2026-11"))["units"] == left_out["units"]
    assert months.counts("2026-10")["A"]["due_count"] == 1


def test_held_cases_and_the_carry_over_are_no_judgement(quick: Months) -> None:
    open_case = Story().to_dispatched()
    quick.add(open_case)
    quick.freeze()
    held = Story(start=START + timedelta(hours=1)).to_dispatched().grant("suspension")
    quick.add(held)
    quick.now = NOVEMBER + timedelta(days=40)

    found = quick.rank("2026-11")

    counts = found["units"][0]["counts"]
    assert (counts["carried_over_count"], counts["carried_over_open_count"], counts["held_count"]) == (
        1,
        1,
        1,
    )
    assert found["judged_before"] == 0


def test_random_months_leave_out_exactly_the_cases_of_the_frozen_one(quick: Months) -> None:
    quick.fill(20, seed=5, later=1, triggers=frozenset({"rework", "redispatch"}))
    quick.fill(40)
    october, november = parse_period("2026-10").span, parse_period("2026-11").span
    quick.freeze()
    quick.now = november.end + timedelta(days=2)
    quick.tell_all(quick.now)
    expected: dict[str, int] = {}
    left_out = 0
    for steps in quick.ledger.steps.values():
        then, row = facts(steps, until=october.end), facts(steps, until=november.end)
        if row is None or row.department is None:
            continue
        was_judged = then is not None and then.is_countable and october.holds(then.due_at)
        left_out += was_judged and row.is_countable and november.holds(row.due_at)
        columns = columns_at(
            row, period=november, at=november.end, selection=Selection(), is_judged_before=was_judged
        )
        for name, value in columns.items():
            expected[name] = expected.get(name, 0) + value

    found = quick.rank("2026-11")

    assert found["judged_before"] == left_out > 0
    assert {
        name: sum(unit["counts"][f"{name}_count"] for unit in found["units"]) for name in expected
    } == expected
    frozen = quick.freeze("2026-11")
    assert json.loads(quick.published("json", "2026-11"))["units"] == found["units"]
    assert frozen.judged_before == left_out
    assert quick.check("2026-11").is_recomputed


def test_a_quarter_adds_the_frozen_counts_of_its_months(months: Months) -> None:
    months.fill(40)
    months.now = FROZEN_AT
    frozen = months.freeze()
    months.now = datetime(2027, 1, 2, tzinfo=UTC)
    months.tell_all(months.now)
    october = json.loads(months.published("json"))["units"]
    later = [months.rank(period)["units"] for period in ("2026-11", "2026-12")]

    quarter = months.rank("2026-Q4")

    for at, unit in enumerate(quarter["units"]):
        for name, value in unit["counts"].items():
            assert value == october[at]["counts"][name] + sum(units[at]["counts"][name] for units in later)
    assert quarter["judged_before"] == sum(
        months.rank(period)["judged_before"] for period in ("2026-11", "2026-12")
    )
    # Judged at a moment before that of the frozen month, all three are computed.
    early_at = NOVEMBER - timedelta(days=3)
    early = months.rank("2026-Q4", as_of=early_at)
    each = [months.rank(period, as_of=early_at)["units"] for period in ("2026-10", "2026-11", "2026-12")]
    assert early["as_of"] == "2026-10-29T00:00:00+08:00"
    assert [unit["counts"] for unit in early["units"]] == [
        {name: sum(units[at]["counts"][name] for units in each) for name in unit["counts"]}
        for at, unit in enumerate(early["units"])
    ]
    # Frozen itself, the quarter holds the rows of all its months.
    months.freeze("2026-Q4")
    assert json.loads(months.published("json", "2026-Q4"))["units"] == quarter["units"]
    rows = [json.loads(line) for line in months.exported("2026-Q4").decode().splitlines()[1:]]
    assert sum(row["period"] == "2026-10" for row in rows) == frozen.fact_rows
    assert rows == sorted(rows, key=lambda row: (row["number"], row["period"]))


def test_an_amended_month_brings_its_amended_counts_to_the_quarter(quick: Months) -> None:
    number = quick.add(late_and_appealed())
    quick.freeze()
    quick.tell(number, FROZEN_AT + timedelta(days=30))
    quick.now = FROZEN_AT + timedelta(days=30)
    before = quick.counts("2026-Q4")["A"]
    quick.amend("2026-114")

    after = quick.counts("2026-Q4")["A"]

    assert (before["late_handled_count"], before.get("on_time_handled_count", 0)) == (1, 0)
    assert (after.get("late_handled_count", 0), after["on_time_handled_count"]) == (0, 1)


def late_and_appealed(start: datetime = START) -> Story:
    """Closed late in October; an appeal is granted after the month was frozen."""
    story = Story(start=start).to_dispatched().do("receive").wait(days=1)
    story.play("give_feedback send_verification verify_pass close").until(FROZEN_AT + timedelta(days=2))
    return story.grant("appeal")


def test_an_amendment_counts_appeals_and_no_other_later_step(months: Months) -> None:
    appealed = months.add(late_and_appealed())
    other = months.add(
        Story(start=START + timedelta(hours=1)).to_dispatched().until(NOVEMBER + timedelta(days=1))
        .play("receive give_feedback send_verification verify_pass close")
    )  # fmt: skip
    months.now = NOVEMBER + timedelta(hours=1)
    months.tell_all(months.now)
    first = months.freeze("2026-10", "departments", "department-d1")
    months.now = FROZEN_AT + timedelta(days=30)
    months.tell_all(months.now)
    score = json.loads(months.published("json"))["units"][0]["score"]

    head = months.amend("2026-114")

    told = json.loads(months.published("json"))
    unit = told["units"][0]
    assert (told["frozen"], head.amendment) == (1, 1)
    counts = unit["counts"]
    assert (counts["on_time_handled_count"], counts["late_handled_count"]) == (1, 0)
    # The other case was handled after T, and stays as it was at T.
    assert (counts["overdue_unhandled_count"], counts["appeal_exempted_count"]) == (1, 1)
    cells = {(cell.code, cell.field): (cell.old, cell.new) for cell in head.cells}
    assert cells["A", "on_time_handled_count"] == ("0", "1")
    assert cells["A", "score"] == (score, unit["score"])
    assert unit["amended"]["score"] == f"{score} → {unit['score']} (更正 1, 申诉 2026-114)"
    assert f"{score} → {unit['score']} (更正 1, 申诉 2026-114)" in months.published("table")
    assert told["amendments"][0]["inputs_sha256"] == head.inputs_sha256 != first.inputs_sha256
    assert head.previous_sha256 == first.sha256
    assert hashlib.sha256(months.exported()).hexdigest() == head.inputs_sha256
    assert appealed in months.exported().decode()
    assert other in months.exported().decode()
    # `rank --as-of` never looks past T.
    assert months.rank(as_of=NOVEMBER)["units"][0]["counts"]["appeal_exempted_count"] == 0
    with pytest.raises(Refused, match="nothing_changed"):
        months.amend("2026-115")


def test_amendments_follow_each_other_and_each_names_what_it_changed(months: Months) -> None:
    months.now = NOVEMBER + timedelta(hours=1)
    first = months.add(late_and_appealed())
    second = months.add(late_and_appealed(START + timedelta(days=3)))
    give_scores(months, 80)
    months.freeze("2026-10", "departments", "city")
    months.now = FROZEN_AT + timedelta(days=30)
    months.tell(first, months.now)
    months.amend("2026-1")
    months.tell(second, months.now)
    months.amend("2026-2")
    give_scores(months, 85)

    head = months.amend("2026-3")

    told = json.loads(months.published("json"))
    assert [each["ref"] for each in told["amendments"]] == ["2026-1", "2026-2", "2026-3"]
    assert {cell.field for cell in head.cells} == {"city_score", "score"}
    assert next((cell.old, cell.new) for cell in head.cells if cell.field == "city_score") == (
        "80.00",
        "85.00",
    )
    unit = told["units"][0]
    assert unit["amended"]["appeal_exempted_count"] == "1 → 2 (更正 2, 申诉 2026-2)"
    assert unit["amended"]["city_score"] == "80.00 → 85.00 (更正 3, 申诉 2026-3)"
    assert months.check().head.amendment == 3
    versions = [
        json.loads(line)["version"] for line in months.exported().decode().splitlines() if "given" in line
    ]
    assert set(versions) == {2}
    assert told["score_versions"] == {"city_score": [2]}
    assert "外部成绩 city_score：第 2 次导入" in months.published("table")


def assert_every_number_opens(months: Months, request: RankRequest) -> None:
    """The cases behind each count of the table add up to it."""
    is_frozen = request.period.name == "2026-10"
    table = json.loads(months.published("json", of=request.of)) if is_frozen else None
    units = (table or months.rank(request.period.name, request.of, request.scheme.name))["units"]
    opened = 0
    with months.ledger.database.reading() as connection:
        source = source_of(connection, request, months.schemes, scheme_name=None)
        for unit in units:
            for column, count in unit["counts"].items():
                found = cases_behind(connection, source, [unit["code"]], columns=count_sum(column))
                assert sum(case.value for case in found) == count, (unit["code"], column)
                opened += count
    assert opened > 0


@pytest.mark.parametrize("of", ["inspectors", "intake-operators", "shift-supervisors", "dispatchers"])
def test_people_of_a_post_are_frozen_with_the_roster_of_their_days(quick: Months, of: str) -> None:
    quick.fill(60, seed=3)
    quick.add(Story().to_closed().note("find", finding="f1", finding_kind="missed"))
    shift = {"district": DISTRICT, "cells": "120104001001001", "entered_by": "leader", "entered_at": START}
    span = {"from_at": START - timedelta(days=30), "to_at": START + timedelta(days=60)}
    with quick.ledger.database.transaction() as connection:
        connection.execute(insert(table_of(DutyShift)), {**shift, **span, "inspector": "on_duty"})
    scheme = f"post-{of.removesuffix('s')}"
    computed = quick.rank("2026-10", of, scheme)

    head = quick.freeze("2026-10", of, scheme)

    with quick.ledger.database.transaction() as connection:
        connection.execute(delete(table_of(DutyShift)))
    quick.tell_all(FROZEN_AT + timedelta(days=300))
    quick.now = datetime(2027, 1, 2, tzinfo=UTC)
    assert quick.check("2026-10", of).is_recomputed
    told = json.loads(quick.published("json", of=of))
    assert {**computed, "frozen": 0} == {name: told[name] for name in computed}
    assert sum(any(unit["counts"].values()) for unit in told["units"]) >= 1
    assert head.fact_rows > 10
    missed = {unit["code"]: unit["counts"].get("missed_count", 0) for unit in told["units"]}
    assert (missed.get("on_duty", 0) > 0) == (of == "inspectors")
    for asked in (quick.request("2026-10", of, scheme), quick.request("2026-Q4", of, scheme)):
        assert_every_number_opens(quick, asked)
    # The quarter adds the frozen acts of October.
    quarter = {unit["code"]: unit["counts"] for unit in quick.rank("2026-Q4", of, scheme)["units"]}
    assert quarter.get("on_duty", {}).get("missed_count", 0) == missed.get("on_duty", 0)


def test_a_freeze_is_refused_with_every_reason(quick: Months) -> None:
    quick.freeze()

    def reasons(*asked: str, **changes: datetime) -> list[str]:
        with pytest.raises(Refused) as refusal:
            quick.freeze(*asked, **changes)
        return [reason.code for reason in refusal.value.reasons]

    assert reasons("2026-10", "departments", "department-d1") == ["already_frozen"]
    assert reasons("2026-11", "departments") == ["not_over_yet"]
    assert reasons("2026-11", "streets", "street-month") == ["not_over_yet", "example_weights"]
    assert reasons("2026-10", "streets", "rates", as_of=FROZEN_AT + timedelta(seconds=1)) == ["not_over_yet"]
    assert reasons("2026-10", "streets", "city") == ["score_missing", "score_missing"]
    quick.freeze("2026-10", "streets", "rates", as_of=FROZEN_AT)
    assert json.loads(quick.published("json", of="streets"))["as_of"] == "2026-11-06T09:00:00+08:00"


def test_a_month_may_be_frozen_from_the_second_in_which_it_is_judged(quick: Months) -> None:
    quick.now = NOVEMBER - timedelta(seconds=1)
    with pytest.raises(Refused, match="not_over_yet"):
        quick.freeze()
    quick.now = NOVEMBER

    assert quick.freeze().as_of == NOVEMBER


def test_a_freeze_that_breaks_off_leaves_nothing(months: Months, monkeypatch: pytest.MonkeyPatch) -> None:
    months.fill(10)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("gridcase.evaluation.frozen.freezing.write_judged", stop)
        with pytest.raises(KeyboardInterrupt):
            months.freeze()

    with months.ledger.database.reading() as connection:
        for table in (FrozenRecord, FrozenChunk, FrozenText, JudgedCase):
            assert connection.execute(select(func.count()).select_from(table_of(table))).scalar() == 0
    months.freeze()
    assert months.check().is_recomputed


def test_of_two_freezes_at_the_same_time_one_is_kept(months: Months, monkeypatch: pytest.MonkeyPatch) -> None:
    months.fill(3)
    drafted: list[bool] = []

    def meanwhile(*_: object) -> list[object]:
        if not drafted:
            drafted.append(True)
            months.freeze("2026-10", "departments", "department-d1")
        return []

    monkeypatch.setattr("gridcase.evaluation.frozen.freezing.missing_scores", meanwhile)
    with pytest.raises(Refused, match="frozen_meanwhile"):
        months.freeze()

    assert json.loads(months.published("json"))["scheme"] == "department-d1"
