"""Questions about a month from cases by hand, on both databases: each rule at both sides of its boundary."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from gridcase.db import table_of
from gridcase.directory.models import User
from gridcase.errors import Invalid
from gridcase.evaluation.integrity.rules import (
    BURSTS,
    CELLS,
    CLOSINGS,
    PAIRS,
    PHOTOS,
    RULES,
    SELF_HANDLING,
    VOIDS,
)
from gridcase.evaluation.integrity.telling import as_json, as_text
from gridcase.evaluation.integrity.wording import Wording, wording_of
from gridcase.resources import SiteFolder, shipped_folder
from tests.evaluation.integrity_month import (
    CELL,
    ENDED_CELL,
    OTHER_CELL,
    IntegrityMonth,
    make_integrity_month,
)
from tests.evaluation.ledger import DISTRICT
from tests.making import china

SHIPPED = SiteFolder(shipped_folder())
# What would be an accusation, or sound like one, in either language.
ACCUSING = (
    "造假", "作假", "虚假", "作弊", "舞弊", "违规", "违纪", "违法", "串通", "嫌疑", "可疑", "怀疑", "涉嫌", "欺骗", "隐瞒",
    "弄虚", "突击", "刷数", "冒充", "套取", "问责", "处分", "责任人", "异常", "不实", "故意", "敷衍",
    "fraud", "fake", "cheat", "suspect", "suspicious", "collu", "guilt", "violat", "manipul", "hide", "hidden",
    "lie ", "lied", "abuse", "blame", "punish", "wrongdoing", "dishonest", "abnormal", "pretend", "forge",
)  # fmt: skip


@pytest.fixture
def month(database_url: str) -> Iterator[IntegrityMonth]:
    made = make_integrity_month(database_url)
    yield made
    made.ledger.database.close()


def subjects(month: IntegrityMonth, rule: str) -> list[str]:
    return [question.finding.key for question in month.ask(rule)]


def figures(month: IntegrityMonth, rule: str) -> dict[str, int]:
    """The figures of the only question of a rule."""
    (question,) = month.ask(rule)
    return {figure.name: figure.value for figure in question.finding.figures}


def test_voids_of_the_last_hours_are_asked_of_their_department(month: IntegrityMonth) -> None:
    late = [month.voided("2026-10-31T00:00:00"), month.voided("2026-10-31T23:59:59")]
    early = month.voided("2026-10-30T23:59:59")
    month.voided("2026-11-01T00:00:00")
    month.voided("2026-10-31T12:00", department="B")

    (question,) = month.ask(VOIDS)

    assert (question.finding.key, list(question.cases)) == ("A", late)
    assert figures(month, VOIDS) == {"late": 2, "own": 3}
    assert [share.number for share in month.behind(VOIDS, "own", "A")] == sorted([*late, early])
    assert len(month.behind(VOIDS, "looked_at")) == 4
    # One void fewer asks nothing, and neither does the month before its last hours.
    month.set(voids_at_least=3)
    assert subjects(month, VOIDS) == []
    month.set(voids_at_least=2)
    assert month.ask(VOIDS, at="2026-10-31T23:59:59") == ()


def test_closings_before_the_cut_off_are_asked_of_who_closed(month: IntegrityMonth) -> None:
    late = [month.closed(f"2026-10-31T23:{minute}") for minute in ("30:00", "45:00", "59:59")]
    month.closed("2026-10-31T23:29:59")
    month.closed("2026-11-01T00:00:00")
    for minute in (40, 50):
        month.closed(f"2026-10-31T23:{minute}", by="li")

    (question,) = month.ask(CLOSINGS)

    assert (question.finding.key, list(question.cases)) == ("wang", late)
    assert figures(month, CLOSINGS) == {"late": 3, "own": 4}
    # A forced closing is one too: the third of the other person.
    month.closed("2026-10-31T23:55", by="li", trigger="force_close")
    assert subjects(month, CLOSINGS) == ["li", "wang"]


def test_the_cut_off_is_the_moment_by_which_the_month_is_judged(month: IntegrityMonth) -> None:
    late = [month.closed(f"2026-11-02T23:{minute}") for minute in (30, 45, 59)]

    judged_at = china("2026-11-03T00:00")
    (question,) = month.ask(CLOSINGS, judged_at=judged_at)

    assert list(question.cases) == late
    # Looked at later it is the same; looked at before, the last minutes are others.
    assert [each.cases for each in month.ask(CLOSINGS, judged_at=judged_at, at="2026-12-01T00:00")] == [
        question.cases
    ]
    assert month.ask(CLOSINGS, judged_at=judged_at, at="2026-11-02T23:59") == ()
    assert month.ask(CLOSINGS) == ()


def silence(month: IntegrityMonth, cell: str, *, reports: int = 3) -> list[str]:
    """Reports in each of the three months before October."""
    return [
        month.reported(f"2026-{number:02}-{day:02}T10:00", cell=cell)
        for number in (7, 8, 9)
        for day in range(1, reports + 1)
    ]


def test_a_cell_that_falls_silent_is_asked_about(month: IntegrityMonth) -> None:
    silent = silence(month, CELL)
    silence(month, OTHER_CELL, reports=2)
    silence(month, ENDED_CELL)
    month.reported("2026-10-31T23:59:59", cell=ENDED_CELL)

    (question,) = month.ask(CELLS)

    assert (question.finding.key, list(question.cases)) == (CELL, silent)
    assert figures(month, CELLS) == {"before": 9, "2026-07": 3, "2026-08": 3, "2026-09": 3}
    assert [share.number for share in month.behind(CELLS, "2026-08", CELL)] == silent[3:6]
    (looked,) = (each for each in month.tell().looked if each.rule == CELLS)
    assert looked.figures[0].value == 2


def test_one_report_in_the_month_is_no_silence_and_one_after_it_is(month: IntegrityMonth) -> None:
    silence(month, CELL)
    month.reported("2026-11-01T00:00:00", cell=CELL)
    assert subjects(month, CELLS) == [CELL]
    # Settled on the spot: the inspector was there.
    month.reported("2026-10-01T00:00:00", cell=CELL, settled=True)
    assert subjects(month, CELLS) == []


def test_silence_is_not_asked_about_before_the_month_is_over_nor_of_a_cell_that_ended(
    month: IntegrityMonth,
) -> None:
    silence(month, CELL)

    (looked,) = (each for each in month.tell(at="2026-10-31T23:59:59").looked if each.rule == CELLS)
    assert (looked.is_ready, looked.findings) == (False, ())

    silence(month, ENDED_CELL)
    assert subjects(month, CELLS) == [CELL, ENDED_CELL]


def test_a_correction_after_the_moment_of_looking_moves_no_report(month: IntegrityMonth) -> None:
    silent = silence(month, CELL)
    month.reported("2026-10-20T10:00", cell=OTHER_CELL, then="accept")
    # Filed with a corrected place a month later: as at the end of October it lies where it was reported.
    story = month._begun("2026-10-21T10:00", cell=OTHER_CELL).until(china("2026-11-20T10:00"))
    month.ledger.add(story.do("accept", corrections={"cell": CELL}))

    (question,) = month.ask(CELLS)
    assert list(question.cases) == silent
    assert subjects(month, CELLS) == [CELL]
    assert month.ask(CELLS, at="2026-11-20T10:01") == ()


def test_a_pair_that_always_passes_is_asked_about_with_the_exact_chance(month: IntegrityMonth) -> None:
    month.set(pair_verifications_at_least=4, pair_chance_below=Decimal(20))
    passed = [month.verified(f"2026-10-1{day}T10:00") for day in range(4)]
    for day in range(4):
        month.verified(f"2026-10-2{day}T10:00", by="li", passed=day > 2)
    month.verified("2026-09-30T23:59:59", passed=False)
    month.verified("2026-11-01T00:00:00", passed=False)

    (question,) = month.ask(PAIRS)

    assert (question.finding.key, list(question.cases)) == ("zhang|A", passed)
    # 3 of 8 fail: (5/8)^4 = 15.26 %.
    assert question.finding.values == {"chance": "15", "exact": "(5/8)^4"}
    assert figures(month, PAIRS) == {"passed": 4, "all": 8, "failed_of_all": 3}
    assert len(month.behind(PAIRS, "failed_of_all")) == 3
    month.set(pair_verifications_at_least=5)
    assert subjects(month, PAIRS) == []


def test_a_verification_counts_on_the_department_that_had_the_case_then(month: IntegrityMonth) -> None:
    month.set(pair_verifications_at_least=1, pair_chance_below=Decimal(100))
    story = month.verifying("2026-10-10T10:00").do("verify_fail", actor="li")
    story.do("redispatch", department="B").play("receive give_feedback send_verification")
    story.do("verify_unable", actor="zhang").do("send_verification").do("verify_pass", actor="zhang")
    number = month.ledger.add(story)
    reworked = month.verifying("2026-10-12T10:00").do("verify_fail", actor="li").do("rework")
    reworked.play("receive give_feedback send_verification").do("verify_pass", actor="li")
    month.ledger.add(reworked)

    (question,) = month.ask(PAIRS)

    assert (question.finding.key, question.cases) == ("zhang|B", (number,))
    assert [(share.number, share.value) for share in month.behind(PAIRS, "all")] == [
        ("000001", 2),
        ("000002", 2),
    ]


def test_photos_like_earlier_ones_are_asked_of_the_sender(month: IntegrityMonth) -> None:
    first, second, third = (month.reported(f"2026-10-0{day}T10:00") for day in (5, 6, 7))
    month.photo(first, "2026-09-30T23:59:59", like=second)
    month.photo(second, "2026-10-01T00:00:00", like=first, bits=3)
    month.photo(third, "2026-10-07T10:00")
    month.photo(third, "2026-11-01T00:00:00", like=first)

    (question,) = month.ask(PHOTOS)

    assert (question.finding.key, question.cases) == ("zhang", (second,))
    assert [(pair["number"], pair["like_number"], pair["bits"]) for pair in question.pairs] == [
        (second, first, 3)
    ]
    assert [share.number for share in month.behind(PHOTOS, "like", "zhang")] == [first]
    (looked,) = (each for each in month.tell().looked if each.rule == PHOTOS)
    assert [figure.value for figure in looked.figures] == [2, 1]
    month.set(photo_bits=2)
    assert subjects(month, PHOTOS) == []


def test_much_self_handling_is_asked_of_the_inspector(month: IntegrityMonth) -> None:
    month.set(self_handled_at_least=3, burst_at_least=9)
    own = [month.reported(f"2026-10-1{day}T10:00", settled=day < 3) for day in range(4)]
    # 1 of 4 of the others: a quarter, and three times that is the share asked about.
    for day in range(4):
        month.reported(f"2026-10-2{day}T10:00", by="li", settled=day < 1)
    late = month.reported("2026-10-31T23:59", by="li", settled=True)

    assert figures(month, SELF_HANDLING) == {"settled": 3, "own": 4, "others_settled": 1, "others": 5}
    (question,) = month.ask(SELF_HANDLING)
    assert (question.finding.key, list(question.cases)) == ("zhang", own[:3])
    assert question.finding.values == {"share": "75", "usual": "20"}
    # One second later the last one is settled: 2 of 5 of the others, and 75 % is less than three times that.
    assert month.ask(SELF_HANDLING, at="2026-11-01T00:00:01") == ()
    assert late in [share.number for share in month.behind(SELF_HANDLING, "others", "zhang")]


def test_self_handling_within_minutes_at_one_place_is_asked_of_the_inspector(month: IntegrityMonth) -> None:
    month.set(burst_at_least=3)
    begin = china("2026-10-09T10:00")
    own = [month.reported(begin + timedelta(minutes=minute), settled=True) for minute in (0, 4, 10)]
    month.reported(begin + timedelta(minutes=2), settled=True, cell=OTHER_CELL)
    month.reported(begin + timedelta(minutes=3))
    month.reported(begin + timedelta(minutes=21), settled=True)

    (question,) = month.ask(BURSTS)

    assert (question.finding.key, list(question.cases)) == (f"zhang|{own[0]}", own)
    assert question.finding.values == {"cell": CELL, "from": "10-09 10:00", "to": "10-09 10:10"}
    assert len(month.behind(BURSTS, "looked_at")) == 5
    month.set(burst_minutes=9)
    assert subjects(month, BURSTS) == []


def innocent(month: IntegrityMonth) -> None:
    """A month as it should be."""
    for number in (7, 8, 9, 10):
        for day in (3, 9, 15, 21):
            month.reported(f"2026-{number:02}-{day:02}T10:00", settled=day == 3)
            month.reported(f"2026-{number:02}-{day:02}T11:00", by="li", settled=day == 9)
    for day in range(10, 20):
        month.verified(f"2026-10-{day}T10:00", passed=day != 12)
    month.closed("2026-10-31T23:59")
    month.voided("2026-10-31T10:00")
    month.photo(month.closed("2026-10-20T10:00"), "2026-10-20T10:00")


def test_an_innocent_month_asks_nothing_and_says_how_many_were_looked_at(month: IntegrityMonth) -> None:
    innocent(month)

    told = month.tell()

    assert {rule: questions for rule, questions in told.questions.items() if questions} == {}
    assert {looked.rule: looked.figures[0].value for looked in told.looked} == {
        VOIDS: 1, CLOSINGS: 2, CELLS: 1, PAIRS: 0, PHOTOS: 1, SELF_HANDLING: 21, BURSTS: 2,
    }  # fmt: skip
    assert as_text(told, words(month), "table").count("没有需要说明的事项。") == len(RULES)


def words(month: IntegrityMonth) -> Wording:
    with month.ledger.database.reading() as connection:
        return wording_of(connection, DISTRICT, month.settings, site=SHIPPED)


def busy(month: IntegrityMonth) -> None:
    """A month in which every rule asks something."""
    month.set(
        pair_verifications_at_least=2,
        pair_chance_below=Decimal(99),
        self_handled_at_least=2,
        burst_at_least=2,
    )
    silence(month, ENDED_CELL)
    first = month.voided("2026-10-31T10:00")
    month.photo(month.voided("2026-10-31T11:00"), "2026-10-20T10:00", by="li", like=first, bits=1)
    for minute in (40, 41, 42):
        month.closed(f"2026-10-31T23:{minute}")
    for minute in (10, 11):
        month.reported(f"2026-10-09T10:{minute}", cell=OTHER_CELL, settled=True)
    month.reported("2026-10-09T10:10", by="li", cell=OTHER_CELL)
    for day in (10, 11):
        month.verified(f"2026-10-{day}T10:00", by="li", department="B")
    month.verified("2026-10-12T10:00", by="li", passed=False)


def test_every_rule_asks_in_both_languages_and_none_accuses(month: IntegrityMonth) -> None:
    busy(month)
    told = month.tell()
    wording = words(month)

    texts = [as_text(told, wording, "table"), as_text(told, wording, "json")]
    texts.append((shipped_folder() / "templates" / "integrity.toml").read_text(encoding="utf-8"))

    asked = {rule for rule, questions in told.questions.items() if questions}
    assert asked == set(RULES)
    for text in texts:
        assert [word for word in ACCUSING if word in text.lower()] == []
    for rule in told.looked:
        for question in told.questions[rule.rule]:
            chinese, english = (wording.question(question.finding, language) for language in ("zh", "en"))
            assert "请说明" in chinese
            assert english.endswith("?")
            assert "{" not in chinese + english
            for name in wording.names(question.finding):
                english = english.replace(name, "") if name else english
            assert not re.search(r"[\u4e00-\u9fff]", english)


def test_all_questions_of_the_file_ask_in_neutral_words() -> None:
    texts = tomllib.loads((shipped_folder() / "templates" / "integrity.toml").read_text(encoding="utf-8"))

    for rule in RULES:
        assert "请说明" in texts[rule]["question_zh"]
        assert texts[rule]["question_en"].endswith("?")


def test_every_figure_opens_to_cases_that_add_up_to_it(month: IntegrityMonth) -> None:
    busy(month)
    told = month.tell()

    checked = 0
    for looked in told.looked:
        figures_of = [("", each) for each in looked.figures]
        figures_of += [(finding.key, each) for finding in looked.findings for each in finding.figures]
        for key, figure in figures_of:
            if figure.opens:
                shares = month.behind(looked.rule, figure.name, key)
                assert sum(share.value for share in shares) == figure.value, (looked.rule, figure)
                assert [share.number for share in shares] == sorted({share.number for share in shares})
                checked += 1
    assert checked >= 20


@pytest.mark.parametrize(("rule", "key", "name"), [
    ("nothing", "", "looked_at"), (VOIDS, "", "late"), (VOIDS, "Q", "late"), (CELLS, "", "looked_at"),
])  # fmt: skip
def test_what_is_no_figure_opens_to_nothing(month: IntegrityMonth, rule: str, key: str, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        month.behind(rule, name, key)

    assert refused.value.code == "unknown_count"


def test_the_answer_for_programs_tells_rules_thresholds_figures_and_cases(month: IntegrityMonth) -> None:
    late = [month.voided("2026-10-31T10:00"), month.voided("2026-10-31T11:00")]
    with month.ledger.database.transaction() as connection:
        connection.execute(update(table_of(User)).values(is_active=False))

    told = as_json(month.tell(), words(month))

    assert {name: told[name] for name in ("period", "from", "to", "as_of", "cut_off")} == {
        "period": "2026-10", "from": "2026-10-01T00:00:00+08:00", "to": "2026-11-01T00:00:00+08:00",
        "as_of": "2026-11-01T00:00:00+08:00", "cut_off": "2026-11-01T00:00:00+08:00",
    }  # fmt: skip
    assert (told["settings"]["void_hours"], told["settings"]["pair_chance_below"]) == (24, "1")
    assert [rule["rule"] for rule in told["rules"]] == list(RULES)
    assert told["rules"][0]["figures"] == {"looked_at": 2, "late_of_all": 2}
    (question,) = told["rules"][0]["questions"]
    assert {name: question[name] for name in ("key", "name", "state", "cases", "answers")} == {
        "key": "A", "name": "甲局", "state": "open", "cases": late, "answers": [],
    }  # fmt: skip
    assert question["text"]["zh"] == (
        "主办部门为甲局的案件，在周期最后 24 小时内作废 2 件（本期共作废 2 件）。请说明作废的依据。"
    )
