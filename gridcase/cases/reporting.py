"""Reads a report before it is judged: its flow and channel, who acts, the class, the place, the texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile
from gridcase.cases.catalogue import Channel
from gridcase.cases.forms import ReportForm
from gridcase.cases.gather import check_fields, find_category, find_condition, locate, look_up
from gridcase.cases.guards import MoveFacts
from gridcase.cases.records import photo_kind
from gridcase.cases.steps import moment_text
from gridcase.cases.texts import check_phone, check_texts
from gridcase.directory.people import Actor
from gridcase.engine.definition import Definition, Transition
from gridcase.errors import Invalid, NotPermitted


@dataclass(frozen=True, slots=True)
class Reading:
    """A report as the flow judges it; `roles` are those in which the person may make it, `fields` what is kept."""

    definition: Definition
    trigger: str
    roles: tuple[str, ...]
    facts: MoveFacts
    fields: dict[str, Any]


def read_report(desk: Desk, actor: Actor, form: ReportForm) -> Reading:
    """What a report says.

    Raises Invalid (`unknown_channel`, `unknown_workflow`, `class_in_catalogue`, `unknown_condition`, `outside_grid`,
    `unknown_field`, `too_long`, `bad_value`) and NotPermitted `role_missing`.
    """
    definition, channel = _workflow(desk, form.workflow), _channel(desk, form.channel)
    rows, roles = _starts(definition, channel, actor)
    check_fields(rows, form.records)
    fields = {
        **_fields(desk, form),
        "workflow": definition.name,
        "is_public": channel.is_public,
        "is_assigned": channel.is_assigned,
        "needs_confirmation": channel.needs_confirmation,
    }
    records = {"kind": form.kind, "main_code": form.main_code, "sub_code": form.sub_code, **form.records}
    if form.condition_no is not None:
        records["condition_no"] = form.condition_no
    facts = MoveFacts(
        actor=actor,
        records=records,
        now=desk.now,
        blank=CaseFile("", definition, fields=fields),
        photo_count=len(form.photos),
        photo_kinds=frozenset({photo_kind(_names(rows), other="before")} if form.photos else ()),
        place=fields,
        is_inspector_report="inspector" in roles,
        is_condition_known=form.condition_no is not None,
        may_settle=lambda category: category in desk.book.settings.self_handling.classes,
    )
    look_up(desk, facts)
    return Reading(definition, rows[0].trigger, roles, facts, fields)


def _names(rows: tuple[Transition, ...]) -> list[str]:
    return [name for row in rows for name in (*row.records, *row.optional)]


def _workflow(desk: Desk, name: str | None) -> Definition:
    wanted = name or desk.book.settings.workflow.default
    if wanted not in desk.book.flows.offered:
        raise Invalid(
            "unknown_workflow", f"there is no workflow {wanted!r}", field="workflow", workflow=wanted
        )
    return desk.book.flows.latest(wanted)


def _channel(desk: Desk, code: str) -> Channel:
    channel = desk.book.channels.get(code)
    if channel is None:
        raise Invalid("unknown_channel", f"there is no channel {code!r}", field="channel", channel=code)
    return channel


def _starts(
    definition: Definition, channel: Channel, actor: Actor
) -> tuple[tuple[Transition, ...], tuple[str, ...]]:
    """The tables of the trigger that makes this person's case, and the roles in which they may fire it.

    A report in a channel is made in the channel's role, or by an interface (api.md 5); in a flow where that role
    starts nothing, by whoever the flow names.
    """
    starts = definition.starts
    listed = tuple(dict.fromkeys(role for row in starts for role in row.roles))
    wanted = (channel.role, "system") if channel.role in listed else listed
    held = tuple(role for role in wanted if actor.has_role(role))
    fitting = [row.trigger for row in starts if set(row.roles) & set(held)]
    if not fitting:
        raise NotPermitted(
            "role_missing", "no role of this person may report in this channel", roles=list(wanted)
        )
    return tuple(row for row in starts if row.trigger == fitting[0]), held


def _fields(desk: Desk, form: ReportForm) -> dict[str, Any]:
    wanted = {"kind": form.kind, "main_code": form.main_code, "sub_code": form.sub_code}
    category = find_category(desk, wanted)
    if form.condition_no is not None:
        find_condition(desk, wanted, form.condition_no)
    told = {
        "description": form.description,
        "address": form.address,
        "component_code": form.component_code,
        "reporter_name": form.reporter.name or None,
        "reporter_phone": form.reporter.phone or None,
        "outside_number": form.outside_number,
    }
    check_texts(desk, told)
    check_phone("reporter_phone", form.reporter.phone)
    check_texts(desk, form.records)
    point = {"lon": form.lon, "lat": form.lat, "coordinate_system": form.coordinate_system}
    return {
        **wanted,
        **locate(desk, point, desk.now),
        "main_name": category.main_name,
        "sub_name": category.sub_name,
        "condition_no": form.condition_no,
        **told,
        "channel": form.channel,
        "urgent": form.is_urgent,
        "reply_wanted": form.is_reply_wanted,
        "uncertainty_m": form.uncertainty_m,
        "taken_at": moment_text(form.taken_at) if form.taken_at else None,
    }
