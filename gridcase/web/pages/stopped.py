"""The usual way on that a case refuses for now: why, and who can clear what stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gridcase.cases.casefile import CaseFile
from gridcase.cases.guards import GUARDS
from gridcase.cases.releases import HOLDING_KINDS
from gridcase.engine.definition import Transition
from gridcase.web.pages.offered import order_of, rows_here

_OPEN_REQUEST, _HELD = "no_open_request", "not_held"


def stopped_moves(
    case: CaseFile,
    offers: Mapping[str, Any],
    moves: Sequence[Mapping[str, Any]],
    *,
    awaited: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The moves that would stand before the first offered one, did the case not refuse them now.

    Each with `trigger`, `label`, `reasons` and `clearing`: `kind` (`move`, `decision`, `release`), `label` of what
    is to be done, `roles` that can, by their labels. `awaited` is who decides each open request.
    """
    first = min((move["order"] for move in moves if not move["is_warned"]), default=None)
    found = []
    for refusal in offers["refused"]:
        rows = [row for row in case.definition.rows(refusal["trigger"]) if case.state in row.froms]
        if not rows or all(row.backward for row in rows) or not _is_told(rows, refusal["reasons"]):
            continue
        order = order_of(case, rows)
        if first is None or order < first[: len(order)]:
            found.append((order, rows, refusal["reasons"]))
    found.sort(key=lambda each: each[0])
    return [
        {
            "trigger": rows[0].trigger,
            "label": rows[0].label,
            "reasons": list(reasons),
            "clearing": [
                each for reason in reasons for each in _clearing(case, str(reason.code), awaited=awaited)
            ],
        }
        for _order, rows, reasons in found
    ]


def _is_told(rows: Sequence[Transition], reasons: Sequence[Any]) -> bool:
    """Whether guards of these very rows refuse, and none of them because the move is somebody else's."""
    guards = {guard.name for row in rows for guard in row.guards if not GUARDS[guard.name].is_quiet}
    return bool(reasons) and all(reason.code in guards for reason in reasons)


def _clearing(case: CaseFile, code: str, *, awaited: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for trigger in GUARDS[code].cleared_by:
        rows = rows_here(case, trigger)
        if rows and case.state in rows[0].froms:
            yield {"kind": "move", "label": rows[0].label, "roles": _roles(case, rows[0].roles)}
    if code == _OPEN_REQUEST:
        for asked in case.open_requests:
            label = case.definition.requests[asked.kind].label
            yield {"kind": "decision", "label": label, "roles": [awaited[asked.id]]}
    if code == _HELD:
        holding = {one.kind for one in case.requests.values() if one.state == "granted"} & set(HOLDING_KINDS)
        for rule in case.definition.requests.values():
            if rule.kind in holding:
                roles = dict.fromkeys((*rule.asks, *rule.decides))
                yield {"kind": "release", "label": rule.label, "roles": _roles(case, tuple(roles))}


def _roles(case: CaseFile, codes: Sequence[str]) -> list[str]:
    known = case.definition.roles
    return [known[code].label if code in known else code for code in codes]
