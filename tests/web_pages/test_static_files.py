"""Static files over the wire: texts compressed for who takes that, everything else as it is."""

from __future__ import annotations

import gzip

import pytest

from tests.house.repository import ROOT
from tests.web_pages.visiting import Site

STATIC = ROOT / "gridcase" / "web" / "static"
TEXTS = [("phone/report.js", "text/javascript"), ("css/site.css", "text/css"), ("mark.svg", "image/svg+xml")]
ZIPPED = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.mark.parametrize(("name", "media_type"), TEXTS)
def test_a_text_is_sent_compressed_to_who_takes_that(shared_site: Site, name: str, media_type: str) -> None:
    visitor, told = shared_site.visitor(), (STATIC / name).read_bytes()
    zipped, plain = visitor.get(f"/static/{name}", headers=ZIPPED), visitor.get(f"/static/{name}")

    assert gzip.decompress(zipped.data) == plain.data == told
    assert len(zipped.data) < 0.8 * len(told)
    assert (zipped.headers.get("Content-Encoding"), plain.headers.get("Content-Encoding")) == ("gzip", None)
    for answer in (zipped, plain):
        assert answer.mimetype == media_type
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_has_it_is_not_sent_it_again(shared_site: Site) -> None:
    visitor = shared_site.visitor()
    tag = visitor.get("/static/css/site.css", headers=ZIPPED).headers["ETag"]

    again = visitor.get("/static/css/site.css", headers={**ZIPPED, "If-None-Match": tag})
    plain = visitor.get("/static/css/site.css", headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")
    # What lies in a cache compressed is of no use to who takes it plain.
    assert plain.status_code == 200


@pytest.mark.parametrize(
    "name", ["css/none.css", "none.js", "../messages.py", "..%2f..%2f__init__.py", "css"]
)
def test_what_is_not_there_is_not_found(shared_site: Site, name: str) -> None:
    assert shared_site.visitor().get(f"/static/{name}", headers=ZIPPED).status_code == 404


def test_a_file_that_was_written_anew_is_sent_as_it_is(
    shared_site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("static")
    monkeypatch.setattr("gridcase.web.static_files.FOLDER", folder)
    file, visitor = folder / "own.js", shared_site.visitor()
    found = []
    for text in ("let one = 1", "let other = 22"):
        file.write_text(text, encoding="utf-8")
        found.append(visitor.get("/static/own.js").text)

    assert found == ["let one = 1", "let other = 22"]


def test_a_picture_is_sent_as_it_is(
    shared_site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("pictures")
    monkeypatch.setattr(shared_site.app, "static_folder", str(folder))
    monkeypatch.setattr("gridcase.web.static_files.FOLDER", folder)
    (folder / "mark.png").write_bytes(bytes(1000))

    with shared_site.visitor().get("/static/mark.png", headers=ZIPPED) as answer:
        assert answer.data == bytes(1000)
        assert "Content-Encoding" not in answer.headers
