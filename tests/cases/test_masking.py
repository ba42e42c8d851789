"""Names and numbers of reporters, hidden but for what tells two of them apart."""

from __future__ import annotations

import pytest

from gridcase.cases.masking import masked_case, masked_name, masked_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张*"), ("欧阳修文", "欧***"), ("John Smith", "J***"), ("王", "*"), ("", ""), (None, None)],
)
def test_of_a_name_the_first_character_is_left(name: str | None, shown: str | None) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800001234", "138****1234"), ("+86 13800001234", "+86****1234"), ("64001234", "****34"), ("110", "****"),
        ("", ""), (None, None),
    ],
)  # fmt: skip
def test_of_a_number_the_ends_are_left(phone: str | None, shown: str | None) -> None:
    assert masked_phone(phone) == shown


def test_every_reporter_of_a_case_is_masked_and_nothing_else() -> None:
    reporter = {"name": "张三", "phone": "13800001234"}
    view = {
        "number": "1", "reporter": reporter, "text": "张三",
        "joined": [{"number": "2", "reporter": reporter}, {"number": "3", "reporter": None}],
    }  # fmt: skip

    masked = masked_case(view)

    hidden = {"name": "张*", "phone": "138****1234"}
    assert masked == {
        "number": "1", "reporter": hidden, "text": "张三",
        "joined": [{"number": "2", "reporter": hidden}, {"number": "3", "reporter": None}],
    }  # fmt: skip
    assert view["reporter"] == reporter
