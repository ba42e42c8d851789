"""The step of a case's history as every figure and every replay reads it: plain data, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ClockEffect:
    """What one step did to one run of one stage clock.

    `act` is one of
      start   a new run with the full limit; `due_at` is its due moment, `limit` its text, `department` its owner,
              `workday` and `slots` the reading and working hours it is counted by;
      stop    the run ended and is judged: `on_time`, `used` (counted seconds), `due_at` as judged (None when held);
      end     the run ended without a verdict (terminal state, or a new run replaced it): `used`;
      hold    a hold begins at `at`; `due_at` is None if it began before the due moment, else the old one;
      resume  the hold (or the stop) that lay open ends at `at`; `held_from` is its begin; `due_at` is the new due moment;
      extend  an extension asked for at `asked_at` was granted; `limit` is its size, `due_at` the new due moment
              (None while held); `on_time` the new verdict when the run had stopped already;
      redue   the due moment was computed anew (a calendar year was loaded): `due_at` new, `old_due_at` old.
    `until_at` is the planned end of a hold; `yellow_at` goes with `due_at`: from then on the lamp is yellow.
    All moments are aware UTC. `used` is counted seconds under the clock's own rules, wall time never.
    """

    clock: str
    run: int
    act: str
    at: datetime
    due_at: datetime | None = None
    on_time: bool | None = None
    used: int | None = None
    limit: str | None = None
    department: str | None = None
    held_from: datetime | None = None
    asked_at: datetime | None = None
    old_due_at: datetime | None = None
    hold_kind: str | None = None
    until_at: datetime | None = None
    yellow_at: datetime | None = None
    workday: str | None = None
    slots: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a case's history, never edited.

    `no` counts from 1; `from_state` is None for the first step; requests, notes about orders and inner moves keep
    the state. `role` is the acting role (`system` for the program). `data` holds the records of the move by the
    names of api.md 2 and, where it applies:
      every first step: `kind`, `main_code`, `sub_code`, `channel`, `is_public`, `is_assigned`,
        `needs_confirmation`, `urgent`, `cell`, `community`, `street`, `district`, `lon`, `lat`, ...
      `corrections`: the new values that were applied (place codes included); `corrected_from`: the old ones;
      `filing`: the filing record (`condition_no`, `limit`, `urgent`, `area_class`, `cell`, ...);
      `department`, `department_kind`: the main department named by a dispatch; `assisting`: list of codes;
      `inspector`: the user an inspection task went to (send_confirmation, send_verification, reassign, ask_more);
      `handler`: the user an assignment went to;
      `difficult`: true on a hand-back from which the case is one of repeated refusal;
      `ends`: whether the state that the step leads to has no way out, where its name does not say so;
      `request`: the id of the request this step belongs to and `request_kind` its kind (triggers `request`,
        `forward`, `grant`, `refuse`, `withdraw`, `release`, and the move `void` that grants a void request);
      `order`: id of a supervision order, with `department` or `desk`, `reply_by`, its `order_number` and `level`;
      `reminder`: id, with `department` or `desk`; `finding`: id, `finding_kind`; `call_back`: id, `satisfied`; `escalate_to`, `longest_stay`: of an escalation.
    `clocks` lists the effects on stage clocks in the order in which they were applied.
    """

    no: int
    trigger: str
    from_state: str | None
    to_state: str
    at: datetime
    actor: str
    role: str
    department: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    clocks: tuple[ClockEffect, ...] = ()
