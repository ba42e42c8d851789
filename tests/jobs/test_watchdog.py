"""The watchdog: a stay that is too long is told once to the role in charge, and a supervision order is proposed."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from gridcase.cases.book import Desk
from gridcase.cli import main
from gridcase.errors import ChangedMeanwhile, DefinitionError
from gridcase.jobs import watchdog
from gridcase.resources import shipped_folder
from tests.cases.checking import check_case
from tests.cases.flows import LOOK_BACK
from tests.cases.following import offered, reply, run_watchdog, supervise, told, view
from tests.cases.sites import open_site
from tests.making import Office

# 4工作时, 2紧急工作时, 15工作日
SHORT, URGENT, LONG = {"sub_code": "10"}, {"sub_code": "07"}, {"sub_code": "11"}


def watch_at(office: Office, moment: str) -> tuple[str, ...]:
    """The cases that a run at a China time tells."""
    office.set(moment)
    summary = run_watchdog(office)
    assert summary.left_count == 0
    return summary.cases


# --- how long is too long ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "category", "last_moment", "longest"),
    [
        # Three times a quarter of an hour is less than one working day, counted in working time.
        ("reported", SHORT, "2026-10-10T09:00:00", "1工作日"),
        ("handled", SHORT, "2026-10-10T09:05:00", "1工作日"),
        # Three times the filed limit, from entering the state and not from the start of the clock.
        ("dispatched", SHORT, "2026-10-10T15:03:00", "12工作时"),
        ("handling", SHORT, "2026-10-10T15:04:00", "12工作时"),
        ("handling", URGENT, "2026-10-10T09:04:00", "1工作日"),
    ],
)
def test_a_stay_is_too_long_one_second_after_the_later_of_both_limits(
    sqlite_office: Office, state: str, category: dict[str, str], last_moment: str, longest: str
) -> None:
    office = sqlite_office
    number = office.report(**category)
    if state != "reported":
        office.walk(number, state)

    assert watch_at(office, last_moment) == ()
    assert watch_at(office, last_moment[:-1] + "1") == (number,)

    step = check_case(office, number).entries[-1]
    assert (step.step.trigger, step.step.actor, step.step.role, step.receiver) == (
        "escalate",
        "system",
        "system",
        "shift_supervisor",
    )
    assert step.step.data == {"escalate_to": "shift_supervisor", "longest_stay": longest}
    assert (step.step.from_state, step.step.to_state) == (state, state)


def test_handing_a_task_on_begins_no_new_stay(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "verifying")
    office.tick(60)
    office.move("intake_operator", number, "reassign", inspector="inspector", reason="另有任务")

    assert watch_at(office, "2026-10-10T09:06:01") == (number,)


@pytest.mark.parametrize(
    ("keys", "last_moment"),
    [
        ('longest_stay = "2紧急工作时"', "2026-10-09T11:00:00"),
        ('longest_stay = "3工作时"', "2026-10-09T12:00:00"),
        # Three times fifteen working days.
        ("", "2026-12-10T09:00:00"),
    ],
)
def test_a_flow_may_say_how_long_a_stay_is_and_who_is_told(
    sqlite_url: str, tmp_path: Path, quick_geo: Path, keys: str, last_moment: str
) -> None:
    more = f'limit = "15工作日", escalate_to = "inspector", {keys}'.rstrip(", ")
    flow = LOOK_BACK.replace('limit = "15工作日"', more)
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, look_back=flow)
    number = office.report(
        "shift_supervisor", workflow="look_back", channel="letter", records={"inspector": "inspector"}
    )

    assert watch_at(office, last_moment) == ()
    assert watch_at(office, last_moment[:-1] + "1") == (number,)
    assert [notice.role for notice in told(office, number)] == ["inspector"]


# --- once a stay ---------------------------------------------------------------------------------------------


def test_a_stay_is_told_once_and_the_next_stay_again(office: Office) -> None:
    number = office.walk(office.report(), "handling")
    assert watch_at(office, "2026-10-12T09:00") == (number,)
    assert watch_at(office, "2026-10-12T09:00") == ()
    assert watch_at(office, "2026-10-20T09:00") == ()

    office.walk(number, "handed_back", "dispatched")
    assert watch_at(office, "2026-10-22T09:00") == (number,)

    case = check_case(office, number)
    assert [entry.step.trigger for entry in case.entries].count("escalate") == 2
    assert [notice.dedupe_key for notice in told(office, number)] == [
        f"escalation:{number}:5",
        f"escalation:{number}:8",
    ]


def test_many_runs_at_once_tell_each_stay_once(office: Office) -> None:
    numbers = [office.walk(office.report(**SHORT), "handled") for _ in range(6)]
    office.set("2026-10-12T09:00")

    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: run_watchdog(office), range(4)))

    assert sorted(number for run in runs for number in run.cases) == sorted(numbers)
    for number in numbers:
        check_case(office, number)
        assert len(told(office, number)) == 1


def test_a_run_that_was_missed_is_made_up_by_the_next(office: Office) -> None:
    number = office.report()

    assert watch_at(office, "2026-11-30T09:00") == (number,)


def test_a_case_in_other_hands_waits_for_the_next_run(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = sqlite_office
    busy, free = office.report(), office.report()
    real = watchdog.escalate

    def contested(desk: Desk, number: str) -> Any:
        if number == busy:
            raise ChangedMeanwhile
        return real(desk, number)

    office.set("2026-10-12T09:00")
    with monkeypatch.context() as patch:
        patch.setattr(watchdog, "escalate", contested)
        assert run_watchdog(office).as_dict() == {
            "at": "2026-10-12T09:00:00+08:00",
            "escalated_count": 1,
            "left_count": 1,
            "cases": [free],
        }
    assert run_watchdog(office).cases == (busy,)


def test_step_and_notice_are_written_together_or_not_at_all(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = sqlite_office
    number = office.report()
    office.set("2026-10-12T09:00")

    with monkeypatch.context() as patch:
        patch.setattr(watchdog, "store", _fail)
        with pytest.raises(RuntimeError):
            run_watchdog(office)

    assert [entry.step.trigger for entry in office.case(number).entries] == ["report"]
    assert run_watchdog(office).cases == (number,)
    assert len(told(office, number)) == 1


def _fail(*_arguments: object) -> None:
    raise RuntimeError("the process died here")


def test_what_has_ended_is_left_alone(sqlite_office: Office) -> None:
    office = sqlite_office
    for state in ("closed", "rejected", "force_closed"):
        office.walk(office.report(), *(("filed", state) if state == "force_closed" else (state,)))

    assert watch_at(office, "2027-01-04T09:00") == ()


# --- holds ---------------------------------------------------------------------------------------------------


def suspended(office: Office, until: str) -> str:
    """In handling since Monday 09:04; from 10:00 on held until a date."""
    office.set("2026-11-23T09:00")
    number = office.walk(office.report(**SHORT), "handling")
    office.set("2026-11-23T10:00")
    asked = office.ask("officer_a", number, "suspension", photos=1, until=until)
    office.grant("shift_supervisor", number, asked.id)
    return number


def test_a_held_case_is_never_told_and_its_hold_is_no_part_of_the_stay(office: Office) -> None:
    number = suspended(office, "2026-12-21")

    assert watch_at(office, "2026-12-18T09:00") == ()
    assert watch_at(office, "2026-12-20T23:59:59") == ()
    # 56 minutes were used; 11 hours and 4 minutes of working time are left from Monday 12-21 00:00.
    assert watch_at(office, "2026-12-22T11:04:00") == ()
    assert watch_at(office, "2026-12-22T11:04:01") == (number,)
    check_case(office, number)


def test_a_hold_whose_date_has_come_is_released_on_the_way(office: Office) -> None:
    number = suspended(office, "2026-11-25")

    assert watch_at(office, "2026-12-31T09:00") == (number,)

    triggers = [entry.step.trigger for entry in check_case(office, number).entries]
    assert triggers[-2:] == ["release", "escalate"]


def test_a_confirmation_holds_the_clock_of_intake_and_has_a_stay_of_its_own(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "confirming")

    assert watch_at(office, "2026-10-10T09:01:00") == ()
    assert watch_at(office, "2026-10-10T09:01:01") == (number,)


# --- what is told and proposed -------------------------------------------------------------------------------


def test_the_notice_names_case_state_owner_and_how_long(office: Office) -> None:
    number = office.walk(office.report(address="迎水道 12 号"), "handling")
    watch_at(office, "2026-10-12T09:30")

    (notice,) = told(office, number)

    assert (notice.kind, notice.role, notice.department) == ("escalation", "shift_supervisor", None)
    assert (notice.on_day.isoformat(), notice.created_at) == ("2026-10-12", office.now)
    for words in (number, "暴露生活垃圾", "迎水道 12 号", "2026-10-09 09:04", "处置中", "12工作时", "甲局"):
        assert words in notice.text, words


def test_a_supervision_order_is_proposed_until_a_person_gives_one(office: Office) -> None:
    number = office.walk(office.report(), "handling")
    assert view(office, number)["proposals"] == []
    watch_at(office, "2026-10-12T09:30")

    (proposal,) = view(office, number)["proposals"]
    assert proposal == {
        "kind": "supervision_order",
        "level": 1,
        "department": "A",
        "desk": None,
        "state": "handling",
        "entered_at": "2026-10-09T09:04:00+08:00",
        "longest_stay": "12工作时",
        "escalated_at": "2026-10-12T09:30:00+08:00",
        "escalate_to": "shift_supervisor",
    }
    assert {"act": "supervise", "proposals": [proposal]} in offered(office, number, "leader")
    assert office.rows("supervision_order") == []
    # Whoever cannot give it is not told of it.
    assert view(office, number, "officer_a")["proposals"] == []

    order = supervise(office, number, level=proposal["level"], department=proposal["department"])

    assert view(office, number)["proposals"] == []
    reply(office, number, order.id)
    office.walk(number, "handed_back")
    watch_at(office, "2026-10-14T09:30")
    (second,) = view(office, number)["proposals"]
    assert (second["level"], second["department"], second["desk"]) == (2, None, "dispatcher")


def test_a_proposal_ends_when_the_case_is_moved(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.report()
    watch_at(office, "2026-10-12T09:30")
    assert [each["desk"] for each in view(office, number)["proposals"]] == ["intake_operator"]

    office.walk(number, "accepted")

    assert view(office, number)["proposals"] == []
    assert office.rows("cases", number)[0]["escalated_at"] is None


# --- at work -------------------------------------------------------------------------------------------------


def test_run_job_prints_what_it_told(office: Office) -> None:
    number = office.report()
    site = str(office.installation.site.root)
    url = office.database.url.render_as_string(hide_password=False)
    command = ["--site", site, "--db", url, "run-job", "watchdog", "--at", "2026-10-12T09:00"]

    first, again = (CliRunner().invoke(main, command) for _ in range(2))

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert json.loads(first.stdout)["cases"] == [number]
    assert json.loads(again.stdout)["escalated_count"] == 0


def test_open_cases_are_found_by_their_index_and_the_rest_is_not_read(sqlite_office: Office) -> None:
    office = sqlite_office
    definition = office.book.flows.latest("standard")
    with office.database.reading() as connection:
        desk = Desk(connection, office.book, office.now)
        query = watchdog._select(desk, definition, definition.states["handling"])
        plain = query.compile(connection.engine, compile_kwargs={"literal_binds": True})
        plan = [row[-1] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {plain}"))]

    assert any("cases USING INDEX ix_cases_state (district=? AND state=?)" in line for line in plan), plan
    assert not any(line.startswith("SCAN") for line in plan), plan


def test_a_site_without_a_text_for_escalations_says_so(sqlite_office: Office, tmp_path: Path) -> None:
    office = sqlite_office
    number = office.report()
    folder = office.installation.site.root / "templates" / "notices"
    folder.mkdir(parents=True)
    (folder / "escalation.txt").write_text("{{ colour }}", encoding="utf-8")
    office.set("2026-10-12T09:00")

    with pytest.raises(DefinitionError, match="bad_template"):
        run_watchdog(office)

    assert told(office, number) == []


def test_a_waiting_state_without_owner_limit_or_escalation_stops_the_start(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    standard = (shipped_folder() / "workflows" / "standard.toml").read_text(encoding="utf-8")
    faulty = standard.replace('name = "standard"', 'name = "faulty"')
    faulty = faulty.replace('owner = "intake_operator"\nlimit = "intake"\n', "")
    faulty = faulty.replace('limit = "confirmation"\n', 'limit = "confirmation"\nescalate_to = ""\n')

    with pytest.raises(DefinitionError) as caught:
        open_site(sqlite_url, tmp_path, geo=quick_geo, faulty=faulty)

    found = {
        (fault.place.partition(" ")[0], fault.place.rpartition(" ")[2], fault.code)
        for fault in caught.value.faults
    }
    assert {
        ("state", "reported", "no_owner"),
        ("state", "reported", "no_limit"),
        ("state", "confirming", "no_escalation"),
    } <= found


def test_moments_are_whole_seconds(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.report()
    office.set("2026-10-10T09:00:00")
    office.now = office.now.replace(microsecond=500000)

    # Half a second is no longer stay.
    assert run_watchdog(office).cases == ()
    assert office.case(number).version == 1
