"""Administrators see when each job runs, how its runs ended, and what failed or was not done."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.jobs.test_node import job, node
from tests.web_pages.visiting import Site, words_of


def _row(page: str, name: str) -> str:
    return words_of(next(row for row in page.split("<tr>") if f'/admin/jobs/{name}"' in row))


def test_jobs_are_listed_with_their_last_run_and_failures_stand_out(both_sites: Site) -> None:
    office, moments = both_sites.office, list[datetime]()

    def fail() -> None:
        raise OSError("<磁盘> 已满")

    office.set("2026-10-28T08:05")
    node(office, job("release_holds", moments), job("notices", [], fail), job("remind", moments)).tick()

    page = both_sites.visitor("administrator").get("/admin/jobs").text

    assert _row(page, "release_holds") == (
        "到期的挂账、缓办自动恢复计时 release_holds 正常 每分钟 10-28 08:06 10-28 08:05 不到 1 秒 完成 0 —"
    )
    assert (
        "上次失败 应于 10-28 08:00 运行 每 5 分钟 10-28 08:10 10-28 08:05 — 失败 OSError: <磁盘> 已满 1"
        in _row(page, "notices")
    )
    assert "remind 正常 每天 08:05 10-29 08:05" in _row(page, "remind")
    assert "尚未运行 每 10 分钟" in _row(page, "watchdog")
    assert "<磁盘>" not in page
    assert "似乎没有在运行" not in page
    office.set("2026-10-29T09:00")
    late = both_sites.visitor("administrator").get("/admin/jobs").text
    assert "逾期未运行 应于 10-29 08:05 运行" in _row(late, "remind")
    assert "定时任务似乎没有在运行" in late


def test_the_runs_of_a_job_are_read_page_by_page(site: Site) -> None:
    office, moments = site.office, list[datetime]()
    office.set("2026-10-28T08:00")
    one, admin = node(office, job("release_holds", moments)), site.visitor("administrator")
    for _ in range(52):
        one.tick()
        office.tick(1)

    first = admin.get("/admin/jobs/release_holds").text
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = words_of(admin.get(following).text)

    assert "2026-10-28 08:51" in words_of(first)
    assert "次数 1" in second
    assert "2026-10-28 08:01" in second
    assert "2026-10-28 08:02" not in second
    assert "没有运行记录" in admin.text("/admin/jobs/release_holds?failed=yes")
    assert "没有运行记录" in admin.text("/admin/jobs/settle?before=%00'")
    assert admin.get("/admin/jobs/nothing").status_code == 404


@pytest.mark.parametrize("who", ["leader", "shift_supervisor", "officer_a", "inspector"])
def test_nobody_else_sees_the_jobs(kept_site: Site, who: str) -> None:
    visitor = kept_site.visitor(who)

    for path in ("/admin/jobs", "/admin/jobs/remind", "/admin/jobs/nothing"):
        assert visitor.get(path).status_code == 403
    assert kept_site.visitor().get("/admin/jobs").status_code == 302
