"""Reads imported scores: of every unit and column the newest import that names it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from gridcase.db import table_of
from gridcase.evaluation.models import ImportedScore
from gridcase.evaluation.score_values import ScoreRow

_ROW = table_of(ImportedScore).c


def newest_scores(
    connection: Connection, district: str, period: str, *, before: datetime | None = None
) -> list[ScoreRow]:
    """The rows of a period's newest scores, by column, unit and rater.

    Newest = of the last import that names the unit in the column; with `before`, of the last one that was made
    before that moment. A unit that the import names without a score is unknown.
    """
    is_asked = and_(_ROW.district == district, _ROW.period == period)
    if before is not None:
        is_asked = and_(is_asked, _ROW.imported_at < before)
    newest = (
        select(_ROW.column_name, _ROW.unit, func.max(_ROW.version).label("version"))
        .where(is_asked)
        .group_by(_ROW.column_name, _ROW.unit)
        .subquery()
    )
    columns = [_ROW[name] for name in ("column_name", "unit", "rater", "given", "out_of", "expected")]
    columns += [_ROW[name] for name in ("unit_name", "source", "document", "issued_on", "version")]
    statement = select(*columns, _ROW.imported_at).join(
        newest,
        and_(
            _ROW.column_name == newest.c.column_name,
            _ROW.unit == newest.c.unit,
            _ROW.version == newest.c.version,
        ),
    )
    rows = [ScoreRow(*tuple(values)) for values in connection.execute(statement.where(is_asked))]
    return sorted(rows, key=lambda row: row.order)
