"""What no form of ours sends, at the doors and at the pages of people: a refusal, never a fault of the site."""

from __future__ import annotations

import dataclasses
from urllib.parse import quote

import pytest

from tests.web_pages.visiting import Site


@pytest.mark.parametrize("name", ["a\0b", "\0", "张 三", "a%b", "x" * 500])
def test_a_name_that_is_nobodys_is_not_found_however_it_is_written(site: Site, name: str) -> None:
    admin, path = site.visitor("administrator"), f"/admin/people/{quote(name)}"
    form = {"display_name": "x", "roles": ["leader"], "area": "", "department": "", "is_active": "yes"}

    assert admin.get(path).status_code == 404
    assert admin.post(path, **form).status_code == 404
    assert admin.post(f"{path}/password").status_code == 404
    assert admin.post(f"{path}/unbind").status_code == 404


@pytest.mark.parametrize("pending", ["", "!!!", "é", "A" * 5000, "JBSWY3DPEHPK3PXP"])
def test_a_device_is_never_made_of_a_secret_that_the_site_did_not_give(site: Site, pending: str) -> None:
    settings = site.office.installation.book.settings
    object.__setattr__(settings, "sign_in", dataclasses.replace(settings.sign_in, second_factor="allowed"))
    visitor = site.visitor("leader")

    answer = visitor.post("/account/device", pending=pending, code="123456")

    assert answer.status_code in (200, 422)
    assert "绑定验证器" in visitor.text("/account")
