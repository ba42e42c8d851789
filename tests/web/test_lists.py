"""Lists, maps and queues over HTTP: filters, order, pages by key, counts, what each person sees."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from gridcase.cases.shown import china_text
from tests.web.calling import Caller


@pytest.fixture
def filled(caller: Caller) -> Caller:
    """Seven cases, ten minutes apart, in several states; the oldest is overdue at intake by now."""
    office = caller.office
    ways = [(), ("accepted",), ("filed",), ("dispatched",), ("handling",), ("closed",), ()]
    for index, states in enumerate(ways):
        office.walk(office.report(description=f"第{index + 1}处垃圾"), *states)
        office.tick(10)
    return caller


def numbers(answer: dict[str, Any]) -> list[str]:
    return [item["number"][-3:] for item in answer["items"]]


def test_a_list_is_newest_first_and_shows_state_and_lamp(filled: Caller) -> None:
    status, answer = filled.get("leader", "/cases")

    assert status == 200
    assert numbers(answer) == ["007", "006", "005", "004", "003", "002", "001"]
    assert answer["next"] is None
    assert "total" not in answer
    assert {"state", "lamp", "sub_code", "cell", "due_at", "reported_at", "version"} <= set(
        answer["items"][0]
    )
    assert answer["items"][0]["reported_at"].endswith("+08:00")


FILTERS = {
    "state=filed": ["003"],
    "state=filed&state=handling": ["003", "005"],
    "stage=handling": ["004", "005"],
    "department=A": ["004", "005", "006"],
    "department=B": [],
    "channel=inspector&state=closed": ["006"],
    "open=false": ["006"],
    "main_code=02": [],
    "sub_code=10&state=accepted": ["002"],
    "kind=component": [],
    "street=999999999": [],
    "q=" + quote("第4处"): ["004"],
    "q=%25": [],
    "reported_to=2026-10-09T09:20:00%2B08:00": ["001", "002"],
    "reported_to=2026-10-09T09:20:00+08:00": ["001", "002"],
    "reported_from=2026-10-10": [],
    "due_before=2026-10-09": [],
}


@pytest.mark.parametrize(("query", "found"), FILTERS.items())
def test_a_list_is_narrowed_by_its_filters(shared_list: Caller, query: str, found: list[str]) -> None:
    status, answer = shared_list.get("leader", f"/cases?sort=number&{query}")

    assert (status, numbers(answer)) == (200, found)


def test_a_whole_number_finds_that_case_alone_and_else_whatever_tells_of_it(caller: Caller) -> None:
    office = caller.office
    first = office.report()
    second = office.walk(office.report(description=f"与 {first} 相邻"), "dispatched", department="A")
    third = office.report(description="原案 20261009999999")

    def found(who: str, text: str) -> list[str]:
        return [item["number"] for item in caller.get(who, f"/cases?sort=number&q={text}")[1]["items"]]

    assert found("leader", first) == [first]
    assert found("leader", first[:-1]) == [first, second, third]
    assert found("leader", "20261009999999") == [third]
    # Said on the telephone: the end of the number, four digits or more.
    assert found("leader", second[-4:]) == [second]
    assert found("leader", f"{second[-6:-3]} {second[-3:]}") == [second]
    assert found("leader", second[-3:]) == []
    # Of a case that one does not see nothing is told, nor is it in the way of others.
    assert found("officer_a", first) == [second]


@pytest.fixture(scope="module")
def shared_list(shared_caller: Caller) -> Caller:
    office = shared_caller.office
    for index, states in enumerate(
        [(), ("accepted",), ("filed",), ("dispatched",), ("handling",), ("closed",)]
    ):
        office.set(f"2026-10-09T09:{index}0")
        office.walk(office.report(description=f"第{index + 1}处垃圾"), *states)
    return shared_caller


@pytest.mark.parametrize("sort", ["due_at", "-due_at", "reported_at", "-reported_at", "number", "-number"])
def test_pages_by_key_give_every_case_once_in_order(filled: Caller, sort: str) -> None:
    whole = numbers(filled.get("leader", f"/cases?sort={sort}")[1])

    paged: list[str] = []
    after = ""
    for _ in range(10):
        _, answer = filled.get(
            "leader",
            f"/cases?sort={sort}&limit=2&count=true&after={after}"
            if after
            else f"/cases?sort={sort}&limit=2&count=true",
        )
        assert answer["total"] == 7
        paged += numbers(answer)
        after = answer["next"]
        if after is None:
            break

    assert paged == whole
    assert sorted(paged) == ["001", "002", "003", "004", "005", "006", "007"]


def test_a_key_of_another_order_or_a_made_up_one_is_refused(filled: Caller) -> None:
    _, page = filled.get("leader", "/cases?sort=number&limit=1")
    forged = [
        ["reported_at", "2026-01-01T00:00:00", "1"],
        ["reported_at", "0001-01-01T00:00:00+08:00", "1"],
        ["reported_at", "2026-01-01T00:00:00Z", "\0"],
        ["reported_at", {}, "1"],
        ["state", "x", "1"],
        "reported_at",
        None,
        [[[[[]]]]],
    ]
    keys = [
        page["next"],
        "x",
        *(base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=") for key in forged),
    ]

    for key in keys:
        status, problem = filled.get("leader", f"/cases?sort=reported_at&after={key}")
        assert (status, problem["code"]) == (422, "bad_cursor"), key


@pytest.mark.parametrize(
    "key", [["number", 5, "1"], ["number", None, "1"], ["number", "\0", "1"], ["number", "1", 1]]
)
def test_a_made_up_key_of_the_order_by_number_is_refused(filled: Caller, key: list[Any]) -> None:
    after = base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")

    status, problem = filled.get("leader", f"/cases?sort=number&after={after}")

    assert (status, problem["code"]) == (422, "bad_cursor")


def test_each_person_sees_their_own_cases(filled: Caller) -> None:
    office = filled.office
    office.add_user("inspector_far", "inspector", area="120104999")
    seen = {who: numbers(filled.get(who, "/cases?sort=number")[1]) for who in
            ("leader", "officer_a", "officer_b", "handler_a", "administrator", "inspector_far")}  # fmt: skip

    assert seen == {
        "leader": ["001", "002", "003", "004", "005", "006", "007"],
        "officer_a": ["004", "005", "006"],
        "officer_b": [],
        "handler_a": [],
        "administrator": [],
        "inspector_far": [],
    }
    assert numbers(filled.get("inspector", "/cases?mine=true&sort=number")[1])[:2] == ["001", "002"]
    assert filled.get("leader", "/cases?mine=true")[1]["items"] == []


def test_the_map_is_geojson_within_its_box(filled: Caller) -> None:
    lon, lat = filled.office.point
    response = filled.send(
        "leader",
        "GET",
        f"/cases.geojson?bbox={lon - 0.01},{lat - 0.01},{lon + 0.01},{lat + 0.01}&state=filed",
    )
    outside = filled.get("leader", f"/cases.geojson?bbox={lon + 0.01},{lat},{lon + 0.02},{lat + 0.01}")[1]

    answer = json.loads(response.data)
    assert response.mimetype == "application/geo+json"
    (feature,) = answer["features"]
    assert answer["type"] == "FeatureCollection"
    assert feature["geometry"] == {"type": "Point", "coordinates": [lon, lat]}
    assert {"number", "state", "lamp", "sub_code", "cell"} <= set(feature["properties"])
    assert outside["features"] == []


def test_my_work_counts_what_waits_for_my_roles(filled: Caller) -> None:
    queues = {queue["state"]: queue for queue in filled.get("intake_operator", "/work")[1]["queues"]}

    assert queues["reported"]["count"] == 2
    assert queues["reported"]["stage"] == "report"
    assert sum(queues["reported"]["lamps"].values()) == 2
    assert queues["reported"]["lamps"]["red"] >= 1
    assert queues["reported"]["oldest"] == "2026-10-09T09:00:00+08:00"
    assert queues["handled"]["count"] == 0


def test_the_moves_of_a_case_name_fields_of_the_body(caller: Caller) -> None:
    number = caller.office.walk(caller.report(), "verifying")

    _, offered = caller.get("inspector_2", f"/cases/{number}/moves")

    allowed = {move["trigger"]: move for move in offered["allowed"]}
    fields = {field["name"]: field for field in allowed["verify_pass"]["fields"]}
    assert {"lon", "lat", "coordinate_system", "photos", "opinion"} <= set(fields)
    assert fields["photos"]["required"]
    assert fields["lon"]["required"]
    assert not fields["opinion"]["required"]
    refused = {move["trigger"]: [reason["code"] for reason in move["reasons"]] for move in offered["refused"]}
    assert refused["close"] == ["role_missing"]
    assert all(reason["detail"] for move in offered["refused"] for reason in move["reasons"])


def test_a_deadline_is_the_answer_of_the_clock_and_404_when_it_never_ran(caller: Caller) -> None:
    number = caller.office.walk(caller.report(), "dispatched")

    status, answer = caller.get("officer_a", f"/cases/{number}/deadline")
    missing = caller.get("officer_a", f"/cases/{number}/deadline?stage=closing")
    intake = caller.get("officer_a", f"/cases/{number}/deadline?stage=intake")

    assert status == intake[0] == 200
    assert answer["due_at"].endswith("+08:00")
    assert answer["held"] is False
    assert answer["lamp"] == "green"
    assert answer["lines"][0]["kind"] == "interval"
    assert (missing[0], missing[1]["code"]) == (404, "no_clock")


def test_work_and_list_tell_which_requests_wait_for_me(caller: Caller) -> None:
    office = caller.office
    number = office.walk(office.report(), "dispatched")
    office.walk(office.report(), "dispatched")
    office.ask("officer_a", number, "extension")

    (row,) = office.rows("request", number)
    assert caller.get("dispatcher", "/work")[1]["requests"] == {
        "label": "待审批申请",
        "count": 1,
        "lamps": {"green": 1, "yellow": 0, "red": 0},
        "held": 0,
        "oldest": china_text(row["asked_at"]),
    }
    assert caller.get("shift_supervisor", "/work")[1]["requests"]["count"] == 0
    assert caller.get("officer_a", "/work")[1]["requests"] is None
    for who, found in {"dispatcher": [number], "shift_supervisor": [], "officer_a": []}.items():
        status, answer = caller.get(who, "/cases?to_decide=true&count=true")
        assert (status, [item["number"] for item in answer["items"]]) == (200, found), who
        assert answer["total"] == len(found)
