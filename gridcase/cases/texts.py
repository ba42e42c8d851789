"""What any text that people send must keep, whatever it is for: readable, and no longer than its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.models import Case
from gridcase.cases.telephones import is_phone
from gridcase.db import table_of
from gridcase.errors import Invalid

# Fields that are kept in a column of their own, with its width in characters.
_WIDTHS: dict[str, int] = {
    name: getattr(table_of(Case).c[name].type, "length", 0)
    for name in ("component_code", "outside_number", "reporter_name", "reporter_phone")
}
_WIDTHS["receiver"] = 80

_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
# Full-width digits, letters and marks stand in one row, this far from those of ASCII; the wide blank stands alone.
_WIDE, _WIDER_BY = range(0xFF01, 0xFF5F), 0xFEE0
_NARROW = {wide: wide - _WIDER_BY for wide in _WIDE} | {0x3000: 0x20}


def check_texts(desk: Desk, records: Mapping[str, Any]) -> None:
    """Refuse a text that no database can keep, or longer than its column or the setting `text.max_length`.

    Looks into mappings. Raises Invalid `bad_value` or `too_long` with the field.
    """
    longest = desk.book.settings.text.max_length
    for name, value in records.items():
        if isinstance(value, str):
            _check(name, value, min(longest, _WIDTHS.get(name, longest)))
        elif isinstance(value, Mapping):
            check_texts(desk, value)


def _check(name: str, value: str, longest: int) -> None:
    # PostgreSQL keeps no NUL, and half of a surrogate pair has no UTF-8.
    if _NO_TEXT.search(value):
        raise Invalid("bad_value", f"{name} holds a character that is no text", field=name)
    if len(value) > longest:
        raise Invalid(
            "too_long", f"{name} is longer than {longest} characters", field=name, max_length=longest
        )


def check_phone(name: str, value: str | None) -> None:
    """Refuse what is no telephone number; empty is none. Raises Invalid `bad_value` with the field."""
    if value and not is_phone(value):
        text = f"{name}: 3 to 20 digits, between them blanks + - ( ) * . , 转 分机"
        raise Invalid("bad_value", text, field=name, expected="phone")


def narrow(text: str) -> str:
    """A text with the digits, letters, marks and blanks that an input method wrote wide (１２Ａ－) as in ASCII (12A-)."""
    return text.translate(_NARROW)
