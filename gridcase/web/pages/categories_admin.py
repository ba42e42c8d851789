"""The category table in force, for administrators: classes, filing and closing conditions, limits, and its versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, request

from gridcase.cases.book import Desk
from gridcase.cases.catalogue import Catalogue, Category
from gridcase.cases.catalogue_store import load_catalogue
from gridcase.cases.catalogue_versions import versions
from gridcase.cases.import_kinds import CATEGORIES
from gridcase.errors import NotFound
from gridcase.web.context import looking
from gridcase.web.pages.admin import check_administrator
from gridcase.web.pages.category_choice import category_groups
from gridcase.web.pages.frame import render
from gridcase.web.pages.import_views import TABLES, parts_of
from gridcase.web.pages.sending import told_once

CATEGORIES_ADMIN = Blueprint("categories_admin", __name__)


@dataclass(frozen=True, slots=True)
class Main:
    """A main class with its number of sub classes and conditions."""

    kind: str
    code: str
    name: str
    category_count: int
    condition_count: int


@CATEGORIES_ADMIN.get("/admin/categories")
def show() -> str:
    """The main classes; with `main` (`event/01`) or `q` the sub classes with their conditions and limits."""
    with looking() as (desk, actor):
        check_administrator(actor)
        catalogue = _in_force(desk)
        typed = {name: request.args.get(name, "").replace("\0", "").strip() for name in ("main", "q")}
        found = _wanted(catalogue, typed["main"], typed["q"]) if any(typed.values()) else []
        return render(
            desk, actor, "pages/categories.html",
            catalogue=catalogue, mains=_mains(catalogue), found=found, typed=typed,
            versions=versions(desk.connection, desk.district, catalogue.standard), told=told_once(),
        )  # fmt: skip


@CATEGORIES_ADMIN.get("/admin/categories/versions/<int:version>")
def show_version(version: int) -> str:
    """What one import changed. Raises NotFound `unknown_version`."""
    with looking() as (desk, actor):
        check_administrator(actor)
        standard = desk.book.settings.catalogue.standard
        known = versions(desk.connection, desk.district, standard)
        found = next((one for one in known if one.number == version), None)
        if found is None:
            raise NotFound("unknown_version", f"there is no version {version} of {standard}", version=version)
        return render(
            desk, actor, "pages/category_version.html",
            version=found, standard=standard, columns=TABLES[CATEGORIES].columns,
            parts=parts_of(CATEGORIES, found.changes, is_whole=True),
        )  # fmt: skip


def _in_force(desk: Desk) -> Catalogue:
    """The table as the database has it: this process may follow an import a second later."""
    return load_catalogue(desk.connection, desk.district, desk.book.settings.catalogue.standard)


def _mains(catalogue: Catalogue) -> list[Main]:
    return [
        Main(
            group.kind,
            group.main_code,
            group.main_name,
            len(group.categories),
            sum(len(category.conditions) for category in group.categories),
        )
        for group in category_groups(catalogue)
    ]


def _wanted(catalogue: Catalogue, main: str, search: str) -> list[Category]:
    categories: Iterable[Category] = catalogue.categories.values()
    if main:
        categories = [one for one in categories if f"{one.kind}/{one.main_code}" == main]
    if search:
        categories = [one for one in categories if _holds(one, search)]
    return list(categories)


def _holds(category: Category, text: str) -> bool:
    code = "/".join((category.kind, category.main_code, category.sub_code))
    told = (category.sub_name, category.main_name, code, f"{category.main_code}-{category.sub_code}")
    return any(text in each for each in told)
