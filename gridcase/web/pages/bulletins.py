"""The bulletins 通报 for whoever is signed in: the list, each as a page and as documents, the cases behind its numbers."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, request, url_for

from gridcase.cases.book import Desk
from gridcase.cases.listing import named_cases
from gridcase.directory.people import Actor
from gridcase.errors import NotFound
from gridcase.evaluation.bulletin import drawing
from gridcase.evaluation.bulletin.behind import cases_of
from gridcase.evaluation.bulletin.breakdown import CaseRef
from gridcase.evaluation.bulletin.columns import UNITS
from gridcase.evaluation.bulletin.content import Bulletin
from gridcase.evaluation.bulletin.links import Links, ref_of
from gridcase.evaluation.bulletin.making import Office
from gridcase.evaluation.bulletin.page import Button, Chrome
from gridcase.evaluation.bulletin.published import published
from gridcase.evaluation.bulletin.telling import period_words
from gridcase.evaluation.columns import label_of
from gridcase.web.context import looking, premises
from gridcase.web.pages.bulletin_shelf import (
    asked_bulletin,
    check_draft,
    draft_of,
    frozen_of,
    is_frozen,
    office_of,
)
from gridcase.web.pages.figures import months_offered, rank_request, schemes
from gridcase.web.pages.frame import render
from gridcase.web.pages.leader_roles import may_lead
from gridcase.web.paper import has_pdf, pdf_of
from gridcase.web.static_files import style_of

BULLETINS = Blueprint("bulletins", __name__)

_PAGE_SIZE = 50
# Months of which a draft is offered: the present one and those that have just ended.
_DRAFTS = 3
_STYLE = "bulletin.css"


@BULLETINS.get("/bulletins")
def show_list() -> str:
    """The published bulletins; leaders and the centre also find the months of which there is none yet."""
    with looking() as (desk, actor):
        words = office_of(desk).words
        found = published(desk.connection, desk.district, UNITS)
        frozen = {(each.of, each.period) for each in found}
        drafts = [
            (of, name)
            for name in (months_offered(desk)[:_DRAFTS] if may_lead(desk.book, actor) else [])
            for of in UNITS
            if (of, name) not in frozen
        ]
        return render(
            desk,
            actor,
            "pages/bulletins.html",
            published=[(each, period_words(each.period, words)) for each in found],
            drafts=[(of, name, period_words(name, words)) for of, name in drafts],
            units={of: words(f"of.{of}") for of in UNITS},
            is_public=False,
            has_public=desk.book.settings.bulletin.public,
        )


@BULLETINS.get("/bulletins/<period>/<of>")
def show(period: str, of: str) -> str:
    """One bulletin, every number of it a link to its cases. Raises NotPermitted `role_missing` for a draft."""
    with looking() as (desk, actor):
        office = office_of(desk)
        made = _made(desk, actor, office, period=period, of=of)
        forms = [form for form in drawing.FORMS if form != drawing.HTML and _can(form)]
        buttons = [
            Button(office.words("page.back"), url_for("bulletins.show_list")),
            *(
                Button(
                    office.words(f"page.{form}"),
                    url_for("bulletins.show_file", period=made.judged.period, of=of, form=form),
                )
                for form in forms
            ),
        ]
        chrome = Chrome(
            Links(made.judged.period, of, ""),
            style_path=url_for("static", filename=f"css/{_STYLE}"),
            icon_path=url_for("static", filename="mark.svg"),
            buttons=buttons,
        )
        return drawing.draw_html(made, office.words, premises().site, chrome=chrome)


def _can(form: str) -> bool:
    """Whether this machine can make such a file."""
    if form == drawing.PDF:
        return has_pdf()
    return form == drawing.JSON or drawing.has_reports()


def _made(desk: Desk, actor: Actor, office: Office, *, period: str, of: str) -> Bulletin:
    asked, key = asked_bulletin(desk, period, of)
    made = frozen_of(desk, office, key)
    if made is not None:
        return made
    check_draft(desk, actor)
    return draft_of(desk, office, key, period=asked)


@BULLETINS.get("/bulletins/<period>/<of>/file.<form>")
def show_file(period: str, of: str, form: str) -> Response:
    """A bulletin as a document: docx, xlsx, pdf or json.

    Raises as `show`; NotFound `unknown_path` for another form; `reports_not_installed`, `pdf_not_installed`.
    """
    with looking() as (desk, actor):
        if form not in drawing.FORMS or form == drawing.HTML:
            raise NotFound("unknown_path", f"a bulletin is not made as {form!r}")
        office = office_of(desk)
        made = _made(desk, actor, office, period=period, of=of)
    response = Response(_drawn(made, office, form), content_type=drawing.MEDIA[form])
    name = quote(f"{made.title}.{form}")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _drawn(made: Bulletin, office: Office, form: str) -> bytes:
    links = Links(made.judged.period, made.judged.of, _base(office))
    file = drawing.draw_file(made, office.words, links, form=form)
    if file is not None:
        return file
    page = drawing.draw_html(made, office.words, premises().site, chrome=Chrome(links, is_paper=True))
    return pdf_of(page, style_of(_STYLE))


def _base(office: Office) -> str:
    """The address that documents lead to: the setting, else where this person found the site."""
    return office.settings.bulletin.base_url or request.host_url.rstrip("/")


# --- the cases behind a number --------------------------------------------------------------------------------------


@BULLETINS.get("/bulletins/<period>/<of>/cases")
def show_cases(period: str, of: str) -> str:
    """The cases behind a number of a bulletin, by case number; those that this person may not see are counted.

    Raises as `show`; Invalid `bad_value`, `unknown_count` for a query that names no number.
    """
    after = request.args.get("after", "")
    query = "&".join(
        f"{quote(name)}={quote(value, safe='/')}" for name, value in request.args.items() if name != "after"
    )
    with looking() as (desk, actor):
        ref = ref_of(query)
        asked, key = asked_bulletin(desk, period, of)
        if not is_frozen(desk, key):
            check_draft(desk, actor)
        office = office_of(desk)
        behind = cases_of(
            desk.connection,
            rank_request(desk, of=of, period=asked),
            ref,
            schemes=schemes(),
            edges=office.edges,
        )
        numbers = [number for number in behind.cases if number > after]
        own = numbers[:_PAGE_SIZE]
        items = named_cases(desk, actor, own)
        here = f"{url_for('bulletins.show_cases', period=asked.name, of=of)}?{query}"
        return render(
            desk,
            actor,
            "pages/bulletin_cases.html",
            title=_named(desk, office, ref),
            label=label_of(ref.column),
            period=asked,
            of=of,
            behind=behind,
            items=items,
            shares={number: behind.cases[number] for number in own},
            hidden_count=len(own) - len(items),
            back=f"{here}&after={quote(after)}" if after else here,
            first=here,
            following=f"{here}&after={quote(own[-1])}" if len(numbers) > len(own) else None,
            is_first=not after,
        )


def _named(desk: Desk, office: Office, ref: CaseRef) -> str:
    """What the number is a number of: a source, a category, a band of age, all."""
    parts = [ref.unit]
    if ref.channel:
        channel = desk.book.channels.get(ref.channel)
        parts.append(channel.name if channel is not None else ref.channel)
    if ref.category:
        keys = ref.category.split("/")
        category = desk.book.catalogue.find(*keys) if len(keys) == len(("kind", "main", "sub")) else None
        parts.append(category.sub_name if category else office.words.find(f"word.{keys[0]}", ref.category))
    if ref.band is not None:
        parts.append(office.bands()[ref.band])
    return " ".join(part for part in parts if part) or office.words("document.no_group")
