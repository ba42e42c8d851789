"""What is in force, as administrators see it: rules and their gaps, categories and their versions, the calendar; nobody else."""

from __future__ import annotations

import pytest
from werkzeug.routing import Rule

from gridcase.web.pages.rule_replay_admin import spread
from tests.cases.ruling import give_rules, rule
from tests.web_pages.uploading import CALENDAR_HEADER, CATEGORIES_HEADER, RULES_HEADER, confirm, seen, upload
from tests.web_pages.visiting import Site, Visitor

_BLUEPRINTS = {
    "admin", "departments_admin", "rules_admin", "rule_replay_admin", "categories_admin", "calendar_admin", "imports_admin",
}  # fmt: skip
_NAMES = {"code": "A", "kind": "rules", "version": "2"}
STANDARD = "yuncheng-2026"


@pytest.fixture
def admin(both_sites: Site) -> Visitor:
    return both_sites.visitor("administrator")


def _bar(page: str) -> str:
    return page.split('<nav class="bar-nav"')[1].split("</nav>")[0]


def test_the_bar_of_administrators_has_no_list_without_cases_and_marks_where_they_are(
    shared_site: Site,
) -> None:
    admin = shared_site.visitor("administrator")

    audit = admin.get("/audit").text

    assert 'href="/cases"' not in _bar(audit)
    assert '<a href="/admin" aria-current="page">管理</a>' in _bar(audit)
    assert '<a href="/admin">← 系统管理</a>' in audit
    for who in ("leader", "dispatcher", "officer_a", "handler_a", "inspector"):
        assert 'href="/cases"' in _bar(shared_site.visitor(who).get("/bulletins").text), who


def _routes(site: Site) -> list[Rule]:
    return [
        route for route in site.app.url_map.iter_rules() if route.endpoint.partition(".")[0] in _BLUEPRINTS
    ]


@pytest.mark.parametrize("who", ["leader", "shift_supervisor", "dispatcher", "officer_a", "inspector"])
def test_nobody_else_comes_near(shared_site: Site, who: str) -> None:
    visitor, routes = shared_site.visitor(who), _routes(shared_site)
    before = [shared_site.office.rows(name) for name in ("department", "import_draft", "audit_entry")]

    answers = {}
    for route in routes:
        built = route.build({name: _NAMES[name] for name in route.arguments})
        assert built is not None
        send = visitor.get if "GET" in (route.methods or ()) else visitor.post
        answers[route.endpoint] = send(built[1]).status_code
    answers["upload"] = upload(visitor, "rules", RULES_HEADER).status_code

    assert len(answers) >= 20
    assert answers == dict.fromkeys(answers, 403)
    assert [shared_site.office.rows(name) for name in ("department", "import_draft", "audit_entry")] == before


def test_rules_are_found_by_category_area_department_and_time(both_sites: Site, admin: Visitor) -> None:
    street = next(iter(both_sites.office.book.geography.cells(both_sites.office.now.date()))).code[:9]
    text = (
        f"{RULES_HEADER},,,,A,,,,,兜底\nevent,01,10,{street},B,,5,,,本街道垃圾\n"
        "event,01,,,S,,,2027-01-01,,明年\nevent,02,,,A,,,,2026-01-01,往年\n"
    )
    upload(admin, "rules", text)
    assert confirm(admin, "rules").status_code == 303

    everything = admin.text("/admin/rules")
    assert "在用 2 未到生效日 1 已失效 1" in everything
    by_category = admin.text("/admin/rules?category=event/01/10&standing=in_force")
    assert by_category.index("本街道垃圾") < by_category.index("兜底")
    assert "往年" not in by_category
    assert "明年" in admin.text("/admin/rules?standing=coming")
    assert "往年" in admin.text("/admin/rules?department=A&category=event/02")
    by_area = admin.text(f"/admin/rules?area={both_sites.office.book.geography.areas.name(street)}")
    assert "本街道垃圾" in by_area
    assert "本街道垃圾" not in admin.text("/admin/rules?area=120199")
    assert "没有符合条件的规则" in admin.text("/admin/rules?department=nobody&from=x")


def test_gaps_are_counted_and_open_to_their_cells_also_for_rules_to_come(
    both_sites: Site, admin: Visitor
) -> None:
    give_rules(both_sites.office, rule("A", "event"), rule("B", "event/01/10"), rule("S", "event/01/10"))
    cells = len(list(both_sites.office.book.geography.cells(both_sites.office.now.date())))
    upload(admin, "rules", f"{RULES_HEADER},,,,A,,,,,\n")

    page = admin.get("/admin/rules/gaps")
    two = admin.text("/admin/rules/gaps?finding=two")
    inside = admin.text("/admin/rules/gaps/cells?category=event/01/10&departments=B+S")

    assert "category=event/01/10&amp;departments=B+S" in page.text.replace("%2F", "/")
    assert f"多个责任部门 {cells}" in two
    assert "无责任部门 —" not in two
    none = admin.text("/admin/rules/gaps?finding=none")
    components = sum(key[0] == "component" for key in both_sites.office.book.catalogue.categories)
    assert f"无责任部门 {cells * components}" in none
    assert f"component/01/01 无责任部门 — {cells}" in none
    assert "乙局" not in none
    assert "乙局" in two
    assert f"{cells} 个单元网格，即全部" in inside
    assert admin.get("/admin/rules/gaps/cells?category=event/01/10&departments=A").status_code == 404
    assert "没有空白和冲突" in admin.text("/admin/rules/gaps?draft=1")
    preview = admin.text("/admin/import/rules")
    assert f"多个责任部门（导入前） {cells} 多个责任部门（导入后） 0" in preview
    assert "无责任部门（导入后） 0" in preview


def test_the_dispatches_of_last_month_are_replayed_by_the_uploaded_rules(
    both_sites: Site, admin: Visitor
) -> None:
    office = both_sites.office
    give_rules(office, rule("A"))
    numbers = [office.walk(office.report(), "dispatched") for _ in range(3)]
    office.set("2026-11-05T09:00")
    admin = both_sites.visitor("administrator")
    assert admin.get("/admin/rules/replay").status_code == 404
    upload(admin, "rules", f"{RULES_HEADER},,,,B,,,,,\n")

    page = admin.text("/admin/rules/replay")

    assert "用新规则回放 2026-10 的派遣" in page
    assert "派遣次数 3 去向相同 0 去别的部门 3 新规则没有建议 0 与现行规则的建议不同 3" in page
    assert "甲局 3 3 0 0 乙局 0 0 3 3" in page
    assert "暴露生活垃圾 event/01/10 甲局 乙局 3" in page
    # Who looks after rules need not see cases.
    assert not any(number in page for number in numbers)
    office.add_user("both", "administrator", "leader")
    both = both_sites.visitor("both")
    upload(both, "rules", f"{RULES_HEADER},,,,B,,,,,\n")
    assert all(number in both.text("/admin/rules/replay") for number in numbers)
    assert "本期没有派遣" in admin.text("/admin/rules/replay?period=2026-09")
    assert admin.get("/admin/rules/replay?period=soon").status_code == 422
    assert [row["department"] for row in office.rows("responsibility_rule")] == ["A"]
    # What a page takes of more cases than it replays.
    assert spread(["1", "2", "3", "4", "5", "6"], 3) == ["1", "3", "5"]
    assert spread(["1", "2"], 3) == ["1", "2"]


def test_categories_show_conditions_limits_and_what_each_import_changed(
    both_sites: Site, admin: Visitor
) -> None:
    office = both_sites.office
    number = office.report(sub_code="11")
    line = f"{STANDARD},event,01,市容环境,10,暴露垃圾,1,有垃圾一堆,没有垃圾,2工作日\n"
    assert "随系统装入" in admin.text("/admin/categories")
    upload(admin, "categories", CATEGORIES_HEADER + line + "other,event,01,市容,10,垃圾,1,有,无,3工作日\n")

    preview = admin.text("/admin/import/categories")
    assert "其他标准的 1 行未用" in preview
    assert "立案前须更正" in preview
    assert "event/01/11 ：1 件" in preview
    assert number not in preview
    assert confirm(admin, "categories").status_code == 303

    assert "第 2 版" in admin.text("/admin/categories")
    inside = admin.text("/admin/categories?main=event/01")
    assert "有垃圾一堆" in inside
    assert "2工作日" in inside
    assert "暴露垃圾" in admin.text("/admin/categories?q=01-10")
    assert "没有符合条件的类别" in admin.text("/admin/categories?q=%25")
    version = admin.text("/admin/categories/versions/2")
    assert "有垃圾一堆" in version
    assert "删除" in version
    assert admin.get("/admin/categories/versions/1").status_code == 404
    # Reports go by it at once in this process.
    assert office.book.catalogue.find("event", "01", "11") is None


def test_a_year_is_drawn_with_what_was_imported_over_the_files(both_sites: Site, admin: Visitor) -> None:
    before = admin.text("/admin/calendar")
    assert "2026 年工作日历" in before
    assert "2028 年没有日历" in admin.text("/admin/calendar?year=2028")
    upload(admin, "calendar", f"{CALENDAR_HEADER}2027-10-01,holiday,国庆节\n2027-10-02,workday,\n")
    assert "文件写明的年份：2027" in admin.text("/admin/import/calendar")
    assert set(seen(admin, "calendar")) == {"digest", "state"}

    done = confirm(admin, "calendar")

    assert done.status_code == 303
    page = admin.get("/admin/calendar?year=2027")
    assert 'class="day day-holiday" title="国庆节">1<' in page.text
    assert "2027-10-02 周六 调休上班 — 导入" in admin.text("/admin/calendar?year=2027")
    assert "任务 recompute_due 下次运行时完成" in admin.text("/admin/calendar")
    assert not both_sites.office.book.calendar.is_working(both_sites.office.now.date().replace(2027, 10, 1))
    assert admin.get("/admin/calendar?year=99999").status_code == 200
