"""What the scripts of the phone pages ask for: who is signed in, categories, tasks, cells, figures; all of the asker's own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from gridcase.cases.book import Desk
from gridcase.cases.catalogue import Catalogue
from gridcase.cases.initials import initials
from gridcase.cases.patrol import (
    Spot,
    open_cases_near,
    patrol_area,
    recent_categories,
    tasks_of,
    usual_categories,
)
from gridcase.cases.shown import china_text
from gridcase.directory.people import Actor
from gridcase.errors import Invalid, Reason
from gridcase.evaluation.evaluating import UnitResult
from gridcase.evaluation.periods import period_of
from gridcase.web.packing import packed, sent
from gridcase.web.pages.english import label_text
from gridcase.web.pages.figures import ranked
from gridcase.web.pages.kept_app import session_told
from gridcase.web.pages.look import look
from gridcase.web.pages.names import Names
from gridcase.web.pages.own_tasks import shown_tasks
from gridcase.web.pages.phone import inspecting, plain_json
from gridcase.web.pages.rankings import Opened, cells_of, columns_of
from gridcase.web.pages.sending import read_category, read_point
from gridcase.web.pages.shelf import kept

PHONE_DATA = Blueprint("phone_data", __name__, url_prefix="/phone/data")

_OF = "inspectors"
_JSON = "application/json"


@PHONE_DATA.get("/session")
def session() -> Response:
    """Who is signed in, and the token for writes; 401 when nobody is."""
    with inspecting() as (desk, actor):
        settings = desk.book.settings
        return plain_json({
            **session_told(desk, actor),
            "self_handling": list(settings.self_handling.classes),
        })  # fmt: skip


@PHONE_DATA.get("/categories")
def categories() -> Response:
    """The categories in force: key, main name, sub name, initials of both; with an ETag."""
    with inspecting() as (desk, _actor):
        items = _categories(desk.book.catalogue.current)
    return sent(packed({"items": items}), _JSON)


def _categories(catalogue: Catalogue) -> list[list[str]]:
    found = [
        [
            "/".join((each.kind, each.main_code, each.sub_code)),
            each.main_name,
            each.sub_name,
            initials(each.sub_name),
        ]
        for each in catalogue.categories.values()
    ]
    # Events first: most reports are about them.
    return sorted(found, key=lambda item: not item[0].startswith("event"))


@PHONE_DATA.get("/usual")
def usual() -> Response:
    """What this person reported of late, and what is usual in a cell."""
    cell = request.args.get("cell", "").replace("\0", "")
    with inspecting() as (desk, actor):
        in_cell = usual_categories(desk, cell) if cell else []
        return plain_json({"recent": recent_categories(desk, actor), "cell": cell, "in_cell": in_cell})


def _point() -> tuple[dict[str, Any], list[Reason]]:
    """The point of the query, if there is one, and what is wrong with it."""
    values: dict[str, Any] = {}
    faults: list[Reason] = []
    read_point(request.args, values, faults)
    return values, faults


@PHONE_DATA.get("/near")
def near() -> Response:
    """The open cases of a category near a point. Raises Invalid for what is no point or no category."""
    with inspecting() as (desk, actor):
        values, faults = _point()
        category = read_category(request.args.get("category", "").replace("\0", ""))
        if faults or "lon" not in values or not category:
            raise Invalid("bad_value", "a point and a category are needed", errors=faults)
        kind, main_code, sub_code = category.values()
        spot = Spot(values["lon"], values["lat"], values["coordinate_system"], (kind, main_code, sub_code))
        found = open_cases_near(desk, actor, spot)
        items = [{**each, "state_label": label_text(each["state_label"], look().language)} for each in found]
        return plain_json({"items": items})


@PHONE_DATA.get("/tasks")
def tasks() -> Response:
    """The open inspection tasks of this person."""
    with inspecting() as (desk, actor):
        items = shown_tasks(tasks_of(desk, actor), Names(desk), look().language)
        return plain_json({"at": china_text(desk.now), "items": items})


@PHONE_DATA.get("/cells")
def cells() -> Response:
    """The own cells, and those around a point."""
    with inspecting() as (desk, actor):
        values, faults = _point()
        point = (values["lon"], values["lat"]) if not faults and "lon" in values else None
        return sent(packed(patrol_area(desk, actor, point)), _JSON)


@PHONE_DATA.get("/month")
def month() -> Response:
    """The own figures of the present period, as the ranking of inspectors counts them."""
    with inspecting() as (desk, actor):
        return plain_json(_month(desk, actor))


def _month(desk: Desk, actor: Actor) -> dict[str, Any]:
    period = period_of(desk.now, start_day=desk.book.settings.evaluation.period_start_day)

    def compute() -> Any:
        found = ranked(desk, of=_OF, period=period)
        return found.as_of, found

    answer = kept((_OF, period.name, "phone"), desk.now, compute)
    units = zip(answer.judged, answer.evaluation.units, strict=True)
    own: UnitResult | None = next((unit for judged, unit in units if judged.code == actor.name), None)
    told = {"period": period.name, "as_of": china_text(answer.as_of)}
    if own is None:
        return {**told, "figures": []}
    columns = columns_of(answer.evaluation, always=())
    figures = cells_of(Opened(answer, {"unit": actor.name}), own, columns)
    language = look().language
    return {**told, "figures": [{**each, "label": label_text(each["label"], language)} for each in figures]}
