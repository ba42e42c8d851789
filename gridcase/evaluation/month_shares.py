"""What a settled case adds to the counts of months and units, and how sums over such cases are kept (evaluation.md 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache

from gridcase.clock import CHINA
from gridcase.evaluation.periods import Period, period_of
from gridcase.facts import FactRow, Selection, columns_at
from gridcase.facts.blocks import INTAKE_MOMENTS

# The selections that sums are kept for; a scheme that asks for another one is counted from the rows.
KEPT_MODES = ("due", "reported")
# The families of units: by which keys of the fact row a sum is kept. Areas of any level are sums of places.
FAMILIES: dict[str, tuple[str, ...]] = {
    "department": ("department",),
    "place": ("street", "community", "cell"),
}
# mode, family, month, unit: one kept row
SumKey = tuple[str, str, str, str]

_SEPARATOR = "/"
# Behind every step that can be: nothing that a settled case adds depends on the moment at which it is judged.
_AFTER_ALL = datetime(2300, 1, 1, tzinfo=UTC)
# The moments on which the months depend that a settled case counts in.
MOMENTS = tuple(
    dict.fromkeys((*INTAKE_MOMENTS.values(), "due_at", "handled_at", "closed_at", "acts_from", "acts_to"))
)


def is_kept(selection: Selection) -> bool:
    """Whether the kept sums are sums of what this selection counts."""
    return (
        selection.mode in KEPT_MODES
        and selection.on_time_closing == "handling"
        and selection.carry_over == "own_column"
    )


def shares(row: FactRow, start_day: int) -> Iterator[tuple[SumKey, dict[str, int]]]:
    """What the case adds to which kept sums, once it has ended and no order to a department is open.

    In mode `due` to every month between its first and its last moment, the carry-over among them; in mode
    `reported` to the month of the report. The moment of judging does not matter any more: it only has to lie
    behind the case's last step.
    """
    for mode in KEPT_MODES:
        for month in _months(row, mode, start_day):
            counts = share_of_month(row, month, mode)
            if counts:
                for family in FAMILIES:
                    unit = unit_of(row, family)
                    if unit is not None:
                        yield (mode, family, month.name, unit), counts


def share_of_month(row: FactRow, month: Period, mode: str) -> dict[str, int]:
    """What the case adds to the counts of one month; zeros are left out."""
    found = columns_at(row, period=month.span, at=_AFTER_ALL, selection=Selection(mode=mode))
    return {name: value for name, value in found.items() if value}


def unit_of(row: FactRow, family: str) -> str | None:
    """Under which name the case stands in a family; None when it belongs to no unit of it."""
    return unit_named(family, [getattr(row, key) for key in FAMILIES[family]])


def unit_named(family: str, codes: Sequence[str | None]) -> str | None:
    """The name of the unit of a family with these codes, one for each of its keys; None when it has no code."""
    if family == "department":
        return codes[0]
    return _SEPARATOR.join(code or "" for code in codes) if any(codes) else None


def unit_by(family: str, unit: str, by: tuple[str, ...], *, district: str) -> tuple[str, ...] | None:
    """The value of each key `by` of a kept unit; None when one is missing."""
    names = FAMILIES[family]
    codes = [unit] if family == "department" else unit.split(_SEPARATOR)
    known: Mapping[str, str] = {**dict(zip(names, codes, strict=True)), "district": district}
    found = tuple(known[key] for key in by)
    return found if all(found) else None


def family_of(by: tuple[str, ...]) -> str:
    """The family whose sums give those by these keys."""
    return "department" if "department" in by else "place"


def _months(row: FactRow, mode: str, start_day: int) -> Iterator[Period]:
    if mode == "reported":
        if row.reported_at is not None:
            yield month_of_day(row.reported_at.astimezone(CHINA).date(), start_day)
        return
    moments = [moment for name in MOMENTS if (moment := getattr(row, name)) is not None]
    if not moments:
        return
    last = max(moments)
    month = month_of_day(min(moments).astimezone(CHINA).date(), start_day)
    while month.start <= last:
        yield month
        month = month_of_day(month.end.date(), start_day)


@lru_cache(maxsize=1024)
def month_of_day(day: date, start_day: int) -> Period:
    """The month that holds a China date."""
    return period_of(datetime.combine(day, time(), CHINA), start_day=start_day)
