"""One declaration a call: what it takes and answers. Views and the OpenAPI document are both made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from gridcase.cases.book import Desk
from gridcase.cases.photos import PhotoFile
from gridcase.directory.people import Actor


@dataclass(frozen=True, slots=True)
class Sent:
    """What a write carries: the body, the photos, already judged as pictures, and the names in the path."""

    body: Any
    photos: tuple[PhotoFile, ...]
    path: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a read carries: the query and the names in the path."""

    query: Any
    path: Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """One call of the interface. `answer` is a model, or a media type for answers that are no JSON objects.

    `takes` is the media type of a body that is no JSON; such a call is served by its own `view`.
    """

    method: str
    path: str
    tag: str
    answer: type[BaseModel] | str
    run: Callable[..., Any]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    has_photos: bool = False
    refuses: tuple[int, ...] = ()
    takes: str | None = None
    view: Callable[..., Any] | None = None

    @property
    def name(self) -> str:
        """The operation's name: that of its function."""
        return str(self.run.__name__)

    @property
    def summary(self) -> str:
        """The first line of the function's own words."""
        return (self.run.__doc__ or "").strip().partition("\n")[0]


Write = Callable[[Desk, Actor, Sent], dict[str, Any]]
Read = Callable[[Desk, Actor, Asked], Any]


class Calls:
    """The calls of one file, in the order in which they stand there."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.list: list[Call] = []

    def write(
        self,
        path: str,
        body: type[BaseModel],
        *,
        answer: type[BaseModel],
        has_photos: bool = False,
        refuses: tuple[int, ...] = (404,),
    ) -> Callable[[Write], Write]:
        """Declare `POST path`; the function runs inside the write's transaction."""

        def declare(run: Write) -> Write:
            self.list.append(
                Call("POST", path, self.tag, answer, run, body, has_photos=has_photos, refuses=refuses)
            )
            return run

        return declare

    def put(self, path: str, body: type[BaseModel], *, answer: type[BaseModel]) -> Callable[[Write], Write]:
        """Declare `PUT path`, which writes what is to stand there: a write that answers 200."""

        def declare(run: Write) -> Write:
            self.list.append(Call("PUT", path, self.tag, answer, run, body))
            return run

        return declare

    def read(
        self,
        path: str,
        query: type[BaseModel] | None = None,
        *,
        answer: type[BaseModel] | str,
        refuses: tuple[int, ...] = (),
    ) -> Callable[[Read], Read]:
        """Declare `GET path`; the function runs inside one reading transaction."""

        def declare(run: Read) -> Read:
            self.list.append(Call("GET", path, self.tag, answer, run, query=query, refuses=refuses))
            return run

        return declare
