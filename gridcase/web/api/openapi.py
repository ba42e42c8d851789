"""The OpenAPI 3.1 document of the interface, made from the same declarations as its views."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, request
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from gridcase import __version__
from gridcase.cases.book import Rulebook
from gridcase.spatial.coordinates import POINT_SYSTEMS
from gridcase.web.api.calls import Call
from gridcase.web.api.receiving import DATA_PART, JSON, MULTIPART, PHOTOS_PART
from gridcase.web.context import SESSION_COOKIE, premises
from gridcase.web.errors import PROBLEM_TYPE

_REF = "#/components/schemas/{model}"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_EXTENSION = "gridcase.openapi"
_PATH_NAMES = {
    "number": "number of the case",
    "trigger": "trigger of the move; which are allowed here and now, the moves of the case tell",
    "request_id": "id of the request",
    "order_id": "id of the supervision order",
    "finding_id": "id of the finding",
    "photo_id": "id of the photo",
    "period": "2026-10, 2026-10-05, 2026-W43, 2026-Q4, 2026-H2 or 2026",
    "of": "departments, streets, communities, districts or cells",
    "sha256": "SHA-256 of the whole photo as it was taken, 64 hex digits",
}

Json = dict[str, Any]


def document_view(calls: Sequence[Call], base: str) -> Callable[[], Response]:
    """The view of the document, which is made once a site."""

    def view() -> Response:
        made = current_app.extensions
        if _EXTENSION not in made:
            whole = document(calls, base, book=premises().book)
            made[_EXTENSION] = json.dumps(whole, ensure_ascii=False).encode()
        response = Response(made[_EXTENSION], content_type=JSON)
        response.add_etag()
        response.make_conditional(request)
        return response

    return view


def document(calls: Sequence[Call], base: str, *, book: Rulebook) -> Json:
    """The whole document; names that are data of the installation (triggers, channels, …) stand in it as enums."""
    schemas = _schemas(calls)
    answer = {
        "openapi": "3.1.0",
        "jsonSchemaDialect": _DIALECT,
        "info": {
            "title": "gridcase",
            "version": __version__,
            "description": "城市网格化管理案件流程接口 (case workflow of city grid management).",
        },
        "servers": [{"url": base}],
        "security": [{"bearer": []}, {"session": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(call.tag for call in calls)],
        "paths": _paths(calls),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "gridcase token USER"},
                "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
            },
        },
    }
    told: Json = _with_choices(answer, _choices(book))
    return told


# --- schemas --------------------------------------------------------------------------------------------------


class _Schemas(GenerateJsonSchema):
    """Without the titles that pydantic makes of names: they say nothing and would be English noise."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


class ErrorEntry(BaseModel):
    """One faulty field."""

    field: str | None = None
    code: str
    detail: str


class ReasonEntry(BaseModel):
    """One reason of a refusal."""

    code: str
    detail: str
    field: str | None = None


class Problem(BaseModel):
    """A problem document of RFC 9457. `code` is stable, the texts are not."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ErrorEntry] = []
    reasons: list[ReasonEntry] = []
    nearest_cell: str | None = None
    distance_m: float | None = None


def _schemas(calls: Iterable[Call]) -> Json:
    models: list[tuple[type[BaseModel], Any]] = [(Problem, "validation")]
    for call in calls:
        models += [(model, "validation") for model in (call.body, call.answer) if isinstance(model, type)]
    unique = list(dict.fromkeys(models))
    _, found = models_json_schema(unique, ref_template=_REF, schema_generator=_Schemas)
    schemas: Json = found["$defs"]
    return schemas


def _schema_ref(model: type[BaseModel]) -> Json:
    return {"$ref": _REF.format(model=model.__name__)}


# --- paths ----------------------------------------------------------------------------------------------------


def _paths(calls: Iterable[Call]) -> Json:
    paths: Json = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    return paths


def _operation(call: Call) -> Json:
    operation: Json = {
        "operationId": call.name,
        "tags": [call.tag],
        "summary": call.summary,
        "responses": _responses(call),
    }
    parameters = [*_path_parameters(call), *_query_parameters(call), *_header_parameters(call)]
    if parameters:
        operation["parameters"] = parameters
    if call.body is not None:
        operation["requestBody"] = {"required": True, "content": _body_content(call, call.body)}
    if call.takes is not None:
        operation["requestBody"] = {"required": True, "content": {call.takes: {}}}
    return operation


def _body_content(call: Call, body: type[BaseModel]) -> Json:
    content: Json = {JSON: {"schema": _schema_ref(body)}}
    if call.has_photos:
        photos = {"type": "array", "items": {"type": "string", "format": "binary"}}
        content[MULTIPART] = {
            "schema": {
                "type": "object",
                "properties": {DATA_PART: _schema_ref(body), PHOTOS_PART: photos},
                "required": [DATA_PART],
                "additionalProperties": False,
            },
            "encoding": {
                DATA_PART: {"contentType": JSON},
                PHOTOS_PART: {"contentType": "image/jpeg, image/png, image/webp"},
            },
        }
    return content


def _path_parameters(call: Call) -> Iterator[Json]:
    for name, description in _PATH_NAMES.items():
        if f"{{{name}}}" in call.path:
            schema: Json = {"type": "string", "minLength": 1}
            if name == "trigger":
                schema["choices_of"] = "triggers"
            yield {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _query_parameters(call: Call) -> Iterator[Json]:
    if call.query is None:
        return
    schema = call.query.model_json_schema(schema_generator=_Schemas)
    needed = schema.get("required", [])
    for name, field in schema["properties"].items():
        options = [option for option in field.get("anyOf", [field]) if option.get("type") != "null"]
        told = {
            key: value
            for key, value in (options[0] if len(options) == 1 else field).items()
            if key != "description"
        }
        parameter: Json = {"name": name, "in": "query", "required": name in needed, "schema": told}
        if "description" in field:
            parameter["description"] = field["description"]
        yield parameter


def _header_parameters(call: Call) -> Iterator[Json]:
    if call.takes is not None:
        schema = {"type": "string", "pattern": "^bytes [0-9]{1,12}-[0-9]{1,12}/[0-9]{1,12}$"}
        text = "bytes FIRST-LAST/TOTAL: where this piece stands in the whole"
        yield {
            "name": "Content-Range",
            "in": "header",
            "required": True,
            "description": text,
            "schema": schema,
        }


def _responses(call: Call) -> Json:
    numbers = [401, *([413, 415, 422] if call.body else []), *([422] if call.query else []), *call.refuses]
    if call.method == "POST":
        answers = {"201": "made", "200": "made before by the same client id; nothing was done now"}
        # Any write may repeat an id of another one, or come from a page whose form token is too old.
        numbers = [*numbers, 403, 409]
    else:
        answers = {"200": "the answer"}
        numbers += [403, 409] if call.method == "PUT" else []
    responses: Json = {
        number: {"description": text, "content": _answer_content(call)} for number, text in answers.items()
    }
    for number in sorted(set(numbers)):
        responses[str(number)] = {
            "description": HTTPStatus(number).phrase,
            "content": {PROBLEM_TYPE: {"schema": _schema_ref(Problem)}},
        }
    return responses


def _answer_content(call: Call) -> Json:
    if isinstance(call.answer, str):
        return {call.answer: {}}
    kind = "application/geo+json" if call.path.endswith(".geojson") else JSON
    return {kind: {"schema": _schema_ref(call.answer)}}


# --- names that are data --------------------------------------------------------------------------------------


def _choices(book: Rulebook) -> dict[str, list[str]]:
    definitions = list(book.flows.by_version.values())
    return {
        "triggers": _names(
            row.trigger for each in definitions for row in each.transitions if not row.is_start
        ),
        "states": _names(state for each in definitions for state in each.states),
        "requests": _names(kind for each in definitions for kind in each.requests),
        "workflows": _names(book.flows.names),
        "channels": list(book.channels),
        "coordinate_systems": list(POINT_SYSTEMS),
    }


def _names(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _with_choices(part: Any, choices: dict[str, list[str]]) -> Any:
    """The document with each `choices_of` replaced by the enum of this installation."""
    if isinstance(part, dict):
        read = {key: _with_choices(value, choices) for key, value in part.items() if key != "choices_of"}
        return {**read, "enum": choices[part["choices_of"]]} if "choices_of" in part else read
    return [_with_choices(item, choices) for item in part] if isinstance(part, list) else part
