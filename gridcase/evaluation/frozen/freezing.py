"""Freezes a period: gathers what its ranking was made of, seals it, and writes it in one transaction (evaluation.md 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from gridcase.db import Database
from gridcase.errors import Reason, Refused
from gridcase.evaluation.composing import FindScheme
from gridcase.evaluation.formula import FORMULA_VERSION
from gridcase.evaluation.frozen.chunks import Line, packed
from gridcase.evaluation.frozen.counts import NAME as COUNTS
from gridcase.evaluation.frozen.counts import counts_text, frozen_month
from gridcase.evaluation.frozen.drafting import InputsHash, Spool, lines_of, spool
from gridcase.evaluation.frozen.gathering import used_rows
from gridcase.evaluation.frozen.heads import Head, Month, month_of, sha256_of
from gridcase.evaluation.frozen.inputs import UNITS, scheme_texts, units_text
from gridcase.evaluation.frozen.lines import score_key, score_line
from gridcase.evaluation.frozen.overlay import FACTS, SCORES
from gridcase.evaluation.frozen.publishing import Seal, published
from gridcase.evaluation.frozen.score_inputs import missing_scores, score_columns
from gridcase.evaluation.frozen.store import (
    RecordKey,
    last_in_chain,
    newest_record,
    write_chunk,
    write_head,
    write_judged,
    write_texts,
)
from gridcase.evaluation.frozen.tally import Tally
from gridcase.evaluation.once import OnceQuery
from gridcase.evaluation.periods import Period
from gridcase.evaluation.rank import (
    Found,
    RankRequest,
    check,
    counted,
    finder,
    judge,
    once_query,
)
from gridcase.evaluation.scheme_folder import SchemeFolder
from gridcase.evaluation.score_queries import newest_scores
from gridcase.evaluation.score_values import ScoreRow, Scores, scores_of
from gridcase.evaluation.units import JudgedUnit

# Units named in a refusal; the rest is counted.
_NAMED = 10


@dataclass
class Draft:
    """A record that is ready to be written: `head` follows what was written last, as `chain` says."""

    head: Head
    spool: Spool
    texts: dict[str, str]
    judged: list[str]


def freeze(database: Database, request: RankRequest, schemes: SchemeFolder, *, by: str) -> Head:
    """Write the frozen record of a period; answers its head. All of it or nothing is kept.

    T is the end of the period and the delay of the scheme, or the moment given. Raises Refused with every reason:
    `already_frozen`, `not_over_yet` (T or the end of the period lies in the future), `example_weights`,
    `score_missing`; `frozen_meanwhile` when another record was written at the same time. As `rank` otherwise.
    """
    check(request)
    find = finder(schemes, request.period)
    with spool() as kept:
        with database.reading() as connection:
            draft = _draft(connection, request, find, kept=kept, by=by)
        with writing(database, draft.head) as connection:
            write_draft(connection, draft)
    return draft.head


def _draft(connection: Connection, request: RankRequest, find: FindScheme, *, kept: Spool, by: str) -> Draft:
    _check_free(connection, request)
    query = once_query(request, find)
    months = tuple(_month(connection, query, period, at=at) for period, at in query.moments)
    told = {month.period: month for month in months}
    tally = Tally(request.district, query.by, query.selection, told, of=request.of)
    before = _blank(connection, request, months, by=by)
    hashed = InputsHash(before.first_line)
    judged: list[str] = []
    lines = lines_of(used_rows(connection, query, tally), tally, may_move=judged)
    fact_rows = kept.put(FACTS, packed(hashed.through(lines)))
    found = counted(connection, request, find, counts=tally.counts, judged_before=tally.judged_before)
    rows = used_scores(connection, request, found.units, find=find)
    scores = scores_of(rows, raters_at_least=request.raters_at_least)
    _check_scores(request, found, find, scores=scores)
    own = [Line(score_key(row), score_line(row).encode()) for row in rows]
    kept.put(SCORES, packed(hashed.through(own)))
    answer = judge(request, replace(found, scores=scores), find)
    texts = {
        **scheme_texts(request.scheme, find),
        UNITS: units_text(found),
        COUNTS: counts_text(query.by, tally.counts),
        **published(answer, [Seal(0, before.at, by, hashed.text, before.previous_sha256)], rows),
    }
    head = replace(
        before,
        fact_rows=fact_rows,
        score_rows=len(rows),
        judged_before=tally.judged_before,
        parts=tuple(kept.parts),
        texts=tuple(sorted((name, sha256_of(text)) for name, text in texts.items())),
        inputs_sha256=hashed.text,
    )
    return Draft(head, kept, texts, judged)


def _check_free(connection: Connection, request: RankRequest) -> None:
    """Raises Refused with every reason that needs no counting."""
    found = [*_reasons(connection, request)]
    if found:
        raise Refused(
            [reason for reason, _text in found],
            code=found[0][0].code,
            message="; ".join(text for _reason, text in found),
        )


def _reasons(connection: Connection, request: RankRequest) -> Iterator[tuple[Reason, str]]:
    period, now = request.period, request.now
    record = newest_record(connection, RecordKey(request.district, request.of, period.name))
    if record is not None:
        yield Reason("already_frozen"), f"{period.name} of {request.of} is frozen already"
    delay = timedelta(hours=request.scheme.selection.as_of_delay_hours)
    judged_at = request.as_of or period.end + delay
    if max(judged_at, period.end) > now:
        yield Reason("not_over_yet"), f"{period.name} ends and is judged at {judged_at.isoformat()} only"
    if request.scheme.has_example_weights:
        yield Reason("example_weights"), f"the weights of {request.scheme.name} are an example"


def _check_scores(request: RankRequest, found: Found, find: FindScheme, *, scores: Scores) -> None:
    missing = missing_scores(found.units, score_columns(request.scheme, find), scores)
    if missing:
        named = ", ".join(f"{column} of {unit.name} ({unit.code})" for unit, column in missing[:_NAMED])
        rest = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        reasons = [
            Reason("score_missing", {"unit": unit.code, "column": column}, field=column)
            for unit, column in missing
        ]
        raise Refused(reasons, code="score_missing", message=f"{named}{rest}")


def used_scores(
    connection: Connection, request: RankRequest, units: Iterable[JudgedUnit], *, find: FindScheme
) -> list[ScoreRow]:
    """The newest imported scores that the scheme looks at for the judged units, by column, unit and rater."""
    columns = score_columns(request.scheme, find).used
    codes = {unit.code for unit in units}
    rows = newest_scores(connection, request.district, request.period.name)
    return [row for row in rows if row.column in columns and row.unit in codes]


def _month(connection: Connection, query: OnceQuery, period: Period, *, at: datetime) -> Month:
    frozen = frozen_month(connection, query, period)
    return month_of(period, at if frozen is None else frozen.as_of)


def _blank(connection: Connection, request: RankRequest, months: tuple[Month, ...], *, by: str) -> Head:
    """The head as far as it is known before anything is counted."""
    chain_no, previous = last_in_chain(connection, request.district, request.of)
    scheme, span = request.scheme, request.period.span
    return Head(
        district=request.district,
        of=request.of,
        period=request.period.name,
        amendment=0,
        chain_no=chain_no + 1,
        start=span.start,
        end=span.end,
        as_of=request.moments[-1][1].astimezone(UTC),
        months=months,
        scheme=scheme.name,
        scheme_version=scheme.version,
        scheme_sha256=sha256_of(scheme.text),
        selection=scheme.selection,
        formula_version=FORMULA_VERSION,
        raters_at_least=request.raters_at_least,
        fact_rows=0,
        score_rows=0,
        judged_before=0,
        parts=(),
        texts=(),
        inputs_sha256="",
        previous_sha256=previous,
        at=request.now,
        by=by,
    )


# --- writing ----------------------------------------------------------------------------------------------------


@contextmanager
def writing(database: Database, head: Head) -> Iterator[Connection]:
    """A transaction in which nothing was written to the chain since the head was drafted.

    Raises Refused `frozen_meanwhile` otherwise: what was counted may have been judged by the other record.
    """
    refusal = Refused(
        [Reason("frozen_meanwhile")],
        code="frozen_meanwhile",
        message="another record of these units was written meanwhile; run the command again",
    )
    try:
        with database.transaction() as connection:
            if last_in_chain(connection, head.district, head.of) != (head.chain_no - 1, head.previous_sha256):
                raise refusal
            write_head(connection, head)
            yield connection
    except IntegrityError as error:
        raise refusal from error


def write_draft(connection: Connection, draft: Draft) -> None:
    """Write all rows of a record but that of its head."""
    for part, no, chunk in draft.spool.chunks():
        write_chunk(connection, draft.head, chunk, part=part, no=no)
    write_texts(connection, draft.head, draft.texts)
    write_judged(connection, draft.head, draft.judged)
