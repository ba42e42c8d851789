"""Reporters are told once of every end: of their own case, and of the one into which it was merged (flow.md 5)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from gridcase.cli import main
from gridcase.errors import DefinitionError
from gridcase.notices.queries import notices_of_case
from gridcase.notices.reporters import KIND, tell_reporters
from tests.making import Office
from tests.web.calling import Caller

ZHANG = {"name": "张女士", "phone": "13900000000"}


def told(office: Office, number: str) -> list[str]:
    with office.database.reading() as connection:
        found = notices_of_case(connection, office.district, number)
    assert all((notice.department, notice.role) == (None, None) for notice in found)
    return [notice.text for notice in found if notice.kind == KIND]


def run(office: Office) -> tuple[int, int]:
    summary = tell_reporters(office.database, office.book, office.now)
    return summary.case_count, summary.told_count


def hotline(office: Office) -> str:
    return office.report("intake_operator", channel="hotline_12345", reporter=ZHANG, photos=0)


def test_both_reporters_of_one_problem_get_the_result(office: Office) -> None:
    first = office.report()
    second = hotline(office)
    office.tick()
    office.move("intake_operator", second, "merge", main_case=first)
    assert run(office) == (1, 1)
    assert told(office, first) == []
    assert told(office, second) == [
        f"您反映的问题（案件 {second}，暴露生活垃圾）与案件 {first} 是同一处问题，已于 2026-10-09 09:01 并案，办结后再告知您。"
    ]

    office.walk(first, "closed")
    office.tick(5)
    assert run(office) == (2, 2)

    assert told(office, first) == [
        f"您反映的问题（案件 {first}，暴露生活垃圾）已于 2026-10-09 09:09 办结：结案。"
    ]
    assert told(office, second)[1:] == [
        f"您反映的问题（案件 {second}，暴露生活垃圾）并入的案件 {first} 已于 2026-10-09 09:09 办结：结案。"
    ]
    # One case counts, though two were reported.
    sums = {
        name: sum(row[name] for row in office.rows("case_fact")) for name in ("reported", "filed", "closed")
    }
    assert sums == {"reported": 2, "filed": 1, "closed": 1}


def test_a_chain_of_merged_cases_is_told_to_its_last_reporter(office: Office) -> None:
    first, second, third = hotline(office), hotline(office), hotline(office)
    office.move("intake_operator", third, "merge", main_case=second)
    office.move("intake_operator", second, "merge", main_case=first)
    office.plain(first, "reject")

    run(office)

    assert len(told(office, third)) == 3
    assert "原因：不属于受理范围" in told(office, first)[0]


def test_a_rejection_is_told_with_its_reason(office: Office) -> None:
    number = office.report()
    office.plain(number, "reject")

    assert run(office) == (1, 1)
    assert told(office, number) == [
        f"您反映的问题（案件 {number}，暴露生活垃圾）经核实不予受理或立案，原因：不属于受理范围。"
    ]


def test_in_the_two_level_flow_the_reporter_hears_what_the_city_decided(office: Office) -> None:
    number = office.report(workflow="two_level")
    office.plain(number, "reject")
    assert run(office) == (0, 0)
    office.move("upper_reviewer", number, "approve_reject")

    assert run(office) == (1, 1)
    assert "原因：不属于受理范围" in told(office, number)[0]


def test_nobody_is_told_twice_and_a_missed_run_is_made_up_for(office: Office) -> None:
    number = office.report()
    office.plain(number, "reject")
    assert [run(office), run(office)] == [(1, 1), (1, 0)]
    later = hotline(office)
    office.plain(later, "reject")

    office.now += timedelta(days=9)

    assert run(office) == (2, 1)
    office.now += timedelta(days=2)
    assert run(office) == (0, 0)


def test_who_settled_it_on_the_spot_and_who_left_no_name_are_not_told(office: Office) -> None:
    settled = office.report()
    office.plain(settled, "self_close")
    nameless = office.report("intake_operator", channel="video", photos=0)
    office.plain(nameless, "reject")

    assert run(office) == (2, 0)


def test_a_city_writes_its_own_words(sqlite_office: Office) -> None:
    office = sqlite_office
    folder = Path(office.installation.site.root) / "templates" / "notices"
    folder.mkdir(parents=True)
    (folder / f"{KIND}.txt").write_text("{{ number }}：{{ state }}", encoding="utf-8")
    number = office.report()
    office.plain(number, "reject")

    tell_reporters(office.database, office.book, office.now, site=office.installation.site)
    assert told(office, number) == [f"{number}：rejected"]
    (folder / f"{KIND}.txt").write_text("{{ nobody }}", encoding="utf-8")
    with pytest.raises(DefinitionError):
        tell_reporters(office.database, office.book, office.now, site=office.installation.site)


def test_the_job_runs_by_its_name_and_the_case_shows_whom_it_told(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.report()
    office.plain(number, "reject")
    url = office.database.url.render_as_string(hide_password=False)
    args = ["run-job", "notices", "--at", "2026-10-09T10:00", "--db", url]

    result = CliRunner().invoke(main, ["--site", str(office.installation.site.root), *args])

    assert json.loads(result.stdout) == {"case_count": 1, "told_count": 1}
    status, answer = Caller(office).get("leader", f"/cases/{number}/notices")
    assert status == 403
    status, answer = Caller(office).get("dispatcher", f"/cases/{number}/notices")
    assert [(item["kind"], item["to"]) for item in answer["items"]] == [(KIND, "reporter")]
