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
_MOST_KEPT = 24


@dataclass
class _Shelf:
    kept: dict[Hashable, tuple[datetime, datetime, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def kept(key: Hashable, now: datetime, compute: Callable[[], tuple[datetime, Table]]) -> Table:
    """The table of this key, computed when none is fresh. `compute` answers the moment T it is judged at, and it."""
    shelf: _Shelf = current_app.extensions.setdefault(_EXTENSION, _Shelf())
    found = _fresh(shelf, key, now)
    if found is None:
        # Of many who come at once, the first computes and the others wait for it.
        with shelf.lock:
            found = _fresh(shelf, key, now)
            if found is None:
                as_of, table = compute()
                if len(shelf.kept) >= _MOST_KEPT:
                    shelf.kept.clear()
                found = shelf.kept[key] = (now, as_of, table)
    answer: Table = found[2]
    return answer


def _fresh(shelf: _Shelf, key: Hashable, now: datetime) -> tuple[datetime, datetime, Any] | None:
    found = shelf.kept.get(key)
    if found is None:
        return None
    at, as_of, _table = found
    longest = _FRESH_WHEN_ENDED if as_of < at - _FRESH else _FRESH
    return found if timedelta() <= now - at < longest else None
