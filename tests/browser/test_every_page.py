"""Every page of the site on a desk and on a phone, light and dark: axe-core finds nothing, nothing leaves the host."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser

from gridcase.app import create_app
from gridcase.web.pages import PAGES
from tests.browser.driving import SIZES, Watched, opened
from tests.making import Office
from tests.web_pages.freezing import freeze_month
from tests.web_pages.uploading import wait_for_confirmation

pytestmark = pytest.mark.browser

# What is fetched by pages and programs, and what only leads on.
_NO_PAGES = {
    "entrance.home", "help.show_picture", "map.cells", "map.grades", "desk_live.show", "leader.show_part", "desk_call.show_places", "bulletins.show_file", "open_bulletins.show_data", "phone.worker",
    "phone.manifest", "public.streets", "imports_admin.download", "department_desk.show_live", "handler.worker", "handler.manifest", "handler.session", "handler.tasks",
}  # fmt: skip
_NO_PAGES_OF = ("phone_data.",)

# Who opens which page: person -> endpoint -> path. {case} is a case that is being handled by department A.
_OPENED: dict[str, dict[str, str]] = {
    "": {
        "entrance.ask_in": "/sign-in",
        "help.show": "/help",
        "public.show": "/public",
        "public.show_form": "/public/report",
        "public.show_made": "/public/report/made",
        "public_follow.show_follow": "/public/follow",
        "open_bulletins.show_list": "/public/bulletins",
        "open_bulletins.show": "/public/bulletins/2026-10/departments",
    },
    "intake_operator": {"cases.show_list": "/cases?tab=all&lamp=red&lamp=", "reporting.show": "/report"},
    "dispatcher": {"desk.show": "/desk", "desk_bulk.show": "/desk/bulk?trigger=redispatch&number={case}"},
    "officer_a": {
        "case.show": "/cases/{case}",
        "own_department.show": "/department?rank=1",
        "department_desk.show": "/department/desk?case={case}",
    },
    "handler_a": {"handler.show": "/handler/", "handler.show_outbox": "/handler/outbox"},
    "leader": {
        "leader.show": "/leader?of=departments",
        "leader.show_wall": "/leader/wall",
        "case_file.show": "/cases/{case}/file",
        "rankings.show": "/rankings?of=departments&period=2026-10",
        "ranking_cases.show": "/rankings/cases?of=departments&period=2026-10&unit=A&count=filed_count",
        "look_back.show": "/rankings/months?of=departments",
        "what_if.show": "/rankings/what-if?of=departments",
        "map.show": "/map?period=2026-10",
        "bulletins.show_list": "/bulletins",
        "bulletins.show": "/bulletins/2026-10/departments",
        "bulletins.show_cases": "/bulletins/2026-10/departments/cases?count=filed_count",
        "integrity.show": "/integrity?period=2026-10",
        "integrity.show_cases": "/integrity/cases?period=2026-10&rule=self_handling_share&figure=looked_at",
        "design.show": "/_design",
    },
    "inspector": {
        "phone.report": "/phone/",
        "phone.tasks": "/phone/tasks",
        "phone.area": "/phone/area",
        "phone.month": "/phone/month",
        "phone.outbox": "/phone/outbox",
    },
    "administrator": {
        "account.show": "/account",
        "admin.show": "/admin",
        "departments_admin.show_list": "/admin/departments",
        "departments_admin.show_new": "/admin/new-department",
        "departments_admin.show": "/admin/departments/A",
        "rules_admin.show_list": "/admin/rules",
        "rules_admin.show_gaps": "/admin/rules/gaps",
        "rules_admin.show_cells": "/admin/rules/gaps/cells?category=event/01/10&departments=",
        "rule_replay_admin.show": "/admin/rules/replay",
        "categories_admin.show": "/admin/categories?main=event/01",
        "categories_admin.show_version": "/admin/categories/versions/2",
        "calendar_admin.show": "/admin/calendar",
        "imports_admin.show": "/admin/import/rules",
        "audit.show": "/audit",
        "people.show_list": "/admin/people",
        "people.show_new": "/admin/people/new",
        "people.show": "/admin/people/dispatcher",
        "definitions.show_list": "/admin/definitions",
        "definitions.show": "/admin/definitions/standard/1",
        "job_runs.show_list": "/admin/jobs",
        "job_runs.show": "/admin/jobs/remind",
        "notice_texts.show_list": "/admin/notices",
        "notice_texts.show": "/admin/notices/slow_department",
        "settings_page.show": "/admin/settings",
        "definitions.compare": "/admin/definitions/compare?old=standard@1&new=two_level@1",
    },
}


@pytest.fixture(scope="module")
def case(open_office: Office) -> str:
    """A month of a few cases, over and frozen, and a case of the next one that is being handled."""
    office = open_office
    for goal, department in (("closed", "A"), ("closed", "B"), ("verification_failed", "A")):
        office.walk(office.report(address="红旗路 8 号"), goal, department=department)
    office.set("2026-11-02T09:00")
    freeze_month(office, "departments")
    number = office.walk(office.report(address="红旗路 9 号"), "handling", department="A")
    office.ask("officer_a", number, "extension")
    wait_for_confirmation(office)
    office.now += timedelta(hours=1)
    return number


def _pages_of(app: Flask) -> set[str]:
    names = {blueprint.name for blueprint in PAGES}
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    found = {rule.endpoint for rule in rules if rule.endpoint.partition(".")[0] in names}
    return {name for name in found - _NO_PAGES if not name.startswith(_NO_PAGES_OF)}


def test_every_page_is_looked_at(open_office: Office) -> None:
    listed = {endpoint for pages in _OPENED.values() for endpoint in pages}

    assert _pages_of(create_app(open_office.installation)) == listed


@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_a_fault_that_axe_finds(browser: Browser, base: str, case: str, size: str) -> None:
    faults: list[str] = []
    with opened(browser, base, size=size) as watched:
        for who, pages in _OPENED.items():
            if who:
                watched.enter(who)
            for endpoint, path in pages.items():
                # Colours that fade into one another would be measured half-way.
                watched.page.emulate_media(color_scheme="light", reduced_motion="reduce")
                watched.open(path.replace("{case}", case))
                faults += _faults(watched, f"{size}-every-{endpoint}")
            if who:
                watched.open("/cases")
                watched.leave()
        assert "\n".join([*faults, *watched.errors]) == ""


def _faults(watched: Watched, name: str) -> list[str]:
    page = watched.page
    # Maps, charts and the phone pages ask for more once they stand.
    watched.settle()
    found = watched.faults(name)
    page.emulate_media(color_scheme="dark")
    return found + watched.faults_of_colour(f"{name}-dark")
