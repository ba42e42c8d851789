"""Reads a story file (api.md 4): one JSON object a line, acts at moments, checked whole before anything is played."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gridcase.errors import Invalid
from gridcase.evaluation.periods import parse_moment

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SET_UP_KINDS = ("department", "user")
_ACT_KEYS = frozenset({"at", "as", "call", "body", "photos", "save"})
_JOB_KEYS = frozenset({"at", "job", "save"})
_SET_UP_KEYS = frozenset({"at", "save"})
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_CALL = re.compile(rf"({'|'.join(METHODS)}) (/\S*)")
# Half characters, which JSON can spell and UTF-8 cannot, and NUL.
_UNWRITABLE = re.compile(r"[\ud800-\udfff\x00]")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)


@dataclass(frozen=True)
class PhotoPart:
    """A picture file beside the story."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Call:
    """A call of the interface by a user; `path` is below `/api/v1`; `{word}` in path and body is filled later."""

    user: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None
    photos: tuple[PhotoPart, ...] = ()


@dataclass(frozen=True)
class SetUp:
    """A department or a user to be added."""

    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class JobRun:
    """A job to be run."""

    name: str


@dataclass(frozen=True)
class Line:
    """One line: its number in the file, its moment (None for a set-up line without), what to do, the word to keep."""

    number: int
    at: datetime | None
    act: Call | SetUp | JobRun
    save: str | None = None


@dataclass(frozen=True)
class Story:
    """A whole story; `digest` (hex) is that of the file's bytes."""

    lines: tuple[Line, ...]
    digest: str

    @property
    def first_at(self) -> datetime | None:
        """The first moment that is told, or None."""
        return next((line.at for line in self.lines if line.at is not None), None)


def read_story(file: Path) -> Story:
    """The story of a file; pictures lie beside it.

    Raises Invalid `bad_story`, naming the line, when anything in it cannot be read: nothing is played then.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Invalid("bad_story", f"{file}: {error.strerror}", line=0) from error
    lines = tuple(_lines(content, file.parent))
    return Story(lines, hashlib.sha256(content).hexdigest())


class _Fault(Exception):
    """What is wrong with a line."""


def _lines(content: bytes, folder: Path) -> Iterator[Line]:
    latest: datetime | None = None
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            line = _line(raw, number, folder)
            if line.at is not None and latest is not None and line.at < latest:
                raise _Fault("its moment lies before that of an earlier line")
        except _Fault as fault:
            raise Invalid("bad_story", f"line {number}: {fault}", line=number) from fault
        latest = line.at or latest
        yield line


def _line(raw: bytes, number: int, folder: Path) -> Line:
    values = _object(raw)
    at = _moment(values["at"]) if "at" in values else None
    kinds = [kind for kind in SET_UP_KINDS if kind in values]
    if kinds:
        _check_keys(values, {*_SET_UP_KEYS, kinds[0]})
        return Line(number, at, SetUp(kinds[0], _mapping(values, kinds[0])), _save(values))
    if at is None:
        raise _Fault("it has no moment `at`")
    if "job" in values:
        _check_keys(values, _JOB_KEYS)
        return Line(number, at, JobRun(_text(values, "job")), _save(values))
    _check_keys(values, _ACT_KEYS)
    return Line(number, at, _call(values, folder), _save(values))


def _object(raw: bytes) -> dict[str, Any]:
    try:
        values = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _Fault(f"it is no JSON object ({error})") from error
    if not isinstance(values, dict):
        raise _Fault("it is no JSON object")
    try:
        filled(values, {})
    except RecursionError as error:
        raise _Fault("it is nested too deeply") from error
    return values


def _check_keys(values: Mapping[str, Any], known: set[str] | frozenset[str]) -> None:
    unknown = [key for key in values if key not in known]
    if unknown:
        raise _Fault(f"it has an unknown key {unknown[0]!r} (known here: {', '.join(sorted(known))})")


def _text(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not value.strip() or _UNWRITABLE.search(value):
        raise _Fault(f"{key!r} must be a text")
    return value


def _mapping(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = values[key]
    if not isinstance(value, dict):
        raise _Fault(f"{key!r} must be an object")
    return value


def _save(values: Mapping[str, Any]) -> str | None:
    if "save" not in values:
        return None
    word = _text(values, "save")
    if not _WORD.fullmatch(word):
        raise _Fault(f"'save' must be a word of letters, digits and _, not {word!r}")
    return word


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise _Fault(f"'at' is no moment such as 2026-10-05T09:00: {value!r}")
    try:
        return parse_moment(value)
    except Invalid as error:
        raise _Fault(f"'at' is no moment such as 2026-10-05T09:00: {value!r}") from error


def _call(values: Mapping[str, Any], folder: Path) -> Call:
    match = _CALL.fullmatch(_text(values, "call"))
    if match is None:
        raise _Fault("'call' must be a method and a path, such as `POST /cases`")
    body = _mapping(values, "body") if "body" in values else None
    return Call(_text(values, "as"), match[1], match[2], body, _photos(values.get("photos", []), folder))


def _photos(names: Any, folder: Path) -> tuple[PhotoPart, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise _Fault("'photos' must be a list of file names")
    parts = []
    for name in names:
        try:
            parts.append(PhotoPart(Path(name).name, (folder / name).read_bytes()))
        except (OSError, ValueError) as error:
            raise _Fault(f"the picture {name!r} cannot be read") from error
    return tuple(parts)


def filled(value: Any, words: Mapping[str, str]) -> Any:
    """`value` with `{word}` in all its texts replaced by what was saved; unknown words stay as they are."""
    if isinstance(value, str):
        return _PLACE.sub(lambda match: words.get(match[1], match[0]), value)
    if isinstance(value, Mapping):
        return {name: filled(part, words) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, words) for part in value]
    return value
