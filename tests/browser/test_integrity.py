"""The page of questions in both sizes: a question with its figures, answered with its form."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import insert

from gridcase.cases.models import Photo
from gridcase.db import table_of
from tests.browser.driving import SIZES, opened
from tests.making import Office

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def alike(open_office: Office) -> str:
    """A case with a photo that resembles one of another case."""
    office = open_office
    earlier, number = office.report(), office.report()
    with office.database.transaction() as connection:
        connection.execute(insert(table_of(Photo)), {
            "district": office.district, "id": "p1", "number": number, "kind": "after", "attempt": 1,
            "sha256": "0" * 64, "media_type": "image/jpeg", "size": 1, "width": 1, "height": 1,
            "sent_by": "handler_a", "sent_at": office.now, "like_photo": "x", "like_number": earlier,
            "like_distance": 2,
        })  # fmt: skip
    office.tick(hours=3)
    return number


@pytest.mark.parametrize("size", SIZES)
def test_a_question_shows_well_opens_and_is_answered(
    browser: Browser, base: str, alike: str, size: str
) -> None:
    with opened(browser, base, size=size) as watched:
        page = watched.enter("leader")
        page.get_by_role("link", name="提问", exact=True).click()
        one = page.locator(".asked-one")
        expect(one.locator(".asked-pairs")).to_contain_text(alike)
        one.get_by_text("作出说明").click()
        watched.check(f"{size}-questions")
        page.get_by_label("说明内容").fill("同一地点先后拍摄")
        page.get_by_label("以此说明了结本问题").check()
        page.get_by_role("button", name="提交说明").click()
        expect(one.locator(".notice-good")).to_contain_text("说明已存档")
        expect(one.locator("h3")).to_contain_text("已了结")
        watched.check(f"{size}-questions-answered")
        one.locator(".asked-figures a").first.click()
        expect(page.locator(".c-link")).to_contain_text(alike)
        watched.check(f"{size}-questions-cases")
