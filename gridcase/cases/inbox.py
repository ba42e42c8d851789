"""What concerns one department now: its open cases, what it assists in, what it has to answer; by tab and by deadline."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select

from gridcase.cases.book import Desk
from gridcase.cases.duty import own_cells
from gridcase.cases.models import Case, Note, Photo, SubTaskRow, SupervisionOrderRow
from gridcase.cases.visibility import visible
from gridcase.db import table_of
from gridcase.directory.people import Actor
from gridcase.engine import Flows
from gridcase.engine.definition import Definition
from gridcase.errors import NotPermitted

_CASE, _TASK = table_of(Case).c, table_of(SubTaskRow).c
_ORDER = table_of(SupervisionOrderRow).c
_COLUMNS = (
    _CASE.number, _CASE.workflow, _CASE.definition_version, _CASE.state, _CASE.is_open, _CASE.department,
    _CASE.due_at, _CASE.yellow_at, _CASE.is_held, _CASE.has_open_request, _CASE.appeal_result,
    _CASE.handler,
)  # fmt: skip
_FAR = datetime.max.replace(tzinfo=UTC)
# More numbers than these in one query some databases refuse.
_MANY = 400

# A tab of a state is named by it, after this.
IN_STATE = "in-"
TO_DO, SOON, LATE, HELD, ASSISTING, ORDERS, SENT, APPEAL = (
    "todo", "soon", "late", "held", "assisting", "orders", "sent", "appeal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One case as it concerns the department.

    `waits_here`: its state waits for this person's role; `is_sent`: the department's own case waits for somebody
    else; `has_handler`: a handler has it; `reply_by`: of the first order without a reply; `is_assisting`, and
    `is_answered` when it has answered; `may_appeal`: closed late, without an appeal.
    """

    number: str
    state: str
    workflow: str
    version: int
    due_at: datetime | None
    yellow_at: datetime | None
    is_held: bool
    has_request: bool
    waits_here: bool
    is_sent: bool
    reply_by: datetime | None = None
    is_assisting: bool = False
    is_answered: bool = False
    may_appeal: bool = False
    has_handler: bool = False

    @property
    def awaits_handler(self) -> bool:
        """Whether an assigned handler is to submit a result before the department goes on."""
        return self.waits_here and self.has_handler and not self.is_held

    @property
    def is_to_do(self) -> bool:
        """Whether anything is wanted of the department's desk now; what a handler has is not."""
        is_asked = self.reply_by is not None or (self.is_assisting and not self.is_answered)
        is_own = self.waits_here and not self.is_held and not self.awaits_handler
        return is_own or is_asked

    @property
    def first_at(self) -> datetime:
        """The first deadline that the department has here; what has none is far off."""
        own = self.due_at if self.waits_here or self.is_assisting else None
        return min(own or _FAR, self.reply_by or _FAR)

    @property
    def order_there(self) -> tuple[datetime, str]:
        """By the due moment of the present state, whoever it waits for, then by number."""
        return self.due_at or _FAR, self.number

    @property
    def order(self) -> tuple[datetime, str]:
        """By the first deadline, then by number."""
        return self.first_at, self.number


@dataclass(frozen=True)
class Inbox:
    """The entries of a department at a moment, those with the first deadline first; `states` are those that wait
    for this person, in the order of the workflow."""

    now: datetime
    entries: tuple[Entry, ...]
    states: tuple[str, ...]

    def of(self, tab: str) -> list[Entry]:
        """The entries of a tab; of one that does not exist, none."""
        if tab.startswith(IN_STATE):
            state = tab.removeprefix(IN_STATE)
            return [entry for entry in self.entries if entry.waits_here and entry.state == state]
        holds = _TABS.get(tab)
        found = [] if holds is None else [entry for entry in self.entries if holds(entry, self.now)]
        # What waits for somebody else has no deadline here: it stands by the one that it has there.
        return sorted(found, key=lambda entry: entry.order_there) if tab in (SENT, HELD) else found

    def at_handlers(self) -> tuple[int, int]:
        """How many cases a handler is to submit a result of, and how many of them are due soon or late."""
        found = [entry for entry in self.entries if entry.awaits_handler]
        return len(found), sum(
            _TABS[SOON](entry, self.now) or _TABS[LATE](entry, self.now) for entry in found
        )

    @property
    def tabs(self) -> tuple[str, ...]:
        """The names of the tabs in their order."""
        return (
            TO_DO,
            *(IN_STATE + state for state in self.states),
            *(name for name in _TABS if name != TO_DO),
        )


def _is_soon(entry: Entry, now: datetime) -> bool:
    if not entry.waits_here or entry.due_at is None or entry.yellow_at is None:
        return False
    return entry.yellow_at <= now <= entry.due_at


_TABS: dict[str, Callable[[Entry, datetime], bool]] = {
    TO_DO: lambda entry, _now: entry.is_to_do,
    SOON: _is_soon,
    LATE: lambda entry, now: entry.waits_here and entry.due_at is not None and entry.due_at < now,
    HELD: lambda entry, _now: (entry.waits_here or entry.is_sent) and (entry.is_held or entry.has_request),
    ASSISTING: lambda entry, _now: entry.is_assisting,
    ORDERS: lambda entry, _now: entry.reply_by is not None,
    SENT: lambda entry, _now: entry.is_sent,
    APPEAL: lambda entry, _now: entry.may_appeal,
}


def department_roles(flows: Flows) -> frozenset[str]:
    """The roles that act for a department: not of the centre, and seeing what their department has."""
    return frozenset(
        role.code
        for definition in flows.by_version.values()
        for role in definition.roles.values()
        if role.sees == "department" and not role.centre
    )


def acts_for_department(flows: Flows, actor: Actor) -> bool:
    """Whether this person has a department and a role that acts for it."""
    return actor.department is not None and any(actor.has_role(role) for role in department_roles(flows))


def waits_for_department(flows: Flows, state: str) -> bool:
    """Whether a state of this name waits for a department in any workflow."""
    states = (definition.states.get(state) for definition in flows.by_version.values())
    return any(each is not None and each.owner in department_roles(flows) for each in states)


def inbox(desk: Desk, actor: Actor, *, closed_late: Collection[str] = ()) -> Inbox:
    """The inbox of the actor's department; `closed_late` are cases closed late whose figures may be disputed.

    Raises NotPermitted `role_missing` for whoever acts for no department.
    """
    if actor.department is None or not acts_for_department(desk.book.flows, actor):
        raise NotPermitted("role_missing", "only people who act for a department have its inbox")
    orders, tasks = _open_orders(desk, actor.department), _open_tasks(desk, actor.department)
    rows = _rows(desk, actor, and_(_CASE.department == actor.department, _CASE.is_open))
    known = {row["number"] for row in rows}
    late = set(closed_late) - known
    others = sorted((orders.keys() | tasks.keys() | late) - known)
    for start in range(0, len(others), _MANY):
        rows += _rows(desk, actor, _CASE.number.in_(others[start : start + _MANY]))
    beside = _Beside(orders, tasks, frozenset(late))
    entries = [_entry(desk, actor, row, beside=beside) for row in rows]
    return Inbox(desk.now, tuple(sorted(entries, key=lambda entry: entry.order)), tuple(_states(desk, actor)))


def _rows(desk: Desk, actor: Actor, condition: ColumnElement[bool]) -> list[RowMapping]:
    query = select(*_COLUMNS).where(
        _CASE.district == desk.district,
        condition,
        visible(actor, desk.book.flows, own_cells=own_cells(desk, actor)),
    )
    return list(desk.connection.execute(query).mappings())


@dataclass(frozen=True)
class _Beside:
    """What concerns the department beside its own open cases, by number."""

    orders: Mapping[str, datetime]
    tasks: Mapping[str, bool]
    late: frozenset[str]


def _entry(desk: Desk, actor: Actor, row: RowMapping, *, beside: _Beside) -> Entry:
    definition = desk.book.flows.get(row["workflow"], row["definition_version"])
    owner = definition.states[row["state"]].owner
    is_own = row["is_open"] and row["department"] == actor.department
    waits_here = is_own and owner is not None and actor.has_role(owner)
    number = row["number"]
    return Entry(
        number=number,
        state=row["state"],
        workflow=row["workflow"],
        version=row["definition_version"],
        due_at=row["due_at"],
        yellow_at=row["yellow_at"],
        is_held=row["is_held"],
        has_request=row["has_open_request"],
        waits_here=waits_here,
        is_sent=is_own and not waits_here,
        reply_by=beside.orders.get(number),
        is_assisting=number in beside.tasks,
        is_answered=beside.tasks.get(number, False),
        has_handler=row["handler"] is not None,
        may_appeal=number in beside.late and _may_appeal(actor, definition, row),
    )


def _may_appeal(actor: Actor, definition: Definition, row: RowMapping) -> bool:
    """Whether the main department may appeal now, as far as the row tells; the case itself is asked when it does."""
    rule = definition.requests.get("appeal")
    if rule is None or row["state"] not in rule.states or row["department"] != actor.department:
        return False
    is_new = row["appeal_result"] is None and not row["has_open_request"]
    return is_new and any(actor.has_role(role) for role in rule.asks)


def _states(desk: Desk, actor: Actor) -> Iterable[str]:
    """The states that wait for this person, of the usual workflow first."""
    flows = desk.book.flows
    usual = desk.book.settings.workflow.default
    found: dict[str, None] = {}
    for name in sorted(flows.names, key=lambda name: name != usual):
        states = flows.latest(name).states.values()
        found.update({state.name: None for state in states if state.owner and actor.has_role(state.owner)})
    return found


def _open_orders(desk: Desk, department: str) -> dict[str, datetime]:
    """The first reply date of the orders to a department that nobody answered, by case."""
    query = (
        select(_ORDER.number, func.min(_ORDER.reply_by))
        .where(_ORDER.district == desk.district, _ORDER.department == department, _ORDER.replied_at.is_(None))
        .group_by(_ORDER.number)
    )
    return dict(desk.connection.execute(query).all())


def _open_tasks(desk: Desk, department: str) -> dict[str, bool]:
    """The cases in which a department assists now, and whether it has answered with a note or a photo."""
    answered = or_(
        _sent_since(Note, Note.written_at, department), _sent_since(Photo, Photo.sent_at, department)
    )
    query = select(_TASK.number, answered).where(
        _TASK.district == desk.district, _TASK.department == department, _TASK.ended_at.is_(None)
    )
    return {number: bool(is_answered) for number, is_answered in desk.connection.execute(query)}


def _sent_since(table: type[Note] | type[Photo], moment: Any, department: str) -> ColumnElement[bool]:
    sent = select(table.id).where(
        table.district == _TASK.district,
        table.number == _TASK.number,
        table.department == department,
        moment >= _TASK.asked_at,
    )
    return sent.exists()
