"""Tables that pages keep for a while: the oldest makes room, and one that takes long keeps nobody from another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest
from flask import Flask

from gridcase.web.pages.shelf import kept

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
LONG = 30


@pytest.fixture
def app() -> Flask:
    """An application with an empty shelf."""
    return Flask("shelf")


def test_the_oldest_table_makes_room_and_the_others_stay(app: Flask) -> None:
    made: list[int] = []

    def look(number: int) -> int:
        return kept(number, NOW, lambda: (NOW, made.append(number) or number))

    with app.app_context():
        for number in range(65):
            assert look(number) == number
        made.clear()
        for number in (64, 1, 0):
            look(number)

    assert made == [0]


def test_who_waits_for_one_table_keeps_nobody_from_another_and_computes_nothing_again(app: Flask) -> None:
    begun, done = Event(), Event()
    made: list[str] = []

    def slow() -> tuple[datetime, str]:
        made.append("slow")
        begun.set()
        assert done.wait(LONG)
        return NOW, "slow"

    def look(key: str) -> str:
        with app.app_context():
            return kept(key, NOW, slow if key == "slow" else lambda: (NOW, key))

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(look, "slow")
        assert begun.wait(LONG)
        second, other = pool.submit(look, "slow"), pool.submit(look, "quick")
        try:
            assert other.result(LONG / 2) == "quick"
        finally:
            done.set()
        assert (first.result(LONG), second.result(LONG)) == ("slow", "slow")

    assert made == ["slow"]


def test_a_table_that_cannot_be_made_is_tried_again_by_the_next_one(app: Flask) -> None:
    def fail() -> tuple[datetime, str]:
        raise LookupError("no record")

    with app.app_context():
        with pytest.raises(LookupError):
            kept("table", NOW, fail)
        assert kept("table", NOW, lambda: (NOW, "made")) == "made"
