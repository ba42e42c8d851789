"""The call for rankings, as `gridcase rank` prints them: from the frozen record, else from the case history (evaluation.md 9)."""

from __future__ import annotations

import json
from typing import Any

from gridcase.cases.book import Desk
from gridcase.cases.listing import visible_numbers
from gridcase.cases.shown import china_text
from gridcase.directory.people import Actor
from gridcase.errors import DefinitionError, Reason
from gridcase.evaluation.case_list import cases_behind, count_sum, find_unit, source_of
from gridcase.evaluation.default_schemes import default_scheme
from gridcase.evaluation.frozen.reading import published_text
from gridcase.evaluation.frozen.store import RecordKey
from gridcase.evaluation.periods import Period, parse_period
from gridcase.evaluation.rank import RankRequest, rank, rank_as_json
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.web.api.answers import RankingCasesReply, RankingReply
from gridcase.web.api.calls import Asked, Calls
from gridcase.web.api.queries import RankingCasesQuery, RankingQuery
from gridcase.web.asked_schemes import asked_scheme
from gridcase.web.context import premises
from gridcase.web.errors import Unable
from gridcase.web.ranking_kinds import check_kind

RANKINGS = Calls("rankings")


@RANKINGS.read("/rankings/{period}/{of}", RankingQuery, answer=RankingReply)
def show_ranking(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """排名 (a ranking: periods such as 2026-10 or 2026-Q4; of departments, streets, communities, cells, posts)."""
    query: RankingQuery = asked.query
    period = _period(desk, actor, asked)
    if query.as_of is None:
        key = RecordKey(desk.district, asked.path["of"], period.name)
        frozen = published_text(desk.connection, key, "json", scheme=query.scheme)
        if frozen is not None:
            told: dict[str, Any] = json.loads(frozen)
            return told
    request, schemes = _request(desk, period, asked)
    try:
        answer = rank(desk.connection, request, schemes)
    except DefinitionError as error:
        raise Unable([Reason("definition_error")]) from error
    return rank_as_json(answer)


@RANKINGS.read("/rankings/{period}/{of}/cases", RankingCasesQuery, answer=RankingCasesReply)
def show_ranking_cases(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """数字背后的案件 (the cases behind a number of a ranking, as `gridcase cases` lists them)."""
    query: RankingCasesQuery = asked.query
    request, schemes = _request(desk, _period(desk, actor, asked), asked)
    try:
        source = source_of(desk.connection, request, schemes, scheme_name=query.scheme)
        unit = find_unit(desk.connection, source, query.unit)
        columns = count_sum(query.count)
        found = cases_behind(desk.connection, source, [unit.code], columns=columns)
    except DefinitionError as error:
        raise Unable([Reason("definition_error")]) from error
    page = [share for share in found if share.number > (query.after or "")][: query.limit]
    seen = visible_numbers(desk, actor, [share.number for share in page])
    return {
        "unit": unit.name,
        "code": unit.code,
        "count": ",".join(str(term) for term in columns),
        "as_of": china_text(source.as_of),
        "value": sum(share.value for share in found),
        "cases": len(found),
        "items": [{"number": share.number, "value": share.value} for share in page if share.number in seen],
        "hidden_count": len(page) - len(seen),
        "next": page[-1].number if page and page[-1].number != found[-1].number else None,
    }


def _period(desk: Desk, actor: Actor, asked: Asked) -> Period:
    """The period of the path. Raises Invalid `bad_period`, NotPermitted for figures of people."""
    check_kind(desk, actor, asked.path["of"])
    return parse_period(asked.path["period"], start_day=desk.book.settings.evaluation.period_start_day)


def _request(desk: Desk, period: Period, asked: Asked) -> tuple[RankRequest, SchemeFolder]:
    """What is asked for, and the schemes of the site."""
    query: RankingQuery = asked.query
    settings, of = desk.book.settings.evaluation, asked.path["of"]
    schemes = SchemeFolder(premises().site.workflows / "schemes")
    request = RankRequest(
        desk.district,
        period,
        of,
        scheme=asked_scheme(schemes, query.scheme or default_scheme(settings, of), on=period.first_day),
        now=desk.now.replace(microsecond=0),
        as_of=query.as_of,
        raters_at_least=settings.raters_at_least,
    )
    return request, schemes
