"""Responsibility rules, for administrators: those in force and coming ones, and where nobody or two answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Blueprint, request, url_for

from gridcase.cases.book import Desk, Rulebook
from gridcase.cases.catalogue import Catalogue
from gridcase.cases.import_kinds import RULES, rules_of_draft
from gridcase.cases.responsibility import Rule
from gridcase.cases.rule_desk import cell_places, rules_in_force
from gridcase.cases.rule_gaps import NONE, TWO, Gap, gaps
from gridcase.cases.rule_list import COMING, ENDED, IN_FORCE, STANDINGS, Wanted, standing_of, wanted_rules
from gridcase.cases.rule_store import stored_rules
from gridcase.clock import CHINA
from gridcase.directory.people import Actor
from gridcase.directory.queries import departments
from gridcase.errors import NotFound
from gridcase.web.context import looking
from gridcase.web.pages.admin import check_administrator
from gridcase.web.pages.frame import render
from gridcase.web.pages.sending import told_once

RULES_ADMIN = Blueprint("rules_admin", __name__)

_PAGE_SIZE = 100
_FIELDS = ("category", "area", "department", "standing", "from")


@RULES_ADMIN.get("/admin/rules")
def show_list() -> str:
    """The rules that are looked for, the one that applies first in front. For administrators, as every page here."""
    with looking() as (desk, actor):
        check_administrator(actor)
        typed = {name: request.args.get(name, "").replace("\0", "").strip() for name in _FIELDS}
        today, rules = _today(desk), stored_rules(desk.connection, desk.district)
        wanted = Wanted(
            typed["category"],
            typed["area"],
            typed["department"],
            typed["standing"] if typed["standing"] in STANDINGS else "",
        )
        book = desk.book
        found = wanted_rules(
            rules, wanted, catalogue=book.catalogue.current, geography=book.geography, on=today
        )
        at = int(typed["from"]) if typed["from"].isdecimal() and len(typed["from"]) < 7 else 0
        kept: dict[str, Any] = {name: text for name, text in typed.items() if text and name != "from"}
        is_more = len(found) > at + _PAGE_SIZE
        onward: dict[str, Any] = {**kept, "from": at + _PAGE_SIZE}
        following = url_for("rules_admin.show_list", **onward) if is_more else ""
        return render(
            desk, actor, "pages/rules.html",
            rules=[(rule, standing_of(rule, today)) for rule in found[at : at + _PAGE_SIZE]], typed=typed,
            found_count=len(found), at=at, counts=Counter(standing_of(rule, today) for rule in rules),
            standings=(IN_FORCE, COMING, ENDED), cards=departments(desk.connection, desk.district),
            class_names=class_names(book.catalogue.current),
            first=url_for("rules_admin.show_list", **kept) if at else "", following=following,
            told=told_once(),
        )  # fmt: skip


def class_names(catalogue: Catalogue) -> dict[str, str]:
    """The names of main and sub classes by their codes, such as `event/01`."""
    found: dict[str, str] = {}
    for category in catalogue.categories.values():
        main = f"{category.kind}/{category.main_code}"
        found[main] = category.main_name
        found[f"{main}/{category.sub_code}"] = category.sub_name
    return found


# --- where nobody or two answer ------------------------------------------------------------------------------


@RULES_ADMIN.get("/admin/rules/gaps")
def show_gaps() -> str:
    """Cells × categories without a department or with two: by the rules in force, or with `draft` by the upload.

    Raises DefinitionError when the upload is faulty by now.
    """
    with looking() as (desk, actor):
        check_administrator(actor)
        report = _report(desk, actor)
        finding = request.args.get("finding", "")
        shown = [gap for gap in report.found if finding not in (NONE, TWO) or gap.finding == finding]
        return render(
            desk, actor, "pages/rule_gaps.html",
            report=report, shown=shown, finding=finding,
        )  # fmt: skip


@RULES_ADMIN.get("/admin/rules/gaps/cells")
def show_cells() -> str:
    """The cells of one gap by street and community. Raises NotFound `unknown_gap` when there is none any more."""
    with looking() as (desk, actor):
        check_administrator(actor)
        report = _report(desk, actor)
        category, named = request.args.get("category", ""), request.args.get("departments", "")
        gap = next((one for one in report.found if gap_key(one) == (category, named)), None)
        if gap is None:
            raise NotFound("unknown_gap", "there is no such gap any more", category=category)
        return render(
            desk, actor, "pages/rule_gap_cells.html",
            report=report, gap=gap, category=category, streets=_by_street(gap.cells),
        )  # fmt: skip


@dataclass(frozen=True)
class Report:
    """The gaps of a day; `is_draft`: by the uploaded rules instead of those in force."""

    on: date
    found: list[Gap]
    cell_count: int
    category_count: int
    is_draft: bool

    def count(self, finding: str) -> int:
        """Cells × categories of a finding."""
        return sum(len(gap.cells) for gap in self.found if gap.finding == finding)


def gap_key(gap: Gap) -> tuple[str, str]:
    """What tells a gap from the others: category and departments."""
    one = gap.category
    return f"{one.kind}/{one.main_code}/{one.sub_code}", " ".join(gap.departments)


def gap_report(desk: Desk, rules: list[Rule], *, is_draft: bool = False) -> Report:
    """The gaps that these rules leave today, or, coming ones, on the first day on which all of them have begun."""
    begins = [rule.span.valid_from for rule in rules if rule.span.valid_from]
    day = max([_today(desk), *begins]) if is_draft else _today(desk)
    valid = rules_in_force(desk.connection, desk.book, rules, on=day)
    catalogue = desk.book.catalogue.current
    ground = _Ground(id(desk.book), catalogue.version, day, desk.book, catalogue)
    found, cell_count = _found(tuple(valid), ground)
    return Report(day, found, cell_count, len(catalogue.categories), is_draft=is_draft)


@dataclass(frozen=True)
class _Ground:
    """What gaps are looked for on, beside the rules: the cells of a book on a day, and the version of its catalogue."""

    book_id: int
    version: int
    on: date
    # Kept, so that no other book gets its id while the answer is.
    book: Rulebook = field(compare=False)
    catalogue: Catalogue = field(compare=False)


@lru_cache(maxsize=4)
def _found(valid: tuple[Rule, ...], ground: _Ground) -> tuple[list[Gap], int]:
    """The gaps, and how many cells there are: a tenth of a second in a district, asked for by several pages in turn."""
    cells = list(cell_places(ground.book, on=ground.on))
    return list(gaps(valid, ground.catalogue, cells)), len(cells)


def _report(desk: Desk, actor: Actor) -> Report:
    if request.args.get("draft"):
        rules = rules_of_draft(desk, actor.name)
        if rules is None:
            raise NotFound("unknown_import", "nothing waits for a confirmation", kind=RULES)
        return gap_report(desk, rules, is_draft=True)
    return gap_report(desk, stored_rules(desk.connection, desk.district))


def _by_street(cells: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Cell codes by the code of the street and of the community that they begin with."""
    found: dict[str, dict[str, list[str]]] = {}
    for cell in cells:
        found.setdefault(cell[:9], {}).setdefault(cell[:12], []).append(cell)
    return found


def _today(desk: Desk) -> date:
    return desk.now.astimezone(CHINA).date()
