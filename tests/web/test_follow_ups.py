"""Supervision orders, findings, call-backs and notices over HTTP: bodies, answers, refusals, repeats."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.following import run_watchdog
from tests.web.calling import Answered, Caller, codes, fresh_id

ORDER = {"level": 1, "text": "请尽快办理", "reply_by": "2026-10-10T09:00:00+08:00"}


def order(caller: Caller, number: str, who: str = "shift_supervisor", **fields: Any) -> Answered:
    return caller.post(who, f"/cases/{number}/supervision-orders", {**ORDER, **fields})


def handled(caller: Caller, *states: str, **fields: Any) -> str:
    office = caller.office
    return office.walk(office.report(**fields), *(states or ("handling",)))


def test_an_order_is_given_shown_and_answered(caller: Caller) -> None:
    number = handled(caller)

    status, given = order(caller, number, level=3)
    assert (status, sorted(given)) == (201, ["case", "id", "number", "version"])
    caller.office.tick(days=1)
    path = f"/cases/{number}/supervision-orders/{given['id']}/reply"
    status, answered = caller.post("officer_a", path, {"text": "已安排"})

    assert (status, answered["number"]) == (201, given["number"])
    _, case = caller.get("officer_a", f"/cases/{number}")
    (shown,) = case["supervision_orders"]
    assert {
        name: shown[name] for name in ("id", "number", "level", "department", "desk", "late_seconds")
    } == {
        "id": given["id"],
        "number": given["number"],
        "level": 3,
        "department": "A",
        "desk": None,
        "late_seconds": 300,
    }
    assert (shown["reply_by"], shown["replied_at"]) == (ORDER["reply_by"], "2026-10-10T09:05:00+08:00")
    assert (case["version"], len(case["steps"])) == (answered["version"], answered["version"])
    assert case["counters"]["supervision_count"] == 1
    assert case["state"] == "handling"


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"level": 0}, "bad_value", "level"),
        ({"level": 4}, "bad_value", "level"),
        ({"level": "1"}, "bad_value", "level"),
        ({"level": True}, "bad_value", "level"),
        ({"reply_by": "2026-10-10"}, "bad_value", "reply_by"),
        ({"department": ["A"]}, "bad_value", "department"),
        ({"department": "X"}, "unknown_department", "department"),
        ({"desk": "nobody"}, "unknown_role", "desk"),
        ({"department": "A", "desk": "dispatcher"}, "bad_value", "desk"),
        ({"text": ""}, "bad_value", "text"),
        ({"until": "2026-10-10"}, "unknown_field", "until"),
    ],
)
def test_a_field_that_cannot_be_understood_is_422(
    shared_caller: Caller, fields: dict[str, Any], code: str, field: str
) -> None:
    number = handled(shared_caller)

    status, problem = order(shared_caller, number, **fields)

    assert (status, problem["code"]) == (422, code)
    assert [entry["field"] for entry in problem["errors"]] == [field]
    assert problem["detail"]


@pytest.mark.parametrize("missing", ["level", "text", "reply_by"])
def test_level_text_and_reply_date_are_needed(shared_caller: Caller, missing: str) -> None:
    body = {name: value for name, value in ORDER.items() if name != missing}

    status, problem = shared_caller.post(
        "leader", f"/cases/{handled(shared_caller)}/supervision-orders", body
    )

    assert (status, problem["code"], codes(problem, "errors")) == (422, "missing_field", ["missing_field"])


def test_a_refused_order_tells_all_reasons(shared_caller: Caller) -> None:
    number = handled(shared_caller, "closed")

    status, problem = order(shared_caller, number, department="B", reply_by="2026-10-09T00:00:00+08:00")

    assert status == 409
    assert sorted(codes(problem)) == ["department_of_case", "reply_by_in_future", "wrong_state"]
    assert all(reason["detail"] for reason in problem["reasons"])


def test_the_same_order_again_is_the_same_order(caller: Caller) -> None:
    number, client_id = handled(caller), fresh_id()

    first = order(caller, number, client_id=client_id)
    again = order(caller, number, client_id=client_id)
    other = order(caller, number, client_id=client_id, level=2)

    assert (first[0], again[0], first[1]) == (201, 200, again[1])
    assert (other[0], other[1]["code"]) == (409, "client_id_reused")
    _, case = caller.get("leader", f"/cases/{number}")
    assert len(case["supervision_orders"]) == 1


def test_a_second_reply_and_an_unknown_order_are_refused(shared_caller: Caller) -> None:
    number = handled(shared_caller)
    _, given = order(shared_caller, number)
    path = f"/cases/{number}/supervision-orders"
    shared_caller.post("officer_a", f"{path}/{given['id']}/reply", {"text": "已安排"})

    status, problem = shared_caller.post("officer_a", f"{path}/{given['id']}/reply", {"text": "又安排"})
    assert (status, codes(problem)) == (409, ["order_replied"])
    status, problem = shared_caller.post("officer_a", f"{path}/S9/reply", {"text": "已安排"})
    assert (status, problem["code"]) == (404, "unknown_order")
    status, problem = shared_caller.post("handler_a", f"{path}/{given['id']}/reply", {"text": "已安排"})
    assert status == 404


def test_a_reminder_is_made_once_and_told_to_the_department(caller: Caller) -> None:
    number, client_id = handled(caller), fresh_id()
    path, body = f"/cases/{number}/reminders", {"text": "请抓紧办理", "client_id": client_id}

    status, made = caller.post("dispatcher", path, body)
    again = caller.post("dispatcher", path, body)
    other = caller.post("dispatcher", path, {**body, "text": "请尽快办理"})

    assert (status, made) == (201, {"id": "C1", "number": number, "version": made["version"]})
    assert again == (200, made)
    assert (other[0], other[1]["code"]) == (409, "client_id_reused")
    _, case = caller.get("officer_a", f"/cases/{number}")
    step = case["steps"][-1]
    assert (case["version"], case["counters"]["reminder_count"]) == (made["version"], 1)
    assert (step["trigger"], step["actor"], step["receiver"], step["opinion"]) == (
        "remind",
        "dispatcher",
        "A",
        "请抓紧办理",
    )
    _, notices = caller.get("dispatcher", f"/cases/{number}/notices")
    assert [(notice["kind"], notice["to"]) for notice in notices["items"]] == [("reminder", "A")]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "missing_field", "text"),
        ({"text": ""}, "bad_value", "text"),
        ({"text": ["a"]}, "bad_value", "text"),
        ({"text": "a", "department": "A"}, "unknown_field", "department"),
    ],
)
def test_a_reminder_that_cannot_be_understood_is_422(
    shared_caller: Caller, body: dict[str, Any], code: str, field: str
) -> None:
    status, problem = shared_caller.post("dispatcher", f"/cases/{handled(shared_caller)}/reminders", body)

    assert (status, problem["code"]) == (422, code)
    assert [entry["field"] for entry in problem["errors"]] == [field]


def test_a_reminder_of_a_closed_case_or_by_a_department_is_refused(shared_caller: Caller) -> None:
    number = handled(shared_caller)
    path, body = f"/cases/{number}/reminders", {"text": "请抓紧办理"}

    status, problem = shared_caller.post("officer_a", path, body)
    assert (status, problem["code"]) == (403, "role_missing")
    shared_caller.office.walk(number, "closed")
    status, problem = shared_caller.post("dispatcher", path, body)
    assert (status, codes(problem)) == (409, ["wrong_state"])


def test_a_finding_is_made_and_revoked_by_another(caller: Caller) -> None:
    number = handled(caller)
    path = f"/cases/{number}/findings"

    status, made = caller.post("shift_supervisor", path, {"kind": "buck_passed", "reason": "两次推诿"})
    assert (status, made["id"]) == (201, "F1")
    own = caller.post("shift_supervisor", f"{path}/F1/revoke", {"reason": "复查属实"})
    assert (own[0], codes(own[1])) == (409, ["not_actor_of"])
    status, revoked = caller.post("shift_supervisor_2", f"{path}/F1/revoke", {"reason": "复查属实"})

    assert (status, revoked) == (201, {"id": "F1", "number": number, "version": made["version"] + 1})
    _, case = caller.get("leader", f"/cases/{number}")
    (shown,) = case["findings"]
    assert (shown["kind"], shown["revoked_by"], shown["revoke_reason"]) == (
        "buck_passed",
        "shift_supervisor_2",
        "复查属实",
    )


def test_a_finding_without_reason_or_before_filing_is_refused_with_all_reasons(shared_caller: Caller) -> None:
    path = f"/cases/{shared_caller.report()}/findings"

    status, problem = shared_caller.post("shift_supervisor", path, {"kind": "missed"})

    assert (status, codes(problem)) == (409, ["after", "record_missing"])
    assert problem["reasons"][1]["field"] == "reason"
    status, problem = shared_caller.post("shift_supervisor", path, {"kind": "lazy", "reason": "推诿"})
    assert (status, problem["errors"][0]["field"]) == (422, "kind")
    status, problem = shared_caller.post("leader", path, {"kind": "missed", "reason": "推诿"})
    assert (status, problem["code"]) == (403, "role_missing")


def test_a_reporter_is_called_back_after_the_closing(caller: Caller) -> None:
    number = handled(caller, "verified", reporter={"name": "王五", "phone": "13900000000"})
    path, body = f"/cases/{number}/call-backs", {"satisfied": False, "opinion": "还有异味"}
    early = caller.post("intake_operator", path, body)
    assert (early[0], codes(early[1])) == (409, ["wrong_state"])
    caller.office.walk(number, "closed")

    status, made = caller.post("intake_operator", path, body)

    assert (status, made["id"]) == (201, "H1")
    _, case = caller.get("intake_operator", f"/cases/{number}")
    assert [(call["satisfied"], call["opinion"]) for call in case["call_backs"]] == [(False, "还有异味")]
    assert (case["state"], case["version"]) == ("closed", made["version"])


def test_what_is_offered_stands_with_the_moves(shared_caller: Caller) -> None:
    number = handled(shared_caller)
    order(shared_caller, number)

    _, officer = shared_caller.get("officer_a", f"/cases/{number}/moves")
    _, leader = shared_caller.get("leader", f"/cases/{number}/moves")

    assert officer["follow_ups"] == [{"act": "reply_supervision", "order": "S1"}]
    assert leader["follow_ups"] == [{"act": "supervise", "proposals": []}]


def test_notices_of_a_case_are_for_the_centre(caller: Caller) -> None:
    office = caller.office
    number = handled(caller)
    office.tick(days=10)
    run_watchdog(office)

    status, found = caller.get("dispatcher", f"/cases/{number}/notices")
    assert status == 200
    (notice,) = found["items"]
    assert {name: notice[name] for name in ("kind", "to", "channel", "state", "created_at")} == {
        "kind": "escalation",
        "to": "shift_supervisor",
        "channel": "site",
        "state": "stored",
        "created_at": "2026-10-19T09:05:00+08:00",
    }
    for who in ("officer_a", "leader"):
        status, problem = caller.get(who, f"/cases/{number}/notices")
        assert (status, problem["code"]) == (403, "role_missing")
    assert caller.get("officer_b", f"/cases/{number}/notices")[0] == 404
    _, case = caller.get("shift_supervisor", f"/cases/{number}")
    assert [each["department"] for each in case["proposals"]] == ["A"]


def test_the_words_of_a_proposal_stand_in_the_document(shared_caller: Caller) -> None:
    _, document = shared_caller.get("leader", "/openapi.json")

    schemas = document["components"]["schemas"]
    assert schemas["OrderBody"]["required"] == ["level", "text", "reply_by"]
    assert {"supervision_orders", "findings", "call_backs", "proposals"} <= set(
        schemas["CaseReply"]["properties"]
    )
    paths = document["paths"]
    for path in (
        "supervision-orders/{order_id}/reply",
        "findings/{finding_id}/revoke",
        "reminders",
        "notices",
    ):
        assert f"/cases/{{number}}/{path}" in paths
