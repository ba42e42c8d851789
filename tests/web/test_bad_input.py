"""Bad input over HTTP: its own number and code, texts in Chinese and English, nothing written."""

from __future__ import annotations

import errno
import io
import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image

from gridcase.db import NotCommitted
from tests.making import Office, jpeg
from tests.web.calling import Caller, answered, codes, form_of

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def large_picture() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((400, 400), 200).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue() + b"\0" * (10 * 1024 * 1024)


@dataclass(frozen=True)
class Bad:
    """A faulty report: how it differs from a good one, and what is answered."""

    status: int
    code: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    raw: bytes | None = None
    photos: tuple[Callable[[], bytes], ...] = (jpeg,)
    field_name: str | None = None

    def request(self, caller: Caller) -> dict[str, Any]:
        if self.raw is not None:
            return {"data": self.raw, "content_type": "application/json"}
        body = caller.report_body(**self.fields)
        for name in self.without:
            del body[name]
        return form_of(body, [photo() for photo in self.photos])


BAD = {
    "unknown category": Bad(422, "class_in_catalogue", {"main_code": "99"}),
    "unknown kind": Bad(422, "bad_value", {"kind": "thing"}, field_name="kind"),
    "point outside every cell": Bad(422, "outside_grid", {"lon": 117.9, "lat": 39.9}),
    "swapped point": Bad(422, "swapped", {"lon": 39.1, "lat": 117.1}),
    "point outside China": Bad(422, "outside_box", {"lon": 2.3, "lat": 48.8}),
    "unknown system": Bad(422, "unknown_crs", {"coordinate_system": "mars"}),
    "unknown channel": Bad(422, "unknown_channel", {"channel": "pigeon"}),
    "unknown workflow": Bad(422, "unknown_workflow", {"workflow": "nothing"}),
    "unknown condition": Bad(422, "unknown_condition", {"condition_no": 99}),
    "no photo of an inspector": Bad(409, "inspector_photo", photos=()),
    "photo that is none": Bad(422, "photo_not_a_picture", photos=(lambda: b"GIF89a nothing",)),
    "half a photo": Bad(422, "photo_not_a_picture", photos=(lambda: jpeg()[:40],)),
    "more photos than a write may bring": Bad(
        422, "too_many_photos", photos=(lambda: b"none",) * 51, field_name="photos"
    ),
    "second photo is none": Bad(422, "photo_not_a_picture", photos=(jpeg, lambda: b""), field_name="photos.1"),
    "photo of an Apple phone": Bad(422, "photo_heic", photos=(lambda: b"\0\0\0\x18ftypheic" + b"\0" * 99,)),
    "photo too large": Bad(413, "photo_too_large", photos=(large_picture,)),
    "text of a megabyte": Bad(422, "too_long", {"description": "长" * 1_000_000}, field_name="description"),
    "long text deep inside": Bad(422, "too_long", {"reporter": {"name": "张" * 101}}, field_name="reporter.name"),
    "letters for a telephone": Bad(
        422, "bad_value", {"reporter": {"phone": "abc"}}, field_name="reporter.phone"
    ),
    "long component code": Bad(422, "too_long", {"component_code": "1" * 21}, field_name="component_code"),
    "unknown field": Bad(422, "unknown_field", {"colour": "red"}, field_name="colour"),
    "unknown field inside": Bad(422, "unknown_field", {"reporter": {"age": 3}}, field_name="reporter.age"),
    "missing field": Bad(422, "missing_field", without=("sub_code",), field_name="sub_code"),
    "missing system": Bad(422, "missing_field", without=("coordinate_system",), field_name="coordinate_system"),
    "list for a text": Bad(422, "bad_value", {"main_code": ["01"]}, field_name="main_code"),
    "number as text": Bad(422, "bad_value", {"lon": "117.1"}, field_name="lon"),
    "truth as number": Bad(422, "bad_value", {"lon": True}, field_name="lon"),
    "text as truth": Bad(422, "bad_value", {"urgent": "yes"}, field_name="urgent"),
    "negative uncertainty": Bad(422, "bad_value", {"uncertainty_m": -1}, field_name="uncertainty_m"),
    "empty description": Bad(422, "bad_value", {"description": ""}, field_name="description"),
    "NUL in a text": Bad(422, "bad_value", {"description": "a\0b"}, field_name="description"),
    "client id that is none": Bad(422, "bad_value", {"client_id": "7"}, field_name="client_id"),
    "moment without offset": Bad(422, "bad_value", {"taken_at": "2026-10-09T09:00:00"}, field_name="taken_at"),
    "moment that is none": Bad(422, "bad_value", {"taken_at": "2026-02-30T09:00:00Z"}, field_name="taken_at"),
    "moment before all times": Bad(422, "bad_value", {"taken_at": "0001-01-01T00:00:00+08:00"}),
    "moment as number": Bad(422, "bad_value", {"taken_at": 1790000000}, field_name="taken_at"),
    "broken JSON": Bad(422, "bad_json", raw=b'{"kind": "event",'),
    "no JSON at all": Bad(422, "bad_json", raw=b""),
    "not UTF-8": Bad(422, "bad_json", raw='{"kind": "事件"}'.encode("gbk")),
    "half a surrogate": Bad(422, "bad_json", raw=b'{"description": "\\ud83d"}'),
    "endless nesting": Bad(422, "bad_json", raw=b'{"reporter":' + b"[" * 100_000),
    "a list": Bad(422, "bad_value", raw=b"[]"),
    "infinity": Bad(422, "bad_value", {"lon": float("inf")}, field_name="lon"),
    "not a number": Bad(422, "bad_value", {"lat": float("nan")}, field_name="lat"),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_faulty_report_is_told_in_both_languages_and_writes_nothing(
    shared_caller: Caller, bad: Bad
) -> None:
    before = shared_caller.counts()

    responses = {
        language: shared_caller.send(
            "inspector", "POST", "/cases", **bad.request(shared_caller), headers={"Accept-Language": language}
        )
        for language in ("zh-CN", "en-GB,en;q=0.9")
    }

    chinese, english = (json.loads(response.data) for response in responses.values())
    for response, problem in zip(responses.values(), (chinese, english), strict=True):
        assert response.content_type == "application/problem+json"
        assert (response.status_code, problem["status"], problem["code"]) == (
            bad.status,
            bad.status,
            bad.code,
        )
        assert problem["type"] == f"urn:gridcase:problem:{bad.code}"
    assert CHINESE.search(chinese["detail"])
    assert not CHINESE.search(english["title"] + english["detail"])
    if bad.field_name is not None:
        assert bad.field_name in [entry["field"] for entry in chinese["errors"]]
    assert shared_caller.counts() == before


def test_a_point_outside_names_the_nearest_cell_and_the_metres(shared_caller: Caller) -> None:
    body = shared_caller.report_body(lon=117.9, lat=39.9)

    _, problem = shared_caller.post("inspector", "/cases", body, photos=1)

    assert problem["nearest_cell"].startswith("120104")
    assert problem["distance_m"] > 1000
    assert problem["nearest_cell"] in problem["detail"]


def test_several_faulty_fields_are_told_at_once(shared_caller: Caller) -> None:
    body = {**shared_caller.report_body(lon="x", colour=1), "lat": None}
    del body["kind"]

    status, problem = shared_caller.post("inspector", "/cases", body, photos=1)

    assert (status, problem["code"]) == (422, "unknown_field")
    found = {entry["field"]: entry["code"] for entry in problem["errors"]}
    assert found == {
        "kind": "missing_field",
        "lon": "bad_value",
        "lat": "bad_value",
        "colour": "unknown_field",
    }


def test_what_was_sent_is_not_repeated_in_the_answer(shared_caller: Caller) -> None:
    body = shared_caller.report_body(reporter={"name": ["张三丰"], "phone": "13912345678"})

    response = shared_caller.send("inspector", "POST", "/cases", **form_of(body, [jpeg()]))

    assert response.status_code == 422
    assert "张三丰" not in response.get_data(as_text=True)
    assert "13912345678" not in response.get_data(as_text=True)


KINDS = {
    "form": {"data": {"kind": "event"}, "content_type": "application/x-www-form-urlencoded"},
    "text": {"data": b"{}", "content_type": "text/plain"},
    "no kind": {"data": b"{}"},
    "squeezed": {"data": b"{}", "content_type": "application/json", "headers": {"Content-Encoding": "gzip"}},
}


@pytest.mark.parametrize("request_of", KINDS.values(), ids=KINDS.keys())
def test_another_kind_of_content_is_415(shared_caller: Caller, request_of: dict[str, Any]) -> None:
    status, problem = answered(shared_caller.send("inspector", "POST", "/cases", **request_of))

    assert (status, problem["code"]) == (415, "wrong_content_type")


def test_photos_for_a_call_that_takes_none_are_415(lone_caller: Caller) -> None:
    number = lone_caller.report()

    status, problem = lone_caller.post("inspector", f"/cases/{number}/notes", {"text": "补充"}, photos=1)

    assert (status, problem["code"]) == (415, "wrong_content_type")


MULTIPARTS: dict[str, tuple[dict[str, Any], str]] = {
    "no data": ({"photos": (io.BytesIO(b"x"), "a.jpg")}, "missing_field"),
    "unknown part": ({"data": "{}", "photo": (io.BytesIO(b"x"), "a.jpg")}, "unknown_field"),
    "photos that are no files": ({"data": "{}", "photos": "x"}, "bad_value"),
    "data twice": ({"data": ["{}", "{}"]}, "bad_value"),
}


@pytest.mark.parametrize(("data", "code"), MULTIPARTS.values(), ids=MULTIPARTS.keys())
def test_a_multipart_body_of_another_form_is_refused(shared_caller: Caller, data: Any, code: str) -> None:
    fresh = {
        name: (io.BytesIO(b"x"), "a.jpg") if isinstance(value, tuple) else value
        for name, value in data.items()
    }

    response = shared_caller.send(
        "inspector", "POST", "/cases", data=fresh, content_type="multipart/form-data"
    )

    assert (response.status_code, json.loads(response.data)["code"]) == (422, code)


@pytest.mark.parametrize(
    ("payload", "kind", "code"),
    [
        (b"x", "multipart/form-data", "missing_field"),
        (b"x", "multipart/form-data; boundary=", "missing_field"),
        (b'--a\r\nContent-Disposition: form-data; name="data"\r\n\r\n{}', "boundary=a", "missing_field"),
        (b"--a\r\nContent-Disposition: form-data\r\n\r\n\r\n--a--\r\n", "boundary=a", "unknown_field"),
        (
            b'--a\r\nContent-Disposition: form-data; name="data"\r\n\r\n\xff\r\n--a--\r\n',
            "boundary=a",
            "bad_json",
        ),
    ],
)
def test_a_multipart_body_that_breaks_off_is_422(
    shared_caller: Caller, payload: bytes, kind: str, code: str
) -> None:
    content_type = kind if "/" in kind else f"multipart/form-data; {kind}"

    status, problem = answered(
        shared_caller.send("inspector", "POST", "/cases", data=payload, content_type=content_type)
    )

    assert (status, problem["code"]) == (422, code)


def test_the_data_part_may_also_come_as_a_file(lone_caller: Caller) -> None:
    body = json.dumps(lone_caller.report_body()).encode()
    data = {
        "data": (io.BytesIO(body), "data.json", "application/json"),
        "photos": (io.BytesIO(jpeg()), "a.jpg"),
    }

    response = lone_caller.send("inspector", "POST", "/cases", data=data, content_type="multipart/form-data")

    assert response.status_code == 201


def test_a_body_above_the_setting_is_413(shared_caller: Caller) -> None:
    most = shared_caller.office.book.settings.server.max_body_bytes

    response = shared_caller.send(
        "inspector", "POST", "/cases", data=b" " * (most + 1), content_type="application/json"
    )

    problem = json.loads(response.data)
    assert (response.status_code, problem["code"]) == (413, "too_large")
    assert problem["max_bytes"] == most
    assert f"{most // 1048576} MB" in problem["detail"]


def test_a_path_that_no_database_can_hold_is_404(caller: Caller) -> None:
    for path in ("/cases/%00", "/cases/1%00/moves", "/photos/%00", "/cases/%ff"):
        status, problem = caller.get("leader", path)
        assert (status, problem["code"]) in [(404, "unknown_path"), (404, "unknown_case")]
    status, problem = caller.post("intake_operator", "/cases/%00/moves/accept", {})
    assert (status, problem["code"]) == (404, "unknown_path")


QUERIES = {
    "/cases?limit=0": "limit",
    "/cases?limit=201": "limit",
    "/cases?limit=many": "limit",
    "/cases?limit=1&limit=2": "limit",
    "/cases?lamp=blue": "lamp.0",
    "/cases?sort=colour": "sort",
    "/cases?mine=perhaps": "mine",
    "/cases?reported_from=yesterday": "reported_from",
    "/cases?q=%00": "q",
    "/cases?state=%00": "state.0",
    "/cases?after=!": "after",
    "/cases?after=bnVsbA": "after",
    "/cases?colour=red": "colour",
    "/cases.geojson?bbox=1,2,3": "bbox",
    "/cases.geojson?bbox=nan,0,1,1": "bbox",
    "/cases.geojson?bbox=2,0,1,1": "bbox",
    "/cases.geojson?limit=5001": "limit",
    "/locate?lat=39": "lon",
    "/locate?lon=117.1&lat=39.1&at=2026-13-01": "at",
    "/areas?level=planet": "level.0",
}


@pytest.mark.parametrize(("path", "name"), QUERIES.items())
def test_a_query_that_cannot_be_read_is_422_with_its_field(
    shared_caller: Caller, path: str, name: str
) -> None:
    status, problem = shared_caller.get("leader", path)

    assert status == 422
    assert [entry["field"] for entry in problem["errors"]] == [name]


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ({"department": ["A"]}, "bad_value"),
        ({"department": {"code": "A"}}, "bad_value"),
        ({"department": "Q"}, "unknown_department"),
        ({"department": "A", "assisting": "B"}, "bad_value"),
        ({"department": "A", "assisting": ["B", 7]}, "bad_value"),
        ({"department": "A", "version": "3"}, "bad_value"),
        ({"department": "A", "measure": "扫"}, "unknown_field"),
        ({"department": "A", "wish": "x"}, "unknown_field"),
        ({"department": "A", "opinion": "x" * 4001}, "too_long"),
    ],
)
def test_a_move_that_cannot_be_read_is_422_and_writes_nothing(
    lone_caller: Caller, records: dict[str, Any], code: str
) -> None:
    number = lone_caller.office.walk(lone_caller.office.report(), "filed")
    lone_caller.token("dispatcher")
    before = lone_caller.counts()

    status, problem = lone_caller.move("dispatcher", number, "dispatch", **records)

    assert (status, problem["code"]) == (422, code)
    assert lone_caller.counts() == before


def test_unknown_users_and_departments_are_named(lone_caller: Caller) -> None:
    number = lone_caller.report()

    status, problem = lone_caller.move("intake_operator", number, "send_confirmation", inspector="nobody")

    assert (status, problem["code"]) == (422, "unknown_user")
    assert problem["errors"][0]["field"] == "inspector"


def test_a_move_the_flow_forbids_tells_all_reasons_and_writes_nothing(caller: Caller) -> None:
    number = caller.office.walk(caller.office.report(), "handled")
    caller.token("shift_supervisor")
    before = caller.counts()

    status, problem = caller.move("shift_supervisor", number, "close")

    assert (status, problem["code"]) == (409, "refused")
    assert {"wrong_state", "passed_after_feedback", "record_missing", "conditions_ticked"} <= set(
        codes(problem)
    )
    assert all(CHINESE.search(reason["detail"]) for reason in problem["reasons"])
    assert caller.counts() == before


def test_a_single_reason_is_the_code_of_the_problem(lone_caller: Caller) -> None:
    number = lone_caller.office.walk(lone_caller.office.report(), "handling")

    status, problem = lone_caller.move("officer_a", number, "give_feedback", measure="清理完毕")

    assert (status, problem["code"], codes(problem)) == (409, "has_photo", ["has_photo"])


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "unknown_path"),
        ("DELETE", "/cases", 405, "method_not_allowed"),
        ("PUT", "/cases/1", 405, "method_not_allowed"),
        ("GET", "/cases/1/moves/accept", 405, "method_not_allowed"),
    ],
)
def test_addresses_and_methods_that_are_not_there(
    shared_caller: Caller, method: str, path: str, status: int, code: str
) -> None:
    response = shared_caller.send("leader", method, path)

    assert response.content_type == "application/problem+json"
    assert (response.status_code, json.loads(response.data)["code"]) == (status, code)


@pytest.mark.parametrize(
    ("position", "code"),
    [
        ({"lon": 500.0, "lat": 39.1, "coordinate_system": "wgs84"}, "outside_box"),
        ({"lon": 39.1, "lat": 117.1, "coordinate_system": "gcj02"}, "swapped"),
        ({"lon": 117.1, "lat": 39.1, "coordinate_system": "mars"}, "unknown_crs"),
        ({"lon": 117.1, "lat": 39.1}, "missing_field"),
    ],
)
def test_a_position_that_is_none_is_refused_with_moves_and_photos(
    lone_caller: Caller, position: dict[str, Any], code: str
) -> None:
    number = lone_caller.office.walk(lone_caller.report(), "verifying")

    passed = lone_caller.move("inspector_2", number, "verify_pass", photos=1, **position)
    photo = lone_caller.post("inspector_2", f"/cases/{number}/photos", position, photos=1)

    # A position of which a part is missing is a record that is missing: the flow says so, with all else it lacks.
    expected = (409, "record_missing") if code == "missing_field" else (422, code)
    assert (passed[0], passed[1]["code"]) == expected
    assert (photo[0], photo[1]["code"]) == (422, code)
    assert lone_caller.office.case(number).state == "verifying"


PASSING: dict[str, tuple[Exception, str]] = {
    "a lock": (sqlite3.OperationalError("database is locked"), "database_busy"),
    "a commit shared with others": (NotCommitted("OperationalError('disk I/O error')"), "database_busy"),
    "a full disk": (OSError(errno.ENOSPC, "No space left on device"), "storage_full"),
    "a full quota": (OSError(errno.EDQUOT, "Disk quota exceeded"), "storage_full"),
}


@pytest.mark.parametrize(("error", "code"), PASSING.values(), ids=PASSING.keys())
def test_what_passes_by_itself_is_told_with_a_time_to_try_again(
    lone_caller: Caller, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr("gridcase.web.api.reads.queues", fail)
    response = lone_caller.send("leader", "GET", "/work")

    assert (response.status_code, json.loads(response.data)["code"]) == (503, code)
    assert response.headers["Retry-After"] == "5"


def test_a_photo_for_which_there_is_no_room_leaves_nothing_behind(
    lone_caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lone_caller.counts()

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("gridcase.cases.photos.os.fsync", full)
        refused = lone_caller.post("inspector", "/cases", lone_caller.report_body(), photos=1)

    assert (refused[0], refused[1]["code"]) == (503, "storage_full")
    assert lone_caller.counts() == before
    assert lone_caller.report()


def test_a_failure_of_ours_is_500_and_tells_nothing_of_its_inside(
    lone_caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object) -> None:
        raise ZeroDivisionError("secret inside")

    monkeypatch.setattr("gridcase.web.api.reads.queues", fail)
    status, problem = lone_caller.get("leader", "/work")

    assert (status, problem["code"]) == (500, "internal_error")
    assert "secret inside" not in json.dumps(problem)
    assert "secret inside" in caplog.text


def test_an_office_of_the_site_may_word_a_refusal_itself(sqlite_office: Office) -> None:
    templates = sqlite_office.installation.site.root / "templates"
    templates.mkdir()
    text = '[not_signed_in]\nzh = "请先登录本区平台"\nen = "Sign in to our platform."\n'
    (templates / "messages.toml").write_text(text, encoding="utf-8")
    caller = Caller(sqlite_office)

    assert caller.get(None, "/work")[1]["detail"] == "请先登录本区平台"
    assert CHINESE.search(caller.get("leader", "/nothing")[1]["detail"])
