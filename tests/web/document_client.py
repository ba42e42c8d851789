"""A client that knows nothing of gridcase but its OpenAPI document: what to send where, and what comes back."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import jsonschema_rs

_TIMEOUT_S = 60


@dataclass(frozen=True)
class Reply:
    """Status, bytes and what the bytes say."""

    status: int
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class DocumentClient:
    """Calls operations by their ids. Everything sent and received is held to the schemas of the document."""

    where: str
    token: str
    document: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.document:
            with urllib.request.urlopen(self.where, timeout=_TIMEOUT_S) as response:
                self.document = json.load(response)

    def call(
        self,
        operation_id: str,
        body: Mapping[str, Any] | None = None,
        *,
        photos: Sequence[bytes] = (),
        **parameters: Any,
    ) -> Reply:
        """Call an operation with its parameters by name, a body and pictures."""
        path, method, operation = self._find(operation_id)
        url = self._url(path, operation, parameters)
        kind, content = None, None
        if "requestBody" in operation:
            kind, content = self._encode(operation["requestBody"]["content"], body or {}, photos)
        reply = self._send(method.upper(), url, content, kind=kind)
        told = operation["responses"][str(reply.status)]["content"]
        for media_type, answer in told.items():
            if "schema" in answer and "json" in media_type:
                self._check(answer["schema"], reply.json)
        return reply

    def _find(self, operation_id: str) -> tuple[str, str, dict[str, Any]]:
        return next(
            (path, method, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if operation["operationId"] == operation_id
        )

    def _url(self, path: str, operation: Mapping[str, Any], values: Mapping[str, Any]) -> str:
        known = {parameter["name"]: parameter for parameter in operation.get("parameters", [])}
        assert set(values) <= set(known), f"no parameter {set(values) - set(known)}"
        query = {}
        for name, parameter in known.items():
            if name not in values:
                assert not parameter["required"], f"{name} is needed"
                continue
            self._check(parameter["schema"], values[name])
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", quote(str(values[name]), safe=""))
            else:
                query[name] = values[name]
        base = urljoin(self.where, self.document["servers"][0]["url"])
        return base + path + (f"?{urlencode(query, doseq=True)}" if query else "")

    def _encode(
        self, content: Mapping[str, Any], body: Mapping[str, Any], photos: Sequence[bytes]
    ) -> tuple[str, bytes]:
        data = json.dumps(body, ensure_ascii=False).encode()
        if not photos:
            self._check(content["application/json"]["schema"], body)
            return "application/json", data
        form = content["multipart/form-data"]
        parts = form["schema"]["properties"]
        (data_part,) = [name for name, schema in parts.items() if "$ref" in schema]
        (files_part,) = [name for name, schema in parts.items() if schema.get("type") == "array"]
        self._check(parts[data_part], body)
        boundary = uuid.uuid4().hex
        pieces = [_piece(boundary, data_part, form["encoding"][data_part]["contentType"], data)]
        pieces += [_piece(boundary, files_part, "image/jpeg", photo, "p.jpg") for photo in photos]
        return f"multipart/form-data; boundary={boundary}", b"".join(
            [*pieces, f"--{boundary}--\r\n".encode()]
        )

    def _check(self, schema: Mapping[str, Any], value: Any) -> None:
        whole = {**schema, "components": self.document["components"]}
        jsonschema_rs.Draft202012Validator(whole).validate(value)

    def _send(self, method: str, url: str, content: bytes | None, *, kind: str | None) -> Reply:
        scheme = self.document["components"]["securitySchemes"]["bearer"]
        headers = {"Authorization": f"{scheme['scheme'].title()} {self.token}"}
        if kind is not None:
            headers["Content-Type"] = kind
        request = urllib.request.Request(url, content, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:
                return Reply(response.status, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.read())


def _piece(boundary: str, name: str, kind: str, content: bytes, file: str = "") -> bytes:
    named = f'; filename="{file}"' if file else ""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\nContent-Type: {kind}\r\n\r\n'
    return head.encode() + content + b"\r\n"
