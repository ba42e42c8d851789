"""What `gridcase check` says of the workflow files of a site, as they are or with one file put among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gridcase.cases.book import Desk
from gridcase.cases.definitions import Standing, stored_texts, stranded
from gridcase.cases.flow_files import Files, flow_faults, load_flow_files
from gridcase.engine import Definition, lint_versions, read_folder
from gridcase.engine.comparing import Change, differences
from gridcase.errors import DefinitionError, Fault
from gridcase.resources import SiteFolder


@dataclass(frozen=True, slots=True)
class Trial:
    """A file that somebody tried: its faults, and when it has none of its own, what it defines.

    `changes` are those against `before`, the version of the same workflow that takes new cases now (None: a workflow
    that the site does not have yet).
    """

    file: str
    faults: tuple[Fault, ...]
    definition: Definition | None = None
    before: Definition | None = None
    changes: tuple[Change, ...] = ()


class SiteFiles:
    """The workflow files of a site and where its open cases stand, which is asked once a page."""

    def __init__(self, desk: Desk, site: SiteFolder, places: Sequence[Standing]) -> None:
        self._desk, self._places, self._called = desk, places, site.workflows.name
        self._files: Files = read_folder(site.workflows, called=self._called)

    def faults(self) -> list[Fault]:
        """The faults of the files that lie in the site now, also of those that the program has not read yet."""
        return self._check(self._files)

    def tried(self, name: str, content: bytes) -> Trial:
        """What a file is like, as if it lay in the site's folder `workflows` under this name. Nothing is written."""
        called = f"{self._called}/{name}"
        faults = tuple(self._check({**self._files, called: content}))
        return _trial(self._desk, called, content, faults=faults)

    def _check(self, files: Files) -> list[Fault]:
        """As `gridcase check --db` tells it: of each file, of texts changed under their version, of stranded cases."""
        desk = self._desk
        stored = stored_texts(desk.connection, desk.district, self._places)
        faults = flow_faults(files) + lint_versions(files, stored)
        if faults:
            return faults
        flows = load_flow_files(files, {key: known.text for key, known in stored.items()})
        faults = stranded(self._places, flows)
        default = desk.book.settings.workflow.default
        if default not in flows.offered:
            text = f'no workflow "{default}"; there are: {", ".join(flows.offered) or "none"}'
            faults.append(Fault("config.toml", "workflow.default", "unknown_workflow", text))
        return faults


def _trial(desk: Desk, called: str, content: bytes, *, faults: tuple[Fault, ...]) -> Trial:
    try:
        definition = next(iter(load_flow_files({called: content}).by_version.values()))
    except DefinitionError:
        return Trial(called, faults)
    flows = desk.book.flows
    before = flows.latest(definition.name) if definition.name in flows.names else None
    changes = tuple(differences(before, definition)) if before else ()
    return Trial(called, faults, definition, before, changes)
