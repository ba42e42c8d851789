"""How a bulletin writes periods, moments and percents, and what it notes of the figures it compares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from gridcase.clock import CHINA
from gridcase.config.tables import Bulletin as Settings
from gridcase.evaluation.bulletin.judged import Judged
from gridcase.evaluation.bulletin.words import Words
from gridcase.evaluation.periods import parse_period


def period_words(name: str, words: Words) -> str:
    """`2026年10月`, `2026年第4季度`, `2026年上半年`, `2026年第43周`."""
    kind, year = parse_period(name).kind, int(name[:4])
    if kind == "day":
        day = date.fromisoformat(name)
        return words("period.day", year=year, month=day.month, day=day.day)
    if kind == "month":
        return words("period.month", year=year, month=int(name[5:]))
    if kind == "half":
        return words(f"period.half_{name[6:]}", year=year)
    if kind in ("week", "quarter"):
        return words(f"period.{kind}", year=year, number=int(name[6:]))
    return words("period.year", year=year)


def day_words(day: date, words: Words) -> str:
    """`2026年11月3日`."""
    return words("period.day", year=day.year, month=day.month, day=day.day)


def moment_words(moment: datetime, words: Words) -> str:
    """`2026年11月1日0时`, with minutes and seconds where there are any."""
    local = moment.astimezone(CHINA)
    text = day_words(local.date(), words) + words("period.hour", hour=local.hour)
    if local.minute or local.second:
        text += words("period.minute", minute=local.minute)
    return text + words("period.second", second=local.second) if local.second else text


def band_labels(bands: Sequence[tuple[int, int | None]], words: Words) -> list[str]:
    """The label of each band of age: `3天以内`, `3–7天`, `30天以上`."""
    found = []
    for lower, upper in bands:
        if upper is None:
            found.append(words("column.band_last", lower=lower))
        elif lower == 0:
            found.append(words("column.band_first", upper=upper))
        else:
            found.append(words("column.band_middle", lower=lower, upper=upper))
    return found


def notes_of(
    judged: Judged, last: Judged | None, year_ago: Judged | None, *, words: Words
) -> tuple[str, ...]:
    """What a reader of the figures must know: which cases they hold, what they are compared with."""
    notes = []
    if judged.of == "departments":
        notes.append(words("text.of_departments"))
    if judged.judged_before:
        notes.append(words("text.judged_before", count=judged.judged_before))
    empty = judged.scheme.printing.empty
    for key, table in (("last", last), ("year_ago", year_ago)):
        if table is None:
            notes.append(words(f"text.no_{key}", empty=empty))
        else:
            notes.append(words(f"text.{key}", period=period_words(table.period, words)))
    if last is not None or year_ago is not None:
        notes.append(words("text.compared"))
    for table in (last, year_ago):
        if table is not None and _made_by(table) != _made_by(judged):
            notes.append(
                words(
                    "text.other_scheme",
                    period=period_words(table.period, words),
                    scheme=table.scheme.title,
                    version=table.scheme.version,
                    formula_version=table.formula_version,
                )
            )
    return tuple(notes)


def _made_by(judged: Judged) -> tuple[str, int, int]:
    return judged.scheme.name, judged.scheme.version, judged.formula_version


def list_rules(settings: Settings, words: Words) -> tuple[str, ...]:
    """By which rule the red and the black list were drawn."""
    rules = []
    if not (settings.red_from and settings.black_below):
        rules.append(words("text.lists_by_rank", count=settings.listed))
    if settings.red_from:
        rules.append(words("text.red_by_score", limit=plain(settings.red_from)))
    if settings.black_below:
        rules.append(words("text.black_by_score", limit=plain(settings.black_below)))
    return tuple(rules)


def card_rule(settings: Settings, words: Words) -> str:
    """What a yellow and a red card mean."""
    return words("text.cards", limit=plain(settings.yellow_below), periods=settings.red_after)


def plain(value: Fraction | Decimal) -> str:
    """A decimal number of a scheme or a setting, without zeros at its end."""
    exact = Fraction(value)
    text = f"{Decimal(exact.numerator) / exact.denominator:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
