"""Joint handling: one main department and any number of assisting ones, each with a sub-task (flow.md 4)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from gridcase.cases import appending
from gridcase.cases.book import Desk
from gridcase.cases.forms import PhotosForm
from gridcase.cases.listing import Filters, Page, list_cases
from gridcase.cases.offers import moves_offered
from gridcase.cases.view import case_view
from gridcase.cases.work import assisting
from gridcase.errors import NotFound
from tests.cases.checking import check_case
from tests.cases.clocking import run_of, runs_of
from tests.cases.refusing import reasons, refusal
from tests.cases.test_visibility import listed
from tests.making import Office


def joint(office: Office, *assisting: str, state: str = "dispatched") -> str:
    """A case with A as main department and these beside it."""
    number = office.walk(office.report(), "filed")
    office.tick()
    office.move("dispatcher", number, "dispatch", department="A", assisting=list(assisting))
    return number if state == "dispatched" else office.walk(number, state)


def note(office: Office, who: str, number: str, text: str) -> None:
    office.write(lambda desk: appending.add_note(desk, office.people[who], number, text=text, seed=text))


def shown(office: Office, who: str, number: str) -> dict[str, Any]:
    with office.database.reading() as connection:
        return case_view(Desk(connection, office.book, office.now), office.people[who], number)


def tasks(office: Office, number: str) -> list[tuple[str, int, bool]]:
    return [(task.department, task.attempt, task.is_open) for task in office.case(number).sub_tasks.all]


# --- what is asked and answered ------------------------------------------------------------------------------


def test_each_assisting_department_gets_a_sub_task(standing_both: Office) -> None:
    office = standing_both
    number = joint(office, "B", "S")

    check_case(office, number)
    view = shown(office, "dispatcher", number)
    assert [(task["no"], task["department"], task["is_open"]) for task in view["sub_tasks"]] == [
        (1, "B", True), (2, "S", True),
    ]  # fmt: skip
    assert {task["answered_at"] for task in view["sub_tasks"]} == {None}
    assert (view["department"], view["departments"]) == ("A", ["A", "B", "S"])


def test_it_answers_with_notes_and_photos(standing_both: Office) -> None:
    office = standing_both
    number = joint(office, "B", "S")
    office.tick(10)
    note(office, "officer_b", number, "管线已核对")
    first = office.now
    office.tick(10)
    office.add_photo("officer_b", number, "after")
    note(office, "officer_a", number, "本局说明")

    b, s = shown(office, "officer_b", number)["sub_tasks"]

    assert [(entry["author"], entry["text"]) for entry in b["notes"]] == [("officer_b", "管线已核对")]
    assert (len(b["photos"]), b["answered_at"]) == (1, "2026-10-09T09:13:00+08:00")
    assert first.isoformat() == "2026-10-09T01:13:00+00:00"
    assert (s["notes"], s["photos"], s["answered_at"]) == ([], [], None)
    assert office.case(number).version == 4
    check_case(office, number)


def test_a_sub_task_ends_with_the_next_dispatch_the_return_and_the_end(standing: Office) -> None:
    number = joint(standing, "B", state="handed_back")
    assert tasks(standing, number) == [("B", 1, True)]
    standing.tick()
    standing.move("dispatcher", number, "redispatch", department="B", assisting=["S"])
    assert tasks(standing, number) == [("B", 1, False), ("S", 1, True)]
    standing.walk(number, "handed_back")
    standing.plain(number, "return_to_intake")
    assert tasks(standing, number) == [("B", 1, False), ("S", 1, False)]
    check_case(standing, number)

    other = joint(standing, "B", state="handled")
    assert tasks(standing, other) == [("B", 1, True)]
    standing.walk(other, "force_closed")
    assert tasks(standing, other) == [("B", 1, False)]
    check_case(standing, other)


def test_a_rework_asks_the_same_departments_again_unless_it_names_others(standing: Office) -> None:
    number = joint(standing, "B", "S", state="verification_failed")
    standing.plain(number, "rework")
    assert tasks(standing, number) == [("B", 1, False), ("S", 1, False), ("B", 2, True), ("S", 2, True)]
    assert standing.case(number).entries[-1].step.data["assisting"] == ["B", "S"]

    standing.walk(number, "verification_failed")
    standing.move("dispatcher", number, "rework", reason="返工处理", assisting=["S"])
    assert [task for task in tasks(standing, number) if task[2]] == [("S", 3, True)]
    standing.walk(number, "verification_failed")
    standing.move("dispatcher", number, "rework", reason="返工处理", assisting=[])
    assert [task for task in tasks(standing, number) if task[2]] == []
    check_case(standing, number)


def test_the_main_department_does_not_assist_itself(standing: Office) -> None:
    assert tasks(standing, joint(standing, "A", "B", "B")) == [("B", 1, True)]


def test_an_answer_counts_for_the_sub_task_of_its_time(standing: Office) -> None:
    number = joint(standing, "B")
    note(standing, "officer_b", number, "第一次")
    standing.walk(number, "verification_failed")
    standing.plain(number, "rework")
    standing.tick(5)
    note(standing, "officer_b", number, "第二次")

    first, second = shown(standing, "leader", number)["sub_tasks"]

    assert [entry["text"] for entry in first["notes"]] == ["第一次"]
    assert [entry["text"] for entry in second["notes"]] == ["第二次"]


# --- it never moves the case ---------------------------------------------------------------------------------


def test_the_main_departments_clock_is_the_cases_clock(standing: Office) -> None:
    alone, together = joint(standing), joint(standing, "B", "S")
    standing.tick(30)
    note(standing, "officer_b", together, "管线已核对")

    assert [run.department for run in runs_of(standing, together, "handling")] == ["A"]
    one, other = run_of(standing, alone), run_of(standing, together)
    assert other.due_at is not None
    assert one.due_at is not None
    assert other.due_at - other.started_at == one.due_at - one.started_at
    (row,) = standing.rows("case_fact", together)
    assert (row["department"], row["first_department"], row["wrong_dispatched"]) == ("A", "A", 0)


@pytest.mark.parametrize("state", ["dispatched", "handling", "handed_back", "handled", "verified"])
def test_no_trigger_is_an_assisting_departments(standing: Office, state: str) -> None:
    number = joint(standing, "B", state=state)
    flow = standing.case(number).definition

    with standing.database.reading() as connection:
        desk = Desk(connection, standing.book, standing.now)
        allowed = moves_offered(desk, standing.people["officer_b"], number)["allowed"]

    assert allowed == []
    for trigger in flow.triggers:
        act = partial(standing.move, "officer_b", number, trigger, **standing.records(trigger))
        assert refusal(standing, act).code != "unknown_case", trigger


@pytest.mark.parametrize(("trigger", "state"), [
    ("receive", "dispatched"), ("hand_back", "handling"), ("give_feedback", "handling"),
])  # fmt: skip
def test_what_a_main_department_does_is_refused_to_an_assisting_one_by_name(
    standing: Office, trigger: str, state: str
) -> None:
    number = joint(standing, "B", state=state)

    found = reasons(
        standing, lambda: standing.move("officer_b", number, trigger, **standing.records(trigger))
    )

    assert found == {"own_department_main"}


@pytest.mark.parametrize("kind", ["extension", "suspension", "deferral"])
def test_it_asks_for_no_time(standing: Office, kind: str) -> None:
    number = joint(standing, "B", state="handling")

    found = reasons(standing, lambda: standing.ask("officer_b", number, kind, until="2026-10-20", photos=1))

    assert found == {"own_department_main"}


def test_it_assigns_no_handler_and_its_people_do_not_verify(standing: Office) -> None:
    number = joint(standing, "B", state="handling")
    assert "own_department_main" in reasons(
        standing, lambda: standing.move("officer_b", number, "assign", handler="handler_b")
    )
    assert reasons(standing, lambda: standing.move("officer_a", number, "assign", handler="handler_b")) == {
        "handler_of_own_department"
    }


# --- who sees it ---------------------------------------------------------------------------------------------


def test_it_sees_the_case_from_its_dispatch_on_and_a_stranger_never(standing_both: Office) -> None:
    office = standing_both
    number = office.walk(office.report(), "filed")
    assert isinstance(refusal(office, lambda: note(office, "officer_b", number, "早")), NotFound)
    office.move("dispatcher", number, "dispatch", department="A", assisting=["B"])

    assert number in listed(office, office.people["officer_b"])
    assert number not in listed(office, office.people["officer_s"])
    # A field worker sees what is assigned to him, and nothing is assigned in an assisting department.
    assert number not in listed(office, office.people["handler_b"])
    note(office, "officer_b", number, "已到场")
    error = refusal(office, lambda: note(office, "officer_s", number, "旁观"))
    assert isinstance(error, NotFound)
    office.walk(number, "handed_back")
    office.move("dispatcher", number, "redispatch", department="S")
    assert number in listed(office, office.people["officer_b"])


def test_it_finds_its_sub_tasks_among_its_own_cases_while_they_are_open(standing_both: Office) -> None:
    office = standing_both
    number = joint(office, "B")
    officer = office.people["officer_b"]

    def mine() -> tuple[bool, int]:
        with office.database.reading() as connection:
            desk = Desk(connection, office.book, office.now)
            items = list_cases(desk, officer, filters=Filters(mine=True), page=Page(limit=200)).items
            return number in {item["number"] for item in items}, assisting(desk, officer)["count"]

    is_mine, before = mine()
    assert is_mine
    office.walk(number, "handed_back")
    office.move("dispatcher", number, "redispatch", department="A")
    is_mine, after = mine()
    assert (is_mine, after) == (False, before - 1)


def test_its_photo_is_kept_with_its_department(standing: Office) -> None:
    number = joint(standing, "B")
    (photo,) = standing.photos(1)
    standing.write(
        lambda desk: appending.add_photos(
            desk, standing.people["officer_b"], number, form=PhotosForm("after", (photo,)), seed="x"
        )
    )

    departments = [row["department"] for row in standing.rows("photo", number)]
    assert sorted(map(str, departments)) == ["B", "Z"]
