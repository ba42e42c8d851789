"""The calls of the duty roster 值班: who is on duty in which cells from when to when (api.md 2)."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from gridcase.cases.book import Desk
from gridcase.cases.roster import roster, set_roster
from gridcase.directory.duty import Shift, Wanted
from gridcase.directory.people import Actor
from gridcase.web.api.calls import Asked, Calls, Sent
from gridcase.web.api.fields import Body, Code, Moment, Part, Query, Reply, When

DUTY = Calls("duty")

_MOST_ROWS, _MOST_CELLS = 1000, 5000
Cells = Annotated[list[Code], Field(max_length=_MOST_CELLS, description="codes; an empty list ends the duty")]


class ShiftPart(Part):
    """A row of the roster: on duty in these cells from one moment up to another."""

    inspector: Code
    cells: Cells
    from_: Moment = Field(alias="from")
    to: Moment


class RosterBody(Body):
    """One row, or several in `rows`. A row is told by inspector, `from` and `to`; without cells it is taken away."""

    inspector: Code | None = None
    cells: Cells | None = None
    from_: Moment | None = Field(None, alias="from")
    to: Moment | None = None
    rows: Annotated[list[ShiftPart], Field(max_length=_MOST_ROWS)] | None = None

    @model_validator(mode="after")
    def row_is_whole(self) -> Self:
        """Either all parts of one row, or the list."""
        parts = (self.inspector, self.cells, self.from_, self.to)
        is_one = all(part is not None for part in parts)
        if is_one == (self.rows is not None) or (
            self.rows is not None and any(part is not None for part in parts)
        ):
            raise PydanticCustomError("shift_incomplete", "inspector, cells, from and to, or rows")
        return self

    def shifts(self) -> list[Shift]:
        """The rows that were sent."""
        if self.rows is not None:
            return [Shift(row.inspector, tuple(row.cells), row.from_, row.to) for row in self.rows]
        if self.inspector is None or self.cells is None or self.from_ is None or self.to is None:
            return []
        return [Shift(self.inspector, tuple(self.cells), self.from_, self.to)]


class RosterQuery(Query):
    """Which rows: of these inspectors, in these cells, that lie partly between `from` and `to`."""

    inspector: tuple[Code, ...] = ()
    cells: tuple[Code, ...] = ()
    from_: When | None = Field(None, alias="from", description="default now")
    to: When | None = None


class ShiftReply(Reply):
    """A row of the roster."""

    inspector: str
    cells: list[str]
    from_: Moment = Field(alias="from")
    to: Moment


class RosterReply(Reply):
    """Rows of the roster by begin, inspector and end."""

    items: list[ShiftReply]


@DUTY.read("/duty-roster", RosterQuery, answer=RosterReply, refuses=(403,))
def show_duty_roster(desk: Desk, actor: Actor, asked: Asked) -> dict[str, Any]:
    """值班表 (the duty roster: rows by begin, from now on unless told otherwise)."""
    query: RosterQuery = asked.query
    wanted = Wanted(query.inspector, query.cells, query.from_ or desk.now, query.to)
    return {"items": roster(desk, actor, wanted)}


@DUTY.put("/duty-roster", RosterBody, answer=RosterReply)
def set_duty_roster(desk: Desk, actor: Actor, sent: Sent) -> dict[str, Any]:
    """编排值班 (write rows of the duty roster; answers the rows of these inspectors in that time)."""
    body: RosterBody = sent.body
    return {"items": set_roster(desk, actor, body.shifts())}
