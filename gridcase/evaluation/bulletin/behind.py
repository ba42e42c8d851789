"""The cases behind a number of a bulletin, from the same rows that made it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gridcase.errors import Invalid
from gridcase.evaluation.bulletin.breakdown import CaseRef, Frame, cases_behind
from gridcase.evaluation.bulletin.reading import draft_rows, frame_of, frozen_rows, read_judged
from gridcase.evaluation.case_list import Source, narrowed_cases
from gridcase.evaluation.frozen.store import RecordKey
from gridcase.evaluation.rank import RankRequest, check, finder
from gridcase.evaluation.rates import parse_sum
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.units import KEYS
from gridcase.facts.blocks import COLUMN_NAMES


@dataclass(frozen=True, slots=True)
class Behind:
    """The cases of a number with what each adds, by case number; T; whether they come from a frozen record."""

    cases: Mapping[str, int]
    as_of: datetime
    is_frozen: bool

    @property
    def value(self) -> int:
        """What the bulletin shows."""
        return sum(self.cases.values())


def cases_of(
    connection: Connection,
    request: RankRequest,
    ref: CaseRef,
    *,
    schemes: SchemeFolder,
    edges: tuple[int, ...],
) -> Behind:
    """The cases behind a number of the frozen record of a period, or of a draft where there is none.

    Raises Invalid `unknown_count`, `bad_value` for a band that is none; Damaged; as `rank` for a draft.
    """
    if ref.column.removesuffix("_count") not in COLUMN_NAMES or not ref.column.endswith("_count"):
        raise Invalid("unknown_count", f"there is no count {ref.column!r}", count=ref.column)
    if ref.band is not None and not 0 <= ref.band <= len(edges):
        raise Invalid("bad_value", f"band is from 0 to {len(edges)}", field="band")
    key = RecordKey(request.district, request.of, request.period.name)
    judged = read_judged(connection, key, is_exact=False)
    if judged is not None:
        rows = frozen_rows(connection, judged, signs=_signs(ref, request.of))
        cases = cases_behind(rows, frame_of(judged), ref, edges=edges)
        return Behind(cases, judged.as_of, True)
    return _of_draft(connection, request, ref, schemes=schemes, edges=edges)


def _of_draft(
    connection: Connection,
    request: RankRequest,
    ref: CaseRef,
    *,
    schemes: SchemeFolder,
    edges: tuple[int, ...],
) -> Behind:
    """From the case history: a band of age from the rows of what may be overdue, a count by sums in the database."""
    as_of = request.moments[-1][1]
    if ref.band is None:
        check(request)
        source = Source(request, finder(schemes, request.period), ())
        shares = narrowed_cases(connection, source, ref.narrowed, columns=parse_sum([ref.column]))
        return Behind({share.number: share.value for share in shares}, as_of, False)
    rows, months = draft_rows(connection, request, schemes, is_overdue_only=True)
    frame = Frame(request.district, request.of, months, request.scheme, request.scheme.selection)
    return Behind(cases_behind(rows, frame, ref, edges=edges), as_of, False)


def _signs(ref: CaseRef, of: str) -> list[bytes]:
    """What the line of every case of a number holds (docs/frozen.md): most lines need not be read."""
    named = {**ref.narrowed.parts, KEYS[of]: ref.unit}
    return [
        f'"{key}":{json.dumps(value, ensure_ascii=False)}'.encode() for key, value in named.items() if value
    ]
