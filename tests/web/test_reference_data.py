"""Reference data over HTTP: places, catalogue, departments, areas, cells, rankings; each told once by its ETag."""

from __future__ import annotations

import json

import pytest

from tests.web.calling import Caller, codes


def test_a_point_is_located_as_the_command_does_it(shared_caller: Caller) -> None:
    lon, lat = shared_caller.office.point

    status, answer = shared_caller.get("inspector", f"/locate?lon={lon}&lat={lat}&coordinate_system=wgs84")

    assert status == 200
    assert list(answer) == ["cell", "community", "street", "district", "responsibility_grid", "names", "crs"]
    assert answer["cell"].startswith(answer["community"])
    assert answer["names"]["district"] == "南开区"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("lon=117.9&lat=39.9", "outside_grid"),
        ("lon=39.1&lat=117.1", "swapped"),
        ("lon=1&lat=1", "outside_box"),
        ("lon=x&lat=39", "bad_point"),
        ("lon=nan&lat=39", "bad_point"),
        ("lon=117.1&lat=39.1&coordinate_system=mars", "unknown_crs"),
    ],
)
def test_a_point_that_cannot_be_located_is_422(shared_caller: Caller, query: str, code: str) -> None:
    status, problem = shared_caller.get("inspector", f"/locate?{query}")

    assert (status, problem["code"]) == (422, code)


def test_a_point_is_located_on_the_day_that_is_asked_for(shared_caller: Caller) -> None:
    lon, lat = shared_caller.office.point

    answers = [
        shared_caller.get("inspector", f"/locate?lon={lon}&lat={lat}&at={at}")
        for at in ("2026-10-09", "2026-10-09T00:00:00+08:00")
    ]
    early = shared_caller.get("inspector", f"/locate?lon={lon}&lat={lat}&at=1980-01-01")

    assert answers[0] == answers[1]
    assert early[0] in (200, 422)


def test_the_catalogue_tells_conditions_and_limits(shared_caller: Caller) -> None:
    _, answer = shared_caller.get("inspector", "/catalogue?kind=event&main_code=01&sub_code=10")

    (category,) = answer["items"]
    assert category["sub_name"] == "暴露生活垃圾"
    assert category["conditions"][0]["condition_no"] == 1
    assert category["conditions"][0]["limit"]
    assert category["conditions"][0]["closing_condition"]
    assert len(shared_caller.get("inspector", "/catalogue")[1]["items"]) > 100


def test_departments_and_areas_by_kind_and_level(shared_caller: Caller) -> None:
    handling = shared_caller.get("inspector", "/departments?kind=handling&kind=street")[1]["items"]
    streets = shared_caller.get("inspector", "/areas?level=street")[1]["items"]
    communities = shared_caller.get("inspector", f"/areas?parent={streets[0]['code']}")[1]["items"]

    assert [card["code"] for card in handling] == ["A", "B", "S"]
    assert {area["level"] for area in streets} == {"street"}
    assert all(area["code"].startswith(streets[0]["code"]) for area in communities)


def test_cells_are_geojson_of_a_box_a_street_or_the_whole_district(shared_caller: Caller) -> None:
    lon, lat = shared_caller.office.point
    whole = shared_caller.get("inspector", "/cells.geojson")[1]["features"]
    near = shared_caller.get("inspector", f"/cells.geojson?bbox={lon},{lat},{lon},{lat}")[1]["features"]
    street = shared_caller.get("inspector", "/cells.geojson?street=120104001")[1]["features"]

    assert len(near) == 1
    assert near[0] in whole
    assert 0 < len(street) < len(whole)
    assert {feature["id"][:9] for feature in street} == {"120104001"}


@pytest.mark.parametrize("path", ["/catalogue", "/departments", "/areas", "/cells.geojson"])
def test_what_the_client_has_already_does_not_travel_again(shared_caller: Caller, path: str) -> None:
    first = shared_caller.send("inspector", "GET", path)
    again = shared_caller.send("inspector", "GET", path, headers={"If-None-Match": first.headers["ETag"]})
    other = shared_caller.send("inspector", "GET", path, headers={"If-None-Match": '"x"'})

    assert (again.status_code, again.data) == (304, b"")
    assert other.status_code == 200
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_chinese_stands_unescaped(shared_caller: Caller) -> None:
    for path in ("/catalogue", "/departments", "/openapi.json"):
        assert b"\\u" not in shared_caller.send("inspector", "GET", path).data.replace(b"\\u0000", b"")


def test_a_ranking_is_that_of_the_command(lone_caller: Caller) -> None:
    lone_caller.office.walk(lone_caller.report(), "closed")

    status, answer = lone_caller.get("leader", "/rankings/2026-10/departments")

    assert status == 200
    assert (answer["of"], answer["period"], answer["scheme"]) == ("departments", "2026-10", "department-d1")
    assert (answer["from"], answer["to"]) == ("2026-10-01T00:00:00+08:00", "2026-11-01T00:00:00+08:00")
    assert {"甲局", "乙局"} <= {unit["unit"] for unit in answer["units"]}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/rankings/yesterday/streets", "bad_period"),
        ("/rankings/2026-10/planets", "unknown_of"),
        ("/rankings/2026-10/streets?scheme=nothing", "unknown_scheme"),
        ("/rankings/2026-10/streets?as_of=now", "bad_value"),
    ],
)
def test_a_ranking_that_cannot_be_is_422(shared_caller: Caller, path: str, code: str) -> None:
    status, problem = shared_caller.get("leader", path)

    assert (status, problem["code"]) == (422, code)


# --- photos ---------------------------------------------------------------------------------------------------


def test_a_photo_is_for_those_who_see_its_case(caller: Caller) -> None:
    number = caller.report()
    url = caller.get("inspector", f"/cases/{number}")[1]["photos"][0]["url"].removeprefix("/api/v1")

    seen = caller.send("inspector", "GET", url)
    hidden = caller.get("officer_a", url)
    unknown = caller.get("inspector", "/photos/00000000-0000-0000-0000-000000000000")

    assert (seen.status_code, seen.mimetype, seen.data[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert (hidden[0], hidden[1]["code"]) == (404, "unknown_photo")
    assert hidden[1] == {**unknown[1], "photo": hidden[1]["photo"]}


def test_a_photo_and_its_thumbnail_have_their_own_etags(lone_caller: Caller) -> None:
    number = lone_caller.report()
    url = lone_caller.get("inspector", f"/cases/{number}")[1]["photos"][0]["url"].removeprefix("/api/v1")
    whole = lone_caller.send("inspector", "GET", url)
    small = lone_caller.send("inspector", "GET", f"{url}/thumbnail")

    again = lone_caller.send("inspector", "GET", url, headers={"If-None-Match": whole.headers["ETag"]})
    by_stranger = lone_caller.send("officer_a", "GET", url, headers={"If-None-Match": whole.headers["ETag"]})

    assert whole.headers["ETag"] != small.headers["ETag"]
    assert small.mimetype == "image/jpeg"
    assert (again.status_code, again.data) == (304, b"")
    assert by_stranger.status_code == 404


def test_a_picture_that_the_folder_has_lost_is_404(lone_caller: Caller) -> None:
    number = lone_caller.report()
    url = lone_caller.get("inspector", f"/cases/{number}")[1]["photos"][0]["url"].removeprefix("/api/v1")
    store = lone_caller.office.book.photos
    store.path(lone_caller.office.rows("photo", number)[0]["sha256"]).unlink()

    for path in (url, f"{url}/thumbnail"):
        status, problem = lone_caller.get("inspector", path)
        assert (status, problem["code"]) == (404, "unknown_photo")


def test_appended_photos_and_notes_raise_no_version(caller: Caller) -> None:
    number = caller.report()
    body = {"kind": "after", **caller.office.position, "taken_at": "2026-10-09T09:01:00+08:00"}

    photos = caller.post("inspector", f"/cases/{number}/photos", body, photos=2)
    note = caller.post("inspector", f"/cases/{number}/notes", {"text": "靠近校门"})
    case = caller.get("inspector", f"/cases/{number}")[1]

    assert photos[0] == note[0] == 201
    assert set(photos[1]["ids"]) <= {photo["id"] for photo in case["photos"]}
    assert case["version"] == 1
    assert caller.move("intake_operator", number, "accept", version=1)[0] == 201


def test_photos_without_a_picture_or_with_half_a_position_are_refused(lone_caller: Caller) -> None:
    number = lone_caller.report()

    nothing = lone_caller.post("inspector", f"/cases/{number}/photos", {"kind": "other"})
    half = lone_caller.post("inspector", f"/cases/{number}/photos", {"lon": 117.1}, photos=1)
    blank = lone_caller.post("inspector", f"/cases/{number}/notes", {"text": "  "})

    assert (nothing[0], nothing[1]["code"], nothing[1]["errors"][0]["field"]) == (
        422,
        "missing_field",
        "photos",
    )
    assert (half[0], codes(half[1], "errors")) == (422, ["missing_field"])
    assert (blank[0], blank[1]["code"]) == (422, "missing_field")


def test_health_and_interface_never_guess_a_type(shared_caller: Caller) -> None:
    for path in ("/openapi.json", "/work", "/nothing"):
        assert shared_caller.send("leader", "GET", path).headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(shared_caller.client.get("/healthz").data) == {"status": "ok"}
