"""The inspector's phone pages: for inspectors only, the same for all of them; their data are the asker's own."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gridcase.web.pages import phone
from tests.house.repository import ROOT
from tests.web_pages.visiting import Site, Visitor

PATHS = ("/phone/", "/phone/tasks", "/phone/area", "/phone/month", "/phone/outbox")
DATA = ("session", "categories", "usual", "tasks", "cells", "month")
STATIC = ROOT / "gridcase" / "web" / "static"
# Over the wire, with what the first visit asks for.
MOST_BYTES = 60 * 1024


@pytest.fixture
def site(kept_site: Site) -> Site:
    return kept_site


def data(visitor: Visitor, path: str) -> Any:
    answer = visitor.get(f"/phone/data/{path}")
    assert answer.status_code == 200, answer.text[:300]
    return json.loads(answer.data)


def test_the_pages_hold_nothing_of_anybody(shared_site: Site) -> None:
    one, other = shared_site.visitor("inspector"), shared_site.visitor("inspector_2")

    assert [one.get(path).data for path in PATHS] == [other.get(path).data for path in PATHS]
    assert "张三" not in one.get("/phone").text


def test_nobody_but_inspectors_opens_them_or_reads_their_data(shared_site: Site) -> None:
    leader, nobody = shared_site.visitor("leader"), shared_site.visitor()

    for path in (*PATHS, *(f"/phone/data/{name}" for name in DATA), "/phone/data/near?lon=1"):
        assert leader.get(path).status_code == 403, path
        # Our script is told of it instead of being sent to the sign-in.
        assert nobody.get(path, headers={"X-Gridcase-Script": "1"}).status_code == 401, path


def test_the_worker_keeps_every_file_of_the_pages_and_changes_with_them(shared_site: Site) -> None:
    text = shared_site.visitor().get("/phone/worker.js").text
    files, pages = (json.loads(re.findall(rf"const {name} = (.+);", text)[0]) for name in ("FILES", "PAGES"))

    assert pages == list(PATHS)
    named = set()
    for template in (ROOT / "templates" / "pages" / "phone").glob("*.html"):
        named |= set(re.findall(r"filename='([^']+)'", template.read_text(encoding="utf-8")))
    for script in (STATIC / "phone").glob("*.js"):
        named |= {
            f"phone/{name}"
            for name in re.findall(r'from "\./([a-z]+\.js)"', script.read_text(encoding="utf-8"))
        }
    assert {f"/static/{name}" for name in named} <= set(files)
    assert all((STATIC / path.removeprefix("/static/")).is_file() for path in files)
    version = phone.version_of(shared_site.office.installation.site)
    assert f'const VERSION = "{version}";' in text
    assert shared_site.visitor("inspector").get("/phone").headers["X-Phone-Version"] == version


def test_every_word_that_a_script_uses_stands_in_the_page() -> None:
    words = (ROOT / "templates" / "pages" / "phone" / "words.html").read_text(encoding="utf-8")
    known = set(re.findall(r'data-w="([a-z_]+)"', words))
    used = set()
    for script in (STATIC / "phone").glob("*.js"):
        for call in re.findall(r"\bt\(([^;]*?)\)", script.read_text(encoding="utf-8")):
            used |= set(re.findall(r'"([a-z_]+)"', call))

    assert used - known == set()
    assert len(known) > 40


def test_the_first_visit_is_small(site: Site) -> None:
    visitor = site.visitor("inspector")
    lon, lat = site.office.point
    page = visitor.get("/phone")
    scripts = {"frame.js", "report.js"}
    for _ in range(5):
        scripts |= {
            name
            for script in scripts
            for name in re.findall(
                r'from "\./([a-z]+\.js)"', (STATIC / "phone" / script).read_text(encoding="utf-8")
            )
        }
    asked = {
        "scripts": [f"/static/phone/{name}" for name in scripts],
        "styles": [f"/static/{name}" for name in ("css/tokens.css", "phone/phone.css", "mark.svg")],
        "data": [
            f"/phone/data/{path}" for path in ("session", "categories", "usual", f"cells?lon={lon}&lat={lat}")
        ],
    }
    parts = {
        "page": len(page.data),
        "worker": len(visitor.get("/phone/worker.js").data),
        **{name: sum(map(visitor.bytes_sent, paths)) for name, paths in asked.items()},
    }

    assert sum(parts.values()) <= MOST_BYTES, parts


def test_categories_are_found_by_initials_and_are_asked_for_once(shared_site: Site) -> None:
    visitor = shared_site.visitor("inspector")
    first = visitor.get("/phone/data/categories")
    items = {key: (main, name, letters) for key, main, name, letters in json.loads(first.data)["items"]}

    assert items["event/01/10"][1:] == ("暴露生活垃圾", "blshlj")
    assert (
        visitor.get("/phone/data/categories", headers={"If-None-Match": first.headers["ETag"]}).status_code
        == 304
    )


def test_recent_categories_are_the_own_ones_and_usual_ones_those_of_the_cell(site: Site) -> None:
    office = site.office
    number = office.report()
    office.report(sub_code="01")
    cell = office.case(number).fields["cell"]

    own, other = (data(site.visitor(who), f"usual?cell={cell}") for who in ("inspector", "inspector_2"))

    assert set(own["recent"][:2]) == {"event/01/01", "event/01/10"}
    assert "event/01/10" not in other["recent"]
    assert own["in_cell"] == other["in_cell"] == ["event/01/01", "event/01/10"]


def test_open_cases_of_the_same_category_near_by_are_offered_to_whoever_may_see_them(site: Site) -> None:
    office = site.office
    number = office.report()
    lon, lat = office.point
    query = f"near?lon={lon}&lat={lat + 0.0001}&coordinate_system=wgs84&category="

    (found,) = data(site.visitor("inspector"), f"{query}event/01/10")["items"]

    assert (found["number"], 10 < found["distance_m"] < 12) == (number, True)
    assert data(site.visitor("inspector"), f"{query}event/01/01")["items"] == []
    elsewhere = next(
        cell.code for cell in office.book.geography.cells(office.now.date()) if cell.code[:9] != number[:9]
    )
    office.add_user(f"far_{number}", "inspector", area=elsewhere)
    assert data(site.visitor(f"far_{number}"), f"{query}event/01/10")["items"] == []
    assert site.visitor("inspector").get(f"/phone/data/{query}x").status_code == 422
    assert (
        site.visitor("inspector").get("/phone/data/near?lon=a&lat=1&category=event/01/10").status_code == 422
    )


def test_tasks_are_the_own_open_ones_with_what_may_be_done(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "confirming")

    (task,) = [
        each for each in data(site.visitor("inspector_2"), "tasks")["items"] if each["number"] == number
    ]

    assert task["sub_name"] == "暴露生活垃圾"
    names = office.book.geography.areas
    assert [task["street"], task["community"]] == [
        area.name for length in (9, 12) if (area := names.find(task["cell"][:length]))
    ]
    assert [photo["kind"] for photo in task["photos"]] == ["before"]
    assert [move["trigger"] for move in task["moves"]] == ["confirm", "confirm_absent"]
    assert {field["name"] for field in task["moves"][0]["fields"]} >= {
        "result",
        "photos_confirmation",
        "position",
    }
    assert all(each["number"] != number for each in data(site.visitor("inspector"), "tasks")["items"])


def test_labels_of_tasks_are_in_the_language_of_the_page(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "confirming")
    visitor = site.visitor("inspector_2")
    visitor.client.set_cookie("gridcase_look", "auto.normal.en")

    (task,) = [each for each in data(visitor, "tasks")["items"] if each["number"] == number]

    words = [task["state_label"], *(move["label"] for move in task["moves"])]
    assert [word for word in words if not word.isascii()] == []


def test_a_same_time_verification_tells_its_window(site: Site) -> None:
    office = site.office
    number = office.walk(office.report(), "handled")
    office.tick(60)
    office.move(
        "intake_operator",
        number,
        "send_verification",
        inspector="inspector_2",
        same_time=True,
        question="看排水口",
    )

    (task,) = [
        each for each in data(site.visitor("inspector_2"), "tasks")["items"] if each["number"] == number
    ]

    start, end = task["window"]
    assert start < end
    assert start.endswith("+08:00")
    assert task["question"] == "看排水口"
    assert {photo["kind"] for photo in task["photos"]} == {"before", "after"}


def test_cells_are_the_own_ones_and_those_around(site: Site) -> None:
    office = site.office
    lon, lat = office.point
    cell = office.book.geography.locate(lon, lat, crs="wgs84", on=office.now.date()).cell
    office.add_user(f"of_{cell}", "inspector", area=cell)
    visitor = site.visitor(f"of_{cell}")

    alone, around = data(visitor, "cells"), data(visitor, f"cells?lon={lon}&lat={lat}")

    assert [(each["code"], each["own"]) for each in alone["cells"]] == [(cell, True)]
    assert alone["own_count"] == 1
    assert set(alone["names"]) == {cell[:9], cell[:12]}
    assert {each["code"] for each in around["cells"] if each["own"]} == {cell}
    assert 1 < len(around["cells"]) <= 100
    assert around["cells"][0]["code"] == cell
    assert all(ring[0] == ring[-1] for each in around["cells"] for ring in each["rings"])


def test_the_figures_of_the_month_are_the_own_ones(site: Site) -> None:
    office = site.office
    office.add_user(f"counted_{len(office.people)}", "inspector")
    name = f"counted_{len(office.people) - 1}"
    office.report(name)
    office.tick(2)

    told = data(site.visitor(name), "month")

    assert told["period"] == "2026-10"
    valid, *_others = told["figures"]
    assert (valid["label"], [part["value"] for part in valid["parts"]]) == ("监督员有效上报率", [0, 1])
    assert data(site.visitor("inspector_2"), "session")["name"] == "inspector_2"
