"""Taking running cases over to another version of their workflow, by a plan (flow.md 9)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gridcase.cases.book import Desk
from gridcase.cases.case_check import check_case as differences_of
from gridcase.cases.migrating import Migration, Plan, examine, migrate, read_plan
from gridcase.cases.replaying import replay
from gridcase.cases.verifying import held_cases, verify
from gridcase.cases.view import case_view
from gridcase.directory.people import SYSTEM
from gridcase.errors import DefinitionError
from tests.cases.checking import check_case, everything
from tests.cases.clocking import run_of, runs_of
from tests.cases.refusing import reasons
from tests.cases.sites import STANDARD, open_site
from tests.making import Office


def renamed(text: str) -> str:
    """Version 2: `handled` is called `fed_back`, `filed` is measured by a clock of its own, no deferral any more."""
    second = text.replace("version = 1", "version = 2").replace('"handled"', '"fed_back"')
    second = second.replace(
        'name = "filed"\nlabel = "已立案，待派遣"\nstage = "dispatch"\nowner = "dispatcher"\nlimit = "dispatch"',
        'name = "filed"\nlabel = "待派"\nstage = "dispatch"\nowner = "dispatcher"\nlimit = "2紧急工作时"',
    )
    begin, end = (
        second.index('[[request]]\nkind = "deferral"'),
        second.index("# From reported and accepted only"),
    )
    second = second[:begin] + second[end:]
    # The clock of the sending is gone: the state has one of its own name.
    begin, end = (
        second.index('[[clock]]\nname = "verification_sending"'),
        second.index('[[clock]]\nname = "verification"'),
    )
    second = second[:begin] + second[end:]
    return second.replace('limit = "verification_sending"', 'limit = "1紧急工作时"')


SECOND = renamed(STANDARD)
PLAN = 'workflow = "standard"\nfrom = 1\nto = 2\nreason = "改用第 2 版"\n[states]\nhandled = "fed_back"\n'


@pytest.fixture
def city(office: Office) -> Office:
    """An office on both databases whose cases run on version 1."""
    return office


def second_open(office: Office, folder: Path, geo: Path, **files: str) -> Office:
    """The same database under a site that has version 2 beside version 1."""
    url = office.database.url.render_as_string(hide_password=False)
    office.database.close()
    later = open_site(url, folder, geo=geo, **{"second": SECOND, **files})
    later.set(office.now)
    return later


@pytest.fixture
def upgraded(city: Office, tmp_path: Path, quick_geo: Path) -> Iterator[Any]:
    opened: list[Office] = []

    def upgrade(**files: str) -> Office:
        opened.append(second_open(city, tmp_path / "later", quick_geo, **files))
        return opened[-1]

    yield upgrade
    for office in opened:
        office.database.close()


def plan_of(office: Office, text: str = PLAN) -> Plan:
    return read_plan(text, "plan.toml", office.book.flows)


def take_over(office: Office, plan: Plan) -> Migration:
    return migrate(office.database, office.book, office.now, plan=plan, by=(SYSTEM, "system"))


def is_sound(office: Office, number: str) -> bool:
    """By the fold of the tests, by verify-history and by replay."""
    check_case(office, number)
    with office.database.reading() as connection:
        (held,) = held_cases(connection, office.district, [number])
        found = list(differences_of(connection, office.book, held))
    told = list(replay(office.database, office.book, office.now, numbers=[number]))
    return not found and not any(one.differences for one in told)


# --- what it does --------------------------------------------------------------------------------------------


def test_a_case_goes_over_by_one_step_and_goes_on_by_the_new_version(city: Office, upgraded: Any) -> None:
    number = city.walk(city.report(), "handled")
    before = city.case(number)
    office = upgraded()
    office.tick(5)

    done = take_over(office, plan_of(office))

    assert done.as_dict() == {
        "case_count": 1, "states": [{"from": "handled", "to": "fed_back", "count": 1}],
        "clocks_started": {"fed_back": 1}, "clocks_ended": {"verification_sending": 1}, "left_count": 0,
    }  # fmt: skip
    case = office.case(number)
    last = case.entries[-1]
    assert (case.state, case.definition.version, case.version) == ("fed_back", 2, before.version + 1)
    assert (last.step.trigger, last.step.from_state, last.step.to_state) == ("migrate", "handled", "fed_back")
    assert (last.step.actor, last.reason, last.definition_version) == ("system", "改用第 2 版", 2)
    assert last.previous_hash == before.last_hash
    assert [entry.definition_version for entry in case.entries] == [1] * before.version + [2]
    assert is_sound(office, number)
    # On its way by the new version, and the old one's word for the state is no more.
    assert reasons(office, lambda: office.move("shift_supervisor", number, "close")) >= {"wrong_state"}
    office.plain(number, "send_verification")
    office.walk(number, "closed")
    assert is_sound(office, number)


def test_a_clock_that_both_versions_have_runs_on(city: Office, upgraded: Any) -> None:
    number = city.walk(city.report(), "handling")
    before = run_of(city, number)
    office = upgraded()
    office.tick(30)

    done = take_over(office, plan_of(office))

    after = run_of(office, number)
    assert (done.started, done.ended) == ({}, {})
    assert (after.run, after.started_at, after.due_at) == (before.run, before.started_at, before.due_at)
    assert is_sound(office, number)


def test_a_state_that_another_clock_measures_gets_it_with_the_full_limit(city: Office, upgraded: Any) -> None:
    number = city.walk(city.report(), "filed")
    office = upgraded()
    office.tick(60)
    take_over(office, plan_of(office))

    (run,) = runs_of(office, number, "filed")
    assert (run.started_at, run.limit, run.is_open) == (office.now, "2紧急工作时", True)
    # The clock that both versions have goes on beside it.
    assert run_of(office, number, "dispatch").is_open
    assert office.rows("cases", number)[0]["due_at"] == run.due_at
    assert is_sound(office, number)


def test_a_hold_and_an_open_request_go_over_with_the_case(city: Office, upgraded: Any) -> None:
    held = city.walk(city.report(), "handling")
    asked = city.ask("officer_a", held, "suspension", until="2026-10-12", photos=1)
    city.grant("shift_supervisor", held, asked.id)
    waiting = city.walk(city.report(), "handling")
    extension = city.ask("officer_a", waiting, "extension")
    office = upgraded()

    take_over(office, plan_of(office))

    office.grant("dispatcher", waiting, extension.id)
    assert office.case(held).is_held
    office.set("2026-10-12T08:00")
    assert office.release_holds(held) == 1
    assert is_sound(office, held)
    assert is_sound(office, waiting)


def test_ended_cases_and_those_of_other_versions_are_left_alone(city: Office, upgraded: Any) -> None:
    ended = city.walk(city.report(), "rejected")
    other = city.report(workflow="two_level")
    running = city.report()
    office = upgraded()
    new = office.report()
    before = {number: office.case(number).version for number in (ended, other, new)}

    assert take_over(office, plan_of(office)).case_count == 1
    assert take_over(office, plan_of(office)).case_count == 0
    assert {number: office.case(number).version for number in before} == before
    assert office.case(running).definition.version == office.case(new).definition.version == 2


def test_the_whole_history_is_shown_in_the_words_of_its_time(city: Office, upgraded: Any) -> None:
    number = city.walk(city.report(), "handled", "handling", "handled")
    office = upgraded()
    take_over(office, plan_of(office))
    office.plain(number, "send_verification")
    office.walk(number, "verified")

    with office.database.reading() as connection:
        view = case_view(Desk(connection, office.book, office.now), office.people["leader"], number)

    assert view["definition_version"] == 2
    assert [step["to"] for step in view["steps"][-4:]] == ["handled", "fed_back", "verifying", "verified"]
    assert view["steps"][-3]["records"] == {"from_version": 1, "to_version": 2}
    assert view["counters"]["feedback_return_count"] == 1


def test_an_earlier_deferral_of_a_case_is_no_stumbling_block_later(city: Office, upgraded: Any) -> None:
    number = city.walk(city.report(), "handling")
    asked = city.ask("officer_a", number, "deferral", until="2026-11-01")
    city.refuse("shift_supervisor", number, asked.id)
    office = upgraded()
    take_over(office, plan_of(office))

    # The new version knows no deferral: nothing can be done about the old one, and nothing breaks.
    assert reasons(office, lambda: office.grant("shift_supervisor", number, asked.id)) == {"request_state"}
    assert is_sound(office, number)


# --- what stands in its way ----------------------------------------------------------------------------------


def test_a_dry_run_tells_the_same_and_writes_nothing(city: Office, upgraded: Any) -> None:
    for state in ("handled", "filed", "handling"):
        city.walk(city.report(), state)
    office = upgraded()
    before = everything(office)

    told = examine(office.database, office.book, office.now, plan=plan_of(office))

    assert everything(office) == before
    assert take_over(office, plan_of(office)).as_dict() == told.as_dict()
    assert told.case_count == 3


def faults(office: Office, text: str = PLAN) -> list[tuple[str, str]]:
    before = everything(office)
    with pytest.raises(DefinitionError) as caught:
        take_over(office, plan_of(office, text))
    assert everything(office) == before
    return [(fault.place, fault.code) for fault in caught.value.faults]


def test_a_case_whose_state_has_nowhere_to_go_stops_the_whole(city: Office, upgraded: Any) -> None:
    stranded = city.walk(city.report(), "handled")
    city.walk(city.report(), "handling")
    office = upgraded()

    assert faults(office, PLAN.replace('handled = "fed_back"', "")) == [(f"case {stranded}", "strands_cases")]


def test_a_request_that_is_not_over_wants_a_version_that_knows_it(city: Office, upgraded: Any) -> None:
    waiting = city.walk(city.report(), "handling")
    city.ask("officer_a", waiting, "deferral", until="2026-11-01")
    held = city.walk(city.report(), "handling")
    city.grant("shift_supervisor", held, city.ask("officer_a", held, "deferral", until="2026-11-01").id)
    office = upgraded()

    assert faults(office) == [(f"case {waiting}", "open_request"), (f"case {held}", "open_request")]


def test_a_state_measured_by_the_filed_limit_wants_a_filing(city: Office, upgraded: Any) -> None:
    number = city.report()
    office = upgraded()

    assert faults(office, PLAN + 'reported = "handling"\n') == [(f"case {number}", "limit_filed")]


PLAN_FAULTS = [
    ("workflow = [", ["bad_file"]),
    ("", ["missing_key"] * 4),
    (PLAN.replace("from = 1", 'from = "1"'), ["bad_value"]),
    (PLAN.replace("to = 2", "to = true"), ["bad_value"]),
    (PLAN.replace("改用第 2 版", " 改 "), ["bad_value"]),
    (PLAN.replace("reason", "raeson"), ["unknown_key", "missing_key"]),
    (PLAN.replace("to = 2", "to = 3"), ["unknown_workflow"]),
    (PLAN.replace("to = 2", "to = 1"), ["bad_value", "unknown_state"]),
    (PLAN + 'filed = "fled"\n', ["unknown_state"]),
    (PLAN + 'flied = "filed"\n', ["unknown_state"]),
    (PLAN + 'filed = "closed"\n', ["bad_value"]),
    (PLAN.replace('"fed_back"', "1"), ["bad_value"]),
]


@pytest.mark.parametrize(("text", "codes"), PLAN_FAULTS, ids=range(len(PLAN_FAULTS)))
def test_a_faulty_plan_is_told_with_all_its_faults(
    sqlite_url: str, tmp_path: Path, quick_geo: Path, *, text: str, codes: list[str]
) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, second=SECOND)

    with pytest.raises(DefinitionError) as caught:
        plan_of(office, text)

    assert [fault.code for fault in caught.value.faults] == codes
    office.database.close()


def test_histories_of_cases_that_went_over_verify_as_a_whole(city: Office, upgraded: Any) -> None:
    numbers = [city.walk(city.report(), state) for state in ("handled", "closed", "handed_back")]
    office = upgraded()
    take_over(office, plan_of(office))

    checked = {case.number: case.differences for case in verify(office.database, office.book)}
    assert checked == dict.fromkeys(numbers, ())
