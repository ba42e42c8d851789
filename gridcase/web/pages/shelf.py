"""Keeps computed tables for a while, so that not everybody who looks has thousands of cells evaluated anew."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import current_app

Table = TypeVar("Table")

_EXTENSION = "gridcase.shelf"
# A table of a period that goes on is judged at the present; that of an ended one changes only by late releases.
_FRESH, _FRESH_WHEN_ENDED = timedelta(minutes=1), timedelta(minutes=10)
_MOST_KEPT = 64


@dataclass
class _Shelf:
    """The tables by key, the oldest first; `turns` are the locks of those that are being made. `lock` guards both."""

    kept: dict[Hashable, tuple[datetime, datetime, Any]] = field(default_factory=dict)
    turns: dict[Hashable, threading.Lock] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def turn(self, key: Hashable) -> threading.Lock:
        """What is held while the table of this key is made."""
        with self.lock:
            return self.turns.setdefault(key, threading.Lock())

    def put(self, key: Hashable, found: tuple[datetime, datetime, Any]) -> None:
        """Keep a table as the newest one; the oldest makes room."""
        with self.lock:
            self.kept.pop(key, None)
            while len(self.kept) >= _MOST_KEPT:
                del self.kept[next(iter(self.kept))]
            self.kept[key] = found

    def end_turn(self, key: Hashable) -> None:
        """Forget the lock: whoever waits for it has it in hand, whoever comes later finds the table."""
        with self.lock:
            self.turns.pop(key, None)


def kept(key: Hashable, now: datetime, compute: Callable[[], tuple[datetime, Table]]) -> Table:
    """The table of this key, computed when none is fresh. `compute` answers the moment T it is judged at, and it."""
    shelf: _Shelf = current_app.extensions.setdefault(_EXTENSION, _Shelf())
    found = _fresh(shelf, key, now)
    if found is None:
        # Of many who come at once for the same table, the first computes and the others wait for it.
        with shelf.turn(key):
            found = _fresh(shelf, key, now)
            try:
                if found is None:
                    found = (now, *compute())
                    shelf.put(key, found)
            finally:
                shelf.end_turn(key)
    answer: Table = found[2]
    return answer


def _fresh(shelf: _Shelf, key: Hashable, now: datetime) -> tuple[datetime, datetime, Any] | None:
    found = shelf.kept.get(key)
    if found is None:
        return None
    at, as_of, _table = found
    longest = _FRESH_WHEN_ENDED if as_of < at - _FRESH else _FRESH
    return found if timedelta() <= now - at < longest else None
