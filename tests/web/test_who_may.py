"""Who may call what: 401 without a sign-in, 403 with the rule, 404 for what is not visible (api.md 1.7)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from gridcase.directory.credentials import make_token, revoke_tokens
from gridcase.web.api import CALLS
from gridcase.web.api.calls import Call
from tests.web.calling import Caller, codes


def path_of(call: Call, number: str = "1") -> str:
    ids = {"request_id": "R1", "order_id": "S1", "finding_id": "F1", "photo_id": "x", "sha256": "0" * 64}
    return call.path.format(number=number, trigger="accept", period="2026-10", of="streets", **ids)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_call_wants_a_sign_in_before_anything_else(shared_caller: Caller, call: Call) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
        for body in (b"{", b'{"colour": 1}'):
            response = shared_caller.send(
                None, call.method, path_of(call), data=body, content_type="application/json", headers=headers
            )

            problem = json.loads(response.data)
            assert (response.status_code, problem["code"]) == (401, "not_signed_in")
            assert response.headers["WWW-Authenticate"] == "Bearer"


ON_A_CASE = [call for call in CALLS if "{number}" in call.path]
NEEDED = {
    "ask_request": {"kind": "extension"},
    "add_note": {"text": "补充"},
    "give_supervision_order": {"level": 1, "text": "督办", "reply_by": "2026-10-12T09:00:00+08:00"},
    "reply_to_supervision_order": {"text": "已办"},
    "remind_of_case": {"text": "请抓紧办理"},
    "make_finding": {"kind": "faked"},
    "make_call_back": {"satisfied": True},
}


@pytest.mark.parametrize("call", ON_A_CASE, ids=lambda call: call.name)
def test_a_case_that_is_not_visible_is_404_for_every_call(shared_caller: Caller, call: Call) -> None:
    path = path_of(call, number=shared_caller.report())
    is_photo = call.name == "add_photos"

    if call.method == "GET":
        status, problem = shared_caller.get("administrator", path)
    else:
        status, problem = shared_caller.post(
            "administrator", path, NEEDED.get(call.name), photos=int(is_photo)
        )

    assert (status, problem["code"]) == (404, "unknown_case")


def test_a_token_ends_when_it_is_revoked_or_over(lone_caller: Caller) -> None:
    office = lone_caller.office
    with office.database.transaction() as connection:
        token = make_token(
            connection, office.district, "leader", now=office.now, expires_at=office.now + timedelta(hours=1)
        )
    headers = {"Authorization": f"Bearer {token}"}

    assert lone_caller.get(None, "/work", headers=headers)[0] == 200
    office.tick(60)
    assert lone_caller.get(None, "/work", headers=headers)[0] == 401
    assert lone_caller.get("leader", "/work")[0] == 200
    with office.database.transaction() as connection:
        revoke_tokens(connection, office.district, "leader", now=office.now)
    assert lone_caller.get("leader", "/work")[0] == 401


def test_no_header_can_name_a_person(shared_caller: Caller) -> None:
    # `gridcase play` names the acting user inside the process; nothing from outside may reach that key.
    for name in ("gridcase.actor", "Gridcase-Actor", "Gridcase_Actor", "X-Gridcase-Actor"):
        assert shared_caller.get(None, "/work", headers={name: "leader"})[0] == 401


def test_the_word_bearer_may_be_written_in_any_case(lone_caller: Caller) -> None:
    token = lone_caller.token("leader")

    assert lone_caller.get(None, "/work", headers={"Authorization": f"bearer {token}"})[0] == 200


def test_a_role_that_never_makes_this_move_is_403_and_named(caller: Caller) -> None:
    number = caller.report()

    status, problem = caller.move("leader", number, "accept")

    assert (status, problem["code"], codes(problem)) == (403, "role_missing", ["role_missing"])
    assert problem["reasons"][0]["detail"]


def test_a_department_cannot_ask_about_a_case_it_never_had(caller: Caller) -> None:
    number = caller.office.walk(caller.office.report(), "dispatched")

    assert caller.get("officer_a", f"/cases/{number}")[0] == 200
    for path in (
        f"/cases/{number}",
        f"/cases/{number}/moves",
        f"/cases/{number}/deadline",
        "/cases/20261009999999",
    ):
        status, problem = caller.get("officer_b", path)
        assert (status, problem["code"]) == (404, "unknown_case")
    assert caller.move("officer_b", number, "receive")[0] == 404


def test_nobody_decides_about_a_request_of_their_own(lone_caller: Caller) -> None:
    office = lone_caller.office
    number = office.walk(office.report(), "handling")
    asked = office.ask("dispatcher", number, "void")
    other = office.add_user("merged", "intake_operator", area=office.district)

    status, problem = lone_caller.post(other.name, f"/cases/{number}/requests/{asked.id}/grant", {})
    assert (status, problem["code"]) == (403, "role_missing")
    status, problem = lone_caller.post("intake_operator", f"/cases/{number}/requests/{asked.id}/withdraw", {})
    assert (status, problem["code"]) == (403, "role_missing")


def test_an_unknown_move_or_request_is_404(lone_caller: Caller) -> None:
    number = lone_caller.report()

    assert lone_caller.move("intake_operator", number, "fly")[1]["code"] == "unknown_trigger"
    status, problem = lone_caller.post("intake_operator", f"/cases/{number}/requests/R9/grant", {})
    assert (status, problem["code"]) == (404, "unknown_request")


def test_a_stale_version_is_told_who_did_what_when(caller: Caller) -> None:
    number = caller.report()
    caller.office.tick(5)
    assert caller.move("intake_operator", number, "accept", version=1)[0] == 201

    status, problem = caller.move("shift_supervisor", number, "file", version=1, condition_no=1)

    assert (status, problem["code"]) == (409, "changed_meanwhile")
    assert {name: problem[name] for name in ("version", "trigger", "actor", "at")} == {
        "version": 2,
        "trigger": "accept",
        "actor": "intake_operator",
        "at": "2026-10-09T09:05:00+08:00",
    }
    assert caller.move("shift_supervisor", number, "file", version=2, condition_no=1)[0] == 201


def test_the_reporters_name_is_not_for_an_inspector_passing_by(lone_caller: Caller) -> None:
    number = lone_caller.report(reporter={"name": "王五", "phone": "13900000000"})

    passing = lone_caller.send("inspector_2", "GET", f"/cases/{number}")
    desk = lone_caller.send("intake_operator", "GET", f"/cases/{number}")

    assert passing.status_code == desk.status_code == 200
    assert "王五" not in passing.get_data(as_text=True)
    assert json.loads(desk.data)["reporter"] == {"name": "王五", "phone": "13900000000"}
