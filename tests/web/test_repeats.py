"""Idempotence of all writes: the same id and content gives the same bytes and changes nothing (api.md 1.4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from gridcase.cases.receipts import Answered, once
from tests.making import Office, jpeg
from tests.web.calling import Caller, form_of, fresh_id


@dataclass(frozen=True)
class Written:
    """A write: who, the path, the body, how many photos, and fields that make it another one."""

    who: str
    path: str
    body: dict[str, Any]
    photos: int = 0
    other: dict[str, Any] = field(default_factory=lambda: {"opinion": "换个意见"})


def a_report(caller: Caller) -> Written:
    body = caller.report_body(reporter={"name": "张三"}, taken_at="2026-10-09T08:59:30+08:00")
    return Written("inspector", "/cases", body, 2, {"description": "别处"})


def a_move(caller: Caller) -> Written:
    return Written("intake_operator", f"/cases/{caller.report()}/moves/accept", {"opinion": "属实"})


def a_move_with_photos(caller: Caller) -> Written:
    number = caller.office.walk(caller.office.report(), "handling")
    return Written("officer_a", f"/cases/{number}/moves/give_feedback", {"measure": "清理完毕"}, 1)


def a_move_with_version(caller: Caller) -> Written:
    return Written("intake_operator", f"/cases/{caller.report()}/moves/accept", {"version": 1})


def a_photo(caller: Caller) -> Written:
    body = {"kind": "other", **caller.office.position}
    return Written("inspector", f"/cases/{caller.report()}/photos", body, 2, {"kind": "before"})


def a_note(caller: Caller) -> Written:
    return Written("inspector", f"/cases/{caller.report()}/notes", {"text": "近"}, other={"text": "远"})


def asked(caller: Caller, kind: str = "extension", **fields: Any) -> tuple[str, str]:
    office = caller.office
    number = office.walk(office.report(), "handling")
    return number, office.ask("officer_a", number, kind, **fields).id


def a_request(caller: Caller) -> Written:
    number = caller.office.walk(caller.office.report(), "handling")
    body = {"kind": "extension", "reason": "连续下雨"}
    return Written("officer_a", f"/cases/{number}/requests", body, other={"reason": "停电"})


def a_request_with_photo(caller: Caller) -> Written:
    number = caller.office.walk(caller.office.report(), "handling")
    body = {"kind": "suspension", "reason": "等待拆迁", "until": "2026-12-01"}
    return Written("officer_a", f"/cases/{number}/requests", body, 1, {"until": "2026-12-02"})


def a_grant(caller: Caller) -> Written:
    number, request = asked(caller)
    return Written("dispatcher", f"/cases/{number}/requests/{request}/grant", {"opinion": "同意"})


def a_refusal(caller: Caller) -> Written:
    number, request = asked(caller)
    return Written("dispatcher", f"/cases/{number}/requests/{request}/refuse", {"opinion": "理由不足"})


def a_withdrawal(caller: Caller) -> Written:
    number, request = asked(caller)
    return Written("officer_a", f"/cases/{number}/requests/{request}/withdraw", {})


def a_release(caller: Caller) -> Written:
    number, request = asked(caller, "suspension", until="2026-12-01", photos=1)
    caller.office.grant("shift_supervisor", number, request)
    return Written("officer_a", f"/cases/{number}/requests/{request}/release", {})


WRITES = [a_report, a_move, a_move_with_photos, a_move_with_version, a_photo, a_note, a_request, a_request_with_photo,
          a_grant, a_refusal, a_withdrawal, a_release]  # fmt: skip
Make = Callable[[Caller], Written]


def sending(body: dict[str, Any], photos: int) -> dict[str, Any]:
    return form_of(body, [jpeg(200 + index) for index in range(photos)])


@pytest.mark.parametrize("make", WRITES, ids=lambda make: make.__name__)
def test_a_repeated_write_answers_the_same_bytes_and_changes_nothing(caller: Caller, make: Make) -> None:
    write = make(caller)
    body = {"client_id": fresh_id(), **write.body}
    caller.office.tick()

    first = caller.send(write.who, "POST", write.path, **sending(body, write.photos))
    after_first = caller.counts()
    caller.office.tick(600)
    repeats = [
        caller.send(write.who, "POST", write.path, **sending(sent, write.photos))
        for sent in (body, dict(reversed(body.items())))
    ]

    assert first.status_code == 201, first.data
    assert [repeat.status_code for repeat in repeats] == [200, 200]
    assert {repeat.data for repeat in repeats} == {first.data}
    assert caller.counts() == after_first


@pytest.mark.parametrize("make", WRITES, ids=lambda make: make.__name__)
def test_the_same_id_with_other_content_is_refused(lone_caller: Caller, make: Make) -> None:
    caller, write = lone_caller, make(lone_caller)
    body = {"client_id": fresh_id(), **write.body}
    assert caller.send(write.who, "POST", write.path, **sending(body, write.photos)).status_code == 201
    elsewhere = f"/cases/{caller.report()}/moves/accept"
    caller.token("intake_operator")
    before = caller.counts()

    responses = [
        caller.send(write.who, "POST", write.path, **sending({**body, **write.other}, write.photos)),
        caller.send("intake_operator", "POST", elsewhere, json={"client_id": body["client_id"]}),
    ]
    if write.photos:
        responses.append(caller.send(write.who, "POST", write.path, **sending(body, write.photos + 1)))

    assert {response.status_code for response in responses} == {409}
    assert {json.loads(response.data)["code"] for response in responses} == {"client_id_reused"}
    assert caller.counts() == before


def test_a_refused_write_may_be_sent_again_with_the_same_id(caller: Caller) -> None:
    number, client_id = caller.report(), fresh_id()
    early = caller.move("shift_supervisor", number, "file", client_id=client_id, condition_no=1)
    assert caller.move("intake_operator", number, "accept")[0] == 201

    late = caller.move("shift_supervisor", number, "file", client_id=client_id, condition_no=1)

    assert (early[0], late[0]) == (409, 201)


def test_an_id_of_any_version_and_spelling_is_one_id(lone_caller: Caller) -> None:
    number = lone_caller.report()
    spellings = ["0190d3a4-7b6e-7cc1-9f10-0123456789ab", "0190D3A4-7B6E-7CC1-9F10-0123456789AB",
                 "0190d3a47b6e7cc19f100123456789ab"]  # fmt: skip

    statuses = [
        lone_caller.post("inspector", f"/cases/{number}/notes", {"client_id": text, "text": "一"})[0]
        for text in spellings
    ]

    assert statuses == [201, 200, 200]


def test_without_an_id_each_call_is_a_new_one(lone_caller: Caller) -> None:
    assert lone_caller.report() != lone_caller.report()


def test_another_person_with_the_same_id_gets_no_answer_of_it(lone_caller: Caller) -> None:
    body = {**lone_caller.report_body(), "client_id": fresh_id()}
    lone_caller.post("inspector", "/cases", body, photos=1)

    status, problem = lone_caller.post("inspector_2", "/cases", body, photos=1)

    assert (status, problem["code"]) == (409, "client_id_reused")


def test_repeats_at_the_same_time_make_one_case(caller: Caller) -> None:
    body = {**caller.report_body(), "client_id": fresh_id()}
    caller.token("inspector")
    before = caller.counts()

    with ThreadPoolExecutor(8) as pool:
        responses = list(
            pool.map(lambda _: caller.send("inspector", "POST", "/cases", **sending(body, 1)), range(16))
        )

    assert sorted(response.status_code for response in responses) == [200] * 15 + [201]
    assert len({response.data for response in responses}) == 1
    after = caller.counts()
    assert {name: after[name] - before[name] for name in ("cases", "step", "receipt", "photo", "files")} == {
        "cases": 1, "step": 1, "receipt": 1, "photo": 1, "files": 1,
    }  # fmt: skip


def test_repeats_of_a_move_at_the_same_time_write_one_step(caller: Caller) -> None:
    # The later ones meet a state in which the move is forbidden: they still get the answer of the first.
    number = caller.report()
    body = {"client_id": fresh_id(), "version": 1}
    caller.token("intake_operator")

    with ThreadPoolExecutor(8) as pool:
        responses = list(
            pool.map(
                lambda _: caller.send("intake_operator", "POST", f"/cases/{number}/moves/accept", json=body),
                range(16),
            )
        )

    assert sorted(response.status_code for response in responses) == [200] * 15 + [201]
    assert len({response.data for response in responses}) == 1
    assert len(caller.office.rows("step", number)) == 2


def test_a_repeat_that_looked_before_the_first_came_through_gets_its_answer(
    postgres_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller(postgres_office)
    path, body = f"/cases/{caller.report()}/moves/accept", {"client_id": fresh_id()}
    first = caller.send("intake_operator", "POST", path, json=body)
    rounds: list[str] = []

    def late_once(*args: Any, act: Callable[[], dict[str, Any]]) -> Answered:
        rounds.append("blind" if not rounds else "seeing")
        return Answered(act(), is_repeat=False) if rounds == ["blind"] else once(*args, act=act)

    monkeypatch.setattr("gridcase.web.api.serving.once", late_once)
    repeat = caller.send("intake_operator", "POST", path, json=body)

    assert (repeat.status_code, repeat.data) == (200, first.data)
    assert rounds == ["blind", "seeing"]
