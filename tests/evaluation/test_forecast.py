"""Forecasts: every standing is that of a table in which the cases really were closed; honest when out of reach."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from gridcase.cli import main
from gridcase.db import table_of
from gridcase.directory.models import Department
from gridcase.errors import Invalid, Refused
from gridcase.evaluation.counts_file import UnitCounts
from gridcase.evaluation.evaluating import evaluate
from gridcase.evaluation.forecast import Forecast, forecast
from gridcase.evaluation.forecast_answer import forecast_as_json, forecast_text
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest
from gridcase.evaluation.ranking import Place
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.schemes import Scheme
from gridcase.facts.blocks import COLUMN_NAMES
from gridcase.resources import shipped_folder
from tests.evaluation.ledger import DISTRICT, Ledger, make_ledger
from tests.evaluation.schemes import scheme
from tests.facts.past import Choice, History, Period
from tests.facts.reference import reference
from tests.facts.story import Story
from tests.making import Office

SCHEMES = SchemeFolder(shipped_folder() / "workflows" / "schemes")
OCTOBER = parse_period("2026-10")
SPAN = Period(OCTOBER.span.start, OCTOBER.span.end)
AT = datetime(2026, 10, 20, 4, tzinfo=UTC)
UNITS = [f"D{number}" for number in range(7)]
# Late closings cost more than closings bring: the rank falls again when overdue cases are closed.
COSTLY = """
[[item]]
name = "closing"
label = "结案"
kind = "rate"
rate = "closing_rate"
points = 40
when_empty = "zero"
[[item]]
name = "late"
label = "超期结案"
kind = "deduct"
points = 60
floor = -500
terms = [ { column = "late_closed_count", per = 7 } ]
[grades]
bands = [ { from = 0, grade = "A", colour = "green" } ]
[ranking]
ties = "consecutive"
"""
ONWARD = {
    "dispatched": "receive give_feedback send_verification verify_pass close",
    "handling": "give_feedback send_verification verify_pass close",
    "handled": "send_verification verify_pass close",
    "verifying": "verify_pass close",
    "verified": "close",
}


@dataclass
class Town:
    """Seven departments of one group and their cases, as a database and as stories."""

    ledger: Ledger
    stories: dict[str, Story] = field(default_factory=dict)
    still: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def add(self, story: Story) -> str:
        number = self.ledger.add(story)
        self.stories[number] = story
        return number

    def forecast(self, unit: str, chosen: Scheme, wanted: int | None = None, **changes: Any) -> Forecast:
        request = RankRequest(DISTRICT, OCTOBER, "departments", chosen, now=AT, **changes)
        with self.ledger.database.reading() as connection:
            return forecast(connection, request, SCHEMES, unit=unit, wanted=wanted)

    def place(self, unit: str, chosen: Scheme, closed: list[str], *, at: datetime = AT) -> Place | None:
        """The place of a unit when these cases really were closed at T, the others counted at T."""
        rows = []
        for each in UNITS:
            if each == unit:
                counts = self.counts(each, chosen, closed, at=at)
            else:
                key = (each, chosen.name)
                if key not in self.still:
                    self.still[key] = self.counts(each, chosen, [], at=AT)
                counts = self.still[key]
            rows.append(UnitCounts(each, "局", counts, {}))
        return evaluate(chosen, rows).units[UNITS.index(unit)].place

    def counts(self, unit: str, chosen: Scheme, closed: list[str], *, at: datetime) -> dict[str, int]:
        """The counts of a unit by the second reading, with these cases closed at T."""
        selection = chosen.selection
        choice = Choice(selection.mode, selection.carry_over, selection.handle_due, selection.on_time_closing)
        counts = {f"{name}_count": 0 for name in COLUMN_NAMES}
        for number, story in self.stories.items():
            if story.department != unit:
                continue
            is_closed = number in closed
            past = History([asdict(step) for step in (at_end(story) if is_closed else story).steps])
            for name, value in reference(past, SPAN, at + timedelta(seconds=is_closed), choice).items():
                counts[f"{name}_count"] += value
        return counts


def at_end(story: Story) -> Story:
    """The same case closed at T."""
    own = deepcopy(story)
    for trigger in ONWARD[own.state or ""].split():
        own.until(AT).do(trigger)
    return own


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    ledger = make_ledger(sqlite_url)
    with ledger.database.transaction() as connection:
        for code in UNITS:
            values = {
                "code": code,
                "name": f"{code}局",
                "kind": "handling",
                "group_name": "局",
                "is_active": True,
            }
            connection.execute(insert(table_of(Department)), {"district": DISTRICT, **values})
    yield Town(ledger)
    ledger.database.close()


def fill(town: Town, count: int, seed: int) -> None:
    """Cases in every state of the flow, due before, soon after and long after T."""
    chance = random.Random(seed)
    for number in range(count):
        limit = timedelta(hours=chance.choice((4, 40, 100, 200)))
        story = Story(start=AT - timedelta(hours=chance.randrange(2, 300), minutes=number), limit=limit)
        story.report("intake_operator", is_assigned=number % 5 == 0).play("accept")
        story.do("file", filing={"urgent": number % 7 == 0})
        story.do("dispatch", department=chance.choice(UNITS[:2] + UNITS), department_kind="handling")
        way = ["receive", "give_feedback", "send_verification", "verify_pass", "close"]
        for trigger in way[: chance.choice((0, 1, 2, 2, 3, 5, 5, 5))]:
            story.wait(hours=chance.choice((0, 0, 1, 5)))
            if story.now < AT - timedelta(minutes=5):
                story.do(trigger)
        if story.state in ("dispatched", "handling") and story.now < story.due_at and number % 4 == 0:
            story.grant("suspension", until=AT + timedelta(days=chance.randrange(1, 20)))
        if number % 6 == 0:
            reply_by = AT + timedelta(days=chance.randrange(-3, 20))
            story.note("supervise", order="S1", department="D1", reply_by=reply_by.isoformat())
        town.add(story)


def chosen_schemes() -> list[Scheme]:
    shipped = [SCHEMES.find(name) for name in ("department-d1", "department-d2", "department-d5")]
    return [*shipped, scheme(COSTLY)]


@pytest.mark.parametrize("place", range(4), ids=["d1", "d2", "d5", "costly"])
def test_every_number_of_closed_cases_gives_the_place_of_a_table_where_they_are_closed(
    town: Town, place: int
) -> None:
    fill(town, 90, seed=place)
    chosen = chosen_schemes()[place]

    for unit in ("D0", "D1"):
        found = town.forecast(unit, chosen)
        order = [case.number for case in found.cases]
        places = [town.place(unit, chosen, order[:count]) for count in range(len(order) + 1)]

        assert len(order) > 3
        ranks = [each.rank if each else None for each in places]
        assert (found.now.place, found.all_closed.place) == (places[0], places[-1])
        assert found.idle.place == town.place(unit, chosen, [], at=SPAN.end)
        for wanted in range(1, len(UNITS) + 1):
            least = next((n for n, rank in enumerate(ranks) if rank is not None and rank <= wanted), None)
            needed = replace(found, wanted=wanted).needed
            assert (needed.count if needed else None) == least
            if needed and least is not None:
                assert needed.standing.place == places[least]


def test_a_rank_that_falls_again_is_reached_by_the_least_number_of_cases(town: Town) -> None:
    fill(town, 90, seed=11)
    chosen = scheme(COSTLY)

    found = town.forecast("D0", chosen)

    best = found.reaches[-1].standing.rank
    assert best is not None
    assert found.all_closed.rank is not None
    assert found.reaches[-1].count < len(found.cases)
    assert best < found.all_closed.rank


def test_cases_not_yet_due_come_before_overdue_ones_each_by_deadline(town: Town) -> None:
    fill(town, 90, seed=3)

    cases = town.forecast("D0", SCHEMES.find("department-d1")).cases

    keys = [(case.is_overdue, case.due_at) for case in cases]
    assert keys == sorted(keys, key=lambda key: (key[0], key[1] or AT))
    assert {True, False} == {case.is_overdue for case in cases}
    assert all(SPAN.has(case.due_at) for case in cases)
    held = [number for number, story in town.stories.items() if story.is_suspended]
    assert held
    assert not {case.number for case in cases} & set(held)


def simple(town: Town) -> tuple[str, str]:
    """D1 to D3 closed everything; D0 has closed one, owes one that is late and one that is due tomorrow."""
    for unit in ("D0", "D1", "D2", "D3"):
        town.add(at_once(unit).play("receive give_feedback send_verification verify_pass close"))
    late = town.add(at_once("D0", start=AT - timedelta(days=2)))
    soon = town.add(at_once("D0", start=AT - timedelta(hours=3), limit=timedelta(days=1)))
    return late, soon


def at_once(
    unit: str, *, start: datetime = AT - timedelta(days=5), limit: timedelta = timedelta(hours=4)
) -> Story:
    story = Story(start=start, limit=limit).report().play("accept file")
    return story.do("dispatch", department=unit, department_kind="handling")


def test_it_says_which_cases_to_close_and_what_comes_of_doing_nothing(town: Town) -> None:
    late, soon = simple(town)

    # D0: handled in time 1 of 3, closed 1 of 2 → 20 + 15 + 10 = 45; with both closed 2/3, 3/3 → 40 + 30 + 10 = 80
    found = forecast_as_json(town.forecast("D0", SCHEMES.find("department-d1"), 1))

    assert found["now"] == {"rank": 2, "score": "45.00"}
    assert [case["number"] for case in found["open_cases"]] == [soon, late]
    assert [case["standing"] for case in found["open_cases"]] == ["open_in_time", "overdue"]
    assert (found["reached"], found["all_closed"]) == (False, {"rank": 2, "score": "80.00"})
    # Nothing done: 1/3 handled in time, 1 of 3 closed.
    assert found["nothing_done"] == {"rank": 2, "score": "40.00"}
    text = forecast_text(town.forecast("D0局", SCHEMES.find("department-d1"), 1), "table")
    assert "无法达到第 1 名：全部 2 件未结案件都办结，也只能排第 2 名（得分 80.00）" in text
    assert "如果到周期结束 2026-11-01 00:00 不再办理任何案件，排第 2 名（得分 40.00）" in text
    assert "假定其他单位的数字保持 2026-10-20 12:00 时的样子" in text


def test_the_least_number_of_cases_is_told_with_their_list(town: Town) -> None:
    late, soon = simple(town)
    # D4: 1/2 handled in time, 1/2 closed → 30 + 15 + 10 = 55: between D0 now and with one case closed (2/3, 2/3).
    town.add(at_once("D4").play("receive give_feedback send_verification verify_pass close"))
    town.add(at_once("D4"))

    found = town.forecast("D0", SCHEMES.find("department-d1"), 2)

    told = forecast_as_json(found)
    assert told["now"]["rank"] == 3
    assert told["needed"] == {"close": 1, "rank": 2, "score": "70.00", "cases": [soon]}
    text = forecast_text(found, "table")
    assert "办结下列前 1 件，即可排第 2 名（得分 70.00）" in text
    assert soon in text
    assert late not in text


def test_a_rank_that_is_held_already_needs_nothing(town: Town) -> None:
    simple(town)

    found = town.forecast("D1", SCHEMES.find("department-d1"), 3)

    assert forecast_as_json(found)["needed"] == {"close": 0, "rank": 1, "score": "100.00", "cases": []}
    assert "已达到第 3 名" in forecast_text(found, "table")


def test_a_rank_behind_the_last_one_is_told_as_none(town: Town) -> None:
    simple(town)
    found = town.forecast("D0", SCHEMES.find("department-d1"), 99)

    assert found.now.rank is not None
    told = f"参加排名的有 {found.group_size} 个单位，没有第 99 名；现在排第 {found.now.rank} 名"
    assert told in forecast_text(found, "table")
    last = replace(found, wanted=found.group_size)
    assert "已达到第" in forecast_text(last, "table")


def test_without_a_wanted_rank_every_better_one_is_told(town: Town) -> None:
    simple(town)
    town.add(at_once("D4").play("receive give_feedback send_verification verify_pass close"))
    town.add(at_once("D4"))

    found = town.forecast("D0", SCHEMES.find("department-d1"))

    assert [(reach.count, reach.standing.rank) for reach in found.reaches] == [(1, 2)]
    assert "wanted_rank" not in forecast_as_json(found)
    assert "按下列顺序办结：前 1 件，排第 2 名（得分 70.00）" in forecast_text(found, "table")


def test_a_unit_without_a_case_is_told_not_to_be_ranked(town: Town) -> None:
    text = forecast_text(town.forecast("D6", SCHEMES.find("department-d1")), "table")

    assert "现在不参加排名（无数据）" in text
    assert "没有办结后能改变名次的未结案件" in text


def test_carried_over_cases_count_where_the_scheme_includes_them(town: Town) -> None:
    simple(town)
    carried = town.add(at_once("D0", start=OCTOBER.span.start - timedelta(days=2)))
    included = scheme(f'{COSTLY}[selection]\ncarry_over = "included"\n')

    assert carried not in [case.number for case in town.forecast("D0", SCHEMES.find("department-d1")).cases]
    assert carried in [case.number for case in town.forecast("D0", included).cases]


def test_a_moment_in_the_past_sees_no_later_step(town: Town) -> None:
    late, soon = simple(town)
    number = town.add(at_once("D0", start=AT - timedelta(days=3)).play("receive give_feedback"))
    fed_back_at = town.stories[number].steps[-1].at

    found = town.forecast("D0", SCHEMES.find("department-d1"), as_of=fed_back_at)

    assert [case.number for case in found.cases] == [number]
    assert not found.cases[0].is_handled
    assert {late, soon}.isdisjoint(case.number for case in found.cases)


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"now": OCTOBER.span.end}, Refused, "period_over"),
        ({"as_of": OCTOBER.span.end}, Refused, "period_over"),
        ({"of": "streets"}, Invalid, "unknown_of"),
        ({"period": parse_period("2026-Q4")}, Invalid, "bad_period"),
        ({"scheme": SCHEMES.find("rates")}, Refused, "not_ranked"),
    ],
)
def test_what_has_no_forecast_is_refused(
    town: Town, changes: dict[str, Any], error: type[Exception], code: str
) -> None:
    given = {"of": "departments", "scheme": SCHEMES.find("department-d1"), "now": AT, "period": OCTOBER}
    values = {**given, **changes}
    request = RankRequest(DISTRICT, **values)

    with town.ledger.database.reading() as connection, pytest.raises(error, match=code):
        forecast(connection, request, SCHEMES, unit="D0")


def test_thousands_of_open_cases_are_tried_one_by_one(town: Town) -> None:
    story = at_once("D0", limit=timedelta(days=9))
    for _ in range(3):
        town.add(at_once("D1").play("receive give_feedback send_verification verify_pass close"))
    for _ in range(1500):
        town.ledger.add(story)

    found = town.forecast("D0", SCHEMES.find("department-d1"), 1)

    assert len(found.cases) == 1500
    # 60 × k/1500 + 30 + 10 reaches the full 100 of D1 with the last one only.
    assert found.needed is not None
    assert found.needed.count == 1500


# --- the command -----------------------------------------------------------------------------------------------


def run(office: Office, *options: str) -> Result:
    url = office.database.url.render_as_string(hide_password=False)
    asked = ("--period", "2026-10", "--of", "departments", "--as-of", office.now.isoformat())
    return CliRunner().invoke(main, ["forecast", "--db", url, *asked, *options])


def test_the_command_answers_on_both_databases(office: Office) -> None:
    office.walk(office.report(), "closed", department="A")
    waiting = office.walk(office.report(), "handling", department="B")
    office.walk(office.report(), "closed", department="B")
    office.tick()

    told = run(office, "--unit", "乙局", "--rank", "1", "--format", "json")
    shown = run(office, "--unit", "B", "--rank", "1")

    assert told.exit_code == 0, told.stderr
    answer = json.loads(told.stdout)
    assert answer["needed"]["cases"] == [waiting]
    assert answer["reached"]
    assert shown.exit_code == 0
    assert "办结下列前 1 件，即可排第 1 名" in shown.stdout
    assert waiting in shown.stdout


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--unit", "甲"], 2, "甲局"),
        (["--unit", "A", "--rank", "0"], 2, "--rank"),
        (["--unit", "A", "--period", "2026-09"], 3, "2026-09 ended at 2026-10-01T00:00:00+08:00"),
        (["--unit", "A", "--of", "streets"], 2, "departments"),
    ],
)
def test_the_command_ends_with_the_code_of_the_refusal(
    sqlite_office: Office, options: list[str], code: int, told: str
) -> None:
    ended = run(sqlite_office, *options)

    assert (ended.exit_code, ended.stdout) == (code, "")
    assert told in ended.stderr
