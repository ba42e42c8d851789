"""What the questions count in random histories, against a slow count over the steps themselves, at several moments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from gridcase.config.integrity import Integrity
from gridcase.evaluation.integrity.looking import Sight, query_of
from gridcase.evaluation.integrity.reading import tally_of
from gridcase.evaluation.integrity.rules import CELLS, CLOSINGS, PAIRS, RULES, SELF_HANDLING, VOIDS
from gridcase.evaluation.periods import Period, parse_period
from gridcase.facts import Step
from tests.evaluation.ledger import DISTRICT, fill, make_ledger
from tests.making import china

OCTOBER = parse_period("2026-10")
_RESULTS = {"verify_pass": "passed", "verify_fail": "failed"}
Key = tuple[tuple[str, str], str]


def records(steps: Sequence[Step], at: datetime, settings: Integrity) -> Iterator[tuple[str, Key]]:
    """Rule and record of one case, read step by step."""
    steps = [step for step in steps if step.at < at]
    span = OCTOBER.span
    department = cell = ""
    for step in steps:
        data = step.data
        cell = (data.get("corrections") or {}).get("cell") or data.get("cell") or cell
        if step.trigger in ("dispatch", "redispatch", "rework"):
            department = data.get("department") or department
        if step.trigger == "return_to_intake":
            department = ""
        if not span.start <= step.at < span.end:
            continue
        if step.trigger in _RESULTS:
            yield PAIRS, ((step.actor, department), _RESULTS[step.trigger])
        if step.trigger == "void":
            late = step.at >= span.end - timedelta(hours=settings.void_hours)
            yield VOIDS, ((department, ""), "late" if late else "earlier")
        if step.to_state in ("closed", "force_closed") and step.trigger in ("close", "force_close"):
            late = step.at >= span.end - timedelta(minutes=settings.closing_minutes)
            yield CLOSINGS, ((step.actor, ""), "late" if late else "earlier")
    if steps and span.holds(steps[0].at):
        yield CELLS, ((cell, ""), "2026-10")
        if steps[0].role == "inspector":
            is_settled = steps[-1].to_state == "self_closed"
            yield SELF_HANDLING, ((steps[0].actor, ""), "self_handled" if is_settled else "reported")


def test_records_are_those_of_a_count_over_all_steps(database_url: str) -> None:
    ledger = make_ledger(database_url)
    fill(ledger, 160, seed=5)
    settings = Integrity(void_hours=24 * 20, closing_minutes=1440)
    judged: tuple[Period, datetime] = (OCTOBER, OCTOBER.span.end)

    seen: Counter[str] = Counter()
    for moment in (
        "2026-10-03T12:00",
        "2026-10-12T15:30",
        "2026-10-25T00:00",
        "2026-11-01T00:00",
        "2027-01-01T00:00",
    ):
        at = china(moment)
        query = query_of(DISTRICT, judged, settings, start_day=1, as_of=at)
        expected: dict[str, Counter[Key]] = {rule: Counter() for rule in RULES}
        for steps in ledger.steps.values():
            for rule, key in records(steps, at, settings):
                expected[rule][key] += 1
        if at < OCTOBER.span.end:
            # Before the month is over the last minutes are those before T, and nobody is asked about them.
            expected.pop(CLOSINGS)
        with ledger.database.reading() as connection:
            sight = Sight(connection, query)
            for rule in (VOIDS, CLOSINGS, CELLS, PAIRS, SELF_HANDLING):
                if rule not in expected:
                    continue
                found = dict(tally_of(connection, sight.source(rule)).counts)
                assert found == dict(expected[rule]), (moment, rule)
                seen[rule] += sum(found.values())
    ledger.database.close()
    assert all(seen[rule] > 10 for rule in (VOIDS, CLOSINGS, CELLS, PAIRS, SELF_HANDLING)), seen
