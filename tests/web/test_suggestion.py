"""The suggested department over HTTP: in a call of its own, and among the choices of the moves."""

from __future__ import annotations

from tests.cases.ruling import give_rules, rule
from tests.web.calling import Caller

HERE = "event/01/10"


def filed(caller: Caller) -> str:
    office = caller.office
    return office.walk(office.report(), "filed")


def test_the_suggestion_tells_rule_second_choice_and_share(caller: Caller) -> None:
    mine = rule("A", HERE, "120104", note="权责清单第 12 条")
    give_rules(caller.office, mine, rule("B", "event", owner="园林", priority=2))
    before, number = filed(caller), filed(caller)
    caller.post("dispatcher", f"/cases/{before}/moves/dispatch", {"department": "B"})

    status, told = caller.get("dispatcher", f"/cases/{number}/suggestion")
    asked = caller.get("dispatcher", f"/cases/{number}/suggestion?owner=园林")[1]

    share = {"days": 90, "offered_count": 1, "taken_count": 0, "rate": 0.0}
    assert status == 200
    assert told["number"] == number
    assert (told["first"]["department"], told["first"]["name"], told["first"]["why"]) == ("A", "甲局", "rule")
    assert told["first"]["rule"] == {
        "id": mine.id, "kind": "event", "main_code": "01", "sub_code": "10", "area": "120104", "owner": "",
        "department": "A", "priority": 0, "valid_from": None, "valid_to": None, "note": "权责清单第 12 条",
    }  # fmt: skip
    assert (told["first"]["accepted"], told["accepted"], told["second"]) == (share, share, None)
    assert (asked["first"]["department"], asked["second"]["department"]) == ("B", "A")
    assert asked["first"]["accepted"] == {**share, "offered_count": 0, "rate": None}


def test_only_the_centre_asks_for_suggestions(caller: Caller) -> None:
    give_rules(caller.office, rule("A", HERE))
    number = filed(caller)
    caller.office.plain(number, "dispatch")

    assert caller.get("officer_a", f"/cases/{number}/suggestion")[0] == 403
    assert caller.get("officer_b", f"/cases/{number}/suggestion")[0] == 404


def test_the_choices_of_a_dispatch_begin_with_the_suggested_ones(caller: Caller) -> None:
    give_rules(caller.office, rule("B", HERE), rule("A", "event"))
    number = filed(caller)

    moves = caller.get("dispatcher", f"/cases/{number}/moves")[1]["allowed"]

    (dispatch,) = (move for move in moves if move["trigger"] == "dispatch")
    (field,) = (one for one in dispatch["fields"] if one["name"] == "department")
    assert [(one["value"], one["suggested"]) for one in field["choices"]] == [("B", 1), ("A", 2), ("S", None)]
    assert field["suggestion"]["first"]["department"] == "B"
    assert all(one.get("suggestion") is None for one in dispatch["fields"] if one["name"] != "department")


def test_a_dispatch_tells_what_was_suggested(caller: Caller) -> None:
    mine = rule("A", HERE)
    give_rules(caller.office, mine)
    number = filed(caller)

    caller.post("dispatcher", f"/cases/{number}/moves/dispatch", {"department": "B"})

    last = caller.get("dispatcher", f"/cases/{number}")[1]["steps"][-1]
    assert last["records"]["suggested"] == {"department": "A", "rule": mine.id}
