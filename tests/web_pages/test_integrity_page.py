"""The page of questions: for whom it is, every figure opens, answers are kept and close a question, page = command."""

from __future__ import annotations

import json
import re
from html import unescape
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from gridcase.cases.models import Photo
from gridcase.cli import main
from gridcase.db import table_of
from gridcase.evaluation.integrity.answers import ROLES, first_altered
from gridcase.evaluation.integrity.models import IntegrityAnswer
from gridcase.web.pages.look import COOKIE
from tests.evaluation.test_integrity import ACCUSING
from tests.making import PEOPLE, Office
from tests.web_pages.visiting import Site, Visitor, words_of

_FIGURE = re.compile(r'<dd><a href="([^"]+)">(\d+)</a></dd>')
_CASE = re.compile(r'class="c-link" href="/cases/(\d+)')
_HIDDEN = re.compile(r'name="(period|as_of|rule|key)" value="([^"]*)"')


def void(office: Office, at: str) -> str:
    """A case of department A that is voided at a moment of October."""
    office.set("2026-10-28T10:00")
    number = office.walk(office.report(), "handling", department="A")
    office.ask("dispatcher", number, "void")
    office.set(at)
    office.move("shift_supervisor", number, "void", opinion="重复上报")
    return number


def alike(office: Office, number: str, like: str) -> None:
    """A photo of a case that resembles one of another case."""
    with office.database.transaction() as connection:
        connection.execute(insert(table_of(Photo)), {
            "district": office.district, "id": str(uuid4()), "number": number, "kind": "after", "attempt": 1,
            "sha256": "0" * 64, "media_type": "image/jpeg", "size": 1, "width": 1, "height": 1,
            "sent_by": "handler_a", "sent_at": office.now, "like_photo": "x", "like_number": like,
            "like_distance": 2,
        })  # fmt: skip


def fill(office: Office) -> list[str]:
    """October: three voids on the last day, three closings in the last minutes, a photo seen twice."""
    voided = [void(office, f"2026-10-31T{hour}:00") for hour in (10, 11, 12)]
    numbers = []
    for _ in range(3):
        office.set("2026-10-29T10:00")
        numbers.append(office.walk(office.report(), "verified"))
    for minute, number in zip((40, 45, 50), numbers, strict=True):
        office.set(f"2026-10-31T23:{minute}")
        office.walk(number, "closed")
    alike(office, voided[0], numbers[0])
    office.set("2026-11-02T09:00")
    return voided


@pytest.fixture
def month(both_sites: Site) -> Site:
    fill(both_sites.office)
    return both_sites


@pytest.fixture(scope="module")
def small(shared_site: Site) -> Site:
    """The same on SQLite alone, for all tests that may find answers of others."""
    fill(shared_site.office)
    return shared_site


def answer_count(site: Site) -> int:
    with site.office.database.reading() as connection:
        return len(connection.execute(select(table_of(IntegrityAnswer))).all())


def asked(page: str, name: str) -> dict[str, str]:
    """The hidden fields of the form of the question about somebody."""
    part = next(
        each for each in page.split('<article class="asked-one"')[1:] if name in each.split("</h3>")[0]
    )
    return {field: unescape(value) for field, value in _HIDDEN.findall(part)}


def answer(visitor: Visitor, text: str = "经核实为重复上报", *, name: str = "甲局", **fields: str) -> int:
    page = visitor.get("/integrity?period=2026-10").text
    return visitor.post("/integrity/answers", text=text, **asked(page, name), **fields).status_code


def test_every_figure_opens_to_exactly_its_cases(month: Site) -> None:
    leader = month.visitor("leader")
    page = leader.get("/integrity?period=2026-10").text
    found = [(unescape(path), int(value)) for path, value in _FIGURE.findall(page)]

    assert len(found) >= 10
    for path, value in found:
        opened = leader.get(path).text
        shares = [int(each) for each in re.findall(r'<span class="c-share-word">[^<]*</span>(\d+)', opened)]
        assert sum(shares) == value, path
        assert len(shares) == len(set(_CASE.findall(opened))), path
        assert f"<b>{value}</b>" in opened
    assert "主办部门为甲局的案件，在周期最后 24 小时内作废 3 件" in words_of(page)
    assert "voided in the last 24 hours" not in words_of(page)
    # Closings by their own moment are other ones than those of the ranking: the page says so beside the figure.
    assert "这里按结案的时刻数，含强制结案；总览、排名和通报按处置到期的时刻归入周期" in words_of(page)
    assert "本期内结的案" in words_of(page)
    assert [word for word in ACCUSING if word in words_of(page).lower()] == []


def test_the_page_says_what_the_command_says(month: Site) -> None:
    office = month.office
    url = office.database.url.render_as_string(hide_password=False)
    where = ["--db", url, "--site", str(office.installation.site.root), "--month", "2026-10"]
    told = json.loads(CliRunner().invoke(main, ["integrity", *where, "--format", "json"]).stdout)

    visitor = month.visitor("shift_supervisor")
    chinese = visitor.text("/integrity?period=2026-10")
    visitor.client.set_cookie(COOKIE, "auto.normal.en")
    english = visitor.text("/integrity?period=2026-10")

    questions = [(rule, question) for rule in told["rules"] for question in rule["questions"]]
    assert [rule["rule"] for rule, _question in questions] == [
        "last_day_voids",
        "last_minute_closings",
        "photos_seen_twice",
    ]
    for rule in told["rules"]:
        assert (rule["text"]["zh"] in chinese, rule["text"]["en"] in chinese) == (True, False)
        assert (rule["text"]["zh"] in english, rule["text"]["en"] in english) == (False, True)
    for _rule, question in questions:
        assert (question["text"]["zh"] in chinese, question["text"]["en"] in chinese) == (True, False)
        assert (question["text"]["zh"] in english, question["text"]["en"] in english) == (False, True)
        assert f"{question['name']} 待说明" in chinese


def test_leaders_shift_supervisors_and_administrators_read_it_and_nobody_else(small: Site) -> None:
    paths = (
        "/integrity",
        "/integrity?period=2026-10",
        "/integrity/cases?period=2026-10&rule=last_day_voids&figure=looked_at",
    )
    for person in PEOPLE:
        visitor = small.visitor(person.name)
        is_theirs = bool({*person.roles} & {*ROLES})
        statuses = {visitor.get(path).status_code for path in paths}
        assert statuses == ({200} if is_theirs else {403}), person.name
        assert ('href="/integrity"' in visitor.get("/rankings").text) == is_theirs, person.name
        if not is_theirs:
            assert visitor.post("/integrity/answers", period="2026-10", text="说明").status_code == 403
    assert {role for person in PEOPLE for role in person.roles} >= {*ROLES, "inspector", "department_officer"}


def test_an_administrator_reads_figures_and_sees_no_case(small: Site) -> None:
    visitor = small.visitor("administrator")
    page = visitor.get("/integrity?period=2026-10").text

    opened = visitor.get(unescape(_FIGURE.findall(page)[0][0])).text

    assert _CASE.findall(opened) == []
    assert "另有 3 个案件不在您可以查看的范围内" in words_of(opened)


def test_an_answer_is_kept_and_closes_its_question(month: Site) -> None:
    leader = month.visitor("leader")

    assert answer(leader) == 303
    assert "说明已存档。" in leader.text("/integrity?period=2026-10")
    page = leader.text("/integrity?period=2026-10")
    assert "说明已存档。" not in page
    assert "甲局 已有说明" in page
    assert "经核实为重复上报 leader 2026-11-02 09:00" in page
    assert answer(month.visitor("shift_supervisor"), "附有核查照片", is_closing="yes") == 303
    assert "甲局 已了结" in leader.text("/integrity?period=2026-10")

    with month.office.database.reading() as connection:
        rows = connection.execute(select(table_of(IntegrityAnswer))).mappings().all()
        assert first_altered(connection, month.office.district) is None
    assert [
        (row["no"], row["rule"], row["subject"], row["answered_by"], row["is_closing"]) for row in rows
    ] == [
        (1, "last_day_voids", "A", "leader", False),
        (2, "last_day_voids", "A", "shift_supervisor", True),
    ]
    assert len(json.loads(rows[0]["asked"])["cases"]) == 3
    noted = month.visitor("administrator").text("/audit?act=question_answered")
    assert noted.count("2026-10 last_day_voids A") == 2


def test_the_same_form_sent_twice_is_one_answer(small: Site) -> None:
    leader, sending, before = small.visitor("leader"), str(uuid4()), answer_count(small)

    assert [answer(leader, client_id=sending) for _ in range(2)] == [303, 303]

    assert answer_count(small) == before + 1


def test_a_refused_answer_comes_back_as_it_was_typed(small: Site) -> None:
    leader, before = small.visitor("leader"), answer_count(small)

    assert answer(leader, " 无 ", is_closing="yes") == 422
    assert leader.last is not None
    assert "> 无 </textarea>" in leader.last.text
    assert "必填" in leader.last.text or "没有执行" in leader.last.text
    assert answer(leader, "太长" * 3000) == 422
    assert leader.post("/integrity/answers", period="2026-10", rule="x", text="说明").status_code == 422
    assert answer_count(small) == before


def test_nobody_closes_a_question_about_themselves(small: Site) -> None:
    own, other = (small.visitor(who) for who in ("shift_supervisor", "shift_supervisor_2"))

    assert "须由他人了结" in own.text("/integrity?period=2026-10")
    assert "须由他人了结" not in other.text("/integrity?period=2026-10")
    assert answer(own, "当日集中核查", name="shift_supervisor", is_closing="yes") == 403
    assert answer(own, "当日集中核查", name="shift_supervisor") == 303
    assert answer(other, "已核对记录", name="shift_supervisor", is_closing="yes") == 303
    assert "shift_supervisor 已了结" in other.text("/integrity?period=2026-10")


def test_a_month_that_goes_on_is_not_asked_about_its_end(small: Site) -> None:
    text = small.visitor("leader").text("/integrity?period=2026-11")

    assert text.count("周期尚未结束，暂不查看。") == 2
    assert text.count("没有需要说明的事项。") == 6


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("period=2026-Q4", "bad_period"),
        ("period=2026-10&as_of=x", "bad_time"),
        ("period=2026-10\0", ""),
    ],
)
def test_what_is_no_month_is_told(shared_site: Site, query: str, code: str) -> None:
    answer = shared_site.visitor("leader").get(f"/integrity?{query}".replace("\0", "%00"))

    assert answer.status_code == (422 if code else 200)


def test_it_reads_in_english_too(small: Site) -> None:
    leader = small.visitor("leader")
    leader.client.set_cookie("gridcase_look", "auto.normal.en")

    text = leader.text("/integrity?period=2026-10")

    assert "Voids at the end of the period" in text
    assert "3 cases of 甲局 were voided in the last 24 hours of the period" in text
    assert "Questions and answers" in text
