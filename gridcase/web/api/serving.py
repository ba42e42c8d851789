"""Makes the views of the declared calls: who asks, one transaction, the answer given once and repeated as it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, cast
from uuid import UUID

from flask import Response, request

from gridcase.cases.book import Desk
from gridcase.cases.receipts import Answered, content_hash, once
from gridcase.directory.people import Actor
from gridcase.errors import GridcaseError
from gridcase.web.api.calls import Call, Sent
from gridcase.web.api.receiving import JSON, ask, receive
from gridcase.web.context import NotSignedIn, acting, credentials, looking, repeatable
from gridcase.web.errors import plain

_CREATED, _OK = 201, 200


class _Whole(Response):
    """An answer with a body that is there in one piece, and with no header that is an address to be completed."""

    def get_wsgi_response(
        self, environ: dict[str, Any]
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """The body as it is: to look through the headers and to wrap the body costs as much as to make the answer."""
        if environ["REQUEST_METHOD"] == "HEAD":
            return super().get_wsgi_response(environ)
        return cast(list[bytes], self.response), self.status, self.headers.to_wsgi_list()


def view_of(call: Call) -> Callable[..., Response]:
    """The view function of a call."""
    return _read_view(call) if call.method == "GET" else _write_view(call)


def _write_view(call: Call) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        sent = _received(call, path)
        answered = _act_once(call, sent)
        made = _OK if answered.is_repeat or call.method == "PUT" else _CREATED
        return _Whole(answered.text, status=made, content_type=JSON)

    return view


def _read_view(call: Call) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        with looking() as (desk, actor):
            asked = ask(call, path)
            answer = call.run(desk, actor, asked)
        return answer if isinstance(answer, Response) else json_response(answer)

    return view


def json_response(answer: Any, kind: str = JSON) -> Response:
    """An answer as JSON: moments in China time, Chinese unescaped."""
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=plain)
    return _Whole(body, content_type=kind)


def _received(call: Call, path: dict[str, str]) -> Sent:
    if not credentials():
        raise NotSignedIn
    try:
        return receive(call, path)
    except GridcaseError:
        # Who nobody knows learns nothing about the body: 401 comes first.
        with looking():
            pass
        raise


def _act_once(call: Call, sent: Sent) -> Answered:
    client_id: UUID | None = sent.body.client_id
    key = str(client_id) if client_id else None
    content = sent.body.model_dump_json(exclude_unset=True, exclude={"client_id"})
    hashes = tuple(photo.sha256 for photo in sent.photos)

    def act(desk: Desk, actor: Actor) -> Answered:
        digest = content_hash(actor.name, request.path, content, photos=hashes)
        return once(desk, key, digest, act=lambda: call.run(desk, actor, sent))

    return repeatable(lambda: acting(act, client_id=key), key)
