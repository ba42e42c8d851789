"""A checked workflow definition as frozen values: what may happen to a case, never what did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from gridcase.engine.guards import GuardRef

Sees = Literal["area", "own", "department", "assigned", "none"]
ClockAct = Literal["start", "stop", "hold", "resume"]


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the workflow. `centre` puts it under the rule of separation; `sees` is its right to see cases."""

    code: str
    label: str
    centre: bool
    sees: Sees


@dataclass(frozen=True, slots=True)
class State:
    """A state of a case. A terminal one has no way out, and no owner, clock or escalation (all None).

    `clock` is the name of the clock that measures the state. `longest_stay` is a limit text, or None for the
    default: the later of three times the limit of the state's clock and 1工作日 (source: flow.md 9).
    """

    name: str
    label: str
    stage: str
    terminal: bool
    owner: str | None
    clock: str | None
    longest_stay: str | None
    escalate_to: str | None


@dataclass(frozen=True, slots=True)
class Transition:
    """One table of a trigger: from `sources` to `to`; `to` None keeps the state (`[[inner]]`).

    `index` is the place in `Definition.transitions`, from 0. Empty `sources` make a case. `records` are the fields
    that the move must carry (`reason` among them when it goes backward), `optional` those that it may carry.
    """

    index: int
    trigger: str
    label: str
    sources: tuple[str, ...]
    to: str | None
    roles: tuple[str, ...]
    guards: tuple[GuardRef, ...]
    records: tuple[str, ...]
    optional: tuple[str, ...]
    backward: bool

    @property
    def is_inner(self) -> bool:
        """True when the move keeps its state."""
        return self.to is None

    @property
    def is_start(self) -> bool:
        """True when the move makes a case."""
        return not self.sources

    @property
    def froms(self) -> tuple[str | None, ...]:
        """The states in which it may be fired; None stands for "no case yet"."""
        return self.sources or (None,)


@dataclass(frozen=True, slots=True)
class On:
    """A mention in a clock's lists: the trigger, only when fired from `state` if one is named."""

    trigger: str
    state: str | None = None

    def fits(self, trigger: str, state: str | None) -> bool:
        """True when `trigger`, fired from `state`, is meant."""
        return self.trigger == trigger and self.state in (None, state)


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A stage clock: its limit (a limit text, or `filed` = that of the last filing record) and what moves it.

    A clock that a state's limit text stands for has `of_state` and empty lists: it starts on entering that state
    and stops on leaving it.
    """

    name: str
    label: str
    limit: str
    starts: tuple[On, ...] = ()
    stops: tuple[On, ...] = ()
    holds: tuple[On, ...] = ()
    resumes: tuple[On, ...] = ()
    of_state: str | None = None

    def acts(self, trigger: str, from_state: str | None, to_state: str) -> tuple[ClockAct, ...]:
        """What a step does to this clock, none to several of stop, hold, resume, start, in this order.

        `resume` and `start` together mean: go on with a held run if the main department is the same as before,
        else start a new one (source: flow.md 9).
        """
        if self.of_state is not None:
            return self._acts_of_state(from_state, to_state)
        lists: tuple[tuple[ClockAct, tuple[On, ...]], ...] = (
            ("stop", self.stops),
            ("hold", self.holds),
            ("resume", self.resumes),
            ("start", self.starts),
        )
        return tuple(act for act, ons in lists if any(on.fits(trigger, from_state) for on in ons))

    def _acts_of_state(self, from_state: str | None, to_state: str) -> tuple[ClockAct, ...]:
        if from_state == to_state:
            return ()
        if to_state == self.of_state:
            return ("start",)
        return ("stop",) if from_state == self.of_state else ()


@dataclass(frozen=True, slots=True)
class RequestRule:
    """Where a request may be asked for (`states`), by whom, and who forwards and decides it.

    `decides` names the role for the 1st, 2nd, … granted one; the last entry serves for all further ones. `size` is
    a limit text, `original` or None (the setting); `max` None is the setting for extensions, else no maximum;
    `max_days` None is no maximum.
    """

    kind: str
    label: str
    states: tuple[str, ...]
    asks: tuple[str, ...]
    decides: tuple[str, ...]
    forwards: str | None
    clock: str | None
    size: str | None
    max: int | None
    max_days: int | None

    def decider(self, granted_count: int) -> str:
        """The role that decides when `granted_count` of this kind (0, 1, …) are granted already."""
        return self.decides[min(granted_count, len(self.decides) - 1)]


@dataclass(frozen=True)
class Definition:
    """One version of one workflow. The mappings are by name, in the order of the file; `text` is the file itself."""

    name: str
    version: int
    title: str
    initial: str
    restricted: bool
    roles: Mapping[str, Role]
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    clocks: Mapping[str, ClockRule]
    requests: Mapping[str, RequestRule]
    text: str

    @cached_property
    def starts(self) -> tuple[Transition, ...]:
        """The tables that make a case."""
        return tuple(row for row in self.transitions if row.is_start)

    @cached_property
    def _by_trigger(self) -> dict[str, tuple[Transition, ...]]:
        rows: dict[str, tuple[Transition, ...]] = {}
        for row in self.transitions:
            rows[row.trigger] = (*rows.get(row.trigger, ()), row)
        return rows

    @property
    def triggers(self) -> tuple[str, ...]:
        """All triggers in the order of their first table."""
        return tuple(self._by_trigger)

    def rows(self, trigger: str) -> tuple[Transition, ...]:
        """The tables of one trigger in the order of the file, inner ones last; empty when there is none."""
        return self._by_trigger.get(trigger, ())

    def clock_acts(
        self, trigger: str, from_state: str | None, to_state: str
    ) -> tuple[tuple[ClockRule, tuple[ClockAct, ...]], ...]:
        """The clocks that a step touches, with what it does to each; the end of a case is not among it."""
        key = (trigger, from_state, to_state)
        known = self._touched.get(key)
        if known is None:
            touched = ((clock, clock.acts(*key)) for clock in self.clocks.values())
            known = self._touched[key] = tuple((clock, acts) for clock, acts in touched if acts)
        return known

    @cached_property
    def _touched(
        self,
    ) -> dict[tuple[str, str | None, str], tuple[tuple[ClockRule, tuple[ClockAct, ...]], ...]]:
        """What `clock_acts` answered before: it is asked at every move and a definition never changes."""
        return {}
