"""Who reported: masked for whoever looks with a browser, in full by an act that is written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridcase.cases.masking import masked_case
from gridcase.directory.audit import Noted, note
from gridcase.web.context import credentials, now, premises
from gridcase.web.signing_in import address


def for_reader(view: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a case as its reader gets it: masked in a session, in full by a token, which stands for a system."""
    return masked_case(view) if credentials().secret else dict(view)


def reporters_of(view: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The reporters of a case and of those merged into it, each with the number of the case; none without a name."""
    told = [(view["number"], view["reporter"]), *((one["number"], one["reporter"]) for one in view["joined"])]
    return [
        {"number": number, **reporter}
        for number, reporter in told
        if reporter and (reporter["name"] or reporter["phone"])
    ]


def write_down(actor: str, number: str) -> None:
    """Write down that somebody looked at the reporters of a case."""
    place = premises()
    with place.database.transaction() as connection:
        note(connection, place.book.district, Noted(now(), actor, "reporter_shown", number, address()))
