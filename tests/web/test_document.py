"""The OpenAPI document: valid by its own form, complete, and true to what the calls answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from gridcase.web.api import CALLS
from tests.web.calling import Caller


@pytest.fixture(scope="module")
def document(shared_caller: Caller) -> dict[str, Any]:
    response = shared_caller.send(None, "GET", "/openapi.json")
    assert response.status_code == 200
    found: dict[str, Any] = json.loads(response.data)
    return found


def every_part(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from every_part(value)
    if isinstance(part, list):
        for item in part:
            yield from every_part(item)


def test_it_is_a_valid_openapi_3_1_document(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(document)] == []


def test_its_schemas_are_valid_json_schema(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({**schema, "$schema": document["jsonSchemaDialect"]}), name


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    named = {part["$ref"] for part in every_part(document) if "$ref" in part}

    assert named <= known
    # And nothing lies there that nobody uses.
    assert known == named


def test_every_operation_has_its_own_name_a_security_and_its_refusals(document: dict[str, Any]) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]

    names = [operation["operationId"] for operation in operations]
    assert sorted(names) == sorted({call.name for call in CALLS})
    assert document["security"] == [{"bearer": []}, {"session": []}]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for operation in operations:
        assert operation["summary"]
        for number, answer in operation["responses"].items():
            if int(number) >= 400:
                assert list(answer["content"]) == ["application/problem+json"]
        assert "401" in operation["responses"]


def test_every_route_of_the_interface_is_in_the_document(
    shared_caller: Caller, document: dict[str, Any]
) -> None:
    told = {
        (method.upper(), "/api/v1" + path) for path, calls in document["paths"].items() for method in calls
    }
    served = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in shared_caller.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }

    assert served - told == {("GET", "/api/v1/openapi.json")}
    assert told <= served


def test_writes_with_photos_tell_their_two_parts(document: dict[str, Any]) -> None:
    content = document["paths"]["/cases"]["post"]["requestBody"]["content"]

    parts = content["multipart/form-data"]
    assert set(parts["schema"]["properties"]) == {"data", "photos"}
    assert parts["encoding"]["data"]["contentType"] == "application/json"
    assert parts["schema"]["properties"]["photos"]["items"]["format"] == "binary"
    assert content["application/json"]["schema"] == parts["schema"]["properties"]["data"]


def test_names_that_are_data_of_the_installation_stand_in_it_as_enums(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    (trigger,) = [
        parameter
        for parameter in document["paths"]["/cases/{number}/moves/{trigger}"]["post"]["parameters"]
        if parameter["name"] == "trigger"
    ]

    assert {"accept", "file", "dispatch", "close", "submit_result"} <= set(trigger["schema"]["enum"])
    assert "report" not in trigger["schema"]["enum"]
    assert {"inspector", "hotline_12345"} <= set(schemas["ReportBody"]["properties"]["channel"]["enum"])
    assert schemas["ReportBody"]["properties"]["coordinate_system"]["enum"] == [
        "wgs84",
        "cgcs2000",
        "gcj02",
        "bd09",
    ]
    assert "closed" in schemas["MoveReply"]["properties"]["state"]["enum"]
    assert "choices_of" not in json.dumps(document)


def test_it_has_an_etag_and_needs_no_sign_in(shared_caller: Caller) -> None:
    first = shared_caller.send(None, "GET", "/openapi.json")
    again = shared_caller.send(None, "GET", "/openapi.json", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def answers(caller: Caller) -> Iterator[tuple[str, str, str, int, Any]]:
    """Every kind of answer of a walked case: path of the document, method, content type, status, JSON."""
    office = caller.office
    number = office.walk(caller.report(), "handling")
    asked = office.ask("officer_a", number, "extension")
    office.grant("dispatcher", number, asked.id)
    office.walk(number, "closed")
    reads = {
        "/cases": "/cases?count=true",
        "/cases.geojson": "/cases.geojson",
        "/cases/{number}": f"/cases/{number}",
        "/cases/{number}/moves": f"/cases/{number}/moves",
        "/cases/{number}/deadline": f"/cases/{number}/deadline",
        "/work": "/work",
        "/locate": f"/locate?lon={office.point[0]}&lat={office.point[1]}",
        "/catalogue": "/catalogue",
        "/departments": "/departments",
        "/areas": "/areas",
        "/cells.geojson": "/cells.geojson",
        "/rankings/{period}/{of}": "/rankings/2026-10/streets",
        "/rankings/{period}/{of}/cases": "/rankings/2026-10/departments/cases?unit=A&count=due_count",
    }
    for path, address in reads.items():
        response = caller.send("shift_supervisor", "GET", address)
        yield path, "get", response.mimetype, response.status_code, json.loads(response.data)
    for method, address, path in (
        ("GET", "/cases/1", "/cases/{number}"),
        ("GET", "/cases?limit=0", "/cases"),
        ("POST", f"/cases/{number}/moves/close", "/cases/{number}/moves/{trigger}"),
    ):
        response = caller.send(
            "shift_supervisor", method, address, **({"json": {}} if method == "POST" else {})
        )
        yield path, method.lower(), response.mimetype, response.status_code, json.loads(response.data)


def test_answers_are_of_the_forms_that_the_document_tells(
    lone_caller: Caller, document: dict[str, Any]
) -> None:
    for path, method, kind, status, answer in answers(lone_caller):
        told = document["paths"][path][method]["responses"][str(status)]["content"]
        assert kind in told, (path, kind)
        schema = {**told[kind]["schema"], "components": document["components"]}
        faults = [error.message for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(answer)]
        assert faults == [], path
