"""Makes a bulletin: from the frozen record of a period, or as a draft from the case history (evaluation.md 11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from sqlalchemy import Connection

from gridcase.cases.catalogue import Channel
from gridcase.cases.catalogue_store import load_catalogue
from gridcase.config import Settings
from gridcase.directory.service import DEMO_MARK, site_fact
from gridcase.errors import Reason, Refused
from gridcase.evaluation.bulletin.backlog import backlog_of
from gridcase.evaluation.bulletin.breakdown import Category, band_edges, completed
from gridcase.evaluation.bulletin.columns import rates_shown
from gridcase.evaluation.bulletin.content import Bulletin, Hand, TrendPoint
from gridcase.evaluation.bulletin.earlier import before, year_before
from gridcase.evaluation.bulletin.figures import Compared, Sums
from gridcase.evaluation.bulletin.formulas import formula_lines
from gridcase.evaluation.bulletin.judged import Judged
from gridcase.evaluation.bulletin.kept import kept_breakdown
from gridcase.evaluation.bulletin.ranking import Tables, black_list, cards, ranked_groups, red_list
from gridcase.evaluation.bulletin.reading import draft, frozen_breakdown, read_judged
from gridcase.evaluation.bulletin.rewards import Rule, rewards_of
from gridcase.evaluation.bulletin.sentences import Told, sentences
from gridcase.evaluation.bulletin.telling import band_labels, card_rule, list_rules, notes_of, period_words
from gridcase.evaluation.bulletin.words import Words
from gridcase.evaluation.frozen.store import RecordKey
from gridcase.evaluation.rank import RankRequest
from gridcase.evaluation.scheme_folder import SchemeFolder

TOP = 5
# Frozen periods of the trend, the present one among them.
_TREND = 13
_OF_WHOLE = "streets"
_WHOLE = ("reported_count", "self_handled_count", "filed_count", "dispatched_count")


@dataclass(frozen=True)
class Office:
    """What bulletins of a site are made with beside the figures; `folder` keeps sums of frozen periods, if any."""

    settings: Settings
    words: Words
    channels: Mapping[str, Channel]
    rewards: tuple[Rule, ...] = ()
    folder: Path | None = None

    @property
    def edges(self) -> tuple[int, ...]:
        """The limits of the bands of age, in days."""
        return self.settings.bulletin.backlog_days

    def bands(self) -> list[str]:
        """The label of each band of age."""
        return band_labels(band_edges(self.edges), self.words)


@dataclass(frozen=True, slots=True)
class Names:
    """The names behind codes, as they were at the moment of judgement."""

    channels: Mapping[str, str]
    kinds: Mapping[str, str]
    categories: Mapping[Category, str]


def frozen_bulletin(connection: Connection, office: Office, key: RecordKey, *, hand: Hand) -> Bulletin | None:
    """The bulletin of a frozen period after its last amendment; None when it is not frozen. Raises Damaged."""
    judged = read_judged(connection, key)
    if judged is None:
        return None
    return _Maker(connection, office, frozen_sums(connection, office, judged)).make(hand)


def draft_bulletin(
    connection: Connection, office: Office, request: RankRequest, *, schemes: SchemeFolder, hand: Hand
) -> Bulletin:
    """What the bulletin would say if the period were frozen now, marked 未发布. Raises as `rank`."""
    judged, breakdown = draft(connection, request, schemes)
    return _Maker(connection, office, Sums(judged, completed(breakdown, judged.scheme))).make(hand)


def frozen_sums(connection: Connection, office: Office, judged: Judged) -> Sums:
    """The sums of a frozen table: those that were kept, else added up from its rows. Raises Damaged."""
    found = kept_breakdown(office.folder, judged, lambda: frozen_breakdown(connection, judged))
    return Sums(judged, completed(found, judged.scheme))


def not_published(key: RecordKey) -> Refused:
    """The refusal of a bulletin whose period is not frozen."""
    text = f"{key.period} of {key.of} is not frozen: only a draft can be printed"
    return Refused([Reason("not_published")], code="not_published", message=text)


class _Maker:
    """One making: reads the earlier records once."""

    def __init__(self, connection: Connection, office: Office, sums: Sums) -> None:
        self.connection, self.office, self.sums = connection, office, sums
        self.judged = sums.judged
        self.words = office.words
        self._tables: dict[str, Judged | None] = {}

    def make(self, hand: Hand) -> Bulletin:
        """The whole bulletin."""
        judged, office, words = self.judged, self.office, self.words
        names = self._names()
        last, year_ago = self._table(before(judged.period)), self._table(year_before(judged.period))
        compared = Compared(self.sums, self._sums(last), self._sums(year_ago))
        groups = ranked_groups(Tables(judged, last, year_ago))
        totals, sub_categories = compared.totals(), compared.sub_categories(names.categories)
        backlog = backlog_of(judged, self.sums.breakdown, office.edges, names=names.categories)
        told = Told(judged.of, last is not None, totals, sub_categories, groups, backlog)
        settings = office.settings.bulletin
        return Bulletin(
            site=office.settings.site.name,
            title=words(
                "document.title", period=period_words(judged.period, words), of=words(f"of.{judged.of}")
            ),
            marks=self._marks(),
            period_words=period_words(judged.period, words),
            judged=judged,
            previous=last,
            year_ago=year_ago,
            hand=hand if hand.signature else replace(hand, signature=settings.signature),
            basis=settings.basis,
            totals=totals,
            whole=self._whole(),
            sources=compared.sources(names.channels),
            kinds=compared.kinds(names.kinds),
            top=tuple(share for share in sub_categories if share.figure.value)[:TOP],
            groups=groups,
            backlog=backlog,
            trend=tuple(self._trend()),
            red=tuple(listed for group in groups for listed in red_list(group, settings)),
            black=tuple(listed for group in groups for listed in black_list(group, settings)),
            list_rules=list_rules(settings, words),
            cards=tuple(cards(judged, list(self._before()), settings)),
            card_rule=card_rule(settings, words),
            rewards=rewards_of(judged, office.rewards, words),
            formulas=formula_lines(judged, rates_shown(judged.of), words),
            notes=notes_of(judged, last, year_ago, words=words),
            sentences=sentences(told, words),
        )

    def _names(self) -> Names:
        office, judged = self.office, self.judged
        catalogue = load_catalogue(
            self.connection, judged.district, office.settings.catalogue.standard, at=judged.as_of
        )
        return Names(
            channels={code: channel.name for code, channel in office.channels.items()},
            kinds={kind: office.words(f"word.{kind}") for kind in ("event", "component")},
            categories={key: category.sub_name for key, category in catalogue.categories.items()},
        )

    def _marks(self) -> tuple[str, ...]:
        is_demo = site_fact(self.connection, self.judged.district, DEMO_MARK) is not None
        return (self.words("document.demo"),) if is_demo else ()

    # --- earlier periods --------------------------------------------------------------------------------------------

    def _table(self, period: str | None) -> Judged | None:
        if period is None:
            return None
        if period not in self._tables:
            self._tables[period] = read_judged(self.connection, self._key(period))
        return self._tables[period]

    def _key(self, period: str) -> RecordKey:
        return RecordKey(self.judged.district, self.judged.of, period)

    def _sums(self, judged: Judged | None) -> Sums | None:
        if judged is None:
            return None
        return frozen_sums(self.connection, self.office, judged)

    def _before(self) -> Iterator[Judged]:
        """The frozen tables just before this one, the nearest first, as far as cards look back."""
        period = self.judged.period
        for _step in range(self.office.settings.bulletin.red_after - 1):
            table = self._table(before(period))
            if table is None:
                return
            period = table.period
            yield table

    def _trend(self) -> Iterator[TrendPoint]:
        """The frozen periods up to this one, the earliest first; those between them that are not are left out."""
        names: list[str] = []
        name: str | None = self.judged.period
        while name is not None and len(names) < _TREND:
            names.append(name)
            name = before(name)
        known = {**self._tables, self.judged.period: self.judged}
        for each in reversed(names):
            table = known.get(each)
            if each not in known:
                # Sums are all that is wanted of these.
                table = read_judged(self.connection, self._key(each), is_exact=False)
            if table is not None:
                yield _point(table, self.judged)

    def _whole(self) -> Mapping[str, int]:
        """Of a bulletin of departments: what the frozen record of the streets counts in the whole district."""
        if self.judged.of == _OF_WHOLE or self.judged.sealed is None:
            return {}
        key = RecordKey(self.judged.district, _OF_WHOLE, self.judged.period)
        table = read_judged(self.connection, key, is_exact=False)
        sums = table.sums if table is not None else {}
        return {name: sums[name] for name in _WHOLE if name in sums}


def _point(table: Judged, present: Judged) -> TrendPoint:
    sums = table.sums
    ratios = {name: table.ratio(name, sums) for name in rates_shown(table.of) if name in table.rates}
    printing = table.scheme.printing
    return TrendPoint(
        period=table.period,
        counts=sums,
        rates={name: printing.percent(ratio) for name, ratio in ratios.items() if ratio is not None},
        exact={name: ratio for name, ratio in ratios.items() if isinstance(ratio, Fraction)},
        is_comparable=(table.formula_version, table.scheme.name, table.scheme.version)
        == (present.formula_version, present.scheme.name, present.scheme.version),
    )
