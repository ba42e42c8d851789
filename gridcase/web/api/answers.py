"""The answers of all calls as the document tells them; the register makes them, tests hold them to these forms."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from gridcase.web.api.fields import Day, Moment, Reply
from gridcase.web.api.follow_up_answers import (
    CallBackReply,
    FindingReply,
    OfferedReply,
    ProposalReply,
    SupervisionOrderReply,
)
from gridcase.web.api.suggestion_answers import SuggestionPart
from gridcase.web.api.upload_forms import DeliveryReply

Lamp = Literal["green", "yellow", "red"]
State = Annotated[str, Field(json_schema_extra={"choices_of": "states"})]


class DuplicateReply(Reply):
    """An open case of the same class near by."""

    number: str
    distance_m: float
    state: State


class ReportReply(DeliveryReply):
    """What became of a report."""

    number: str
    state: State
    version: int
    cell: str
    community: str
    street: str
    district: str
    duplicates: list[DuplicateReply]


class StepPart(Reply):
    """The step that a move wrote."""

    no: int
    trigger: str
    hash: str


class MoveReply(DeliveryReply):
    """What became of a move."""

    number: str
    state: State
    version: int
    step: StepPart


class RequestReply(DeliveryReply):
    """What became of a request or of a decision about it; `state` is the request's."""

    id: str
    number: str
    state: str
    version: int


class PhotosReply(DeliveryReply):
    """The photos that were appended; `id` is that of the first."""

    id: str
    number: str
    ids: list[str]


class NoteReply(Reply):
    """The note that was appended."""

    id: str
    number: str


class FieldReply(Reply):
    """A field that a move takes here and now."""

    name: str
    type: str
    required: bool
    choices: list[Any] | None = None
    suggestion: SuggestionPart | None = None


class AllowedReply(Reply):
    """A move that this person may make, with its fields."""

    trigger: str
    label: str
    fields: list[FieldReply]


class ReasonReply(Reply):
    """One reason for a refusal."""

    code: str
    detail: str | None = None
    field: str | None = None


class RefusedReply(Reply):
    """A move of this person's roles that the flow does not allow now."""

    trigger: str
    reasons: list[ReasonReply]


class MovesReply(Reply):
    """What this person may do with the case."""

    allowed: list[AllowedReply]
    refused: list[RefusedReply]
    follow_ups: list[OfferedReply]


class ClockReply(Reply):
    """One run of a stage clock; `used` and `overdue_seconds` in seconds."""

    stage: str
    started: Moment
    ended: Moment | None = None
    due: Moment | None = None
    lamp: Lamp | None = None
    held: bool
    used: int | None = None
    limit: str
    department: str | None = None
    on_time: bool | None = None
    overdue_seconds: int
    held_seconds: int = Field(description="on the wall, inside holds")


class StepReply(Reply):
    """One step of the history."""

    no: int
    trigger: str
    from_: str | None = Field(None, alias="from")
    to: State
    at: Moment
    actor: str
    role: str
    department: str | None = None
    receiver: str | None = None
    opinion: str | None = None
    reason: str | None = None
    used: int | None = None
    on_time: bool | None = None
    hash: str
    definition_version: int


class CameraReply(Reply):
    """What the picture's own metadata told before it was taken out: the camera's local time, and WGS-84."""

    taken: str | None = None
    lon: float | None = None
    lat: float | None = None


class LikenessReply(Reply):
    """An earlier photo that looks alike, its case, and in how many of 64 bits they differ: a question, no verdict.

    Photo and case are null for whoever does not see that case.
    """

    photo: str | None
    number: str | None
    distance: int


class PhotoReply(Reply):
    """A photo; `url` leads to the picture, for those who see the case."""

    id: str
    kind: str
    attempt: int
    taken_at: Moment | None = None
    lon: float | None = None
    lat: float | None = None
    uncertainty_m: float | None = None
    camera: CameraReply
    suspected_reuse: LikenessReply | None = None
    url: str
    from_case: str | None = None


class JoinedReply(Reply):
    """A case that was merged into this one; its photos stand among those of this case with `from_case`."""

    number: str
    main_case: str
    channel: str
    reported_at: Moment
    reported_by: str | None = None
    reporter: dict[str, str | None] | None = None


class AskedReply(Reply):
    """A request and what became of it."""

    id: str
    kind: str
    state: str
    applicant: str
    asked_at: Moment
    reason: str
    until: Day | None = None
    decided_by: str | None = None
    decided_at: Moment | None = None


class SubTaskReply(Reply):
    """What an assisting department was asked for; `photos` are ids. It is open until the case goes on or ends."""

    no: int
    department: str
    attempt: int
    asked_at: Moment
    ended_at: Moment | None = None
    is_open: bool
    answered_at: Moment | None = Field(None, description="of the department's first note or photo")
    notes: list[dict[str, Any]]
    photos: list[str]


class FilingReply(Reply):
    """The filing record, frozen when the case was filed."""

    condition_no: int
    condition: str
    closing_conditions: list[str]
    limit: str
    limit_note: str | None = None
    workday: str
    slots: list[list[str]]
    standard: str
    standard_version: int | None = None
    filed_by: str
    filed_at: Moment


class ClosingReply(Reply):
    """The closing record."""

    how: Literal["normal", "forced", "self"]
    closed_by: str
    closed_at: Moment
    ticked: list[int] | None = None
    counters: dict[str, int]
    stages: list[ClockReply]


class CaseReply(Reply):
    """A case with its whole history."""

    number: str
    state: State
    version: int
    workflow: str
    definition_version: int
    main_case: str | None = None
    joined: list[JoinedReply]
    attempt: int
    first_attempt_on_time: bool | None = None
    difficult: bool
    overdue_exempt: bool
    appeal_result: Literal["granted", "refused"] | None = None
    request_open: bool
    counters: dict[str, int]
    steps: list[StepReply]
    clocks: list[ClockReply]
    photos: list[PhotoReply]
    requests: list[AskedReply]
    sub_tasks: list[SubTaskReply]
    supervision_orders: list[SupervisionOrderReply]
    findings: list[FindingReply]
    call_backs: list[CallBackReply]
    proposals: list[ProposalReply] = Field(
        description="supervision orders that an escalation proposes, for those who may give them"
    )
    filing: FilingReply | None = None
    closing: ClosingReply | None = None


class DeadlineReply(Reply):
    """The due moment of a clock with the arithmetic behind it."""

    due_at: Moment | None = None
    lines: list[dict[str, Any]]
    question: dict[str, Any] | None = Field(
        None, description="a line of `gridcase clock --batch`, without its id, that gives the same answer"
    )
    lamp: Lamp | None = None
    held: bool


class RowReply(Reply):
    """A case in a list."""

    number: str
    state: State
    lamp: Lamp | None = None
    held: bool
    hold_kind: str | None = Field(
        None, description="what holds the case: `suspension`, `deferral`, or a move"
    )


class ListReply(Reply):
    """A page of cases; `next` is the value of `after` for the next one, null at the end."""

    items: list[RowReply]
    next: str | None
    total: int | None = Field(None, description="only with count=true")


class FeatureReply(Reply):
    """One GeoJSON feature."""

    type: Literal["Feature"]
    geometry: dict[str, Any] | None
    properties: dict[str, Any] | None


class FeaturesReply(Reply):
    """A FeatureCollection of RFC 7946: WGS-84, longitude first."""

    type: Literal["FeatureCollection"]
    features: list[FeatureReply]


class QueueReply(Reply):
    """My work in one stage."""

    stage: str


class AssistingReply(Reply):
    """The sub-tasks of my department."""

    count: int
    oldest: Moment | None = None


class DecidingReply(Reply):
    """The cases with a request that waits for me, to forward or to decide; lamps are those of the cases."""

    label: str
    count: int
    lamps: dict[str, int]
    held: int
    oldest: Moment | None = None


class WorkReply(Reply):
    """My queues, what my department is asked to assist in, and which requests wait for me (null: my roles decide none)."""

    queues: list[QueueReply]
    assisting: AssistingReply
    requests: DecidingReply | None = None


class PlaceReply(Reply):
    """The unit grid cell of a point."""

    cell: str
    community: str
    street: str
    district: str
    responsibility_grid: str | None
    names: dict[str, str]
    crs: str


class ConditionPart(Reply):
    """A filing condition with its closing condition and limit; `limit_note` is how the limit read before it was mapped."""

    condition_no: int
    condition: str
    closing_condition: str
    limit: str
    limit_note: str | None


class CategoryPart(Reply):
    """A sub category and its filing conditions."""

    kind: str
    main_code: str
    main_name: str
    sub_code: str
    sub_name: str
    conditions: list[ConditionPart]


class CatalogueReply(Reply):
    """The categories in force; `version` rises with each import that changes them."""

    standard: str
    version: int
    items: list[CategoryPart]


class DepartmentPart(Reply):
    """A department."""

    code: str
    name: str
    kind: str
    area: str | None
    is_active: bool


class DepartmentsReply(Reply):
    """The departments by code."""

    items: list[DepartmentPart]


class AreaPart(Reply):
    """A district, street or community."""

    code: str
    name: str
    level: str
    parent: str | None


class AreasReply(Reply):
    """The areas by code."""

    items: list[AreaPart]


class SharePart(Reply):
    """A case behind a number, and what it adds to it."""

    number: str
    value: int


class RankingCasesReply(Reply):
    """The cases behind a number of a ranking, by case number; `hidden_count` of this page are not to be seen."""

    unit: str
    code: str
    count: str
    as_of: str
    value: int
    cases: int
    items: list[SharePart]
    hidden_count: int
    next: str | None


class RankingReply(Reply):
    """A ranking, as `gridcase rank` prints it."""

    scheme: str
    units: list[dict[str, Any]]
