"""Makes the bulletins that pages show, each once for a while; and who may see a draft."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime

from gridcase.cases.book import Desk
from gridcase.directory.people import Actor
from gridcase.errors import NotFound, NotPermitted
from gridcase.evaluation.bulletin.columns import UNITS
from gridcase.evaluation.bulletin.content import Bulletin
from gridcase.evaluation.bulletin.hand_store import hand_mark, read_hand
from gridcase.evaluation.bulletin.making import Office, draft_bulletin, frozen_bulletin
from gridcase.evaluation.bulletin.rewards import load_rewards
from gridcase.evaluation.bulletin.words import load_words
from gridcase.evaluation.frozen.store import RecordKey, last_in_chain, newest_record
from gridcase.evaluation.periods import Period, parse_period
from gridcase.web.context import premises
from gridcase.web.pages.figures import rank_request, schemes
from gridcase.web.pages.leader_roles import may_lead
from gridcase.web.pages.shelf import kept


def asked_bulletin(desk: Desk, period: str, of: str) -> tuple[Period, RecordKey]:
    """The period and the key of an address. Raises Invalid `bad_period`, NotFound `unknown_path`."""
    if of not in UNITS:
        raise NotFound("unknown_path", f"there are no bulletins of {of!r}")
    asked = parse_period(period.replace("\0", ""), start_day=desk.book.settings.evaluation.period_start_day)
    return asked, RecordKey(desk.district, of, asked.name)


def is_frozen(desk: Desk, key: RecordKey) -> bool:
    """Whether the period has a record."""
    return newest_record(desk.connection, key) is not None


def check_draft(desk: Desk, actor: Actor) -> None:
    """Raises NotPermitted `role_missing` for a person to whom only published bulletins are shown."""
    if not may_lead(desk.book, actor):
        raise NotPermitted("role_missing", "only the centre and leaders may read what is not published")


def office_of(desk: Desk) -> Office:
    """What bulletins are made with. Raises DefinitionError for faulty words or rewards of the site."""
    site, book = premises().site, desk.book
    return Office(
        book.settings,
        load_words(site),
        book.channels,
        load_rewards(site, book.settings.bulletin.rewards),
        # Beside the photos, in the data folder of the site.
        book.photos.folder.parent / "bulletins",
    )


def frozen_of(desk: Desk, office: Office, key: RecordKey) -> Bulletin | None:
    """The bulletin of a frozen period; made anew when a record was written or something entered by hand since.

    Nothing is kept of another period: whoever is not signed in may ask for any.
    """
    if not is_frozen(desk, key):
        return None
    marks: tuple[Hashable, ...] = (
        *(last_in_chain(desk.connection, key.district, of) for of in UNITS),
        hand_mark(desk.connection, key),
    )

    def compute() -> tuple[datetime, Bulletin | None]:
        hand = read_hand(desk.connection, key)
        made = frozen_bulletin(desk.connection, office, key, hand=hand)
        return (desk.now if made is None else made.judged.as_of), made

    return kept(("bulletin", key, marks), desk.now, compute)


def draft_of(desk: Desk, office: Office, key: RecordKey, *, period: Period) -> Bulletin:
    """What the bulletin would say now; computed at most once a minute. Raises as `rank`."""

    def compute() -> tuple[datetime, Bulletin]:
        hand = read_hand(desk.connection, key)
        request = rank_request(desk, of=key.of, period=period)
        made = draft_bulletin(desk.connection, office, request, schemes=schemes(), hand=hand)
        return made.judged.as_of, made

    return kept(("draft", key, hand_mark(desk.connection, key)), desk.now, compute)
