"""Which months the sums over settled fact rows are kept for; what makes rows anew by hand declares them void."""

from __future__ import annotations

from sqlalchemy import Connection

from gridcase.directory.service import set_site_fact, site_fact

_START_DAY = "month_sums.start_day"
_VOID = "void"


def start_day_of_sums(connection: Connection, district: str) -> int | None:
    """The start day of the months that sums are kept for; None when there are none, or they are void."""
    text = site_fact(connection, district, _START_DAY)
    return None if text in (None, _VOID) else int(str(text))


def are_void(connection: Connection, district: str) -> bool:
    """Whether a fact row was made anew under the sums."""
    return site_fact(connection, district, _START_DAY) == _VOID


def keep_sums_from(connection: Connection, district: str, start_day: int) -> None:
    """Sums are kept for months that begin on this day from here on; two who say so at once wait for each other."""
    set_site_fact(connection, district, _START_DAY, value=str(start_day))


def declare_void(connection: Connection, district: str) -> None:
    """Fact rows were made anew: no sum is read until all are made anew too."""
    set_site_fact(connection, district, _START_DAY, value=_VOID)
