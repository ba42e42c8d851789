"""Which periods have a bulletin: those that are frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from gridcase.db import table_of
from gridcase.evaluation.frozen.models import FrozenRecord

_RECORD = table_of(FrozenRecord).c


@dataclass(frozen=True, slots=True)
class Published:
    """A frozen period of one kind of units, with the number of its last amendment."""

    of: str
    period: str
    ends_at: datetime
    amendment: int


def published(connection: Connection, district: str, units: Sequence[str]) -> list[Published]:
    """The frozen periods of these kinds of units, the one that ended last first."""
    statement = (
        select(_RECORD.unit_kind, _RECORD.period, _RECORD.ends_at, func.max(_RECORD.amendment))
        .where(_RECORD.district == district, _RECORD.unit_kind.in_(units))
        .group_by(_RECORD.unit_kind, _RECORD.period, _RECORD.ends_at)
    )
    found = [Published(*row) for row in connection.execute(statement)]
    return sorted(found, key=lambda each: (each.ends_at, each.period, each.of), reverse=True)
