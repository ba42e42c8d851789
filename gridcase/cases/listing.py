"""Lists of cases: filters, order and pages by key, over what one person may see."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from gridcase.cases.book import Desk
from gridcase.cases.confirmations import left_unconfirmed
from gridcase.cases.deciding import waiting_for
from gridcase.cases.duty import own_cells
from gridcase.cases.models import Case, CaseParty, HoldRow, SubTaskRow
from gridcase.cases.releases import HOLDING_KINDS
from gridcase.cases.rows import case_row
from gridcase.cases.shown import GREEN, RED, YELLOW, china_text, shown_case
from gridcase.cases.telephones import spellings
from gridcase.cases.texts import narrow
from gridcase.cases.visibility import visible
from gridcase.db import table_of
from gridcase.directory.people import Actor
from gridcase.errors import Invalid

SORTS = ("due_at", "reported_at", "number")
_MANY = (
    "number",
    "state",
    "stage",
    "street",
    "community",
    "cell",
    "main_code",
    "sub_code",
    "channel",
    "inspector",
    "kind",
)
_CASE = table_of(Case).c
_FAR = datetime.fromisoformat("9999-12-31T00:00:00+00:00")
_SHOWN = (
    _CASE.number, _CASE.version, _CASE.workflow, _CASE.definition_version, _CASE.state, _CASE.stage, _CASE.is_open,
    _CASE.kind, _CASE.main_code, _CASE.main_name, _CASE.sub_code, _CASE.sub_name, _CASE.description, _CASE.address,
    _CASE.channel, _CASE.lon, _CASE.lat, _CASE.cell, _CASE.community, _CASE.street, _CASE.department,
    _CASE.inspector, _CASE.handler, _CASE.reported_at, _CASE.entered_at, _CASE.ended_at, _CASE.due_at,
    _CASE.yellow_at, _CASE.handling_due_at, _CASE.is_held, _CASE.is_urgent, _CASE.is_difficult, _CASE.attempt,
    _CASE.has_open_request, _CASE.filed_by,
)  # fmt: skip

# The stage in which a case waits to be filed (flow.md 3); one that was filed before came back to intake.
_FILING = "filing"
_WHOLE_NUMBER = re.compile("[0-9]{14}")
# Said on the telephone instead of the whole number: its end. Fewer digits would find a case of nearly every day.
_END_OF_NUMBER = re.compile("[0-9]{4,13}")
# What a number that is read out or copied from a table may have between its parts.
_BLANKS = re.compile(r"[\s-]")


# What holds the case now: suspensions and deferrals are kept apart in lists (flow.md 5).
_OPEN_HOLDS = select(HoldRow.kind).where(
    HoldRow.district == _CASE.district, HoldRow.number == _CASE.number, HoldRow.to_at.is_(None)
)
_HOLD_KIND = _OPEN_HOLDS.order_by(HoldRow.from_at.desc()).limit(1).scalar_subquery().label("hold_kind")


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty = not narrowed. Moments are aware; `bbox` is west, south, east, north.

    `to_decide`: a request of the case waits for this person, to pass it on or to decide it. `unconfirmed`: it waits
    at another desk for the confirmation that this person sends. `with_phones`: `q` may be the telephone number of a
    reporter, too, where this person may know who reported.
    """

    number: Sequence[str] = ()
    state: Sequence[str] = ()
    stage: Sequence[str] = ()
    lamp: Sequence[str] = ()
    department: Sequence[str] = ()
    street: Sequence[str] = ()
    community: Sequence[str] = ()
    cell: Sequence[str] = ()
    kind: Sequence[str] = ()
    main_code: Sequence[str] = ()
    sub_code: Sequence[str] = ()
    channel: Sequence[str] = ()
    inspector: Sequence[str] = ()
    hold: Sequence[str] = ()
    difficult: bool | None = None
    mine: bool = False
    to_decide: bool = False
    unconfirmed: bool = False
    is_open: bool | None = None
    reported_from: datetime | None = None
    reported_to: datetime | None = None
    due_before: datetime | None = None
    q: str = ""
    with_phones: bool = False
    bbox: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Page:
    """Which part of the list: order, size, and the key of the last row seen."""

    sort: str = "-reported_at"
    limit: int = 50
    after: str | None = None
    has_count: bool = False


@dataclass(frozen=True)
class Listed:
    """The rows of a page, the key of its last row (None at the end), and the total when it was asked for."""

    items: list[dict[str, Any]]
    next: str | None
    count: int | None = None


def list_cases(desk: Desk, actor: Actor, *, filters: Filters, page: Page) -> Listed:
    """The cases this person may see and asked for. Raises Invalid `bad_value` (sort), `bad_cursor` (after)."""
    condition = and_(
        _CASE.district == desk.district,
        # What is asked for comes first: it rules out more, and costs less to tell.
        *_conditions(desk, actor, filters),
        visible(actor, desk.book.flows, own_cells=own_cells(desk, actor)),
    )
    column, is_down = _order(page.sort)
    query = select(*_SHOWN, _HOLD_KIND).where(condition)
    if page.after:
        query = query.where(_beyond(column, page.after, is_down=is_down))
    query = _ordered(query, column, is_down=is_down).limit(page.limit + 1)
    rows = [dict(row) for row in desk.connection.execute(query).mappings()]
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    count = None
    if page.has_count:
        count = desk.connection.execute(
            select(func.count()).select_from(table_of(Case)).where(condition)
        ).scalar_one()
    following = _cursor(rows[-1], column.key) if more else None
    _release_ended(desk, actor, rows)
    return Listed([item_of(desk, row) for row in rows], following, count)


def named_cases(desk: Desk, actor: Actor, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """Those of the cases with these numbers that this person may see (flow.md 1, rule 8), by number."""
    if not numbers:
        return []
    page = Page("number", limit=len(numbers))
    return list_cases(desk, actor, filters=Filters(number=numbers), page=page).items


def _release_ended(desk: Desk, actor: Actor, rows: list[dict[str, Any]]) -> None:
    """Show cases whose hold ended by its date as the case itself shows them, before the job has written it.

    Filters and order go by what is written, which is a minute behind at most (`jobs.release_holds`).
    """
    held = {row["number"]: row for row in rows if row["hold_kind"] in HOLDING_KINDS}
    if not held:
        return
    hold = table_of(HoldRow).c
    ended = select(hold.number).where(
        hold.district == desk.district, hold.number.in_(held), hold.to_at.is_(None), hold.until_at <= desk.now
    )
    for number in desk.connection.scalars(ended.distinct()):
        row, case = held[number], shown_case(desk, actor, number)
        now = case_row(case)
        row.update({name: now[name] for name in row if name in now})
        row["hold_kind"] = next(
            (one.open_hold.kind for one in case.runs if one.is_open and one.open_hold), None
        )


def visible_numbers(desk: Desk, actor: Actor, numbers: Sequence[str]) -> set[str]:
    """Which of these case numbers (a page of them) this person may see."""
    if not numbers:
        return set()
    page = Page("number", limit=len(numbers))
    return {
        item["number"] for item in list_cases(desk, actor, filters=Filters(number=numbers), page=page).items
    }


def item_of(desk: Desk, row: dict[str, Any]) -> dict[str, Any]:
    """One row of a list, ready for JSON."""
    state = desk.book.flows.get(row["workflow"], row["definition_version"]).states[row["state"]]
    lamp = row_lamp(row, desk.now)
    moments = ("reported_at", "entered_at", "ended_at", "due_at", "handling_due_at")
    plain = {
        name: value
        for name, value in row.items()
        if name not in (*moments, "yellow_at", "is_held", "is_urgent", "filed_by")
    }
    return {
        **plain,
        **{name: china_text(row[name]) for name in moments},
        "state_label": state.label,
        "lamp": lamp,
        "held": row["is_held"],
        "urgent": row["is_urgent"],
        "offered_to": offered_to(row["stage"], row["filed_by"]),
        "remaining_seconds": int((row["due_at"] - desk.now).total_seconds()) if row["due_at"] else None,
    }


def offered_to(stage: str, filed_by: str | None) -> str | None:
    """Who is asked first: whoever filed a case that came back to be filed again (flow.md 1.5); anybody else may."""
    return filed_by if stage == _FILING else None


def row_lamp(row: dict[str, Any], now: datetime) -> str | None:
    """The lamp of the clock that the present state is measured by."""
    if row["due_at"] is None or row["yellow_at"] is None:
        return None
    if now > row["due_at"]:
        return RED
    return YELLOW if now >= row["yellow_at"] else GREEN


def _conditions(desk: Desk, actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        _CASE[name].in_(list(getattr(filters, name))) for name in _MANY if getattr(filters, name)
    ]
    if filters.cell and not filters.street:
        # Cells are found through the index of their streets.
        found.append(_CASE.street.in_(sorted({cell[:9] for cell in filters.cell})))
    if filters.department:
        found.append(_CASE.department.in_(list(filters.department)))
    if filters.lamp:
        found.append(or_(*(_lamp_condition(lamp, desk.now) for lamp in filters.lamp)))
    if filters.hold:
        found += [_CASE.is_open, _OPEN_HOLDS.where(HoldRow.kind.in_(list(filters.hold))).exists()]
    if filters.difficult is not None:
        found.append(_CASE.is_difficult == filters.difficult)
    if filters.is_open is not None:
        found.append(_CASE.is_open == filters.is_open)
    if filters.mine:
        found.append(_mine(actor))
    if filters.to_decide:
        found.append(waiting_for(desk, actor).condition)
    if filters.unconfirmed:
        left = left_unconfirmed(desk, actor)
        found.append(false() if left is None else left)
    if filters.reported_from:
        found.append(_CASE.reported_at >= filters.reported_from)
    if filters.reported_to:
        found.append(_CASE.reported_at < filters.reported_to)
    if filters.due_before:
        found.append(_CASE.due_at < filters.due_before)
    if filters.q.strip():
        found.append(_search(desk, actor, filters))
    if filters.bbox:
        west, south, east, north = filters.bbox
        found += [_CASE.lon.between(west, east), _CASE.lat.between(south, north)]
    return found


def _lamp_condition(lamp: str, now: datetime) -> ColumnElement[bool]:
    if lamp == RED:
        return _CASE.due_at < now
    if lamp == YELLOW:
        return and_(_CASE.due_at >= now, _CASE.yellow_at <= now)
    if lamp == GREEN:
        return and_(_CASE.due_at >= now, _CASE.yellow_at > now)
    raise Invalid(
        "bad_value", "lamp must be green, yellow or red", field="lamp", choices=[GREEN, YELLOW, RED]
    )


def _mine(actor: Actor) -> ColumnElement[bool]:
    """What waits for, or came from, this person or their department."""
    found = [_CASE.reported_by == actor.name, _CASE.inspector == actor.name, _CASE.handler == actor.name]
    found.append(and_(_CASE.stage == _FILING, _CASE.is_open, _CASE.filed_by == actor.name))
    party = select(CaseParty.number).where(
        CaseParty.district == _CASE.district,
        CaseParty.number == _CASE.number,
        CaseParty.kind.in_(["inspector", "handler"]),
        CaseParty.code == actor.name,
    )
    found.append(party.exists())
    if actor.department is not None and actor.has_role("department_officer"):
        found += [_CASE.department == actor.department, assists(actor.department)]
    return or_(*found)


def assists(department: str) -> ColumnElement[bool]:
    """The condition that a department assists in the dispatch in force of a case."""
    task = select(SubTaskRow.number).where(
        SubTaskRow.district == _CASE.district,
        SubTaskRow.number == _CASE.number,
        SubTaskRow.department == department,
        SubTaskRow.ended_at.is_(None),
    )
    return task.exists()


def _search(desk: Desk, actor: Actor, filters: Filters) -> ColumnElement[bool]:
    text = filters.q.strip()
    plain = narrow(text).strip()
    # Whoever types a whole number means that case, and need not wait until all texts have been read.
    number = _BLANKS.sub("", plain)
    if _WHOLE_NUMBER.fullmatch(number) and visible_numbers(desk, actor, [number]):
        return _CASE.number == number
    has_end = _END_OF_NUMBER.fullmatch(number) is not None
    # What stands in a case may be written wide itself.
    written = [_escaped(each) for each in dict.fromkeys((text, plain))]
    return or_(
        _CASE.number.like(f"{_escaped(plain)}%", escape="\\"),
        *([_CASE.number.like(f"%{number}")] if has_end else []),
        _CASE.outside_number.in_([text, plain]),
        *(
            column.like(f"%{each}%", escape="\\")
            for column in (_CASE.address, _CASE.description)
            for each in written
        ),
        *([of_phone(desk, actor, plain)] if filters.with_phones else []),
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def of_phone(desk: Desk, actor: Actor, phone: str) -> ColumnElement[bool]:
    """The condition that somebody with this telephone number reported, as far as this person may know who did."""
    # Whoever sees a case only as open in their own cells learns of no reporter (`sees_reporter`).
    return and_(
        _CASE.reporter_digits.in_(sorted(spellings(phone))), visible(actor, desk.book.flows, own_cells=())
    )


def _order(sort: str) -> tuple[Any, bool]:
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise Invalid(
            "bad_value", f"sort must be one of {', '.join(SORTS)}, with - for descending", field="sort"
        )
    return _CASE[name], sort.startswith("-")


def _key(column: Any, *, is_down: bool) -> ColumnElement[Any]:
    """Cases without a due moment stand last in either direction."""
    if column.key != "due_at":
        return column  # type: ignore[no-any-return]
    return func.coalesce(
        column,
        _FAR if not is_down else datetime.fromisoformat("1900-01-01T00:00:00+00:00"),
        type_=column.type,
    )


def _ordered(query: Select[Any], column: Any, *, is_down: bool) -> Select[Any]:
    key = _key(column, is_down=is_down)
    return query.order_by(
        key.desc() if is_down else key.asc(), _CASE.number.desc() if is_down else _CASE.number.asc()
    )


def _beyond(column: Any, after: str, *, is_down: bool) -> ColumnElement[bool]:
    value, number = _read_cursor(after, column.key)
    key = _key(column, is_down=is_down)
    if value is None:
        value = datetime.fromisoformat("1900-01-01T00:00:00+00:00") if is_down else _FAR
    if is_down:
        return or_(key < value, and_(key == value, _CASE.number < number))
    return or_(key > value, and_(key == value, _CASE.number > number))


def _cursor(row: dict[str, Any], name: str) -> str:
    value = row[name]
    text = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([name, text, row["number"]]).encode()).decode().rstrip("=")


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _read_cursor(text: str, name: str) -> tuple[Any, str]:
    try:
        known, value, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if known != name or not _is_number(number):
            raise ValueError(known)
        if name == "number":
            if not _is_number(value):
                raise ValueError(value)
            return value, number
        moment = None if value is None else datetime.fromisoformat(value)
        if moment is not None and moment.tzinfo is None:
            raise ValueError(value)
        return moment and moment.astimezone(UTC), number
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise Invalid(
            "bad_cursor", "after must be the `next` of a page in the same order", field="after"
        ) from error
