"""The duty roster as people keep and read it: who may, which cells there are (api.md 2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.shown import china_text
from gridcase.clock import CHINA
from gridcase.directory.duty import Shift, Wanted, set_shifts, shifts
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, NotFound, NotPermitted

# Who makes the plan, and who may look at it beside everybody of the centre.
KEPT_BY = ("shift_supervisor", "administrator")
_READ_BY = (*KEPT_BY, "leader")


def set_roster(desk: Desk, actor: Actor, rows: Sequence[Shift]) -> list[dict[str, Any]]:
    """Write rows of the roster and answer them as they stand now.

    Raises NotPermitted `role_missing`, Invalid `unknown_cell`, `unknown_user`, `bad_value`.
    """
    _check_role(actor, KEPT_BY)
    for row in rows:
        _check_cells(desk, row)
    set_shifts(desk.connection, desk.district, rows, by=actor.name, now=desk.now)
    if not rows:
        return []
    wanted = Wanted(
        [row.inspector for row in rows],
        start=min(row.start for row in rows),
        end=max(row.end for row in rows),
    )
    return [_view(row) for row in shifts(desk.connection, desk.district, wanted)]


def roster(desk: Desk, actor: Actor, wanted: Wanted) -> list[dict[str, Any]]:
    """The rows asked for. Raises NotPermitted `role_missing`."""
    flows = desk.book.flows
    told = (flows.latest(name).roles.values() for name in flows.names)
    _check_role(actor, (*_READ_BY, *(role.code for roles in told for role in roles if role.centre)))
    return [_view(row) for row in shifts(desk.connection, desk.district, wanted)]


def _check_role(actor: Actor, roles: tuple[str, ...]) -> None:
    if not any(actor.has_role(role) for role in roles):
        raise NotPermitted(
            "role_missing", "no role of this person may do this", roles=list(dict.fromkeys(roles))
        )


def _check_cells(desk: Desk, row: Shift) -> None:
    geography, first, last = desk.book.geography, row.start.astimezone(CHINA), row.end.astimezone(CHINA)
    for code in row.cells:
        try:
            span = geography.cell(code).span
        except NotFound:
            span = None
        # A cell that is split or ended while the shift lasts belongs to it as long as it is valid.
        if span is None or not (span.holds(first.date()) or span.holds(last.date())):
            raise Invalid("unknown_cell", f"there is no cell {code!r}", field="cells", cell=code)


def _view(row: Shift) -> dict[str, Any]:
    return {
        "inspector": row.inspector,
        "cells": list(row.cells),
        "from": china_text(row.start),
        "to": china_text(row.end),
    }
