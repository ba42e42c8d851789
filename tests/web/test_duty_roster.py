"""The duty roster over HTTP: rows are put and asked for; a task without a name goes to the nearest on duty."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.calling import Answered, Caller, answered, codes, fresh_id

FROM, TO = "2026-10-09T08:00:00+08:00", "2026-10-09T20:00:00+08:00"


def cell(caller: Caller) -> str:
    office = caller.office
    return office.book.geography.locate(*office.point, crs="wgs84", on=office.now.date()).cell


def row(caller: Caller, who: str = "inspector_2", **more: Any) -> dict[str, Any]:
    return {"inspector": who, "cells": [cell(caller)], "from": FROM, "to": TO, **more}


def put(caller: Caller, body: dict[str, Any], who: str = "shift_supervisor") -> Answered:
    return answered(caller.send(who, "PUT", "/duty-roster", json=body))


def test_a_row_is_put_and_asked_for(caller: Caller) -> None:
    status, made = put(caller, row(caller))

    assert (status, made["items"]) == (200, [row(caller)])
    assert caller.get("dispatcher", "/duty-roster")[1]["items"] == [row(caller)]
    assert caller.get("leader", f"/duty-roster?inspector=inspector_2&cells={cell(caller)}")[1] == made
    assert caller.get("leader", "/duty-roster?inspector=inspector")[1]["items"] == []
    # Rows that were over before the time asked for are not told.
    assert caller.get("leader", f"/duty-roster?from={TO.replace('+', '%2B')}")[1]["items"] == []
    assert caller.get("leader", "/duty-roster?from=2026-10-01&to=2026-10-09")[1]["items"] == []


def test_many_rows_are_put_at_once_and_again_with_the_same_answer(caller: Caller) -> None:
    rows = [row(caller), row(caller, "inspector"), row(caller, to="2026-10-09T12:00:00+08:00")]
    body = {"client_id": fresh_id(), "rows": rows}

    first, second = put(caller, body), put(caller, body)

    assert first[0] == second[0] == 200
    assert first[1] == second[1]
    assert len(first[1]["items"]) == 3
    assert put(caller, {"rows": [{**entry, "cells": []} for entry in rows]})[1]["items"] == []


@pytest.mark.parametrize(("change", "status", "code"), [
    ({"inspector": "nobody"}, 422, "unknown_user"),
    ({"cells": ["120104999999999"]}, 422, "unknown_cell"),
    ({"cells": "120104001001001"}, 422, "bad_value"),
    ({"to": FROM}, 422, "bad_value"),
    ({"to": "2026-10-09"}, 422, "bad_value"),
    ({"shift": "night"}, 422, "unknown_field"),
    ({"to": None}, 422, "missing_field"),
    ({"rows": []}, 422, "missing_field"),
])  # fmt: skip
def test_what_is_no_row_is_refused_by_name(
    caller: Caller, change: dict[str, Any], status: int, code: str
) -> None:
    found, problem = put(caller, row(caller, **change))

    assert (found, problem["code"]) == (status, code)
    assert caller.get("leader", "/duty-roster")[1]["items"] == []


def test_who_has_no_part_in_it_is_told_so(caller: Caller) -> None:
    for who in ("inspector", "officer_a", "dispatcher"):
        status, problem = put(caller, row(caller), who)
        assert (status, codes(problem)) == (403, ["role_missing"])
    assert caller.get("officer_a", "/duty-roster")[0] == 403
    assert put(caller, row(caller), "administrator")[0] == 200


def test_a_verification_without_a_name_goes_to_the_nearest_on_duty(caller: Caller) -> None:
    put(caller, row(caller))
    office = caller.office
    number = office.walk(caller.report(), "handled")

    status, moved = caller.move("intake_operator", number, "send_verification")

    assert (status, moved["state"]) == (201, "verifying")
    view = caller.get("leader", f"/cases/{number}")[1]
    assert (view["inspector"], view["steps"][-1]["receiver"]) == ("inspector_2", "inspector_2")
    assert view["steps"][-1]["records"]["draw"] == {"how": "nearest", "distance_m": 0.0}
