"""The questions: from which numbers on something is asked, by the settings; exact arithmetic on counts, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from gridcase.config.integrity import Integrity
from gridcase.evaluation.integrity.chance import (
    chance_of_passes,
    decimal_text,
    expected,
    percent_text,
)
from gridcase.evaluation.integrity.tally import Figure, Subject, Tally

VOIDS, CLOSINGS, CELLS, PAIRS = (
    "last_day_voids",
    "last_minute_closings",
    "silent_cells",
    "always_passing_pairs",
)
PHOTOS, SELF_HANDLING, BURSTS = "photos_seen_twice", "self_handling_share", "self_handling_burst"
# In the order in which they are asked.
RULES = (VOIDS, CLOSINGS, CELLS, PAIRS, PHOTOS, SELF_HANDLING, BURSTS)

# Marks of cases; silent cells are marked by the names of months.
LATE, EARLIER = "late", "earlier"
PASSED, FAILED = "passed", "failed"
ALIKE, LIKE = "alike", "like"
SETTLED, REPORTED = "self_handled", "reported"
WITHIN, SINGLE = "within", "single"

_BETWEEN, _NOBODY = "|", "-"


def subject_of(key: str) -> Subject:
    """The subject of the key of a question."""
    first, _between, second = key.partition(_BETWEEN)
    return ("" if key == _NOBODY else first), second


@dataclass(frozen=True)
class Finding:
    """One question: about whom, the figures (the first one is what is asked about), and values that are no counts."""

    rule: str
    subject: Subject
    figures: tuple[Figure, ...]
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The subject as one text; nobody in particular is `-`."""
        return _BETWEEN.join(self.subject) if self.subject[1] else self.subject[0] or _NOBODY

    @property
    def asked(self) -> Figure:
        """What the question is about."""
        return self.figures[0]


@dataclass(frozen=True)
class Looked:
    """What came of one rule: how many were looked at (the first figure), and the questions, none being good news.

    `is_ready` is False for a rule that cannot be judged before the period is over.
    """

    rule: str
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    is_ready: bool = True


def last_day_voids(tally: Tally, settings: Integrity) -> Looked:
    """Departments with `voids_at_least` voids or more in the last `void_hours` of the period."""
    return _late(VOIDS, tally, at_least=settings.voids_at_least)


def last_minute_closings(tally: Tally, settings: Integrity) -> Looked:
    """People who closed `closings_at_least` cases or more in the last `closing_minutes` before the cut-off."""
    return _late(CLOSINGS, tally, at_least=settings.closings_at_least)


def _late(rule: str, tally: Tally, *, at_least: int) -> Looked:
    findings = []
    for subject in tally.subjects:
        late = tally.own("late", subject, LATE)
        if late.value >= at_least:
            findings.append(Finding(rule, subject, (late, tally.own("own", subject, LATE, EARLIER))))
    figures = (tally.all("looked_at", LATE, EARLIER), tally.all("late_of_all", LATE))
    return Looked(rule, figures, tuple(findings))


def silent_cells(tally: Tally, settings: Integrity, *, before: Sequence[str], now: str) -> Looked:
    """Cells with `cell_reports_at_least` reports or more in each of the months `before` and none in `now`."""
    looked_at, findings = 0, []
    for subject in tally.subjects:
        months = [tally.own(name, subject, name) for name in before]
        if min(month.value for month in months) < settings.cell_reports_at_least:
            continue
        looked_at += 1
        if not tally.own("now", subject, now).value:
            whole = tally.own("before", subject, *before)
            findings.append(Finding(CELLS, subject, (whole, *months)))
    return Looked(CELLS, (Figure("looked_at", looked_at),), tuple(findings))


def always_passing_pairs(tally: Tally, settings: Integrity) -> Looked:
    """Inspectors and departments of whom all verifications passed although that is improbable.

    With `pair_verifications_at_least` or more, and a probability strictly below `pair_chance_below` percent that
    all pass when they fail as often as all verifications of the period do. Where none fails, nothing is improbable.
    """
    whole, failed = tally.all("all", PASSED, FAILED), tally.all("failed_of_all", FAILED)
    limit, chances, findings = Fraction(settings.pair_chance_below) / 100, [], []
    for subject in tally.subjects:
        own = tally.own("own", subject, PASSED, FAILED)
        if own.value < settings.pair_verifications_at_least:
            continue
        chance = chance_of_passes(own.value, failed=failed.value, whole=whole.value)
        chances.append(chance)
        passed = tally.own("passed", subject, PASSED)
        if passed.value == own.value and chance < limit:
            values = {
                "chance": percent_text(chance),
                "exact": exact_text(own.value, failed.value, whole.value),
            }
            findings.append(Finding(PAIRS, subject, (passed, whole, failed), values))
    figures = (Figure("looked_at", len(chances)), whole, failed)
    by_chance = {"by_chance": decimal_text(expected(chances), 1)}
    return Looked(PAIRS, figures, tuple(findings), by_chance)


def exact_text(count: int, failed: int, whole: int) -> str:
    """The probability as the formula that gives it exactly, such as `(95/100)^20`."""
    return f"({whole - failed}/{whole})^{count}"


def photos_seen_twice(tally: Tally, _settings: Integrity, *, looked_at: int) -> Looked:
    """People of whom a photo resembles an earlier one; `looked_at` photos were sent in the period."""
    findings = [
        Finding(PHOTOS, subject, (tally.own("alike", subject, ALIKE), tally.own("like", subject, LIKE)))
        for subject in tally.subjects
    ]
    return Looked(PHOTOS, (Figure("looked_at", looked_at), tally.all("alike_of_all", ALIKE)), tuple(findings))


def self_handling_share(tally: Tally, settings: Integrity) -> Looked:
    """Inspectors with `self_handled_at_least` self-handled cases and a share `self_handled_times` that of the others.

    Nobody is compared with nobody: the others must have reported something.
    """
    findings = []
    times = Fraction(settings.self_handled_times)
    for subject in tally.subjects:
        settled = tally.own("settled", subject, SETTLED)
        own = tally.own("own", subject, SETTLED, REPORTED)
        theirs = tally.others("others_settled", subject, SETTLED)
        others = tally.others("others", subject, SETTLED, REPORTED)
        if settled.value < settings.self_handled_at_least or not others.value:
            continue
        share, usual = Fraction(settled.value, own.value), Fraction(theirs.value, others.value)
        if share >= times * usual and share > usual:
            values = {"share": decimal_text(share * 100, 1), "usual": decimal_text(usual * 100, 1)}
            findings.append(Finding(SELF_HANDLING, subject, (settled, own, theirs, others), values))
    figures = (tally.all("looked_at", SETTLED, REPORTED), tally.all("settled_of_all", SETTLED))
    return Looked(SELF_HANDLING, figures, tuple(findings))


def self_handling_burst(tally: Tally, values: Mapping[Subject, Mapping[str, str]]) -> Looked:
    """One question for each burst (`bursts.py`); `values` tell where and when each was."""
    findings = [
        Finding(BURSTS, subject, (tally.own("within", subject, WITHIN),), values[subject])
        for subject in tally.subjects
        if subject in values
    ]
    return Looked(BURSTS, (tally.all("looked_at", WITHIN, SINGLE),), tuple(findings))


# Rules that need nothing but counts and settings.
PLAIN: Mapping[str, Callable[[Tally, Integrity], Looked]] = {
    VOIDS: last_day_voids,
    CLOSINGS: last_minute_closings,
    PAIRS: always_passing_pairs,
    SELF_HANDLING: self_handling_share,
}
