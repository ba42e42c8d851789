"""Versions of a workflow: a text in use cannot change, and cases stay on the words with which they began."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from gridcase.cases.visibility import may_see
from gridcase.errors import DefinitionError, Invalid
from tests.cases.checking import check_case
from tests.cases.flows import LOOK_BACK
from tests.cases.sites import STANDARD, open_site, workflows_of
from tests.cases.test_visibility import listed
from tests.making import Office

SECOND = STANDARD.replace("version = 1", "version = 2").replace(
    'trigger = "receive"\nlabel = "接收"\nfrom = ["dispatched"]',
    'trigger = "take_over"\nlabel = "接手"\nfrom = ["dispatched"]',
)


def test_the_text_of_a_version_is_stored_with_its_first_case(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo)
    assert office.rows("definition_text") == []

    for _ in range(3):
        office.report()

    (row,) = office.rows("definition_text")
    assert (row["name"], row["version"], row["text"]) == ("standard", 1, STANDARD)


def test_a_refused_first_report_stores_nothing(sqlite_url: str, tmp_path: Path, quick_geo: Path) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo)
    with pytest.raises(Invalid):
        office.report(sub_code="999")

    assert office.rows("definition_text") == []
    office.report()
    assert len(office.rows("definition_text")) == 1


def test_first_cases_at_the_same_time_store_the_text_once(
    postgres_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    office = open_site(postgres_url, tmp_path, geo=quick_geo)
    numbers: list[str] = []

    def report() -> None:
        numbers.append(office.report("intake_operator"))

    threads = [threading.Thread(target=report) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(numbers)) == 4
    assert len(office.rows("definition_text")) == 1
    office.database.close()


def test_a_text_that_no_case_used_may_still_change(sqlite_url: str, tmp_path: Path, quick_geo: Path) -> None:
    open_site(sqlite_url, tmp_path, geo=quick_geo).database.close()

    office = open_site(sqlite_url, tmp_path, geo=quick_geo, standard=STANDARD.replace("待受理", "等待受理"))

    assert office.book.flows.latest("standard").states["reported"].label == "已上报，等待受理"


def test_a_changed_text_without_a_raised_version_stops_the_start(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo)
    office.walk(office.report(), "rejected")
    office.report()
    office.report()
    office.database.close()

    with pytest.raises(DefinitionError) as caught:
        open_site(sqlite_url, tmp_path, geo=quick_geo, standard=STANDARD.replace("待受理", "等待受理"))

    (fault,) = caught.value.faults
    assert (fault.file, fault.code) == ("workflows/standard.toml", "version_not_raised")
    assert "2 open cases" in fault.text


def test_a_running_case_goes_on_by_its_own_version_and_a_new_one_by_the_highest(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo)
    old = office.walk(office.report(), "dispatched")
    office.database.close()

    later = open_site(sqlite_url, tmp_path, geo=quick_geo, second=SECOND)
    new = later.walk(later.report(), "dispatched")
    later.move("officer_a", old, "receive")
    later.move("officer_a", new, "take_over")

    assert [check_case(later, number).definition.version for number in (old, new)] == [1, 2]
    assert [entry.definition_version for entry in later.case(old).entries] == [1] * 5
    assert {(row["name"], row["version"]) for row in later.rows("definition_text")} == {
        ("standard", 1), ("standard", 2),
    }  # fmt: skip


def reopened_without(office: Office, tmp_path: Path, geo: Path, **files: str) -> Office:
    """The site again, with only these workflow files."""
    url = office.database.url.render_as_string(hide_password=False)
    office.database.close()
    for path in workflows_of(tmp_path).glob("*.toml"):
        path.unlink()
    return open_site(url, tmp_path, geo=geo, **files)


def test_a_version_that_left_the_folder_goes_on_for_its_cases(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo)
    old = office.walk(office.report(), "dispatched")

    # The new version tells a role in other words, which two files in the folder may not.
    renamed = SECOND.replace('label = "派遣员"', 'label = "调度员"')
    later = reopened_without(office, tmp_path, quick_geo, standard=renamed)
    later.move("officer_a", old, "receive")
    later.walk(old, "closed")

    assert check_case(later, old).state == "closed"
    assert later.case(later.report()).definition.version == 2


def test_a_version_taken_out_of_the_folder_takes_no_new_case(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, second=SECOND)
    old = office.walk(office.report(), "dispatched")
    assert office.case(old).definition.version == 2

    later = reopened_without(office, tmp_path, quick_geo, standard=STANDARD)
    new = later.walk(later.report(), "dispatched")

    assert later.case(new).definition.version == 1
    assert later.move("officer_a", old, "take_over").state == "handling"


def test_a_workflow_taken_out_of_the_folder_takes_no_new_case(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    extra = STANDARD.replace('name = "standard"', 'name = "extra"')
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, extra=extra)
    old = office.report(workflow="extra")

    later = reopened_without(office, tmp_path, quick_geo, standard=STANDARD)

    assert later.plain(old, "accept").state == "accepted"
    with pytest.raises(Invalid) as caught:
        later.report(workflow="extra")
    assert caught.value.code == "unknown_workflow"


def test_the_list_shows_a_case_by_the_version_on_which_it_runs(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo)
    old = office.walk(office.report(), "handling")
    office.move("officer_a", old, "assign", handler="handler_a")
    blind = SECOND.replace('sees = "assigned"', 'sees = "none"')

    later = reopened_without(office, tmp_path, quick_geo, standard=blind)
    new = later.walk(later.report(), "dispatched")
    later.move("officer_a", new, "take_over")
    later.move("officer_a", new, "assign", handler="handler_a")

    assert listed(later, later.people["handler_a"]) == {old}
    for number, is_seen in ((old, True), (new, False)):
        assert may_see(later.case(number), later.people["handler_a"], later.book.flows) is is_seen


# --- open cases that no definition knows -----------------------------------------------------------------------


def stranded(office: Office, tmp_path: Path, geo: Path, **files: str) -> list[str]:
    """The faults with which the site refuses to start, `version_not_raised` left out."""
    with pytest.raises(DefinitionError) as caught:
        reopened_without(office, tmp_path, geo, **files)
    return [str(fault) for fault in caught.value.faults if fault.code != "version_not_raised"]


def test_a_version_of_open_cases_that_nobody_knows_stops_the_start(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, second=SECOND)
    for state in ("accepted", "accepted", "rejected"):
        office.walk(office.report(), state)
    with office.database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM definition_text WHERE version = 2")

    assert stranded(office, tmp_path, quick_geo, standard=STANDARD) == [
        "workflows: standard version 2: strands_cases: "
        '2 open cases in "accepted" run on it, and it is neither in the folder nor stored'
    ]


def test_a_state_of_open_cases_that_its_version_has_lost_stops_the_start(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo)
    office.walk(office.report(), "handled")
    office.report()

    told = stranded(office, tmp_path, quick_geo, standard=STANDARD.replace('"handled"', '"fed_back"'))

    assert told == [
        "workflows: standard version 1: strands_cases: "
        '1 open cases stand in "handled": it has no such state; raise the version, or put the state back'
    ]


def test_a_state_that_became_an_end_strands_its_cases_too(
    sqlite_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, look_back=LOOK_BACK)
    office.report(
        "shift_supervisor", workflow="look_back", channel="self_found", records={"inspector": "inspector_2"}
    )
    ended = (
        LOOK_BACK.replace('"planned"', '"asked"')
        .replace('"visited"', '"planned"')
        .replace("回头看", "回头看 2")
    )

    told = stranded(office, tmp_path, quick_geo, standard=STANDARD, look_back=ended)

    assert [text for text in told if "the state is terminal there" in text] == told != []


def test_ended_cases_strand_nowhere(sqlite_url: str, tmp_path: Path, quick_geo: Path) -> None:
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, second=SECOND)
    office.walk(office.report(), "rejected")
    with office.database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM definition_text WHERE version = 2")

    assert reopened_without(office, tmp_path, quick_geo, standard=STANDARD).book.flows.offered == (
        "standard",
    )
