"""The calls that write: reports, moves, photos, notes, requests and the decisions about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from gridcase.cases import appending, requests, service
from gridcase.cases.book import Desk
from gridcase.cases.forms import MoveForm, PhotosForm, Reporter, ReportForm, RequestAnswer, RequestForm
from gridcase.directory.people import Actor
from gridcase.errors import Invalid
from gridcase.web.api.answers import MoveReply, NoteReply, PhotosReply, ReportReply, RequestReply
from gridcase.web.api.bodies import (
    DecisionBody,
    MoveBody,
    NoteBody,
    PhotoBody,
    RecordsBody,
    ReportBody,
    RequestBody,
)
from gridcase.web.api.calls import Calls, Sent

CASES = Calls("cases")
REQUESTS = Calls("requests")

_NOT_RECORDS = {"client_id", "version", "uploads", "receipt"}


def _set_fields(body: RecordsBody, kind: type[RecordsBody]) -> dict[str, Any]:
    """The records that the body carries, of those that a kind of body knows; null is as good as absent."""
    names, given = _record_names(kind), body.model_fields_set
    if given.isdisjoint(names):
        return {}
    # In the order of the declaration: a set has another one in each process, and refusals name the first field.
    return {name: value for name in names if name in given and (value := getattr(body, name)) is not None}


@lru_cache(maxsize=4)
def _record_names(kind: type[RecordsBody]) -> tuple[str, ...]:
    return tuple(name for name in kind.model_fields if name not in _NOT_RECORDS)


@CASES.write("/cases", ReportBody, answer=ReportReply, has_photos=True, refuses=())
def report_case(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """上报：新建案件 (report: make a case)."""
    body: ReportBody = sent.body
    reporter = body.reporter
    form = ReportForm(
        kind=body.kind,
        main_code=body.main_code,
        sub_code=body.sub_code,
        description=body.description,
        lon=body.lon,
        lat=body.lat,
        coordinate_system=body.coordinate_system,
        channel=body.channel,
        workflow=body.workflow,
        condition_no=body.condition_no,
        address=body.address or "",
        component_code=body.component_code,
        is_urgent=body.urgent,
        is_reply_wanted=body.reply_wanted,
        uncertainty_m=body.uncertainty_m,
        reporter=Reporter(reporter.name, reporter.phone) if reporter else Reporter(),
        outside_number=body.outside_number,
        taken_at=body.taken_at,
        records=_set_fields(body, RecordsBody),
        photos=sent.photos,
    )
    made = service.report(desk, actor, form)
    return {
        "number": made.number,
        "state": made.state,
        "version": made.version,
        "cell": made.cell,
        "community": made.community,
        "street": made.street,
        "district": made.district,
        "duplicates": [asdict(duplicate) for duplicate in made.duplicates],
    }


@CASES.write("/cases/{number}/moves/{trigger}", MoveBody, answer=MoveReply, has_photos=True)
def move_case(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """办理：执行一个步骤 (move: fire a trigger)."""
    body: MoveBody = sent.body
    records = _set_fields(body, MoveBody)
    if body.corrections is not None:
        records["corrections"] = body.corrections.model_dump(exclude_none=True)
    form = MoveForm(records, body.version, sent.photos)
    moved = service.move(desk, actor, sent.path["number"], trigger=sent.path["trigger"], form=form)
    return {"number": moved.number, "state": moved.state, "version": moved.version, "step": moved.step}


@CASES.write("/cases/{number}/photos", PhotoBody, answer=PhotosReply, has_photos=True)
def add_photos(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """补充照片 (append photos; never conflicts with a move)."""
    body: PhotoBody = sent.body
    if not sent.photos:
        raise Invalid("missing_field", "at least one photo is needed", field="photos")
    form = PhotosForm(
        kind=body.kind,
        photos=tuple(sent.photos),
        lon=body.lon,
        lat=body.lat,
        coordinate_system=body.coordinate_system,
        taken_at=body.taken_at,
        uncertainty_m=body.uncertainty_m,
    )
    added = appending.add_photos(desk, actor, sent.path["number"], form=form, seed=_seed(desk, sent))
    return {"id": added[0].id, "number": added[0].number, "ids": [photo.id for photo in added]}


@CASES.write("/cases/{number}/notes", NoteBody, answer=NoteReply)
def add_note(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """补充说明 (append a note; never conflicts with a move)."""
    added = appending.add_note(desk, actor, sent.path["number"], text=sent.body.text, seed=_seed(desk, sent))
    return {"id": added.id, "number": added.number}


def _seed(desk: Desk, sent: Sent) -> str:
    """What makes the ids of appended things: the client id, else the moment."""
    return str(sent.body.client_id or desk.now.isoformat())


# --- requests -------------------------------------------------------------------------------------------------


@REQUESTS.write("/cases/{number}/requests", RequestBody, answer=RequestReply, has_photos=True)
def ask_request(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """提出申请 (ask for an extension, a suspension, a void and others of the flow)."""
    body: RequestBody = sent.body
    form = RequestForm(body.kind, body.reason or "", body.until, body.document, sent.photos)
    return _told(requests.ask(desk, actor, sent.path["number"], form=form))


def _told(answer: RequestAnswer) -> dict[str, Any]:
    return {
        "id": answer.id,
        "number": answer.number,
        "state": answer.state,
        "version": answer.version,
    }


def _decided(decide: Callable[..., RequestAnswer], desk: Desk, actor: Actor, *, sent: Sent) -> dict[str, Any]:
    path = sent.path
    return _told(
        decide(desk, actor, path["number"], request_id=path["request_id"], opinion=sent.body.opinion)
    )


@REQUESTS.write("/cases/{number}/requests/{request_id}/forward", DecisionBody, answer=RequestReply)
def forward_request(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """转报申请 (pass a request on)."""
    return _decided(requests.forward, desk, actor, sent=sent)


@REQUESTS.write("/cases/{number}/requests/{request_id}/grant", DecisionBody, answer=RequestReply)
def grant_request(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """同意申请 (grant a request)."""
    return _decided(requests.grant, desk, actor, sent=sent)


@REQUESTS.write("/cases/{number}/requests/{request_id}/refuse", DecisionBody, answer=RequestReply)
def refuse_request(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """不同意申请 (refuse a request, with the reason in `opinion`)."""
    return _decided(requests.refuse, desk, actor, sent=sent)


@REQUESTS.write("/cases/{number}/requests/{request_id}/withdraw", DecisionBody, answer=RequestReply)
def withdraw_request(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """撤回申请 (take one's own request back)."""
    return _decided(requests.withdraw, desk, actor, sent=sent)


@REQUESTS.write("/cases/{number}/requests/{request_id}/release", DecisionBody, answer=RequestReply)
def release_request(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """提前解除挂账或缓办 (end a granted suspension or deferral before its date)."""
    return _decided(requests.release, desk, actor, sent=sent)
