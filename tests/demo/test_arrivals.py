"""When and what is reported in the played month: numbers, hours, holidays and shares."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from gridcase.cases.catalogue import (
    Catalogue,
    Channel,
    catalogue_of,
    read_channels,
)
from gridcase.cases.catalogue_file import load_catalogue_files
from gridcase.clock import CHINA, load_calendar
from gridcase.config import Settings
from gridcase.demo.month.arrivals import Arrival, Load, arrivals
from gridcase.demo.month.chance import Urn, minutes, spread_about
from gridcase.demo.month.plan import STREET_UNIT, Plan, load_plan
from gridcase.errors import DefinitionError
from gridcase.resources import shipped_folder

WORKFLOWS = shipped_folder() / "workflows"
OCTOBER = (datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC))


def shipped_catalogue() -> Catalogue:
    standard = Settings().catalogue.standard
    return catalogue_of(standard, load_catalogue_files(WORKFLOWS / "catalogue", standard))


def shipped_channels() -> dict[str, Channel]:
    file = WORKFLOWS / "channels.csv"
    return read_channels(file.read_text(encoding="utf-8"), file.name)


def plan_in(folder: Path) -> Plan:
    return load_plan(folder, catalogue=shipped_catalogue(), channels=shipped_channels())


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_in(WORKFLOWS)


def draw(plan: Plan, count: int, seed: int = 1) -> list[Arrival]:
    calendar = load_calendar(WORKFLOWS / "calendars")
    load = Load(count, 0.9568)
    return list(arrivals(plan.arrivals, calendar, Random(seed), span=OCTOBER, load=load))


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_exactly_so_many_reports_arrive_in_order_inside_the_span(plan: Plan, count: int) -> None:
    found = draw(plan, count)

    assert len(found) == count
    assert all(OCTOBER[0] <= arrival.at < OCTOBER[1] for arrival in found)
    assert all(one.at <= other.at for one, other in pairwise(found))
    assert all(arrival.at.microsecond == 0 for arrival in found)


def test_inspectors_find_the_published_share_and_none_of_it_in_the_dead_of_night(plan: Plan) -> None:
    found = draw(plan, 20_000)
    patrols = [arrival for arrival in found if arrival.is_patrol]
    by_hour = Counter(arrival.at.astimezone(CHINA).hour for arrival in patrols)

    assert abs(len(patrols) / len(found) - 0.9568) < 0.01
    assert not any(by_hour[hour] for hour in (0, 1, 2, 3, 4, 22, 23))
    assert by_hour[9] > by_hour[12] > by_hour[19] > 0


def test_holidays_and_weekends_bring_fewer_reports_than_working_days(plan: Plan) -> None:
    by_day = Counter(arrival.at.astimezone(CHINA).day for arrival in draw(plan, 20_000))

    # 1 to 7 October 2026 are holidays, the 12th is a Monday, the 18th a Sunday.
    assert max(by_day[day] for day in range(1, 8)) < by_day[12]
    assert by_day[18] < by_day[12]


def test_events_and_components_have_the_published_shares(plan: Plan) -> None:
    urn = Urn(plan.mix.items())
    rng = Random(5)

    drawn = Counter(urn.draw(rng).split("/")[0] for _ in range(40_000))

    assert sum(weight for key, weight in plan.mix.items() if key.startswith("event/")) == pytest.approx(97.5)
    assert sum(weight for key, weight in plan.mix.items() if key.startswith("component/")) == pytest.approx(
        2.5
    )
    assert sum(plan.channels.values()) == pytest.approx(100)
    assert abs(drawn["event"] / 40_000 - 0.975) < 0.005


def test_the_longest_entry_says_who_is_responsible(plan: Plan) -> None:
    assert plan.department_of("event/01/12") == "HW"
    assert plan.department_of("event/01/17") == "YL"
    assert plan.department_of("event/04/05") == STREET_UNIT
    assert plan.department_of("event/04/06") == "ZF"


def test_delays_stay_between_half_a_minute_and_twelve_times_the_median() -> None:
    rng = Random(3)
    drawn = [minutes(rng, (4.0, 2.5)) for _ in range(5000)]

    assert min(drawn) == 0.5
    assert max(drawn) == 48
    assert spread_about(rng, 3.0, 0.0) == 3.0


def test_every_fault_of_the_plan_is_told_at_once(tmp_path: Path) -> None:
    text = (WORKFLOWS / "demo" / "month.toml").read_text(encoding="utf-8")
    text = text.replace('"event/01/01" = 0.5', '"event/01/00" = 0.5').replace(
        "app = 1.42", "telegraph = 1.42"
    )
    text = text.replace('tempo = "quick"', 'tempo = "asleep"', 1)
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "month.toml").write_text(text, encoding="utf-8")

    with pytest.raises(DefinitionError) as refusal:
        plan_in(tmp_path)

    assert {(fault.place, fault.code) for fault in refusal.value.faults} == {
        ("mix.event/01/00", "class_in_catalogue"),
        ("channels.telegraph", "unknown_channel"),
        ("tempo.asleep", "missing_key"),
    }


@pytest.mark.parametrize("text", ["[arrivals]\nwarm_up_days = 5\n", "not toml", None])
def test_a_plan_that_cannot_be_read_is_a_faulty_file(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "demo").mkdir()
        (tmp_path / "demo" / "month.toml").write_text(text, encoding="utf-8")

    with pytest.raises(DefinitionError, match=r"month\.toml"):
        plan_in(tmp_path)
