"""Scheme files: what they say, and every fault with the nearest right name (evaluation.md 6)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from gridcase.errors import DefinitionError
from gridcase.evaluation.scheme_files import parse_scheme
from gridcase.evaluation.scheme_folder import SchemeFolder, wanted_schemes
from gridcase.evaluation.schemes import DeductItem, RateItem, ScoreItem
from gridcase.resources import shipped_folder
from tests.evaluation.schemes import CLOSING_ITEM, HEAD, RANKING, scheme

SHIPPED = shipped_folder() / "workflows" / "schemes"
NAMES = sorted(path.stem for path in SHIPPED.glob("*.toml"))

EXAMPLE = """
name = "department-example"
version = 3
title = "部门月度评价"
unit = "department"
valid_from = 2026-01-01
floor = 0
zero_score_when = [ { column = "filed_count", above = 0 }, { column = "closed_count", is = 0 } ]
[selection]
mode = "due"
carry_over = "own_column"
handle_due = "all_dispatched"
on_time_closing = "handling"
as_of_delay_hours = 0
[counts]
due_count = [ "handled_count", "overdue_unhandled_count", "carried_over_open_count" ]
[derive]
closed_count = [ "on_time_closed_count", "late_closed_count" ]
[rates.closing_rate]
label = "结案率"
numerator = "closed_count"
denominator = [ "due_count", "-held_count" ]
[[item]]
name = "closing"
label = "结案"
kind = "rate"
rate = "closing_rate"
points = 85
when_empty = "unranked"
[[item]]
name = "supervision"
label = "督办"
kind = "deduct"
points = 15
terms = [ { column = "supervised_count", per = 0.5 }, { column = "supervision_unanswered_count", per = 1 } ]
[[item]]
name = "local"
label = "格内解决加分"
kind = "bonus"
most = 5
terms = [ { column = "settled_locally_count", per = 0.1 } ]
[grades]
bands = [ { from = 90, grade = "A", colour = "green" }, { from = 75, grade = "B", colour = "blue" }, { from = 0, grade = "C", colour = "yellow" } ]
[ranking]
by = "score"
order = "desc"
ties = "dense"
compare = "unrounded"
then_by = [ "closed_count" ]
min_count = { column = "due_count", at_least = 10 }
[print]
digits = 2
strip_zeros = false
empty = "—"
"""


def faults(text: str) -> list[tuple[str, str]]:
    """Code and text of every fault."""
    with pytest.raises(DefinitionError) as refused:
        parse_scheme(text, "test.toml")
    return [(fault.code, fault.text) for fault in refused.value.faults]


def codes(text: str) -> list[str]:
    return [code for code, _ in faults(text)]


def test_the_example_of_the_page_is_read_to_the_last_key() -> None:
    found = parse_scheme(EXAMPLE, "example.toml")

    assert (found.name, found.version, found.valid_from) == ("department-example", 3, date(2026, 1, 1))
    assert [str(term) for term in found.rates["closing_rate"].denominator] == ["due_count", "-held_count"]
    assert isinstance(found.items[1], DeductItem)
    assert found.items[1].terms[0].per == Fraction(1, 2)
    assert found.ranking is not None
    assert found.ranking.min_count is not None
    assert found.ranking.min_count.at_least == 10
    assert found.text == EXAMPLE


def test_thirteen_schemes_ship_and_all_are_without_fault() -> None:
    assert len(NAMES) == 13
    assert SchemeFolder(SHIPPED).faults() == []


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scheme_with_items_makes_a_hundred_points(name: str) -> None:
    found = SchemeFolder(SHIPPED).find(name)

    assert found.name == name
    assert sum(item.points for item in found.items if hasattr(item, "points")) == (
        0 if name == "rates" else 100
    )


def test_what_may_be_left_out_has_its_default() -> None:
    found = parse_scheme(
        'name = "t"\nversion = 1\nvalid_from = 2026-01-01\n[ranking]\nby = "closing_rate"\n', "t.toml"
    )

    assert (found.title, found.unit, found.floor, found.cap) == ("t", "any", 0, None)
    assert (found.selection.mode, found.selection.as_of_delay_hours) == ("due", 0)
    assert found.ranking is not None
    assert (found.ranking.is_descending, found.ranking.ties, found.ranking.compare) == (
        True,
        "dense",
        "unrounded",
    )
    assert (found.printing.digits, found.printing.strip_zeros, found.printing.empty) == (2, False, "—")


def test_numbers_are_exact() -> None:
    found = scheme(CLOSING_ITEM.replace("points = 100", "points = 33.3"))

    assert isinstance(found.items[0], RateItem)
    assert found.items[0].points == Fraction(333, 10)


def test_a_rate_may_be_overridden_without_a_label() -> None:
    found = scheme('[rates.rework_rate]\nnumerator = "reworked_count"\ndenominator = "filed_count"\n')

    assert found.rates["rework_rate"].label == "返工率"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('[rates.closing_rat]\nnumerator = "closed_count"\ndenominator = "due_count"', "closing_rate"),
        ('[counts]\ndue_cont = "handled_count"', "due_count"),
        ('[derive]\ndue_count = ["handled_count", "-overdue_unhandeld_count"]', "overdue_unhandled_count"),
        (CLOSING_ITEM.replace('"closing_rate"', '"closng_rate"'), "closing_rate"),
        (CLOSING_ITEM.replace('"rate"', '"rates"'), "rate"),
        (CLOSING_ITEM.replace("points", "pionts"), "points"),
        (CLOSING_ITEM + '[ranking]\nbye = "score"', "by"),
        (CLOSING_ITEM + '[ranking]\nby = "scores"', "score"),
        (CLOSING_ITEM + '[ranking]\nthen_by = ["-closd_count"]', "closed_count"),
        (CLOSING_ITEM + '[ranking]\nmin_count = { column = "du_count", at_least = 1 }', "due_count"),
        ("[selektion]\n", "selection"),
        ('[selection]\nmode = "reportd"', "reported"),
        ("[print]\ndigit = 2", "digits"),
        ('[grades]\nbands = [ { from = 1, grade = "A", color = "red" } ]', "colour"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest_right_one(line: str, text: str) -> None:
    assert f'nearest is "{text}"' in "\n".join(told for _, told in faults(HEAD + line))


@pytest.mark.parametrize("key", ["name", "version", "valid_from"])
def test_name_version_and_first_day_are_needed(key: str) -> None:
    text = "".join(line + "\n" for line in HEAD.splitlines() if not line.startswith(key))

    assert codes(text) == ["missing_key"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("version = 0", "bad_value"),
        ("version = 1.5", "bad_value"),
        ("version = true", "bad_value"),
        ('valid_from = "2026-01-01"', "bad_value"),
        ("valid_from = 2026-01-01T00:00:00", "bad_value"),
        ('unit = "office"', "bad_value"),
        ("name = 3", "bad_value"),
        ('name = " "', "bad_value"),
    ],
)
def test_wrong_values_at_the_top_are_faults(line: str, code: str) -> None:
    key = line.split(" ")[0]
    lines = [line if one.startswith(f"{key} ") else one for one in HEAD.splitlines()]

    assert codes("\n".join(lines)) == [code]


@pytest.mark.parametrize(
    "line",
    [
        "floor = nan",
        "cap = inf",
        'floor = "0"',
        'example_weights = "yes"',
        "zero_score_when = { column = 1 }",
        'zero_score_when = [ { column = "due_count" } ]',
        'zero_score_when = [ { column = "due_count", is = 0, above = 1 } ]',
        "zero_score_when = [ 3 ]",
        "selection = 3",
        "counts = []",
        "print = { digits = 7 }",
        "print = { digits = -1 }",
        "print = { strip_zeros = 1 }",
        "selection = { as_of_delay_hours = -1 }",
        "counts = { due_count = [] }",
        "counts = { due_count = [1] }",
        "ranking = { by = 3 }",
        "item = [ 3 ]",
        "item = 3",
    ],
)
def test_wrong_values_elsewhere_are_faults(line: str) -> None:
    found = codes(HEAD + line)

    assert "bad_value" in found


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("rate", "points = 1", "missing_key"),
        ("rate", 'rate = "closing_rate"', "missing_key"),
        ("rate", 'rate = "closing_rate"\npoints = -1', "bad_value"),
        ("rate", 'rate = "closing_rate"\npoints = "1"', "bad_value"),
        ("rate", 'rate = "closing_rate"\npoints = 1\nwhen_empty = "skip"', "bad_value"),
        ("rate", 'rate = "closing_rate"\npoints = 1\nfloor = 0', "unknown_key"),
        ("score", "points = 1", "missing_key"),
        ("score", 'column = "city_scor"\npoints = 1', "unknown_column"),
        ("score", 'column = "a_score"\npoints = 1\nmean_over = "cell"\nof_item = "x"', "missing_key"),
        (
            "score",
            'column = "a_score"\npoints = 1\nfrom_scheme = "area"\nmean_over = "cell"\nof_item = "x"\nfrom_schemes = { 1 = "a" }',
            "bad_value",
        ),
        (
            "score",
            'column = "a_score"\npoints = 1\nmean_over = "cell"\nof_item = "x"\nfrom_schemes = { one = "a" }',
            "bad_value",
        ),
        ("bands", "points = 1\nabove = 0\nbands = [[1, 2]]", "bad_value"),
        (
            "bands",
            'points = 1\nabove = 0\nbands = [[1, 2]]\ncolumn = "due_count"\nrate = "closing_rate"',
            "bad_value",
        ),
        ("bands", 'points = 1\nabove = 0\ncolumn = "due_count"', "missing_key"),
        ("bands", 'points = 1\nabove = 0\ncolumn = "due_count"\nbands = []', "bad_value"),
        ("bands", 'points = 1\nabove = 0\ncolumn = "due_count"\nbands = [[1, 2, 3]]', "bad_value"),
        ("bands", 'points = 1\nabove = 0\ncolumn = "due_count"\nbands = [[1, 2], [1, 3]]', "bad_value"),
        ("bands", 'points = 1\ncolumn = "due_count"\nbands = [[1, 2]]', "missing_key"),
        ("threshold", "points = 1", "missing_key"),
        ("threshold", "points = 1\nterms = []", "bad_value"),
        ("threshold", 'points = 1\nterms = [ { rate = "closing_rate", target = 1 } ]', "missing_key"),
        ("deduct", 'points = 1\nterms = [ { column = "due_count" } ]', "missing_key"),
        ("deduct", 'points = 1\nterms = [ { column = "due_count", per = 1, at = 1 } ]', "unknown_key"),
        ("bonus", 'terms = [ { column = "due_count", per = 1 } ]', "missing_key"),
        ("bonus", 'most = 1\npoints = 1\nterms = [ { column = "due_count", per = 1 } ]', "unknown_key"),
        ("prize", "points = 1", "unknown_kind"),
    ],
)
def test_faults_of_items(kind: str, text: str, code: str) -> None:
    found = codes(f'{HEAD}[[item]]\nname = "i"\nlabel = "项"\nkind = "{kind}"\n{text}\n')

    assert found == [code]


def test_two_items_of_one_name_are_a_fault() -> None:
    assert codes(HEAD + CLOSING_ITEM + CLOSING_ITEM) == ["duplicate_name"]


def test_ranking_by_score_without_an_item_is_a_fault() -> None:
    assert codes(HEAD + RANKING) == ["no_item"]


def test_grades_stand_highest_first() -> None:
    grades = '[grades]\nbands = [ { from = 1, grade = "A" }, { from = 1, grade = "B" } ]\n'

    assert codes(HEAD + grades) == ["bad_value"]


@pytest.mark.parametrize("text", ["name =", "a = 1\na = 2", "x = " + "[" * 3000, "n = 1" + "0" * 5000])
def test_a_text_that_is_no_toml_is_refused(text: str) -> None:
    assert codes(text) == ["bad_file"]


def test_every_fault_is_told_at_once_with_line_and_column_from_the_top() -> None:
    text = f"{HEAD}colour = 1\n{CLOSING_ITEM.replace('closing_rate', 'closing_rat')}  weight = 3\n[print]\ndigits = 9\n"

    with pytest.raises(DefinitionError) as refused:
        parse_scheme(text, "test.toml")

    assert [(fault.place, fault.code) for fault in refused.value.faults] == [
        ("line 7, column 1: colour", "unknown_key"),
        ("line 13, column 1: item 1 rate", "unknown_rate"),
        ("line 15, column 3: item 1 weight", "unknown_key"),
        ("line 17, column 1: print digits", "bad_value"),
    ]


def test_a_scheme_names_the_schemes_that_it_needs() -> None:
    folder = SchemeFolder(SHIPPED)

    assert list(wanted_schemes(folder.find("area"))) == ["area-cell-1", "area-cell-2"]
    assert list(wanted_schemes(folder.find("street-month"))) == ["area"]
    assert isinstance(folder.find("area").items[1], ScoreItem)


def write(folder: Path, file: str, **keys: str) -> None:
    values = {"name": '"s"', "version": "1", "valid_from": "2026-01-01", **keys}
    (folder / file).write_text(
        "".join(f"{key} = {value}\n" for key, value in values.items()), encoding="utf-8"
    )


def test_the_version_valid_on_the_day_is_taken_and_else_the_newest(tmp_path: Path) -> None:
    write(tmp_path, "s.toml")
    write(tmp_path, "s-2.toml", version="2", valid_from="2026-07-01")
    folder = SchemeFolder(tmp_path)

    assert folder.find("s").version == 2
    assert folder.find("s", on=date(2026, 6, 30)).version == 1
    assert folder.find("s", on=date(2026, 7, 1)).version == 2
    with pytest.raises(DefinitionError, match="no_valid_version"):
        folder.find("s", on=date(2025, 12, 31))


def test_an_unknown_scheme_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    write(tmp_path, "s.toml", name='"department"')

    with pytest.raises(DefinitionError, match='nearest is "department"'):
        SchemeFolder(tmp_path).find("departmnt")


def test_a_faulty_file_does_not_stop_another_one(tmp_path: Path) -> None:
    write(tmp_path, "s.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff")

    assert SchemeFolder(tmp_path).find("s").name == "s"
    with pytest.raises(DefinitionError, match="bad_file"):
        SchemeFolder(tmp_path).find("bad")
    assert [fault.code for fault in SchemeFolder(tmp_path).faults()] == ["bad_file"]


def test_the_folder_is_checked_for_doubles_and_for_names_of_other_schemes(tmp_path: Path) -> None:
    write(tmp_path, "a.toml")
    write(tmp_path, "b.toml")
    item = '[{ name = "i", kind = "score", column = "x_score", points = 1, from_scheme = "sss" }]'
    write(tmp_path, "c.toml", name='"c"', item=item)

    assert [fault.code for fault in SchemeFolder(tmp_path).faults()] == ["duplicate_name", "unknown_scheme"]
