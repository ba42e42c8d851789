"""The texts of notices, for administrators to read and try: filled with examples, nothing is stored."""

from __future__ import annotations

from flask import Blueprint, request

from gridcase.cases.book import Desk
from gridcase.directory.people import Actor
from gridcase.errors import Fault, NotFound
from gridcase.notices.kinds import NoticeKind, notice_kinds
from gridcase.notices.texts import notice_source
from gridcase.notices.trying import TriedText, text_in_force, try_text
from gridcase.web.context import looking, premises
from gridcase.web.pages.admin import check_administrator
from gridcase.web.pages.frame import render

NOTICE_TEXTS = Blueprint("notice_texts", __name__)

_LONGEST = 8000


@NOTICE_TEXTS.get("/admin/notices")
def show_list() -> str:
    """The kinds with their texts in force. Raises NotPermitted for all but administrators, as every page here."""
    with looking() as (desk, actor):
        check_administrator(actor)
        site = premises().site
        items = [
            (kind, notice_source(site, kind.name), text_in_force(site, kind))
            for kind in notice_kinds().values()
        ]
        return render(desk, actor, "pages/notice_texts.html", items=items)


@NOTICE_TEXTS.get("/admin/notices/<name>")
def show(name: str) -> str:
    """One kind. Raises NotFound `unknown_notice`."""
    with looking() as (desk, actor):
        check_administrator(actor)
        kind = _kind(name)
        return _page(desk, actor, kind, typed=notice_source(premises().site, kind.name).text, tried=None)


@NOTICE_TEXTS.post("/admin/notices/<name>/try")
def try_out(name: str) -> str:
    """The typed text checked and filled with the examples. Raises NotFound `unknown_notice`."""
    typed = request.form.get("text", "").replace("\0", "").replace("\r\n", "\n")
    with looking() as (desk, actor):
        check_administrator(actor)
        kind = _kind(name)
        if len(typed) > _LONGEST:
            fault = Fault(f"{name}.txt", "", "text_too_long", f"{len(typed)} characters, at most {_LONGEST}")
            return _page(desk, actor, kind, typed=typed, tried=TriedText((fault,), ()))
        return _page(desk, actor, kind, typed=typed, tried=try_text(kind, typed))


def _kind(name: str) -> NoticeKind:
    kind = notice_kinds().get(name)
    if kind is None:
        raise NotFound("unknown_notice", f"there is no kind of notice {name!r}", notice=name)
    return kind


def _page(desk: Desk, actor: Actor, kind: NoticeKind, *, typed: str, tried: TriedText | None) -> str:
    site = premises().site
    return render(
        desk, actor, "pages/notice_text.html",
        kind=kind, source=notice_source(site, kind.name), in_force=text_in_force(site, kind),
        typed=typed, tried=tried, longest=_LONGEST, own_file=str(site.root / "templates" / "notices" / f"{kind.name}.txt"),
    )  # fmt: skip
