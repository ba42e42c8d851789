"""The published bulletins for everybody, without sign-in: page and open data of frozen periods, nothing of any person."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, url_for

from gridcase.cases.book import Desk
from gridcase.errors import NotFound
from gridcase.evaluation.bulletin import drawing
from gridcase.evaluation.bulletin.columns import UNITS
from gridcase.evaluation.bulletin.content import Bulletin
from gridcase.evaluation.bulletin.links import Links
from gridcase.evaluation.bulletin.making import Office
from gridcase.evaluation.bulletin.open_data import units_csv, units_geojson
from gridcase.evaluation.bulletin.page import Button, Chrome
from gridcase.evaluation.bulletin.published import published
from gridcase.evaluation.bulletin.telling import period_words
from gridcase.spatial.merging import merged_outlines
from gridcase.web.context import now, premises
from gridcase.web.pages.bulletin_shelf import asked_bulletin, frozen_of, office_of
from gridcase.web.pages.frame import is_synthetic, render

OPEN_BULLETINS = Blueprint("open_bulletins", __name__)

CSV, GEOJSON = "csv", "geojson"
_MEDIA = {CSV: "text/csv; charset=utf-8", GEOJSON: "application/geo+json"}
_FOR_ALL = "public, max-age=300"


@OPEN_BULLETINS.get("/public/bulletins")
def show_list() -> str:
    """The published bulletins. Raises NotFound where the site shows them to nobody without sign-in."""
    place = premises()
    with place.database.reading() as connection:
        desk = Desk(connection, place.book, now())
        _check_open(desk)
        words = office_of(desk).words
        found = published(connection, desk.district, UNITS)
        return render(
            desk,
            None,
            "pages/bulletins.html",
            published=[(each, period_words(each.period, words)) for each in found],
            drafts=[],
            units={of: words(f"of.{of}") for of in UNITS},
            is_public=True,
            has_public=True,
        )


@OPEN_BULLETINS.get("/public/bulletins/<period>/<of>")
def show(period: str, of: str) -> Response:
    """One published bulletin; its numbers lead nowhere. Raises NotFound `not_frozen` for any other period."""
    made, office = _made(period, of)
    buttons = [
        Button(office.words("page.back"), url_for("open_bulletins.show_list")),
        *(
            Button(
                office.words(f"page.{form}"),
                url_for("open_bulletins.show_data", period=made.judged.period, of=of, form=form),
            )
            for form in _MEDIA
        ),
    ]
    chrome = Chrome(
        Links(made.judged.period, of, None),
        style_path=url_for("static", filename="css/bulletin.css"),
        icon_path=url_for("static", filename="mark.svg"),
        buttons=buttons,
    )
    response = Response(
        drawing.draw_html(made, office.words, premises().site, chrome=chrome), mimetype="text/html"
    )
    response.headers["Cache-Control"] = _FOR_ALL
    return response


@OPEN_BULLETINS.get("/public/bulletins/<period>/<of>/data.<form>")
def show_data(period: str, of: str, form: str) -> Response:
    """The units with counts, rates, scores and ranks as csv or geojson. Raises NotFound as `show`."""
    if form not in _MEDIA:
        raise NotFound("unknown_path", f"there are no open data as {form!r}")
    made, _office = _made(period, of)
    body = units_csv(made.judged) if form == CSV else _geojson(made)
    response = Response(body, content_type=_MEDIA[form])
    name = f"{made.judged.period}-{of}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = _FOR_ALL
    # Open data may be read by pages of others.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _geojson(made: Bulletin) -> str:
    judged, geography = made.judged, premises().book.geography
    last_day = (judged.end - timedelta(days=1)).date()
    outlines = merged_outlines(geography, "street", last_day) if judged.of == "streets" else {}
    return units_geojson(judged, outlines, is_synthetic=is_synthetic(geography))


def _check_open(desk: Desk) -> None:
    if not desk.book.settings.bulletin.public:
        raise NotFound("unknown_path", "this site shows nothing without sign-in")


def _made(period: str, of: str) -> tuple[Bulletin, Office]:
    place = premises()
    with place.database.reading() as connection:
        desk = Desk(connection, place.book, now())
        _check_open(desk)
        _period, key = asked_bulletin(desk, period, of)
        office = office_of(desk)
        made = frozen_of(desk, office, key)
    if made is None:
        raise NotFound("not_frozen", f"{key.period} of {of} is not published")
    return made, office
