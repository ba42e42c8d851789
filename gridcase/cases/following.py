"""Values that a running process reads from the database once and takes over again when somebody changed them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")

# How often a process looks whether something else is in force (seconds; docs/adr/0014). Short, so that whoever imports a table
# need not wait long until all go by it; never part of an act, so that it costs none of them a query.
LOOK_EVERY_S = 1.0
# How long after a change until every running process goes by it: some looks, for one may just have been missed.
SETTLE_S = 3 * LOOK_EVERY_S

# Answers the mark of what is in force and the value, or None when the mark is still the one given.
Look = Callable[[str | None], tuple[str | None, T] | None]


class Following(Generic[T]):
    """The value in force, at most `LOOK_EVERY_S` old.

    `look` asks the database, `seconds` is a clock that only goes forward. Safe to share by threads: one of them
    looks while the others go on with what they have; whoever holds an old value may use it to the end of its act.
    """

    def __init__(self, look: Look[T], *, seconds: Callable[[], float]) -> None:
        self._look = look
        self._seconds = seconds
        self._looking = Lock()
        self._look_at = 0.0
        found = look("")
        if found is None:
            raise LookupError("a mark is never empty")
        self._mark, self._value = found

    @property
    def current(self) -> T:
        """The value in force."""
        if self._seconds() >= self._look_at and self._looking.acquire(blocking=False):
            try:
                self._look_at = self._seconds() + LOOK_EVERY_S
                self._take()
            finally:
                self._looking.release()
        return self._value

    def refresh(self) -> None:
        """Look now, whenever it was looked last: for whoever has just changed it."""
        with self._looking:
            self._take()

    def _take(self) -> None:
        found = self._look(self._mark)
        if found is not None:
            self._mark, self._value = found
