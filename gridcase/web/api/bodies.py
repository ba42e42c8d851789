"""The bodies of all writes, field by field (api.md 2 and 5)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from gridcase.cases.telephones import PHONE_PATTERN
from gridcase.web.api.fields import (
    Body,
    Code,
    Codes,
    Day,
    Latitude,
    Longitude,
    Moment,
    Numbers,
    Part,
    System,
    Text,
    Whole,
    Words,
)
from gridcase.web.api.upload_forms import DeliveryBody

# As wide as the columns that hold them.
ComponentCode = Annotated[Code, StringConstraints(max_length=20)]
Name = Annotated[Text, StringConstraints(max_length=100)]
Phone = Annotated[Text, StringConstraints(max_length=40, pattern=f"^({PHONE_PATTERN})?$")]
Kind = Literal["component", "event"]
PhotoKind = Literal["before", "after", "confirmation", "verification", "other"]


class ReporterPart(Part):
    """Who told us; both may be missing."""

    name: Name = ""
    phone: Phone = ""


class RecordsBody(DeliveryBody):
    """The records of workflow files by their names (flow.md 9). A field that the move does not take is refused."""

    opinion: Text | None = None
    reason: Text | None = None
    reason_code: Code | None = None
    department: Code | None = None
    assisting: Codes | None = None
    inspector: Code | None = None
    handler: Code | None = None
    receiver: Code | None = None
    question: Text | None = None
    result: Code | None = None
    measure: Text | None = None
    started_at: Moment | None = None
    finished_at: Moment | None = None
    ticked: Numbers | None = Field(None, description="numbers of the closing conditions, from 1")
    same_time: bool | None = None
    main_case: Code | None = None
    document: Text | None = None
    duplicates_seen: bool | None = None


class ReportBody(RecordsBody):
    """A report (上报). An inspector's report needs at least one photo.

    Records are for workflows whose first step takes them; the standard one takes none.
    """

    kind: Kind
    main_code: Code
    sub_code: Code
    description: Words
    lon: Longitude
    lat: Latitude
    coordinate_system: System
    channel: Annotated[Code, Field(json_schema_extra={"choices_of": "channels"})] = "inspector"
    workflow: Annotated[Code, Field(json_schema_extra={"choices_of": "workflows"})] | None = None
    condition_no: Whole | None = None
    uncertainty_m: Annotated[float, Field(ge=0)] | None = None
    address: Text | None = None
    component_code: ComponentCode | None = None
    urgent: bool = False
    reply_wanted: bool = False
    reporter: ReporterPart | None = None
    outside_number: Name | None = None
    taken_at: Moment | None = None


class CorrectionsPart(Part):
    """What intake corrects; a point is `lon`, `lat` and `coordinate_system` together."""

    kind: Kind | None = None
    main_code: Code | None = None
    sub_code: Code | None = None
    component_code: ComponentCode | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    coordinate_system: System | None = None
    address: Text | None = None


class MoveBody(RecordsBody):
    """A move. Which fields a trigger takes and needs here and now, `GET /cases/{number}/moves` tells."""

    version: Whole | None = Field(None, description="the version the sender saw; a stale one is refused")
    condition_no: Whole | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    coordinate_system: System | None = None
    corrections: CorrectionsPart | None = None
    taken_at: Moment | None = None


class PhotoBody(DeliveryBody):
    """What belongs to appended photos: kind, position and the phone's own time."""

    kind: PhotoKind = "other"
    lon: Longitude | None = None
    lat: Latitude | None = None
    coordinate_system: System | None = None
    taken_at: Moment | None = None
    uncertainty_m: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def position_is_whole(self) -> Self:
        """A position is three fields or none."""
        parts = (self.lon, self.lat, self.coordinate_system)
        if any(part is None for part in parts) and any(part is not None for part in parts):
            raise PydanticCustomError("position_incomplete", "lon, lat and coordinate_system come together")
        return self


class NoteBody(Body):
    """A note to a case."""

    text: Words


class RequestBody(DeliveryBody):
    """A request (申请). `until` is needed for suspension and deferral, `document` for a void by a department."""

    kind: Annotated[Code, Field(json_schema_extra={"choices_of": "requests"})]
    reason: Text | None = None
    until: Day | None = None
    document: Text | None = None


class DecisionBody(Body):
    """A decision about a request. A refusal needs its reason in `opinion`."""

    opinion: Text | None = None


class OrderBody(Body):
    """A supervision order (督办), to `department` (default the main department) or to `desk` (a role code), not both."""

    level: Annotated[int, Field(ge=1, le=3)]
    text: Words
    reply_by: Moment = Field(description="the moment until which a reply is wanted")
    department: Code | None = None
    desk: Code | None = None


class ReplyBody(Body):
    """A reply to a supervision order."""

    text: Words


class ReminderBody(Body):
    """A reminder (催办) to the department, or whoever else the case waits for."""

    text: Words


class FindingBody(Body):
    """A finding (认定); the reason is needed."""

    kind: Literal["faked", "buck_passed", "missed"]
    reason: Text | None = None


class RevocationBody(Body):
    """The revocation of a finding; the reason is needed."""

    reason: Text | None = None


class CallBackBody(Body):
    """A call-back (回访) to the reporter of a closed case."""

    satisfied: bool
    opinion: Text | None = None
