"""No form is taken without its token, and a case shows to nobody who may not see it."""

from __future__ import annotations

import pytest
from werkzeug.routing import Rule

from gridcase.web.pages import PAGES
from tests.web_pages.visiting import Site

_NAMES = {
    "number": "20261009000001", "trigger": "accept", "request_id": "R1", "how": "grant", "order_id": "S1",
    "finding_id": "F1", "name": "leader", "code": "A", "kind": "rules",
}  # fmt: skip


@pytest.fixture
def site(kept_site: Site) -> Site:
    """One site for the whole file: every test has cases of its own."""
    return kept_site


def _forms(site: Site) -> list[Rule]:
    pages = {blueprint.name for blueprint in PAGES}
    return [
        rule
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in pages and "POST" in (rule.methods or ())
    ]


def _path(rule: Rule) -> str:
    built = rule.build({name: _NAMES[name] for name in rule.arguments})
    assert built is not None
    return str(built[1])


def test_no_form_is_taken_without_its_token(shared_site: Site) -> None:
    visitor = shared_site.visitor("dispatcher")

    answers = {rule.endpoint: visitor.post(_path(rule), token="x") for rule in _forms(shared_site)}

    assert len(answers) >= 40
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 403)


def test_our_script_is_told_of_a_lost_session_instead_of_being_sent_away(shared_site: Site) -> None:
    visitor = shared_site.visitor()

    answer = visitor.client.post(
        f"/cases/{_NAMES['number']}/moves/accept",
        data={"csrf_token": visitor.token()},
        headers={"X-Gridcase-Script": "1"},
    )

    assert answer.status_code == 401
    assert "登录已过期" in answer.text


@pytest.fixture
def case(site: Site) -> str:
    """A case handled by department A in the street of the office's point."""
    return site.office.walk(site.office.report(), "handling", department="A")


def test_a_case_shows_to_those_whose_it_is(site: Site, case: str) -> None:
    for who in ("inspector", "intake_operator", "shift_supervisor", "dispatcher", "officer_a", "leader"):
        assert case in site.visitor(who).text(f"/cases/{case}"), who


def test_a_case_of_another_department_area_or_nobody_is_not_found(site: Site, case: str) -> None:
    office = site.office
    other = next(
        cell
        for cell in office.book.geography.cells(office.now.date())
        if cell.code[:9] != office.case(case).fields["street"]
    )
    office.add_user("inspector_far", "inspector", area=other.code[:9])
    office.add_user("supervisor_far", "shift_supervisor", area=other.code[:9])
    office.add_user("leader_far", "leader", area=other.code[:9])

    for who in (
        "officer_b",
        "handler_a",
        "handler_b",
        "administrator",
        "inspector_far",
        "supervisor_far",
        "leader_far",
    ):
        visitor = site.visitor(who)
        assert "没有找到" in visitor.text(f"/cases/{case}", 404), who
        assert case not in visitor.text("/cases?tab=all"), who
        assert visitor.move(case, "accept").status_code == 404, who


def test_a_number_that_never_was_reads_the_same_as_one_that_may_not_be_seen(site: Site, case: str) -> None:
    visitor = site.visitor("officer_b")

    assert visitor.text(f"/cases/{case}", 404) == visitor.text("/cases/20261009999999", 404)


def test_a_role_that_never_makes_a_move_is_refused_by_name(site: Site, case: str) -> None:
    visitor = site.visitor("leader")

    answer = visitor.move(case, "give_feedback", measure="清理")

    assert answer.status_code == 403
    assert "您的岗位无权办理此步骤" in answer.text
    assert "清理" in answer.text
    assert site.office.case(case).state == "handling"


def test_only_moves_of_the_own_role_are_offered(site: Site, case: str) -> None:
    officer, dispatcher = (site.visitor(who).text(f"/cases/{case}") for who in ("officer_a", "dispatcher"))

    assert "处置反馈" in officer
    assert "强制结案" not in officer
    assert "处置措施" not in dispatcher
    assert "强制结案" in site.visitor("shift_supervisor").text(f"/cases/{case}")


def test_departments_have_no_report_form_and_no_way_to_it(site: Site) -> None:
    visitor = site.visitor("officer_a")

    assert visitor.get("/report").status_code == 403
    assert "没有权限" in visitor.text("/report", 403)
    assert 'href="/report"' not in visitor.get("/cases").text
    assert visitor.post("/report", category="event/01/10", description="x").status_code == 403


def test_the_reporter_of_a_call_stays_unknown_to_an_inspector_who_only_patrols_there(site: Site) -> None:
    number = site.office.report(
        "intake_operator", channel="hotline_12345", reporter={"name": "李女士", "phone": "13900001111"}
    )

    desk, patrol = (site.visitor(who).text(f"/cases/{number}") for who in ("intake_operator", "inspector"))

    assert "李** 139****1111" in desk
    assert "李" not in patrol.partition("来源")[2]
    assert "139" not in patrol.partition("来源")[2]


def test_every_page_carries_the_policy_and_nothing_inline(site: Site, case: str) -> None:
    visitor = site.visitor("intake_operator")

    for path in ("/sign-in", "/cases", f"/cases/{case}", "/report", "/rankings", "/map", "/nothing-here"):
        answer = visitor.client.get(path, follow_redirects=True)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self'"), path
        assert "unsafe" not in policy, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path


def test_an_address_that_is_none_reads_in_chinese(shared_site: Site) -> None:
    text = shared_site.visitor("dispatcher").text("/nothing-here", 404)

    assert "没有找到" in text
    assert "返回案件列表" in text


def test_a_refusal_stands_in_the_frame_of_whoever_meets_it(shared_site: Site) -> None:
    def told(who: str | None) -> tuple[bool, bool, bool]:
        page = shared_site.visitor(who).get("/nothing-here").text
        return "工作台" in page, "返回案件列表" in page, ">登录</a>" in page

    assert told("dispatcher") == (True, True, False)
    # Sees no case (flow.md 1, rule 8).
    assert told("administrator") == (False, False, False)
    assert told(None) == (False, False, True)


def test_where_the_site_failed_nobody_is_looked_up(
    shared_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = shared_site.visitor("dispatcher")

    def fails(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("gone")

    monkeypatch.setattr(type(shared_site.office.database), "reading", fails)
    answer = visitor.get("/cases")

    assert answer.status_code == 500
    assert "系统出错了" in answer.text
    assert visitor.get("/nothing-here").status_code == 500
