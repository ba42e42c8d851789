"""What a password has to be: length, kinds of characters, not the name."""

from __future__ import annotations

import pytest

from gridcase.directory.passwords import LONGEST, PasswordRules, check_password_rules, kinds_of
from gridcase.errors import Invalid

RULES = PasswordRules(min_length=10, kinds=2)


@pytest.mark.parametrize(
    ("password", "kinds"),
    [("abc", 1), ("abC", 2), ("abC1", 3), ("abC1网", 4), ("abC1网-", 5), ("", 0), ("１２", 1)],
)
def test_kinds_of_characters_are_counted(password: str, kinds: int) -> None:
    assert kinds_of(password) == kinds


@pytest.mark.parametrize("password", ["abcdefgh1x", "网格化管理平台登录密1", "a" * (LONGEST - 1) + "1"])
def test_what_keeps_the_rules_is_taken(password: str) -> None:
    check_password_rules(password, "wang", RULES)


@pytest.mark.parametrize("password", ["abcdefgh1", "abcdefghij", "my-WANG-pass1", ""])
def test_what_breaks_a_rule_is_refused_with_what_would_be_right(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password_rules(password, "wang", RULES)

    assert refused.value.code == "weak_password"
    assert (refused.value.data["min_length"], refused.value.data["kinds"]) == (10, 2)


def test_what_nobody_types_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        check_password_rules("a1" * LONGEST, "wang", RULES)

    assert refused.value.code == "too_long"
