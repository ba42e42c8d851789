"""Administrators read the settings in force, where each comes from and what it means; secrets are never shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.web_pages.visiting import Site, words_of


@contextmanager
def own_file(site: Site, text: str) -> Iterator[Path]:
    """The site's config.toml as `text` for a while."""
    path = site.office.installation.site.root / "config.toml"
    before = path.read_bytes() if path.exists() else None
    path.write_text(text, encoding="utf-8")
    try:
        yield path
    finally:
        path.unlink()
        if before is not None:
            path.write_bytes(before)


def test_every_setting_is_shown_with_its_value_source_and_meaning(both_sites: Site) -> None:
    words = both_sites.visitor("administrator").text("/admin/settings")

    assert "时限灯 [lamp] yellow 80" in words
    assert "用去时限的百分之几起亮黄灯" in words
    assert "命令行 --db 已改动" in words
    password = both_sites.office.database.url.password
    assert not password or password not in words


def test_a_changed_file_is_told_before_the_restart(kept_site: Site) -> None:
    admin = kept_site.visitor("administrator")

    with own_file(kept_site, "[lamp]\nyellow = 70\n"):
        changed = admin.text("/admin/settings?changed=yes")
    with own_file(kept_site, "[lamp]\nyelow = 70\n"):
        faulty = admin.text("/admin/settings")
    with own_file(kept_site, "") as path:
        path.write_bytes(b"\xff\xfe")
        unread = admin.text("/admin/settings")

    assert "重启后才生效：lamp.yellow" in changed
    assert "文件中现为 70" in changed
    assert "idle_minutes" not in changed
    assert "config.toml 现在有错误，重启会失败" in faulty
    assert 'nearest is "yellow"' in faulty
    assert "文件无法读取" in unread


def test_settings_are_found_by_name_value_and_meaning(kept_site: Site) -> None:
    admin = kept_site.visitor("administrator")

    for sought in ("idle_minutes", "没有操作", "IDLE time"):
        found = words_of(admin.get("/admin/settings", query_string={"q": sought}).text)
        assert "idle_minutes 120" in found
        assert "yellow" not in found
    assert "没有符合条件的设置" in admin.text("/admin/settings?q=%00nothing-like-it")


def test_secrets_of_the_environment_are_told_to_be_given_and_never_shown(
    kept_site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    admin = kept_site.visitor("administrator")
    (tmp_path / "key").write_text("sesame-key", encoding="utf-8")
    monkeypatch.setenv("GRIDCASE_SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("GRIDCASE_DATABASE_URL", "postgresql+psycopg://grid:sesame-word@db/grid")

    page = admin.get("/admin/settings").text

    assert "sesame" not in page
    words = words_of(page)
    assert "GRIDCASE_DATABASE_URL 已给出" in words
    assert "GRIDCASE_SECRET_KEY 由文件给出（GRIDCASE_SECRET_KEY_FILE）" in words
    # The site was opened by --db, which goes before the environment.
    assert "命令行 --db" in words
    url = kept_site.office.database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("GRIDCASE_DATABASE_URL", url)
    assert "环境变量 已改动" in admin.text("/admin/settings")


@pytest.mark.parametrize("who", ["leader", "shift_supervisor", "officer_a", "inspector"])
def test_nobody_else_reads_the_settings(kept_site: Site, who: str) -> None:
    assert kept_site.visitor(who).get("/admin/settings").status_code == 403
    assert kept_site.visitor().get("/admin/settings").status_code == 302
