"""The fact row: keys, moments and counts of one case, from which every figure is a plain sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FactRow:
    """One case as figures see it (evaluation.md 1 and 3). All moments are aware UTC; None = not reached.

    Counts bear the names of the table in evaluation.md 3 without `_count`; each is 0 or 1 except rounds, tasks,
    duties and orders. The counts that depend on the as-of moment (`due`, `unhandled`, ...) are not here:
    `columns_at` makes them from the moments. `is_countable` says whether block O may count the case at all:
    a dispatch is in force, and no rule of exclusion takes the case out. A case with `is_held` is held at T until
    `held_until`, the planned end of the hold, which `is_held_at` judges. `acts` is JSON (`acts.py`);
    `supervision_open` the reply deadlines of open orders (`texts.py`), with the first and the last beside it.
    """

    # keys
    cell: str | None
    community: str | None
    street: str | None
    district: str | None
    kind: str | None
    main_code: str | None
    sub_code: str | None
    channel: str | None
    department: str | None
    department_kind: str | None
    first_department: str | None
    inspector: str | None
    intake_operator: str | None
    shift_supervisor: str | None
    dispatcher: str | None
    closer: str | None
    rejecter: str | None
    is_public: bool
    is_assigned: bool
    is_urgent: bool
    is_open: bool
    is_held: bool
    is_countable: bool
    # moments
    reported_at: datetime | None
    accepted_at: datetime | None
    filed_at: datetime | None
    declined_at: datetime | None
    rejected_at: datetime | None
    voided_at: datetime | None
    closed_at: datetime | None
    dispatched_at: datetime | None
    last_dispatched_at: datetime | None
    due_at: datetime | None
    handled_at: datetime | None
    held_from: datetime | None
    held_until: datetime | None
    confirm_sent_at: datetime | None
    confirmed_at: datetime | None
    verify_sent_at: datetime | None
    verified_at: datetime | None
    intake_due_at: datetime | None
    confirmation_due_at: datetime | None
    filing_due_at: datetime | None
    dispatch_due_at: datetime | None
    verification_sending_due_at: datetime | None
    verification_due_at: datetime | None
    closing_due_at: datetime | None
    # block I
    reported: int
    inspector_reported: int
    public_reported: int
    valid_reported: int
    self_handled: int
    accepted: int
    declined: int
    filed: int
    rejected: int
    voided: int
    public_filed: int
    missed: int
    dispatch_due: int
    dispatched: int
    on_time_dispatched: int
    late_dispatched: int
    accurate_dispatched: int
    wrong_dispatched: int
    force_closed: int
    on_time_filed: int
    desk_close_due: int
    on_time_desk_closed: int
    # work of people: tasks of inspectors and sending duties of the desk
    confirm_due: int
    confirmed: int
    on_time_confirmed: int
    verify_due: int
    verified: int
    on_time_verified: int
    confirm_send_due: int
    on_time_confirm_sent: int
    verify_send_due: int
    on_time_verify_sent: int
    acts: str
    acts_from: datetime | None
    acts_to: datetime | None
    # block O
    handled: int
    on_time_handled: int
    late_handled: int
    closed: int
    on_time_closed: int
    late_closed: int
    urgent_closed: int
    urgent_on_time_closed: int
    assigned_closed: int
    assigned_on_time_closed: int
    public_late_closed: int
    reworked: int
    rework_rounds: int
    verification_failed: int
    verification_failed_again: int
    extended: int
    extension_rounds: int
    ever_held: int
    handed_back: int
    late_handed_back: int
    buck_passed: int
    faked: int
    supervised: int
    supervision_late: int
    supervision_open: str
    supervision_open_from: datetime | None
    supervision_open_to: datetime | None
    appeal_exempted: int
    settled_locally: int
    surveyed: int
    satisfied: int

    def is_held_at(self, at: datetime) -> bool:
        """Whether `at` lies inside the open hold `[held_from, held_until)` (evaluation.md 1, clock.md 1.4).

        A hold ends by itself at 00:00 of its date; that its release is written at that very moment, or later,
        makes it no longer.
        """
        return self.is_held and (self.held_until is None or at < self.held_until)
