"""Secrets come from the environment, or from a file that the environment names; never from config.toml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gridcase.errors import DefinitionError, Fault

SECRETS = ("GRIDCASE_DATABASE_URL", "GRIDCASE_SECRET_KEY")


def secret(name: str, environ: Mapping[str, str]) -> str | None:
    """The secret `name`, one of `SECRETS`, or None when it is not given.

    `environ` holds it as `name`, or as `name` with `_FILE` at the end: the path of a file whose content, less
    the line end, is the secret. Raises DefinitionError when both are given or the file cannot be read, and
    KeyError for a name that is no secret of ours.
    """
    if name not in SECRETS:
        raise KeyError(name)
    direct, named_file = environ.get(name), environ.get(f"{name}_FILE")
    if direct and named_file:
        text = f"{name} and {name}_FILE are both given; keep one"
        raise DefinitionError([Fault("environment", name, "bad_value", text)])
    if named_file:
        return _from_file(f"{name}_FILE", named_file)
    return direct or None


def _from_file(name: str, path: str) -> str:
    try:
        content = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(
            [Fault("environment", name, "bad_file", f"cannot read {path}: {error}")]
        ) from error
    if not content:
        raise DefinitionError([Fault("environment", name, "bad_file", f"{path} is empty")])
    return content
