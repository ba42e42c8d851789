"""What people send: the report, the move, the request, as values that the service functions take."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gridcase.cases.photos import PhotoFile


@dataclass(frozen=True, slots=True)
class Reporter:
    """A named reporter; both may be empty."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ReportForm:
    """A report (问题登记): point in `coordinate_system`, class by its codes, photos already checked.

    `records` are the further fields that the flow's first transition takes, by the names of a move.
    """

    kind: str
    main_code: str
    sub_code: str
    description: str
    lon: float
    lat: float
    coordinate_system: str
    channel: str = "inspector"
    workflow: str | None = None
    condition_no: int | None = None
    address: str = ""
    component_code: str | None = None
    is_urgent: bool = False
    is_reply_wanted: bool = False
    uncertainty_m: float | None = None
    reporter: Reporter = Reporter()
    outside_number: str | None = None
    taken_at: datetime | None = None
    records: dict[str, Any] = field(default_factory=dict)
    photos: tuple[PhotoFile, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveForm:
    """A move: the records by the names of api.md 2, the version the sender saw (None = whatever it is), photos.

    Moments among the records (`started_at`, `finished_at`, `taken_at`) are aware; absent records are not in it.
    """

    records: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    photos: tuple[PhotoFile, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestForm:
    """A request: kind, reason, and what the kind needs: a date, a paper, photos."""

    kind: str
    reason: str = ""
    until: date | None = None
    document: str | None = None
    photos: tuple[PhotoFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotosForm:
    """Photos appended to a case in the order in which they were chosen, with the position and moment the phone gave."""

    kind: str
    photos: tuple[PhotoFile, ...]
    lon: float | None = None
    lat: float | None = None
    coordinate_system: str | None = None
    taken_at: datetime | None = None
    uncertainty_m: float | None = None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An open case of the same class near by."""

    number: str
    distance_m: float
    state: str


@dataclass(frozen=True, slots=True)
class Reported:
    """The answer to a report."""

    number: str
    state: str
    version: int
    cell: str
    community: str
    street: str
    district: str
    duplicates: tuple[Duplicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """The answer to a move: the step it wrote."""

    number: str
    state: str
    version: int
    step: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """The answer to a request or a decision about one; `state` is the request's."""

    id: str
    number: str
    state: str
    version: int
