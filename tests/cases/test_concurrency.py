"""Many people at the same case at once, on both databases: nobody sees a lock, and no step is lost or doubled."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from gridcase.cases import service
from gridcase.cases.book import Desk, write
from gridcase.cases.forms import MoveForm, ReportForm
from gridcase.cases.receipts import Answered, content_hash, once
from gridcase.db import Database
from gridcase.errors import ChangedMeanwhile, GridcaseError, Refused
from tests.cases.checking import check_case
from tests.cases.flows import PERMIT
from tests.cases.sites import open_site
from tests.making import Office


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all acts at once; answers what each answered or raised, in order."""
    answers: list[Any] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(place: int) -> None:
        barrier.wait()
        try:
            answers[place] = acts[place]()
        except Exception as error:
            answers[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def kinds(answers: list[Any]) -> Counter[str]:
    """How often what came: `done`, or the code of the refusal, with its reasons."""
    found: Counter[str] = Counter()
    for answer in answers:
        if isinstance(answer, Refused):
            found[",".join(reason.code for reason in answer.reasons)] += 1
        elif isinstance(answer, GridcaseError):
            found[answer.code] += 1
        elif isinstance(answer, Exception):
            raise answer
        else:
            found["done"] += 1
    return found


def test_of_many_who_make_the_same_move_one_makes_it_and_the_others_are_judged_again(
    standing_both: Office,
) -> None:
    office, number = standing_both, standing_both.report()

    answers = together([lambda: office.move("intake_operator", number, "accept") for _ in range(8)])

    assert kinds(answers) == {"done": 1, "wrong_state": 7}
    assert check_case(office, number).version == 2


def test_of_many_who_saw_the_same_version_one_wins_and_the_others_are_told_who(standing_both: Office) -> None:
    office, number = standing_both, standing_both.report()
    main = office.report()

    answers = together(
        [lambda: office.move("intake_operator", number, "accept", version=1) for _ in range(4)]
        + [
            lambda: office.move("intake_operator", number, "merge", version=1, main_case=main)
            for _ in range(4)
        ]
    )

    assert kinds(answers) == {"done": 1, "changed_meanwhile": 7}
    winner = check_case(office, number).entries[-1].step.trigger
    losers = [answer for answer in answers if isinstance(answer, ChangedMeanwhile)]
    assert {error.data["trigger"] for error in losers} == {winner}
    assert {error.data["actor"] for error in losers} == {"intake_operator"}


@pytest.fixture
def permits(database_url: str, tmp_path: Path, quick_geo: Path) -> Iterator[Office]:
    """A site with a flow in which a move may be made again and again."""
    office = open_site(database_url, tmp_path, geo=quick_geo, permit=PERMIT)
    for role in ("clerk", "chief", "firm"):
        office.add_user(role, role, department="A" if role == "firm" else None)
    yield office
    office.database.close()


def test_moves_that_do_not_exclude_each_other_all_get_through(permits: Office) -> None:
    office = permits
    number = office.report("clerk", workflow="permit", channel="letter", records={"document": "申请"})
    office.move("chief", number, "permit", department="A")

    def remark(who: str) -> None:
        for turn in range(4):
            office.move(who, number, "remark", opinion=f"{who} 第 {turn} 次")

    answers = together([lambda who=who: remark(who) for who in ("clerk", "firm") * 4])  # type: ignore[misc]

    assert kinds(answers) == {"done": 8}
    assert check_case(office, number).version == 2 + 8 * 4


def test_reports_at_the_same_time_have_numbers_without_a_hole(standing_both: Office) -> None:
    office = standing_both
    office.tick(days=1)
    before = {row["number"] for row in office.rows("cases")}

    numbers = together([lambda: office.report("intake_operator") for _ in range(8)])

    assert kinds(numbers) == {"done": 8}
    new = sorted({row["number"] for row in office.rows("cases")} - before)
    assert new == sorted(numbers)
    serials = [int(number) for number in new]
    assert serials == list(range(serials[0], serials[0] + 8))
    for number in new:
        check_case(office, number)


def report_once(office: Office, client_id: str, description: str = "路边垃圾") -> Answered:
    """A report with a client id, as the interface makes it."""
    actor = office.people["intake_operator"]
    form = ReportForm("event", "01", "10", description, *office.point, "wgs84", channel="self_found")
    content = content_hash(actor.name, "POST /cases", description, photos=())

    def act(desk: Desk) -> Answered:
        return once(
            desk, client_id, content, act=lambda: {"number": service.report(desk, actor, form).number}
        )

    return office.write(act)


def test_the_same_client_id_at_the_same_time_makes_one_case(standing_both: Office) -> None:
    office, client_id = standing_both, str(uuid.uuid4())
    before = len(office.rows("cases"))

    answers = together([lambda: report_once(office, client_id) for _ in range(8)])

    assert kinds(answers) == {"done": 8}
    assert len({answer.text for answer in answers}) == 1
    assert sorted(answer.is_repeat for answer in answers) == [False] + [True] * 7
    assert len(office.rows("cases")) == before + 1
    assert report_once(office, client_id).is_repeat


def test_a_client_id_with_other_content_is_refused_and_makes_nothing(standing_both: Office) -> None:
    office, client_id = standing_both, str(uuid.uuid4())
    report_once(office, client_id)
    before = office.rows("cases")

    with pytest.raises(Refused) as caught:
        report_once(office, client_id, "另一件事")

    assert caught.value.code == "client_id_reused"
    assert office.rows("cases") == before


def test_a_refused_write_may_be_sent_again_under_its_client_id(standing_both: Office) -> None:
    office, number, client_id = standing_both, standing_both.report(), str(uuid.uuid4())
    actor = office.people["shift_supervisor"]
    form = MoveForm({"condition_no": 1, "duplicates_seen": True})

    def file(desk: Desk) -> Answered:
        return once(
            desk,
            client_id,
            b"the same content",
            act=lambda: {"state": service.move(desk, actor, number, trigger="file", form=form).state},
        )

    with pytest.raises(Refused):
        office.write(file)
    office.plain(number, "accept")

    assert office.write(file).text == '{"state":"filed"}'
    assert office.write(file).is_repeat
    assert check_case(office, number).version == 3


def test_two_cases_are_not_merged_into_each_other(standing_both: Office) -> None:
    office = standing_both
    for _ in range(6):
        one, other = office.report(), office.report()

        answers = together(
            [
                lambda: office.move("intake_operator", one, "merge", main_case=other),  # noqa: B023
                lambda: office.move("intake_operator", other, "merge", main_case=one),  # noqa: B023
            ]
        )

        assert kinds(answers) == {"done": 1, "main_case_open": 1}
        assert {office.case(number).main_case for number in (one, other)} <= {None, one, other}


def test_a_case_is_not_merged_into_one_that_ends_at_the_same_time(standing_both: Office) -> None:
    office = standing_both
    for _ in range(6):
        main, number = office.report(), office.report()

        answers = together(
            [
                lambda: office.plain(main, "reject"),  # noqa: B023
                lambda: office.move("intake_operator", number, "merge", main_case=main),  # noqa: B023
            ]
        )

        merged, ended = office.case(number), office.case(main)
        assert ended.state == "rejected"
        assert kinds(answers)["done"] >= 1
        if merged.state == "merged":
            assert (merged.ended_at, ended.ended_at) == (office.now, office.now)


def test_requests_and_moves_at_once_leave_a_sound_history(standing_both: Office) -> None:
    office = standing_both
    number = office.walk(office.report(), "handling")

    answers = together(
        [
            lambda: office.ask("officer_a", number, "extension"),
            lambda: office.ask("officer_a2", number, "extension"),
            lambda: office.ask("dispatcher", number, "void"),
            lambda: office.move("officer_a", number, "assign", handler="handler_a"),
            lambda: office.move("officer_a2", number, "assign", handler="handler_a2"),
            lambda: office.add_photo("officer_a", number, "after"),
        ]
    )

    assert kinds(answers) == {"done": 4, "no_other_request": 1, "no_open_assignment": 1}
    check_case(office, number)


def test_two_processes_write_to_one_sqlite_file(sqlite_office: Office) -> None:
    office = sqlite_office
    number = office.walk(office.report(), "handling")
    other = Database(office.database.url.render_as_string())
    actor = office.people["officer_a"]

    def move(database: Database, trigger: str, **records: Any) -> Callable[[], Any]:
        form = MoveForm(records)
        return lambda: write(
            database,
            office.book,
            office.now,
            act=lambda desk: service.move(desk, actor, number, trigger=trigger, form=form),
        )

    answers = together(
        [
            move(database, "assign", handler=handler)
            for database in (office.database, other)
            for handler in ("handler_a", "handler_a2")
        ]
        + [move(other, "hand_back", reason="不属本局", reason_code="not_ours")]
    )

    found = kinds(answers)
    assert found["done"] in (1, 2)
    assert sum(found.values()) == 5
    check_case(office, number)
    other.close()
