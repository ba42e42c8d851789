"""Telephone numbers: one number in many spellings is one, others stay apart, and what was kept before is found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridcase.cases.telephones import TYPED_PATTERN, bare_phone, is_phone, spellings
from gridcase.cases.texts import narrow
from gridcase.migrations import downgrade, upgrade
from tests.making import Office, make_office

# Each line is one number.
SAME = (
    ("13800001234", "138 0000 1234", "138-0000-1234", "+86 13800001234", "0086 138 0000 1234", "(+86)138.0000.1234"),
    ("02287123456", "022-8712 3456", "(022)87123456", "+86 22 8712 3456", "00862287123456", "86-22-87123456"),
    ("03168123456", "0316-8123456", "+86 316 8123456"),
    ("01087123456", "010 8712 3456", "0086 10 87123456"),
    ("02287123456转801", "022-87123456-801", "(022)87123456分机801"),
    ("110",),
    ("12345",),
    ("86123456", "8612 3456"),
    ("138****1234", "138 **** 1234"),
    ("1381234",),
    ("+1 202 555 0123", "12025550123"),
)  # fmt: skip


@pytest.mark.parametrize("at", range(len(SAME)))
def test_spellings_of_one_number_meet_and_those_of_others_do_not(at: int) -> None:
    for phone in SAME[at]:
        assert is_phone(phone)
        for other_at, others in enumerate(SAME):
            for other in others:
                assert (bare_phone(other) in spellings(phone)) == (other_at == at), (phone, other)


@given(st.from_regex(r"[0-9 +().,转分机*-]{3,24}", fullmatch=True))
def test_what_people_write_between_digits_makes_no_other_number(phone: str) -> None:
    assert spellings(phone) == spellings(bare_phone(phone))
    assert bare_phone(phone) in spellings(phone)


@given(st.text("0123456789０１９ +()-*.,转分机　＋（）－＊．，Ａ：", max_size=24))
def test_what_an_input_method_writes_wide_is_typed_where_the_same_in_ascii_is_a_number(text: str) -> None:
    assert (re.fullmatch(TYPED_PATTERN, text) is not None) == is_phone(narrow(text))


def test_what_is_kept_of_a_case_is_its_number_without_marks(office: Office) -> None:
    phones = ["+86 138-0000 1234", "022-87123456转801", "138****1234", ""]
    numbers = [office.report("intake_operator", reporter={"phone": phone}) for phone in phones]

    kept = {row["number"]: (row["reporter_phone"], row["reporter_digits"]) for row in office.rows("cases")}
    assert [kept[number] for number in numbers] == [
        ("+86 138-0000 1234", "8613800001234"),
        ("022-87123456转801", "02287123456801"),
        ("138****1234", "138****1234"),
        (None, None),
    ]


def test_cases_from_before_are_found_as_new_ones_are(
    database_url: str, quick_geo: Path, tmp_path: Path
) -> None:
    office = make_office(database_url, tmp_path, geo=quick_geo)
    for line in SAME:
        for phone in line:
            office.report("intake_operator", reporter={"phone": phone})
    office.report("intake_operator")
    made = office.rows("cases")
    downgrade(office.database, "0022")
    upgrade(office.database)

    assert office.rows("cases") == made
    office.database.close()
