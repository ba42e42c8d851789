"""What a report leaves behind: its number, its fields, the open cases near by, the chain of hashes."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from gridcase.config import load_settings
from gridcase.errors import NotPermitted
from tests.cases.checking import check_case
from tests.cases.clocking import dispatched, of_limit, run_of
from tests.cases.refusing import refusal
from tests.cases.sites import open_site
from tests.making import Office, china

METRE = 1 / 111_195


def test_numbers_begin_anew_with_every_china_day(sqlite_office: Office) -> None:
    office = sqlite_office
    numbers = []
    for moment in (
        "2026-10-08T23:59:58",
        "2026-10-08T23:59:59",
        "2026-10-09T00:00:00",
        "2026-10-09T00:00:01",
    ):
        office.set(moment)
        numbers.append(office.report())

    assert numbers == ["20261008000001", "20261008000002", "20261009000001", "20261009000002"]


def test_a_report_is_kept_with_everything_that_was_told(standing_both: Office) -> None:
    office = standing_both
    number = office.report(
        "intake_operator",
        channel="hotline_12345",
        address="长虹街道 1 号",
        outside_number="HL-1",
        reporter={"name": "李四", "phone": "13900000000"},
        is_urgent=True,
        is_reply_wanted=True,
        uncertainty_m=12.5,
        condition_no=1,
        taken_at=china("2026-10-09T08:30"),
    )

    (row,) = office.rows("cases", number)
    told = {
        "address": "长虹街道 1 号", "outside_number": "HL-1", "reporter_name": "李四", "reporter_phone": "13900000000",
        "is_urgent": True, "is_reply_wanted": True, "uncertainty_m": 12.5, "condition_no": 1,
        "taken_at": china("2026-10-09T08:30"), "channel": "hotline_12345", "reported_by": "intake_operator",
        "reported_role": "intake_operator", "reported_at": office.now, "version": 1, "attempt": 1, "state": "reported",
        "raw_lon": office.point[0], "coordinate_system": "wgs84", "sub_name": "暴露生活垃圾",
    }  # fmt: skip
    assert {name: row[name] for name in told} == told
    check_case(office, number)


@pytest.mark.parametrize(
    ("who", "channel"),
    [("intake_operator", "inspector"), ("inspector", "hotline_12345"), ("leader", "leader")],
)
def test_a_channel_is_open_to_its_own_role_only(standing: Office, who: str, channel: str) -> None:
    error = refusal(standing, lambda: standing.report(who, channel=channel, photos=1))

    assert isinstance(error, NotPermitted)
    assert error.code == "role_missing"


def test_an_interface_reports_in_any_channel_without_a_photo(standing: Office) -> None:
    for channel in ("sensor", "inspector"):
        number = standing.report("system", channel=channel, photos=0)
        assert standing.case(number).entries[0].step.role == "system"


# --- duplicates ----------------------------------------------------------------------------------------------


def near(office: Office, metres: float, **fields: object) -> list[str]:
    """The open cases that a report so many metres to the north is told of."""
    lon, lat = office.point
    found = office.reported(lon=lon, lat=lat + metres * METRE, **fields).duplicates
    return [duplicate.number for duplicate in found]


def test_open_cases_of_the_class_within_fifty_metres_are_told_nearest_first(sqlite_office: Office) -> None:
    office = sqlite_office
    lon, lat = office.point
    first = office.report()
    second = office.report(lat=lat + 10 * METRE)

    assert near(office, 2) == [first, second]
    assert first in near(office, 49.5)
    assert first not in near(office, 50.5)
    assert near(office, 0, sub_code="12") == []
    east = office.reported(lon=lon + 49.5 * METRE / math.cos(math.radians(lat)))
    assert first in [duplicate.number for duplicate in east.duplicates]


def test_an_ended_case_is_no_duplicate(sqlite_office: Office) -> None:
    office = sqlite_office
    office.walk(office.report(), "rejected")

    assert near(office, 0) == []


def test_a_case_older_than_a_week_is_no_duplicate(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.report()
    office.tick(days=7, minutes=0)
    assert near(office, 0) == [number]
    office.walk(office.rows("cases")[-1]["number"], "rejected")
    office.set("2026-10-16T09:00:01")

    assert number not in near(office, 0)


# --- filing again --------------------------------------------------------------------------------------------


def test_a_second_filing_gives_the_limit_of_later_dispatches_and_keeps_the_first_moment(
    standing: Office,
) -> None:
    number = dispatched(standing, "4工作时", "2026-11-23T09:00")
    standing.plain(number, "hand_back")
    standing.plain(number, "return_to_intake")
    category, condition = of_limit(standing, "2工作日")
    standing.tick(30)
    standing.move(
        "shift_supervisor_2", number, "file", condition_no=condition, duplicates_seen=True, corrections=category
    )  # fmt: skip
    standing.move("dispatcher", number, "dispatch", department="A")

    case = check_case(standing, number)
    assert [filing["limit"] for filing in case.filings] == ["4工作时", "2工作日"]
    assert (case.filed_at, case.filed_by) == (china("2026-11-23T09:00"), "shift_supervisor_2")
    assert run_of(standing, number).limit == "2工作日"
    assert [row["no"] for row in standing.rows("filing_record", number)] == [1, 2]


# --- history -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_every_step_is_sealed_with_the_hash_that_the_city_chose(
    sqlite_url: str, tmp_path: Path, quick_geo: Path, algorithm: str
) -> None:
    settings = load_settings(f'[history]\nhash = "{algorithm}"\n', "config.toml")
    office = open_site(sqlite_url, tmp_path, geo=quick_geo, settings=settings)

    number = office.walk(office.report(), "handled")

    hashes = [entry.hash for entry in check_case(office, number).entries]
    assert len(set(hashes)) == len(hashes)
    assert {len(code) for code in hashes} == {64}


def test_the_same_story_gives_the_same_hashes(
    sqlite_url: str, postgres_url: str, tmp_path: Path, quick_geo: Path
) -> None:
    told = []
    for name, url in (("one", sqlite_url), ("two", postgres_url)):
        office = open_site(url, tmp_path / name, geo=quick_geo)
        number = office.walk(office.report(), "verification_failed", "closed")
        told.append([entry.hash for entry in office.case(number).entries])
        office.database.close()

    assert told[0] == told[1]
