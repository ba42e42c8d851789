"""The kinds of values that bodies and queries are made of, each as strict as the contract (api.md 1)."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from gridcase.clock import CHINA

# A NUL has no place in a text: PostgreSQL cannot store it.
_NO_NUL = r"^[^\x00]*$"
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What lies outside is a slip of the pen, and the ends of the calendar overflow when a zone is applied.
_YEARS = range(1970, 2200)
_MOST_CODES, _MOST_NUMBERS = 50, 200


def _read_moment(value: Any) -> datetime:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value.upper())
        except ValueError:
            moment = None
        if moment is not None and moment.year in _YEARS:
            return moment
    raise PydanticCustomError("moment", "Input should be an RFC 3339 moment with offset")


def _read_date(value: Any) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("calendar_date", "Input should be a date YYYY-MM-DD")


def _read_when(value: Any) -> datetime:
    """A moment, or a day, which stands for its beginning in China."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        return datetime.combine(_read_date(value), time(), CHINA)
    # A plus sign that nobody encoded comes as a blank.
    return _read_moment(value.replace(" ", "+") if isinstance(value, str) else value)


def _read_on(value: Any) -> date:
    """The day of a moment in China, or a day."""
    return _read_when(value).astimezone(CHINA).date()


Text = Annotated[str, StringConstraints(pattern=_NO_NUL)]
"""A text of any length up to the setting `text.max_length`, which is checked once for the whole body."""

Words = Annotated[str, StringConstraints(pattern=_NO_NUL, min_length=1)]
Code = Annotated[str, StringConstraints(pattern=_NO_NUL, min_length=1, max_length=80)]
Codes = Annotated[list[Code], Field(max_length=_MOST_CODES)]
Whole = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
Numbers = Annotated[list[Whole], Field(max_length=_MOST_NUMBERS)]
Moment = Annotated[
    datetime,
    PlainValidator(_read_moment),
    PlainSerializer(datetime.isoformat, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Day = Annotated[
    date,
    PlainValidator(_read_date),
    PlainSerializer(date.isoformat, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
When = Annotated[
    datetime,
    PlainValidator(_read_when),
    WithJsonSchema({"type": "string", "description": "a moment, or a day, which stands for its beginning"}),
]
On = Annotated[
    date,
    PlainValidator(_read_on),
    WithJsonSchema({"type": "string", "description": "the day for which the answer holds; default today"}),
]
Longitude = Annotated[float, Field(description="degrees in coordinate_system, east positive")]
Latitude = Annotated[float, Field(description="degrees in coordinate_system, north positive")]
System = Annotated[
    Code,
    Field(
        description="coordinate system of lon and lat", json_schema_extra={"choices_of": "coordinate_systems"}
    ),
]
ClientId = Annotated[
    UUID,
    Field(
        description="made by the client, best of version 7; the same id with the same content changes nothing"
    ),
]


class Body(BaseModel):
    """A body: unknown fields and values of another type are faults; nothing is guessed from texts."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)

    client_id: ClientId | None = None


class Part(BaseModel):
    """An object inside a body."""

    model_config = Body.model_config


class Query(BaseModel):
    """The parameters behind the question mark: texts, read as what they should be."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


class Reply(BaseModel):
    """An answer. More members may come; none of these goes away."""

    model_config = ConfigDict(extra="allow")
