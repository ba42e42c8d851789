"""The pages for people: one blueprint for each part, and how a refusal is shown to them."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for

from gridcase.web.errors import Problem
from gridcase.web.pages.account import ACCOUNT
from gridcase.web.pages.admin import ADMIN
from gridcase.web.pages.audit import AUDIT
from gridcase.web.pages.bulletin_open import OPEN_BULLETINS
from gridcase.web.pages.bulletins import BULLETINS
from gridcase.web.pages.calendar_admin import CALENDAR_ADMIN
from gridcase.web.pages.case import CASE
from gridcase.web.pages.case_file import CASE_FILE
from gridcase.web.pages.case_list import CASES
from gridcase.web.pages.categories_admin import CATEGORIES_ADMIN
from gridcase.web.pages.definitions import DEFINITIONS
from gridcase.web.pages.department_desk import DEPARTMENT_DESK
from gridcase.web.pages.departments_admin import DEPARTMENTS
from gridcase.web.pages.design import DESIGN
from gridcase.web.pages.desk import DESK
from gridcase.web.pages.desk_bulk import DESK_BULK
from gridcase.web.pages.desk_call import DESK_CALL
from gridcase.web.pages.desk_keeping import DESK_KEEPING
from gridcase.web.pages.desk_live import DESK_LIVE
from gridcase.web.pages.entrance import ENTRANCE
from gridcase.web.pages.follow_ups import FOLLOW_UPS
from gridcase.web.pages.frame import render_problem
from gridcase.web.pages.grade_map import MAP
from gridcase.web.pages.handler import HANDLER_PAGES
from gridcase.web.pages.headers import HEADERS
from gridcase.web.pages.help import HELP
from gridcase.web.pages.imports_admin import IMPORTS_ADMIN
from gridcase.web.pages.integrity import INTEGRITY
from gridcase.web.pages.job_runs import JOB_RUNS
from gridcase.web.pages.leader import LEADER
from gridcase.web.pages.look import LOOK
from gridcase.web.pages.look_back import LOOK_BACK
from gridcase.web.pages.notice_texts import NOTICE_TEXTS
from gridcase.web.pages.own_department import OWN_DEPARTMENT
from gridcase.web.pages.people import PEOPLE
from gridcase.web.pages.phone import PHONE
from gridcase.web.pages.phone_data import PHONE_DATA
from gridcase.web.pages.public import PUBLIC
from gridcase.web.pages.public_follow import PUBLIC_FOLLOW
from gridcase.web.pages.ranking_cases import RANKING_CASES
from gridcase.web.pages.rankings import RANKINGS
from gridcase.web.pages.reporting import REPORTING
from gridcase.web.pages.rule_replay_admin import RULE_REPLAY_ADMIN
from gridcase.web.pages.rules_admin import RULES_ADMIN
from gridcase.web.pages.sending import FROM_SCRIPT
from gridcase.web.pages.settings_page import SETTINGS
from gridcase.web.pages.what_if import WHAT_IF
from gridcase.web.pages.wording import WORDING

# Every blueprint of the pages, in the order of their registration.
PAGES: tuple[Blueprint, ...] = (
    HEADERS, WORDING, LOOK, HELP, ENTRANCE, ACCOUNT, ADMIN, AUDIT, PEOPLE, CASES, CASE, DESK, DESK_BULK, DESK_LIVE, DESK_KEEPING, DESK_CALL, FOLLOW_UPS, CASE_FILE, REPORTING, RANKINGS, RANKING_CASES,
    LEADER, LOOK_BACK, WHAT_IF, DEPARTMENT_DESK, OWN_DEPARTMENT, HANDLER_PAGES, MAP, PHONE, PHONE_DATA,
    DEFINITIONS, NOTICE_TEXTS, JOB_RUNS, SETTINGS,
    DEPARTMENTS, RULES_ADMIN, RULE_REPLAY_ADMIN, CATEGORIES_ADMIN, CALENDAR_ADMIN, IMPORTS_ADMIN,
    INTEGRITY, BULLETINS, OPEN_BULLETINS, PUBLIC, PUBLIC_FOLLOW, DESIGN,
)  # fmt: skip

_NOT_SIGNED_IN = 401


def show_problem(problem: Problem) -> Response:
    """A refusal as a page; who is not signed in is asked to, and comes back to where they were."""
    if problem.status == _NOT_SIGNED_IN and FROM_SCRIPT not in request.headers:
        onward = request.full_path.rstrip("?") if request.method == "GET" else None
        answer = redirect(url_for("entrance.ask_in", next=onward if onward != "/" else None))
        # With its body: the length that the headers tell is the length of that.
        return Response(answer.get_data(), status=answer.status, headers=answer.headers)
    return render_problem(problem)
