"""Reading a counts file, and every fault with its line and column (evaluation.md 8)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gridcase.errors import DefinitionError
from gridcase.evaluation.counts_file import UnitCounts, read_counts


def read(text: str) -> list[UnitCounts]:
    return read_counts(text.encode(), "counts.csv")


def faults(content: str | bytes) -> list[tuple[str, str]]:
    """Place and code of every fault."""
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(DefinitionError) as refused:
        read_counts(data, "counts.csv")
    return [(fault.place, fault.code) for fault in refused.value.faults]


def test_counts_scores_and_group_are_read() -> None:
    rows = read("unit,group,due_count,city_score\n甲,街道,190,81.25\n")

    assert rows == [UnitCounts("甲", "街道", {"due_count": 190}, {"city_score": Fraction(325, 4)})]


def test_an_empty_field_is_unknown() -> None:
    assert read("unit,due_count,closed_count\n甲,,3\n")[0].counts == {"closed_count": 3}


def test_a_byte_order_mark_blanks_and_empty_lines_do_not_count() -> None:
    content = "\ufeff\n unit , due_count\t\r\n\r\n 甲 ,  7 \r\n,,,\r\n  \r\n乙,\u30008\r\n".encode()

    rows = read_counts(content, "counts.csv")

    assert [(row.unit, row.counts) for row in rows] == [("甲", {"due_count": 7}), ("乙", {"due_count": 8})]


def test_quoted_fields_may_hold_commas_and_line_breaks() -> None:
    rows = read('unit,due_count\n"甲,\n一","007"\n')

    assert (rows[0].unit, rows[0].counts) == ("甲,\n一", {"due_count": 7})


def test_a_header_alone_is_a_file_without_units() -> None:
    assert read("unit,due_count\n") == []


def test_the_same_unit_may_stand_in_two_groups() -> None:
    assert len(read("unit,group\n甲,一\n甲,二\n")) == 2


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", " , ,\n"])
def test_a_file_without_a_header_is_refused(text: str) -> None:
    assert faults(text) == [("line 1, column 1", "no_header")]


def test_another_first_column_is_refused() -> None:
    assert faults("name,due_count\n") == [
        ("line 1, column 1", "first_column"),
        ("line 1, column 1", "unknown_column"),
    ]
    assert faults("group,unit\n") == [("line 1, column 1", "first_column")]


def test_unknown_and_repeated_columns_are_refused() -> None:
    assert faults("unit,closd_count,due_count,due_count,\n") == [
        ("line 1, column 2", "unknown_column"),
        ("line 1, column 4", "repeated_column"),
        ("line 1, column 5", "unknown_column"),
    ]


@pytest.mark.parametrize("name", ["due", "_score", "score", "due_Count", "Unit", "closing_rate"])
def test_only_counts_of_the_table_and_scores_are_columns(name: str) -> None:
    assert faults(f"unit,{name}\n") == [("line 1, column 2", "unknown_column")]


def test_rows_of_another_width_are_refused() -> None:
    assert faults("unit,due_count\n甲\n乙,1,2\n") == [
        ("line 2, column 2", "wrong_width"),
        ("line 3, column 3", "wrong_width"),
    ]


def test_an_empty_unit_is_refused() -> None:
    assert faults("unit,due_count\n ,1\n") == [("line 2, column 1", "no_unit")]


def test_a_unit_twice_in_one_group_is_refused() -> None:
    assert faults("unit,group\n甲,一\n 甲 ,一\n") == [("line 3, column 1", "repeated_unit")]


@pytest.mark.parametrize("field", ["-1", "1.0", "1e3", "+1", "１", "1 2", "—", "0x1", "١"])
def test_a_count_is_digits_only(field: str) -> None:
    assert faults(f"unit,due_count\n甲,{field}\n") == [("line 2, column 2", "bad_count")]


@pytest.mark.parametrize("field", ["-1", "1.", ".5", "1e3", "+1", "80%", "NaN", "1.2.3", "１"])
def test_a_score_is_digits_with_or_without_decimals(field: str) -> None:
    assert faults(f"unit,city_score\n甲,{field}\n") == [("line 2, column 2", "bad_score")]


def test_bytes_that_are_not_utf8_are_refused_with_their_place() -> None:
    content = b"unit,due_count\n" + "甲,1\n".encode("gbk")

    assert faults(content) == [("line 2, column 1", "not_utf8")]


def test_an_unfinished_quote_is_refused() -> None:
    assert faults('unit,due_count\n"甲,1\n') == [("line 2, column 1", "bad_csv")]


def test_all_faults_are_told_at_once() -> None:
    text = "unit,due_count,closd_count\n甲,1\n,1,2\n甲,x,3\n甲,1,3\n"

    assert faults(text) == [
        ("line 1, column 3", "unknown_column"),
        ("line 2, column 3", "wrong_width"),
        ("line 3, column 1", "no_unit"),
        ("line 4, column 2", "bad_count"),
        ("line 5, column 1", "repeated_unit"),
    ]
