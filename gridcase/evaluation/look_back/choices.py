"""The scheme files of a site that may be tried, faulty ones with their faults."""

from __future__ import annotations

from dataclasses import dataclass

from gridcase.errors import DefinitionError, Fault
from gridcase.evaluation.scheme_folder import SchemeFolder, read_scheme
from gridcase.evaluation.schemes import Scheme


@dataclass(frozen=True)
class Choice:
    """One file of the folder: `code` is its name without `.toml`; `scheme` None = it has faults."""

    code: str
    scheme: Scheme | None
    faults: tuple[Fault, ...] = ()

    @property
    def title(self) -> str:
        """What people choose by."""
        if self.scheme is None:
            return f"{self.code}（文件有错）"
        return f"{self.code} {self.scheme.title} 第 {self.scheme.version} 版"


def scheme_choices(folder: SchemeFolder) -> tuple[Choice, ...]:
    """Every scheme file of the folder, by its name."""
    return tuple(_choice(folder, code) for code in sorted(file.stem for file in folder.folder.glob("*.toml")))


def _choice(folder: SchemeFolder, code: str) -> Choice:
    try:
        return Choice(code, read_scheme(folder.folder / f"{code}.toml"))
    except DefinitionError as error:
        return Choice(code, None, tuple(error.faults))
