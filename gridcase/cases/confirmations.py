"""Which cases of a list still owe the confirmation that their channel asks for (flow.md 4, `file`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from gridcase.cases.book import Desk
from gridcase.cases.guards import CONFIRMATIONS, CONFIRMED
from gridcase.cases.models import StepRow
from gridcase.db import table_of

# Until a case is filed it waits in these stages (flow.md 3).
BEFORE_FILING = ("report", "filing")
_STEP = table_of(StepRow).c


def owing_confirmation(desk: Desk, items: Sequence[Mapping[str, Any]]) -> set[str]:
    """As `guards.is_confirmation_owed`: the numbers among these rows of a list of which it holds, by one query.

    A row does not carry what its channel asked for at the report; the channel as it is now tells it.
    """
    asked = {
        item["number"]
        for item in items
        if item["is_open"] and item["stage"] in BEFORE_FILING and _is_asked(desk, item)
    }
    if not asked:
        return set()
    query = (
        select(_STEP.number, _STEP.trigger)
        .where(
            _STEP.district == desk.district,
            _STEP.number.in_(sorted(asked)),
            _STEP.trigger.in_(CONFIRMATIONS),
        )
        .order_by(_STEP.no)
    )
    rows = desk.connection.execute(query)
    last = {row.number: row.trigger for row in rows}
    return {number for number in asked if last.get(number) != CONFIRMED}


def _is_asked(desk: Desk, item: Mapping[str, Any]) -> bool:
    channel = desk.book.channels.get(item["channel"])
    flow = desk.book.flows.get(item["workflow"], item["definition_version"])
    return channel is not None and channel.needs_confirmation and bool(flow.rows(CONFIRMED))
