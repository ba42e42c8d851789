"""Hides names and numbers of reporters where they are only looked at; who needs them asks, and that is written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HEAD, _TAIL = 3, 4
_WHOLE_NUMBER = 11


def masked_name(name: str | None) -> str | None:
    """The first character and a star for each other one, at most three: 张三 is 张*."""
    text = (name or "").strip()
    return text[:1] + "*" * min(len(text) - 1, 3) if len(text) > 1 else ("*" if text else name)


def masked_phone(phone: str | None) -> str | None:
    """Three characters, four stars and the last four; of a shorter number the last two: 13800001234 is 138****1234."""
    text = (phone or "").strip()
    if not text:
        return phone
    if len(text) >= _WHOLE_NUMBER:
        return f"{text[:_HEAD]}****{text[-_TAIL:]}"
    return "****" + (text[-2:] if len(text) > _TAIL else "")


def masked_case(view: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a case with every reporter in it masked."""
    joined = [{**one, "reporter": _masked(one.get("reporter"))} for one in view["joined"]]
    return {**view, "reporter": _masked(view["reporter"]), "joined": joined}


def _masked(reporter: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if reporter is None:
        return None
    return {"name": masked_name(reporter["name"]), "phone": masked_phone(reporter["phone"])}
