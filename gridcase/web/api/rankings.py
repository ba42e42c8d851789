"""The call for rankings, as `gridcase rank` prints them: from the frozen record, else from the case history (evaluation.md 9)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from gridcase.cases.book import Desk
from gridcase.directory.people import Actor
from gridcase.errors import DefinitionError, Invalid, Reason
from gridcase.evaluation.default_schemes import default_scheme
from gridcase.evaluation.frozen.reading import published_text
from gridcase.evaluation.frozen.store import RecordKey
from gridcase.evaluation.periods import parse_period
from gridcase.evaluation.rank import RankRequest, rank, rank_as_json
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.schemes import Scheme
from gridcase.web.api.answers import RankingReply
from gridcase.web.api.calls import Asked, Calls
from gridcase.web.api.queries import RankingQuery
from gridcase.web.context import premises
from gridcase.web.errors import Unable

RANKINGS = Calls("rankings")

_ASKED_WRONGLY = ("unknown_scheme", "no_valid_version")


@RANKINGS.read("/rankings/{period}/{of}", RankingQuery, answer=RankingReply)
def show_ranking(desk: Desk, _actor: Actor, asked: Asked) -> dict[str, Any]:
    """排名 (a ranking: periods such as 2026-10 or 2026-Q4; of departments, streets, communities, cells)."""
    query: RankingQuery = asked.query
    settings, of = desk.book.settings, asked.path["of"]
    period = parse_period(asked.path["period"], start_day=settings.evaluation.period_start_day)
    if query.as_of is None:
        key = RecordKey(desk.district, of, period.name)
        frozen = published_text(desk.connection, key, "json", scheme=query.scheme)
        if frozen is not None:
            told: dict[str, Any] = json.loads(frozen)
            return told
    schemes = SchemeFolder(premises().site.workflows / "schemes")
    scheme = _scheme(schemes, query.scheme or default_scheme(settings.evaluation, of), on=period.first_day)
    request = RankRequest(
        desk.district,
        period,
        of,
        scheme=scheme,
        now=desk.now.replace(microsecond=0),
        as_of=query.as_of,
        raters_at_least=settings.evaluation.raters_at_least,
    )
    try:
        answer = rank(desk.connection, request, schemes)
    except DefinitionError as error:
        raise Unable([Reason("definition_error")]) from error
    return rank_as_json(answer)


def _scheme(schemes: SchemeFolder, name: str, *, on: date) -> Scheme:
    try:
        return schemes.find(name, on=on)
    except DefinitionError as error:
        fault = error.faults[0]
        if fault.code in _ASKED_WRONGLY:
            raise Invalid(fault.code, fault.text, field="scheme", scheme=name) from error
        raise Unable([Reason("definition_error")]) from error
