"""The handler's pages: for handlers only, the same for all of them; their data are the cases assigned to the asker."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.house.repository import ROOT
from tests.web_pages.visiting import Site, Visitor

PATHS = ("/handler/", "/handler/outbox")
DATA = ("/handler/data/session", "/handler/data/tasks")
STATIC = ROOT / "gridcase" / "web" / "static"
# Over the wire, with what the first visit asks for.
MOST_BYTES = 40 * 1024


@pytest.fixture
def site(kept_site: Site) -> Site:
    """One site for the whole file: every test has cases of its own."""
    return kept_site


def data(visitor: Visitor) -> dict[str, Any]:
    answer = visitor.get("/handler/data/tasks")
    assert answer.status_code == 200, answer.text[:300]
    found: dict[str, Any] = json.loads(answer.data)
    return found


def numbers(visitor: Visitor) -> list[str]:
    return [task["number"] for task in data(visitor)["items"]]


def test_the_pages_hold_nothing_of_anybody(shared_site: Site) -> None:
    one, other = shared_site.visitor("handler_a"), shared_site.visitor("handler_b")

    assert [one.get(path).data for path in PATHS] == [other.get(path).data for path in PATHS]
    assert "handler_a" not in one.get("/handler/").text


def test_nobody_but_handlers_opens_them_or_reads_their_data(shared_site: Site) -> None:
    nobody = shared_site.visitor()

    for path in (*PATHS, *DATA):
        for who in ("officer_a", "inspector", "leader", "dispatcher"):
            assert shared_site.visitor(who).get(path).status_code == 403, (path, who)
        # Our script is told of it instead of being sent to the sign-in.
        assert nobody.get(path, headers={"X-Gridcase-Script": "1"}).status_code == 401, path


def test_a_handler_has_the_cases_assigned_to_them_and_no_other(site: Site) -> None:
    office = site.office
    mine, other, unassigned = (office.walk(office.report(), "handling", department="A") for _ in range(3))
    office.move("officer_a", mine, "assign", handler="handler_a", opinion="带上清洁车")
    office.move("officer_a", other, "assign", handler="handler_a2")

    own, second, far = (site.visitor(who) for who in ("handler_a", "handler_a2", "handler_b"))

    (task,) = (task for task in data(own)["items"] if task["number"] == mine)
    assert (task["said"], task["lamp"], task["held"]) == ("带上清洁车", "green", False)
    assert task["due_at"].endswith("+08:00")
    assert {move["trigger"] for move in task["moves"]} == {"submit_result", "decline_assignment"}
    assert len(task["photos"]) == 1
    assert other in numbers(second)
    assert {mine, other, unassigned} & set(numbers(far)) == set()
    assert other not in numbers(own)
    assert unassigned not in numbers(own)
    photo = task["photos"][0]["id"]
    for visitor, status in ((own, 200), (second, 404), (far, 404)):
        assert visitor.get(f"/cases/{mine}").status_code == status
        assert visitor.get(f"/api/v1/photos/{photo}/thumbnail").status_code == status


def test_what_is_handed_in_waits_below_and_comes_back_with_the_reason(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handling", department="A")
    office.move("officer_a", number, "assign", handler="handler_a")
    visitor = site.visitor("handler_a")
    office.tick(1)
    office.move("handler_a", number, "submit_result", photos=1, measure="已清理")
    told = data(visitor)
    assert number not in [task["number"] for task in told["items"]]
    assert [each["number"] for each in told["handed_in"]] == [number]
    office.tick(1)

    office.move("officer_a", number, "return_result", reason="照片不清楚")

    (task,) = (task for task in data(visitor)["items"] if task["number"] == number)
    assert task["returned"] == "照片不清楚"
    assert [move["trigger"] for move in task["moves"]] == ["submit_result"]
    assert data(visitor)["handed_in"] == []


def test_a_rework_says_what_was_found_and_the_first_due_stands_first(site: Site) -> None:
    office = site.office
    again = office.walk(office.report(), "verification_failed", department="A")
    office.walk(again, "dispatched", "handling")
    late = office.walk(office.report(), "handling", department="A")
    for number in (late, again):
        office.move("officer_a", number, "assign", handler="handler_a2")

    found = [task for task in data(site.visitor("handler_a2"))["items"] if task["number"] in (again, late)]

    assert [task["number"] for task in found] == [again, late]
    assert found[0]["failed"] == "没有清理干净"
    assert found[0]["attempt"] == 2


def test_the_worker_keeps_every_file_and_no_cache_of_the_inspectors_pages(shared_site: Site) -> None:
    text = shared_site.visitor().get("/handler/worker.js").text
    files, pages = (json.loads(re.findall(rf"const {name} = (.+);", text)[0]) for name in ("FILES", "PAGES"))

    assert pages == list(PATHS)
    assert 'const APP = "handler";' in text
    assert 'const APP = "phone";' in shared_site.visitor().get("/phone/worker.js").text
    needed = {"/static/handler/tasks.js", "/static/handler/handler.css", "/static/phone/sender.js"}
    assert needed <= set(files)
    assert all((STATIC / path.removeprefix("/static/")).is_file() for path in files)


def test_every_word_that_a_script_uses_stands_in_the_page(shared_site: Site) -> None:
    page = shared_site.visitor("handler_a").get("/handler/").text
    known = set(re.findall(r'data-w="([a-z_]+)"', page))
    used = set()
    for script in (STATIC / "handler").glob("*.js"):
        for call in re.findall(r"\bt\(([^;]*?)\)", script.read_text(encoding="utf-8")):
            used |= set(re.findall(r'"([a-z_]+)"', call))

    assert used - known == set()
    assert len(used) > 15


def test_the_first_visit_is_small(shared_site: Site) -> None:
    visitor = shared_site.visitor("handler_a")
    scripts = {
        STATIC / "handler" / "tasks.js",
        STATIC / "phone" / "leave.js",
        STATIC / "phone" / "frame.js",
    }
    for _ in range(5):
        for script in set(scripts):
            found = re.findall(r'from "([./a-z]+\.js)"', script.read_text(encoding="utf-8"))
            scripts |= {(script.parent / name).resolve() for name in found}
    files = [script.relative_to(STATIC).as_posix() for script in scripts]
    files += ["css/tokens.css", "phone/phone.css", "handler/handler.css", "mark.svg"]
    paths = ["/handler/", "/handler/worker.js", *DATA, *(f"/static/{name}" for name in files)]
    sizes = [visitor.bytes_sent(path) for path in paths]

    assert sum(sizes) <= MOST_BYTES, sizes
