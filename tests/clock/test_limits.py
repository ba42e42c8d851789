"""The text of a limit (clock.md 2)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gridcase.clock import Unit, parse_limit
from tests.clock.making import refusal


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("4工作时", "4", Unit.WORKING_HOUR),
        ("04工作时", "4", Unit.WORKING_HOUR),
        ("0000000004工作时", "4", Unit.WORKING_HOUR),
        ("1.5工作时", "1.5", Unit.WORKING_HOUR),
        ("1.50工作时", "1.5", Unit.WORKING_HOUR),
        ("0.25紧急工作时", "0.25", Unit.URGENT_HOUR),
        ("0.01工作时", "0.01", Unit.WORKING_HOUR),
        ("15工作日", "15", Unit.WORKING_DAY),
        ("2紧急工作日", "2", Unit.URGENT_DAY),
        ("3自然日", "3", Unit.CALENDAR_DAY),
        ("9999工作日", "9999", Unit.WORKING_DAY),
        ("9999.00工作时", "9999", Unit.WORKING_HOUR),
        ("０４工作时", "4", Unit.WORKING_HOUR),
        ("１．５工作时", "1.5", Unit.WORKING_HOUR),
        (" 4\t工 作\u3000时\n", "4", Unit.WORKING_HOUR),
        ("1 5 工作日", "15", Unit.WORKING_DAY),
        ("4\u00a0工作时\u2003", "4", Unit.WORKING_HOUR),
    ],
)
def test_a_limit_is_read(text: str, value: str, unit: Unit) -> None:
    limit = parse_limit(text)

    assert (limit.value, limit.unit) == (Decimal(value), unit)
    assert limit.text == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("半天", "bad_limit"),
        ("四工作时", "bad_limit"),
        ("+4工作时", "bad_limit"),
        ("＋4工作时", "bad_limit"),
        (".5工作时", "bad_limit"),
        ("．５工作时", "bad_limit"),
        ("", "bad_limit"),
        ("\u3000 ", "bad_limit"),
        ("工作时", "bad_limit"),
        ("--4工作时", "bad_limit"),
        ("-工作时", "bad_limit"),
        ("٤工作时", "bad_limit"),
        ("④工作时", "bad_limit"),
        (None, "bad_limit"),
        (4, "bad_limit"),
        (True, "bad_limit"),
        (["4工作时"], "bad_limit"),
        ("4小时", "unknown_unit"),
        ("2天", "unknown_unit"),
        ("4", "unknown_unit"),
        ("0小时", "unknown_unit"),
        ("-1小时", "unknown_unit"),
        ("1个工作日", "unknown_unit"),
        ("1紧急工作时制止", "unknown_unit"),
        ("5.工作时", "unknown_unit"),
        ("5．工作时", "unknown_unit"),
        ("1.2.3工作时", "unknown_unit"),
        ("1,5工作时", "unknown_unit"),
        ("1e2工作时", "unknown_unit"),
        ("1_0工作时", "unknown_unit"),
        ("4工作时。", "unknown_unit"),
        ("4\u200b工作时", "unknown_unit"),
        ("4紧急", "unknown_unit"),
        ("12345小时", "unknown_unit"),
        ("0工作时", "limit_not_positive"),
        ("0.00工作时", "limit_not_positive"),
        ("0.000工作时", "limit_not_positive"),
        ("-0工作日", "limit_not_positive"),
        ("-1.5工作日", "limit_not_positive"),
        ("－１工作日", "limit_not_positive"),
        ("-99999工作时", "limit_not_positive"),
        ("0.0自然日", "limit_not_positive"),
        ("1.5工作日", "bad_limit"),
        ("2.0自然日", "bad_limit"),
        ("1.0紧急工作日", "bad_limit"),
        ("0.125工作时", "bad_limit"),
        ("1.000紧急工作时", "bad_limit"),
        ("10000工作日", "bad_limit"),
        ("9999.01工作时", "bad_limit"),
        ("9" * 10_000 + "工作时", "bad_limit"),
        ("0." + "0" * 10_000 + "1工作时", "bad_limit"),
    ],
)
def test_a_limit_is_refused(text: object, code: str) -> None:
    assert refusal(lambda: parse_limit(text)) == code


def test_hour_units_count_whole_seconds() -> None:
    assert parse_limit("1.5工作时").count == 90 * 60
    assert parse_limit("0.25紧急工作时").count == 15 * 60
    assert parse_limit("0.01工作时").count == 36
    assert parse_limit("9998.99工作时").count == 9998 * 3600 + 3564
