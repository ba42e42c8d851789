"""`locate --batch`: rows, header, bad rows and answers that equal those of the single call (geo.md 9)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gridcase.errors import Invalid
from gridcase.spatial import Geography, answer_point, answer_rows, load_geography, read_rows
from gridcase.spatial.coordinates import from_wgs84
from tests.spatial.folders import COMMUNITY, SIDE, SOUTH, WEST, four_cells, write_folder

DAY = date(2026, 7, 1)
LON, LAT = WEST + SIDE / 2, SOUTH + SIDE / 2
FOUND = f"{COMMUNITY}001"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Geography:
    return load_geography(write_folder(tmp_path_factory.mktemp("small") / "geo", four_cells()))


def answers(content: str | bytes, found: Geography, *, crs: str = "wgs84") -> list[dict[str, Any]]:
    data = content if isinstance(content, bytes) else content.encode()
    return list(answer_rows(read_rows(data), found, crs=crs, on=DAY))


def test_each_row_is_answered_in_file_order(small: Geography) -> None:
    found = answers(f"id,lon,lat\nq1,{LON},{LAT}\nq2,{WEST - SIDE},{LAT}\nq1,{LON},{LAT}\n", small)

    assert [answer["id"] for answer in found] == ["q1", "q2", "q1"]
    assert found[0] == {
        "id": "q1",
        "cell": FOUND,
        "community": COMMUNITY,
        "street": "120104009",
        "district": "120104",
        "responsibility_grid": None,
        "names": {"community": "第一社区居委会", "street": "王顶堤街道", "district": "南开区"},
        "crs": "wgs84",
    }
    assert list(found[0])[:5] == ["id", "cell", "community", "street", "district"]
    assert found[1] == {
        "id": "q2",
        "error": {"code": "outside_grid", "nearest_cell": FOUND, "distance_m": 84.4},
        "crs": "wgs84",
    }


@pytest.mark.parametrize(
    "content",
    [
        f"id,lon,lat\nq,{LON},{LAT}",
        f"\ufeffid,lon,lat\r\nq,{LON},{LAT}\r\n",
        f"lat,note,id,lon\n{LAT},x,q,{LON}\n",
        f" id , lon ,\tlat\n  q ,\t{LON}, {LAT} \n",
        f"id,lon,lat,crs\nq,{LON},{LAT},\n",
        f'"id","lon","lat"\n"q","{LON}"," {LAT} "\n',
        f"\n\nid,lon,lat\n\n   \n\r\nq,{LON},{LAT}\n\n",
        f"id,lon,lat\rq,{LON},{LAT}\r",
        f"id,lon,lat\nq,+{LON:e},{LAT:.20f}\n",
        f'id,lon,lat,note\nq,{LON},{LAT},"two\nlines, and ""quotes"""\n',
    ],
)
def test_the_form_of_the_file_does_not_change_the_answer(small: Geography, content: str) -> None:
    (answer,) = answers(content, small)

    assert (answer["id"], answer["cell"]) == ("q", FOUND)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("q,abc,39.1,", "longitude 'abc' is not a number"),
        ("q,117.1,,", "latitude '' is not a number"),
        ("q,１１７,39.1,", "longitude '１１７' is not a number"),
        ("q,1_17,39.1,", "longitude '1_17' is not a number"),
        ("q,0x75,39.1,", "longitude '0x75' is not a number"),
        ("q,117.1,nan,", "latitude 'nan' is not finite"),
        ("q,-Infinity,39.1,", "longitude '-Infinity' is not finite"),
        ("q,1e999,39.1,", "longitude '1e999' is not finite"),
        ("q,39.1,117.1,", "longitude and latitude are swapped"),
        ("q,39.1,117.1,bd09", "longitude and latitude are swapped"),
        ("q,17.1,39.1,", "the point is outside the box of 73-136 E, 3-54 N"),
        ("q,117.1,39.1,mars", "unknown coordinate system 'mars', known are wgs84, cgcs2000, gcj02, bd09"),
        ("q,117.1,39.1", "the row has 3 fields, the header 4"),
        ("q,117.1,39.1,,", "the row has 5 fields, the header 4"),
        ("q", "the row has 1 fields, the header 4"),
    ],
)
def test_a_bad_row_says_what_is_wrong_and_stops_nothing(small: Geography, row: str, message: str) -> None:
    found = answers(f"id,lon,lat,crs\nbefore,{LON},{LAT},\n{row}\nafter,{LON},{LAT},\n", small)

    assert found[1] == {"id": "q", "error": {"code": "bad_row", "message": message}}
    assert [found[0]["cell"], found[2]["cell"]] == [FOUND, FOUND]


@pytest.mark.parametrize("row", [f",{LON},{LAT}", f"  ,{LON},{LAT}", ",,", f",{LON}"])
def test_a_row_without_an_id_is_bad_and_has_the_id_null(small: Geography, row: str) -> None:
    (answer,) = answers(f"id,lon,lat\n{row}\n", small)

    assert answer["id"] is None
    assert answer["error"]["code"] == "bad_row"


def test_the_id_of_a_short_row_is_null_when_it_ends_before_it(small: Geography) -> None:
    (answer,) = answers(f"lon,lat,id\n{LON},{LAT}\n", small)

    assert (answer["id"], answer["error"]["code"]) == (None, "bad_row")


def test_a_filled_system_wins_over_the_one_of_the_call(small: Geography) -> None:
    gcj = from_wgs84(LON, LAT, "gcj02")
    bd = from_wgs84(LON, LAT, "bd09")
    rows = f"id,lon,lat,crs\na,{gcj[0]},{gcj[1]},\nb,{LON},{LAT},wgs84\nc,{bd[0]},{bd[1]}, BD09 \n"

    found = answers(rows, small, crs="gcj02")

    assert [answer["cell"] for answer in found] == [FOUND] * 3
    assert [answer["crs"] for answer in found] == ["gcj02", "wgs84", "bd09"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"id,lon\nq,1\n", "lacks lat"),
        (b"id;lon;lat\nq;1;2\n", "lacks id, lon, lat"),
        (b"ID,lon,lat\n", "lacks id"),
        (b"id,lon,lat,lon\nq,1,2,3\n", "lon more than once"),
        (b"id,lon,lat,crs,crs\n", "crs more than once"),
        ("id,lon,lat\n门,117,39\n".encode("gbk"), "not UTF-8"),
        (b'id,lon,lat\nq,"117.1,39.1\nq2,117.1,39.1\n', "line 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(content: bytes, told: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_rows(content)

    assert told in refusal.value.message


def test_a_header_alone_has_no_answers(small: Geography) -> None:
    assert answers("id,lon,lat\n", small) == []


def test_an_unknown_system_of_the_call_is_refused(small: Geography) -> None:
    with pytest.raises(Invalid, match="unknown coordinate system"):
        answers("id,lon,lat\n", small, crs="mars")


def test_a_long_field_and_a_line_like_our_own_mark_are_read(small: Geography) -> None:
    (answer, end) = answers(f"id,lon,lat,note\nq,{LON},{LAT},{'x' * 200_000}\nend", small)

    assert answer["cell"] == FOUND
    assert (end["id"], end["error"]["code"]) == ("end", "bad_row")


def test_every_row_has_the_answer_of_the_single_call_and_the_same_bytes_twice(quick_geo: Path) -> None:
    found = load_geography(quick_geo)
    random = Random(7)
    points = [
        (f"{117.10 + random.random() * 0.1:.6f}", f"{39.07 + random.random() * 0.09:.6f}", crs)
        for crs in ("wgs84", "gcj02", "bd09", "cgcs2000")
        for _ in range(150)
    ]
    random.shuffle(points)
    content = "id,lon,lat,crs\n" + "".join(f"q,{lon},{lat},{crs}\n" for lon, lat, crs in points)

    batch = answers(content, found)

    single = [answer_point(found, lon, lat, crs=crs, on=DAY) for lon, lat, crs in points]
    assert batch == [{"id": "q", **answer} for answer in single]
    assert {"error" in answer for answer in single} == {True, False}
    assert json.dumps(answers(content, load_geography(quick_geo))) == json.dumps(batch)
