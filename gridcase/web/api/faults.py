"""Reads the faults that pydantic finds as refusals with our codes, one for each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from gridcase.errors import Invalid, Reason

# Kind of fault -> our code. Everything else is a value that does not fit.
_CODES = {
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
    "json_invalid": "bad_json",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "position_incomplete": "missing_field",
    "shift_incomplete": "missing_field",
    "cursor": "bad_cursor",
}
# What the field wants, by kind of fault; the texts are `expected_…` of the catalogue.
_EXPECTED = {
    "string_type": "text",
    "string_pattern_mismatch": "text",
    "string_too_short": "text",
    "int_type": "integer",
    "int_parsing": "integer",
    "int_from_float": "integer",
    "float_type": "number",
    "float_parsing": "number",
    "finite_number": "number",
    "bool_type": "boolean",
    "bool_parsing": "boolean",
    "list_type": "list",
    "model_type": "object",
    "model_attributes_type": "object",
    "uuid_parsing": "uuid",
    "uuid_type": "uuid",
    "moment": "moment",
    "calendar_date": "date",
    "literal_error": "choice",
    "box": "box",
    "one_value": "one_value",
    "greater_than_equal": "range",
    "less_than_equal": "range",
}
# What a program that misspelt a field should learn first.
_FIRST = ("bad_json", "unknown_field")


def invalid(error: ValidationError, model: type[BaseModel]) -> Invalid:
    """The refusal that names every faulty field. What was sent is not repeated: it may be personal."""
    errors = [_reason(fault, model) for fault in error.errors(include_input=False, include_url=False)]
    codes = [reason.code for reason in errors]
    code = next((first for first in _FIRST if first in codes), codes[0])
    if code == "bad_json":
        # The whole body is at fault, not a field of it.
        return Invalid("bad_json", "the body is not JSON", place=_place(error))
    return Invalid(code, f"{len(errors)} faulty fields", errors=errors)


def _place(error: ValidationError) -> str:
    """Where the JSON breaks off, in pydantic's English words: line and column."""
    first = error.errors(include_input=False, include_url=False)[0]
    return str(first.get("ctx", {}).get("error", ""))


def _reason(fault: Mapping[str, Any], model: type[BaseModel]) -> Reason:
    kind, context = fault["type"], fault.get("ctx", {})
    field = ".".join(map(str, fault["loc"])) or None
    code = _CODES.get(kind, "bad_value")
    data: dict[str, Any] = {"field": field} if field else {}
    if code == "bad_value" and kind in _EXPECTED:
        data["expected"] = _EXPECTED[kind]
    if kind == "literal_error":
        data["choices"] = _choices(fault["loc"], model) or [context.get("expected", "")]
    for name, key in (("max_length", "max_length"), ("ge", "minimum"), ("le", "maximum")):
        if name in context:
            data[key] = context[name]
    return Reason(code, data, field=field)


def _choices(place: Sequence[int | str], model: type[BaseModel]) -> list[Any]:
    """The values that a field of the body itself may have."""
    if len(place) != 1:
        return []
    found = model.model_json_schema()["properties"].get(str(place[0]), {})
    options: list[Any] = found.get("enum", [])
    for option in found.get("anyOf", []):
        options = options or option.get("enum", [])
    return options
