"""A running process follows the calendar that somebody imports meanwhile, without asking at every act."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from gridcase.cases.following import LOOK_EVERY_S
from gridcase.cases.live_calendar import LiveCalendar
from gridcase.clock import CalendarRow, WorkCalendar

SLOTS = (("08:00", "12:00"), ("14:00", "18:00"))
DAY = date(2027, 1, 4)


class Shelf:
    """What lies in the database: a mark and its rows; counts how often it is asked."""

    def __init__(self) -> None:
        self.mark: str | None = None
        self.rows: list[CalendarRow] = []
        self.asked = 0
        self.seconds = 100.0
        self.is_away = False

    def look(self, known: str | None) -> tuple[str | None, WorkCalendar] | None:
        self.asked += 1
        if self.is_away:
            raise ConnectionError
        return None if known == self.mark else (self.mark, WorkCalendar(self.rows))

    def load(self, mark: str) -> None:
        self.mark, self.rows = mark, [CalendarRow(DAY, "holiday", "局庆")]

    def calendar(self) -> LiveCalendar:
        return LiveCalendar(self.look, seconds=lambda: self.seconds)


def test_another_calendar_is_in_force_a_second_later_for_calendar_and_rules_alike() -> None:
    shelf = Shelf()
    live = shelf.calendar()
    old = live.rules("span", SLOTS)
    assert live.current.is_working(DAY)

    shelf.load("a")
    assert live.rules("span", SLOTS) is old
    shelf.seconds += LOOK_EVERY_S

    assert not live.rules("span", SLOTS).calendar.is_working(DAY)
    assert not live.current.is_working(DAY)
    assert old.calendar.is_working(DAY)


def test_however_often_it_is_read_the_database_is_asked_once_a_second() -> None:
    shelf = Shelf()
    live = shelf.calendar()

    for _ in range(100):
        live.rules("span", SLOTS)
    assert shelf.asked == 2
    shelf.seconds += LOOK_EVERY_S
    for _ in range(100):
        live.rules("close_of_business", SLOTS)

    assert shelf.asked == 3


def test_whoever_imported_a_calendar_sees_it_at_once() -> None:
    shelf = Shelf()
    live = shelf.calendar()
    assert live.current.is_working(DAY)
    shelf.load("a")

    live.refresh()

    assert not live.current.is_working(DAY)


def test_while_one_thread_looks_the_others_go_on() -> None:
    shelf, is_looking, may_go_on = Shelf(), threading.Event(), threading.Event()

    def slow_look(known: str | None) -> tuple[str | None, WorkCalendar] | None:
        if known == shelf.mark:
            is_looking.set()
            assert may_go_on.wait(10)
        return shelf.look(known)

    live = LiveCalendar(slow_look, seconds=lambda: shelf.seconds)
    looking = threading.Thread(target=lambda: live.current)
    looking.start()
    assert is_looking.wait(10)

    assert live.rules("span", SLOTS).calendar.is_working(DAY)
    may_go_on.set()
    looking.join(10)
    assert not looking.is_alive()


def test_a_look_that_fails_is_told_and_tried_again_a_second_later() -> None:
    shelf = Shelf()
    live = shelf.calendar()
    shelf.is_away = True

    with pytest.raises(ConnectionError):
        live.rules("span", SLOTS)
    shelf.is_away = False
    shelf.load("a")
    assert live.current.is_working(DAY)
    shelf.seconds += LOOK_EVERY_S

    assert not live.current.is_working(DAY)
