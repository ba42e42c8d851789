"""Loads a case by folding its steps."""

from __future__ import annotations

from functools import partial

from gridcase.cases.book import Desk
from gridcase.cases.casefile import CaseFile, fold
from gridcase.cases.duty import own_cells
from gridcase.cases.store import load_entries
from gridcase.cases.visibility import may_see
from gridcase.directory.people import Actor
from gridcase.errors import NotFound


def load_case(desk: Desk, number: str) -> CaseFile | None:
    """The case of this number, or None when there is none."""
    entries = load_entries(desk.access, desk.district, number)
    if not entries:
        return None
    name = str(entries[0].step.data["workflow"])
    return fold(number, partial(desk.book.flows.get, name), entries)


def visible_case(desk: Desk, actor: Actor, number: str) -> CaseFile:
    """The case, if this person may see it. Raises NotFound `unknown_case` in both other cases alike."""
    case = load_case(desk, number)
    if case is None or not may_see(case, actor, desk.book.flows, own_cells=partial(own_cells, desk, actor)):
        raise NotFound("unknown_case", f"there is no case {number!r}", case=number)
    return case
