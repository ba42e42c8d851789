"""What a password that a person chooses has to be."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from gridcase.errors import Invalid

# Nobody types more; argon2 would take any length, and as long as it takes.
LONGEST = 200


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """The settings `passwords`: at least `min_length` characters of at least `kinds` of five kinds."""

    min_length: int
    kinds: int


def kinds_of(password: str) -> int:
    """How many kinds of characters a password mixes: capitals, small letters, digits, Chinese and others, signs."""
    return len({_kind(character) for character in password})


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Lu", "Ll"):
        return category
    return category[0] if category[0] in "LN" else "sign"


def check_password_rules(password: str, name: str, rules: PasswordRules) -> None:
    """Raises Invalid `weak_password` (with what would be right) or `too_long`."""
    if len(password) > LONGEST:
        raise Invalid("too_long", f"at most {LONGEST} characters", field="password", max_length=LONGEST)
    is_named = bool(name) and name.casefold() in password.casefold()
    if len(password) < rules.min_length or kinds_of(password) < rules.kinds or is_named:
        raise Invalid(
            "weak_password",
            f"at least {rules.min_length} characters of {rules.kinds} kinds, without the name",
            field="password",
            min_length=rules.min_length,
            kinds=rules.kinds,
        )
