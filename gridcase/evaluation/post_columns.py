"""Which counts are work of which post, and by which person of the fact row each is counted (evaluation.md 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from gridcase.facts import FactRow, Span
from gridcase.facts.acts import ACT_COLUMNS, acts_from_text
from gridcase.facts.blocks import COLUMN_NAMES, INTAKE_MOMENTS

MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Post:
    """One post: `keys` says which columns are counted on the person under which key of the fact row.

    `acts` are the kinds of tasks and sending duties (`gridcase.facts.acts`) that are counted on whoever did them.
    `has_missed`: the finding `missed` counts on the inspector on duty, whom the duty roster knows.
    """

    role: str
    keys: Mapping[str, tuple[str, ...]]
    acts: tuple[str, ...] = ()
    has_missed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that this post has at all, in the order of evaluation.md 3; others are not its work."""
        own = {name for names in self.keys.values() for name in names}
        own |= {name for kind in self.acts for name in ACT_COLUMNS[kind] if name is not None}
        if self.has_missed:
            own.add(MISSED)
        return tuple(name for name in COLUMN_NAMES if name in own)


# An inspector's filed cases are those that he reported: what the missed ones are set against. Whoever filed a case
# also answers for its being voided; a dispatch is the work of whoever dispatched first.
POSTS: dict[str, Post] = {
    "inspectors": Post(
        "inspector",
        {"inspector": ("reported", "inspector_reported", "valid_reported", "self_handled", "filed")},
        acts=("confirm", "verify"),
        has_missed=True,
    ),
    "intake-operators": Post(
        "intake_operator",
        {"intake_operator": ("accepted",), "rejecter": ("declined",)},
        acts=("confirm_send", "verify_send"),
    ),
    "shift-supervisors": Post(
        "shift_supervisor",
        {
            "shift_supervisor": ("filed", "voided", "on_time_filed"),
            "rejecter": ("rejected",),
            "closer": ("force_closed", "desk_close_due", "on_time_desk_closed"),
        },
    ),
    "dispatchers": Post(
        "dispatcher",
        {
            "dispatcher": (
                "dispatch_due",
                "dispatched",
                "on_time_dispatched",
                "late_dispatched",
                "accurate_dispatched",
                "wrong_dispatched",
            )
        },
    ),
}


def columns_of_people(row: FactRow, post: Post, period: Span) -> dict[str, dict[str, int]]:
    """Person -> the columns, other than 0, that a case adds for acts of this post in the period; `missed` apart.

    Mode `act`: each column by its own moment (evaluation.md 2). A duty that nobody met is nobody's.
    """
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for key, names in post.keys.items():
        person = getattr(row, key)
        if person is None:
            continue
        for name in names:
            value = getattr(row, name)
            if value and period.holds(getattr(row, INTAKE_MOMENTS[name])):
                found[person][name] = value
    if post.acts and row.acts_from is not None:
        for act in acts_from_text(row.acts):
            if act.kind in post.acts and act.person is not None and period.holds(act.at):
                _add_act(found[act.person], act.kind, is_done=act.is_done, is_on_time=act.is_on_time)
    return dict(found)


def _add_act(columns: dict[str, int], kind: str, *, is_done: bool, is_on_time: bool) -> None:
    owed, done, on_time = ACT_COLUMNS[kind]
    for name, value in ((owed, 1), (done, int(is_done)), (on_time, int(is_on_time))):
        if name is not None and value:
            columns[name] = columns.get(name, 0) + value
