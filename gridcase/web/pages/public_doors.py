"""The doors that are open to everybody: whether they are, how often one address may knock, and how pages are drawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gridcase.cases.book import Desk
from gridcase.directory.lockout import Key, LockRules, hold_keys, locked_until, note_failure
from gridcase.errors import NotFound, Reason, Refused
from gridcase.web.context import now, premises
from gridcase.web.pages.frame import render
from gridcase.web.signing_in import address

# Reports that were made, and wrong codes.
REPORTS, LOOKS = "report", "follow"
TOO_MANY_REPORTS = "too_many_reports"


def public_page(template: str, **values: Any) -> str:
    """A page for everybody. Raises NotFound where the site takes no reports without sign-in."""
    check_open()
    place = premises()
    with place.database.reading() as connection:
        desk = Desk(connection, place.book, now())
        return render(desk, None, template, has_bulletins=place.book.settings.bulletin.public, **values)


def check_open() -> None:
    """Raises NotFound `unknown_path` where the site takes no reports without sign-in."""
    if not premises().book.settings.public.reports:
        raise NotFound("unknown_path", "this site takes no reports without sign-in")


def _rules() -> LockRules:
    settings = premises().book.settings.public
    bounds = {REPORTS: settings.reports_an_hour, LOOKS: settings.wrong_codes_an_hour}
    return LockRules(bounds, within=timedelta(hours=1), lock=timedelta(hours=1))


def is_locked(kind: str) -> bool:
    """Whether this address has to wait at a door."""
    place = premises()
    with place.database.reading() as connection:
        until = locked_until(connection, place.book.district, [Key(kind, address())], now=now())
    return until is not None


def count_try(kind: str) -> None:
    """Count a try of this address at a door."""
    place = premises()
    with place.database.transaction() as connection:
        note_failure(connection, place.book.district, [Key(kind, address())], rules=_rules(), now=now())


def count_report(desk: Desk) -> None:
    """Count a report of this address in the transaction that makes it: of many at once none gets past the bound.

    Raises Refused `too_many_reports`.
    """
    key = Key(REPORTS, address())
    hold_keys(desk.connection, desk.district, [key], now=desk.now)
    if locked_until(desk.connection, desk.district, [key], now=desk.now) is not None:
        raise Refused([Reason(TOO_MANY_REPORTS)], code=TOO_MANY_REPORTS)
    note_failure(desk.connection, desk.district, [key], rules=_rules(), now=desk.now)
