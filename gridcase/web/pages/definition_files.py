"""What `gridcase check` says of the workflow files of a site, as they are or with one file put among them."""

from __future__ import annotations

from dataclasses import dataclass

from gridcase.cases.book import Desk
from gridcase.cases.definitions import stored_versions, stranded_faults, version_faults
from gridcase.cases.flow_files import Files, flow_faults, load_flow_files
from gridcase.engine import Definition, read_folder
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


def faults_of_site(desk: Desk, site: SiteFolder) -> list[Fault]:
    """The faults of the files that lie in the site now, also of those that the running program has not read yet."""
    return _faults(desk, _files(site))


def try_file(desk: Desk, site: SiteFolder, name: str, *, content: bytes) -> Trial:
    """Check a file as if it lay in the site's folder `workflows` under this name. Nothing is written."""
    called = f"{site.workflows.name}/{name}"
    faults = tuple(_faults(desk, {**_files(site), called: content}))
    try:
        definition = next(iter(load_flow_files({called: content}).by_version.values()))
    except DefinitionError:
        return Trial(called, faults)
    flows = desk.book.flows
    before = flows.latest(definition.name) if definition.name in flows.names else None
    changes = tuple(differences(before, definition)) if before else ()
    return Trial(called, faults, definition, before, changes)


def _files(site: SiteFolder) -> Files:
    return read_folder(site.workflows, called=site.workflows.name)


def _faults(desk: Desk, files: Files) -> list[Fault]:
    """As `gridcase check --db` tells them: of each file, of texts changed under their version, of stranded cases."""
    faults = flow_faults(files) + version_faults(desk.connection, desk.district, files)
    if faults:
        return faults
    stored = {key: known.text for key, known in stored_versions(desk.connection, desk.district).items()}
    flows = load_flow_files(files, stored)
    faults = stranded_faults(desk.connection, desk.district, flows)
    default = desk.book.settings.workflow.default
    if default not in flows.offered:
        text = f'no workflow "{default}"; there are: {", ".join(flows.offered) or "none"}'
        faults.append(Fault("config.toml", "workflow.default", "unknown_workflow", text))
    return faults
