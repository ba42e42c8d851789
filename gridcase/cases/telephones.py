"""Telephone numbers that are written in many ways and are the same: their form, and what is compared."""

from __future__ import annotations

import re

# What people and other platforms write between the digits: blanks, marks, an extension (转801). The stars of a masked
# number are no such thing: what they hide may be anybody's.
_MARKS = " +()-.,转分机"
_BETWEEN = r" +\(\)\-*.,转分机"


def _pattern(digits: str, between: str) -> str:
    """Digits, 3 to 20 of them (110, 12345, a number with its country); the same to `re`, to browsers and to OpenAPI."""
    return f"[{between}]*([{digits}][{between}]*){{3,20}}"


PHONE_PATTERN = _pattern("0-9", _BETWEEN)
# As an input method may write it: what pages let pass, and make narrow (`texts.narrow`) before it is kept.
TYPED_PATTERN = _pattern("0-9０-９", f"{_BETWEEN}　＋（）－＊．，")

_PHONE = re.compile(PHONE_PATTERN)
_NO_MARKS = str.maketrans(dict.fromkeys(_MARKS))
# As dialled in the country: a mobile number by itself; any other with 0, the code of its area (2 or 3 digits), and its
# 7 or 8 digits. From another country 86 stands before both, and no 0.
_MOBILE = re.compile("1[3-9][0-9]{9}")
_AT_HOME = re.compile(f"{_MOBILE.pattern}|0[0-9]{{9,11}}")
_FROM_ABROAD = re.compile("(?:00)?86([1-9][0-9]{8,10})")


def is_phone(text: str) -> bool:
    """Whether a text is a telephone number, in ASCII digits."""
    return _PHONE.fullmatch(text) is not None


def bare_phone(phone: str | None) -> str | None:
    """A number without its marks, as it is kept to be found; None for none."""
    return phone.translate(_NO_MARKS) if phone else None


def spellings(phone: str) -> set[str]:
    """What `bare_phone` may have made of this number: it, and the same with and without the country before it.

    `+86 138 0000 1234` is `13800001234`; `0086 22 8712 3456` is `02287123456`.
    """
    bare = phone.translate(_NO_MARKS)
    abroad = _FROM_ABROAD.fullmatch(bare)
    home = bare if abroad is None else _dialled_at_home(abroad[1])
    if not _AT_HOME.fullmatch(home):
        return {bare}
    rest = home.removeprefix("0")
    return {bare, home, f"86{rest}", f"0086{rest}"}


def _dialled_at_home(rest: str) -> str:
    return rest if _MOBILE.fullmatch(rest) else f"0{rest}"
