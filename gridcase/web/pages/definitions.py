"""Workflow definitions, for administrators to read: versions, picture, tables, faults of files, what two differ in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import PurePath

from flask import Blueprint, request

from gridcase.cases.book import Desk
from gridcase.cases.definitions import standings
from gridcase.directory.people import Actor
from gridcase.engine import Definition, diagram
from gridcase.engine.comparing import differences
from gridcase.engine.ladder import ladder
from gridcase.errors import Fault, NotFound
from gridcase.web.context import looking, premises
from gridcase.web.pages.admin import check_administrator
from gridcase.web.pages.definition_files import SiteFiles, Trial
from gridcase.web.pages.definition_tables import moves, told_changes, versions
from gridcase.web.pages.frame import render
from gridcase.web.pages.wording import label

DEFINITIONS = Blueprint("definitions", __name__)

# The standard definition has 16 KB.
_MAX_BYTES = 256 * 1024
_MAX_NAME = 80


@DEFINITIONS.get("/admin/definitions")
def show_list() -> str:
    """All versions and where their cases stand, and the faults of the files as they lie there now.

    Raises NotPermitted for all but administrators, as every page here.
    """
    return _administering(_overview)


@DEFINITIONS.post("/admin/definitions/check")
def check() -> str:
    """What `gridcase check` would say with a chosen file among the site's; nothing is installed."""
    name, content = _sent_file()
    return _administering(lambda desk, actor: _overview(desk, actor, (name, content)))


@DEFINITIONS.get("/admin/definitions/compare")
def compare() -> str:
    """In what two versions differ. Raises NotFound `unknown_workflow`."""

    def show(desk: Desk, actor: Actor) -> str:
        old, new = (_named(desk, request.args.get(side, "")) for side in ("old", "new"))
        return render(
            desk, actor, "pages/definition_differences.html",
            old=old, new=new, changes=told_changes(differences(old, new)), choices=_choices(desk),
        )  # fmt: skip

    return _administering(show)


@DEFINITIONS.get("/admin/definitions/<name>/<int:version>")
def show(name: str, version: int) -> str:
    """One version: its picture, states, moves, clocks and requests. Raises NotFound `unknown_workflow`."""

    def show(desk: Desk, actor: Actor) -> str:
        definition = desk.book.flows.get(name, version)
        mine = [
            row
            for row in versions(desk, standings(desk.connection, desk.district))
            if row.definition is definition
        ]
        return render(
            desk, actor, "pages/definition.html",
            definition=definition, row=mine[0], picture=ladder(definition, label), mermaid=diagram(definition),
            moves=moves(definition), trigger_labels={move.trigger: move.label for move in definition.transitions},
        )  # fmt: skip

    return _administering(show)


def _administering(act: Callable[[Desk, Actor], str]) -> str:
    with looking() as (desk, actor):
        check_administrator(actor)
        return act(desk, actor)


def _overview(desk: Desk, actor: Actor, sent: tuple[str, bytes] | None = None) -> str:
    places = standings(desk.connection, desk.district)
    files = SiteFiles(desk, premises().site, places)
    tried = _tried(files, *sent) if sent is not None else None
    definition = tried.definition if tried else None
    return render(
        desk, actor, "pages/definitions.html",
        rows=versions(desk, places), choices=_choices(desk), faults=files.faults(), tried=tried,
        picture=ladder(definition, label) if definition else None,
        changes=told_changes(tried.changes) if tried else [],
        default=desk.book.settings.workflow.default,
    )  # fmt: skip


def _sent_file() -> tuple[str, bytes]:
    """Name and content of the chosen file, both empty without one; of a large one as much as shows that it is."""
    file = request.files.get("file")
    if file is None:
        return "", b""
    with closing(file):
        name = PurePath(file.filename or "").name.replace("\0", "")[:_MAX_NAME]
        return name, file.read(_MAX_BYTES + 1)


def _tried(files: SiteFiles, name: str, content: bytes) -> Trial:
    if not name:
        return Trial("", (Fault("", "", "no_file", "choose a definition, such as standard.toml"),))
    if len(content) > _MAX_BYTES:
        return Trial(name, (Fault(name, "", "file_too_large", f"more than {_MAX_BYTES} bytes"),))
    return files.tried(name, content)


def _choices(desk: Desk) -> list[tuple[str, str]]:
    """`NAME@VERSION` of every version, the newest of each workflow first, as the options of a choice."""
    keys = sorted(desk.book.flows.by_version, key=lambda key: (key[0], -key[1]))
    return [(f"{name}@{version}", f"{name}@{version}") for name, version in keys]


def _named(desk: Desk, text: str) -> Definition:
    name, _, version = text.partition("@")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise NotFound("unknown_workflow", f"no version {text!r}", workflow=name)
    return desk.book.flows.get(name, int(version))
