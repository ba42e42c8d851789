"""The parameters behind the question mark of all reads (api.md 2)."""

from __future__ import annotations

import base64
import json
import math
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from gridcase.web.api.fields import Code, On, Query, System, Text, When

MOST_ROWS, MOST_FEATURES = 200, 5000
_CURSOR_YEARS = range(1900, 9999)
_BBOX_PATTERN = r"^-?[0-9.]+(,-?[0-9.]+){3}$"


def _read_bbox(value: Any) -> tuple[float, ...]:
    """West, south, east, north in WGS-84 degrees."""
    try:
        numbers = tuple(float(part) for part in str(value).split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise PydanticCustomError("box", "Input should be west,south,east,north")
    west, south, east, north = numbers
    if west > east or south > north:
        raise PydanticCustomError("box", "Input should be west,south,east,north")
    return numbers


def _read_cursor(text: Any) -> str:
    """The key of the last row of a page, as the page before gave it: one that was made up reaches no database."""
    try:
        name, value, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        is_sound = isinstance(number, str) and number.isascii() and number.isprintable()
        if name == "number":
            is_sound = is_sound and value == number
        elif value is not None:
            moment = datetime.fromisoformat(value)
            is_sound = is_sound and moment.tzinfo is not None and moment.year in _CURSOR_YEARS
    except (ValueError, TypeError):
        is_sound = False
    if not is_sound:
        raise PydanticCustomError("cursor", "Input should be the `next` of a page in the same order")
    return str(text)


Box = Annotated[
    tuple[float, float, float, float],
    BeforeValidator(_read_bbox),
    WithJsonSchema({"type": "string", "pattern": _BBOX_PATTERN}),
    Field(description="west,south,east,north in WGS-84 degrees"),
]
Cursor = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=200), AfterValidator(_read_cursor)
]
Searched = Annotated[Text, StringConstraints(max_length=200)]
States = Annotated[
    tuple[Code, ...], Field(json_schema_extra={"items": {"type": "string", "choices_of": "states"}})
]


class CaseFilters(Query):
    """What a list of cases is narrowed to; filters may be repeated where they are lists."""

    state: States = ()
    stage: tuple[Code, ...] = ()
    lamp: tuple[Literal["green", "yellow", "red"], ...] = ()
    department: tuple[Code, ...] = ()
    street: tuple[Code, ...] = ()
    community: tuple[Code, ...] = ()
    cell: tuple[Code, ...] = ()
    kind: tuple[Literal["component", "event"], ...] = ()
    main_code: tuple[Code, ...] = ()
    sub_code: tuple[Code, ...] = ()
    channel: tuple[Code, ...] = ()
    inspector: tuple[Code, ...] = ()
    hold: tuple[Literal["suspension", "deferral"], ...] = Field((), description="held by one of these now")
    difficult: bool | None = None
    mine: bool = False
    to_decide: bool = Field(False, description="a request in it waits for me, to forward or to decide")
    open: bool | None = None
    reported_from: When | None = None
    reported_to: When | None = None
    due_before: When | None = None
    q: Searched = Field("", description="number, address or text")


class ListQuery(CaseFilters):
    """A page of a list."""

    sort: Literal["due_at", "-due_at", "reported_at", "-reported_at", "number", "-number"] = "-reported_at"
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50
    after: Cursor | None = Field(None, description="`next` of the page before")
    count: bool = False


class MapQuery(CaseFilters):
    """Cases on a map."""

    bbox: Box | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_FEATURES)] = 1000


class DeadlineQuery(Query):
    """Which clock of the case."""

    stage: Code = "handling"


class LocateQuery(Query):
    """A point and a day."""

    lon: Code
    lat: Code
    coordinate_system: System | None = None
    at: On | None = None


class CatalogueQuery(Query):
    """Which categories; with `at` as they were at the end of that day."""

    at: On | None = None
    kind: tuple[Literal["component", "event"], ...] = ()
    main_code: tuple[Code, ...] = ()
    sub_code: tuple[Code, ...] = ()


class DepartmentsQuery(Query):
    """Which departments."""

    at: On | None = None
    kind: tuple[Literal["handling", "street", "community", "centre"], ...] = ()


class AreasQuery(Query):
    """Which areas."""

    at: On | None = None
    level: tuple[Literal["district", "street", "community"], ...] = ()
    parent: tuple[Code, ...] = ()


class CellsQuery(Query):
    """Which cells."""

    at: On | None = None
    bbox: Box | None = None
    street: tuple[Code, ...] = ()
    community: tuple[Code, ...] = ()


class RankingQuery(Query):
    """By which scheme, and as of when."""

    scheme: Code | None = Field(None, description="name of a scheme; default that of the settings")
    as_of: When | None = Field(None, description="only steps before this moment count")


class RankingCasesQuery(RankingQuery):
    """Which number of the ranking, and which page of its cases."""

    unit: Searched = Field(description="name or code of a unit")
    count: Searched = Field(
        description="a count such as closed_count, or a sum: filed_count,-open_in_time_count"
    )
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50
    after: Code | None = Field(None, description="`next` of the page before: a case number")
