"""Supervision orders, reminders, findings, call-backs and the watchdog as people of a test office do them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gridcase.cases import findings, orders
from gridcase.cases.book import Desk
from gridcase.cases.findings import FollowUpAnswer
from gridcase.cases.followup_views import follow_ups_offered
from gridcase.cases.orders import OrderAnswer, OrderForm
from gridcase.cases.reminding import Reminded
from gridcase.cases.view import case_view
from gridcase.directory.people import Actor
from gridcase.jobs.watchdog import WatchSummary, watch
from gridcase.notices import reminding
from gridcase.notices.queries import notices_of_case
from gridcase.notices.service import Notice
from tests.making import Office


def supervise(
    office: Office,
    number: str,
    who: str | Actor = "shift_supervisor",
    *,
    reply_by: datetime | None = None,
    **fields: Any,
) -> OrderAnswer:
    """Give an order, of level 1 and with a day for the reply unless told otherwise."""
    values: dict[str, Any] = {"level": 1, "text": "请尽快办理", **fields}
    form = OrderForm(reply_by=reply_by or office.now + timedelta(days=1), **values)
    actor = office.actor(who)
    return office.write(lambda desk: orders.supervise(desk, actor, number, form=form))


def reply(
    office: Office, number: str, order: str, who: str | Actor = "officer_a", *, text: str = "已安排人员"
) -> OrderAnswer:
    actor = office.actor(who)
    return office.write(lambda desk: orders.reply(desk, actor, number, order_id=order, text=text))


def remind(
    office: Office, number: str, who: str | Actor = "dispatcher", *, text: str = "请抓紧办理"
) -> Reminded:
    """Remind whoever holds the case, with its notice."""
    actor, site = office.actor(who), office.installation.site
    return office.write(lambda desk: reminding.remind(desk, actor, number, text=text, site=site))


def find(
    office: Office,
    number: str,
    who: str | Actor = "shift_supervisor",
    *,
    kind: str = "faked",
    reason: str = "照片与现场不符",
) -> FollowUpAnswer:
    actor = office.actor(who)
    return office.write(lambda desk: findings.find(desk, actor, number, kind=kind, reason=reason))


def revoke(
    office: Office,
    number: str,
    finding: str,
    who: str | Actor = "shift_supervisor_2",
    *,
    reason: str = "复查属实",
) -> FollowUpAnswer:
    actor = office.actor(who)
    return office.write(
        lambda desk: findings.revoke_finding(desk, actor, number, finding_id=finding, reason=reason)
    )


def call_back(
    office: Office,
    number: str,
    who: str | Actor = "intake_operator",
    *,
    satisfied: bool = True,
    opinion: str | None = None,
) -> FollowUpAnswer:
    actor = office.actor(who)
    return office.write(
        lambda desk: findings.call_back(desk, actor, number, is_satisfied=satisfied, opinion=opinion)
    )


def view(office: Office, number: str, who: str | Actor = "shift_supervisor") -> dict[str, Any]:
    """The case as that person sees it now."""
    with office.database.reading() as connection:
        return case_view(Desk(connection, office.book, office.now), office.actor(who), number)


def offered(office: Office, number: str, who: str | Actor) -> list[dict[str, Any]]:
    """What that person may do beside the flow."""
    with office.database.reading() as connection:
        return follow_ups_offered(Desk(connection, office.book, office.now), office.actor(who), number)


def run_watchdog(office: Office) -> WatchSummary:
    """One run of the job at the moment at which the clock stands."""
    place = office.installation
    return watch(place.database, place.book, office.now, site=place.site)


def told(office: Office, number: str) -> list[Notice]:
    """The notices about a case."""
    with office.database.reading() as connection:
        return notices_of_case(connection, office.district, number)
