"""Counts of cases by whom a question would be put to and by a mark, and the figures that are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

# Whom a question is about: one code, or two such as inspector and department; the second is empty where there is one.
Subject = tuple[str, str]

OWN, OTHERS, ALL = "own", "others", "all"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a question tells. `whose` says of whom the cases with these marks make it: OWN, OTHERS or ALL.

    Without `whose` it is no number of cases and opens to nothing.
    """

    name: str
    value: int
    whose: str | None = None
    marks: tuple[str, ...] = ()

    @property
    def opens(self) -> bool:
        """Whether there are cases behind it."""
        return self.whose is not None and self.value > 0


@dataclass(frozen=True)
class Tally:
    """(subject, mark) -> how often."""

    counts: Mapping[tuple[Subject, str], int]

    @cached_property
    def subjects(self) -> list[Subject]:
        """Everybody who has any, in order."""
        return sorted({subject for subject, _mark in self.counts})

    @cached_property
    def _all(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for (_subject, mark), count in self.counts.items():
            sums[mark] = sums.get(mark, 0) + count
        return sums

    def own(self, name: str, subject: Subject, *marks: str) -> Figure:
        """How often these marks stand with the subject."""
        return Figure(name, sum(self.counts.get((subject, mark), 0) for mark in marks), OWN, marks)

    def all(self, name: str, *marks: str) -> Figure:
        """How often these marks stand with anybody."""
        return Figure(name, sum(self._all.get(mark, 0) for mark in marks), ALL, marks)

    def others(self, name: str, subject: Subject, *marks: str) -> Figure:
        """How often these marks stand with anybody else."""
        value = self.all(name, *marks).value - self.own(name, subject, *marks).value
        return Figure(name, value, OTHERS, marks)
