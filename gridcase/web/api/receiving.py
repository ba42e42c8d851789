"""Reads what a request carries: JSON or multipart bodies, photos, queries; everything else is refused by its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_origin

from flask import Request, request
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from gridcase.cases.photos import PhotoFile, PhotoStore, check_photo_count
from gridcase.errors import Invalid, NotFound, Reason
from gridcase.web.api.calls import Asked, Call, Sent
from gridcase.web.api.faults import invalid
from gridcase.web.context import premises, this_request
from gridcase.web.errors import TooLarge, WrongContentType

JSON, MULTIPART = "application/json", "multipart/form-data"
DATA_PART, PHOTOS_PART = "data", "photos"
# The token of a form of our own pages may travel with it.
_PASSED_OVER = frozenset({"csrf_token"})


def receive(call: Call, path: Mapping[str, str]) -> Sent:
    """The body and photos of a write.

    Raises Invalid (`bad_json`, `unknown_field`, `missing_field`, `bad_value`, `too_long`, `too_many_photos`,
    `photo_…`), TooLarge, WrongContentType.
    """
    check_path(path)
    book, model = premises().book, call.body
    if model is None:
        raise TypeError(f"{call.name} takes no body")
    try:
        raw, contents = _parts(has_photos=call.has_photos)
    except RequestEntityTooLarge:
        raise TooLarge(book.settings.server.max_body_bytes) from None
    try:
        body = model.model_validate_json(raw)
    except ValidationError as error:
        raise invalid(error, model) from None
    longest = book.settings.text.max_length
    if len(raw) > longest:
        _check_lengths(body, longest)
    return Sent(body, tuple(_photos(contents, book.photos)), path)


def _parts(*, has_photos: bool) -> tuple[bytes, list[bytes]]:
    """The JSON of the request and the contents of its photos."""
    asked = this_request()
    kind = asked.mimetype
    if asked.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WrongContentType(JSON)
    if kind == JSON:
        return _whole_body(asked), []
    if kind == MULTIPART and has_photos:
        return _multipart()
    if not kind and not asked.content_length:
        return b"{}", []
    raise WrongContentType(JSON, MULTIPART) if has_photos else WrongContentType(JSON)


def _whole_body(asked: Request) -> bytes:
    """The bytes of the body. Raises RequestEntityTooLarge above the setting.

    A body whose length is known is read at once: the guarded stream looks for its end in pieces.
    """
    length, most = asked.content_length, asked.max_content_length
    if length is None or most is None or length > most:
        return asked.get_data(cache=False)
    return asked.input_stream.read(length)


def _multipart() -> tuple[bytes, list[bytes]]:
    files = [(name, _content_of(file)) for name, file in request.files.items(multi=True)]
    names = {*request.form, *(name for name, _ in files)} - {DATA_PART, PHOTOS_PART} - _PASSED_OVER
    if names:
        errors = [Reason("unknown_field", {"field": name}, field=name) for name in sorted(names)]
        raise Invalid("unknown_field", "unknown parts", errors=errors)
    data = [text.encode("utf-8", "surrogatepass") for text in request.form.getlist(DATA_PART)]
    data += [content for name, content in files if name == DATA_PART]
    if len(data) != 1:
        code = "bad_value" if data else "missing_field"
        raise Invalid(code, "one part `data` with the JSON is needed", field=DATA_PART)
    if request.form.getlist(PHOTOS_PART):
        raise Invalid("bad_value", "photos are files", field=PHOTOS_PART)
    return data[0], [content for name, content in files if name == PHOTOS_PART]


def _content_of(file: FileStorage) -> bytes:
    # Large parts lie in a temporary file, which would stay open until the garbage is collected.
    try:
        content: bytes = file.read()
    finally:
        file.close()
    return content


def _photos(contents: list[bytes], store: PhotoStore) -> Iterator[PhotoFile]:
    check_photo_count(len(contents), field=PHOTOS_PART)
    for index, content in enumerate(contents):
        try:
            yield store.check(content)
        except Invalid as error:
            field = f"{PHOTOS_PART}.{index}"
            raise Invalid(error.code, error.message, **{**error.data, "field": field}) from None


def _check_lengths(part: Any, longest: int, place: str = "") -> None:
    """Refuse a text above the setting `text.max_length`, wherever it stands. Raises Invalid `too_long`."""
    if isinstance(part, str) and len(part) > longest:
        raise Invalid("too_long", f"at most {longest} characters", field=place, max_length=longest)
    if isinstance(part, BaseModel):
        for name in part.model_fields_set:
            _check_lengths(getattr(part, name), longest, f"{place}.{name}" if place else name)


def ask(call: Call, path: Mapping[str, str]) -> Asked:
    """The query of a read. Raises Invalid for what it cannot be, NotFound for a path that nothing can have."""
    check_path(path)
    if call.query is None:
        return Asked(None, path)
    try:
        return Asked(call.query.model_validate(_values(call.query)), path)
    except ValidationError as error:
        raise invalid(error, call.query) from None


def _values(model: type[BaseModel]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, texts in request.args.lists():
        field = model.model_fields.get(name)
        is_many = field is not None and get_origin(field.annotation) is tuple
        if not is_many and len(texts) > 1:
            error = Reason("bad_value", {"field": name, "expected": "one_value"}, field=name)
            raise Invalid("bad_value", f"{name} is given twice", errors=[error])
        values[name] = texts if is_many else texts[0]
    return values


def check_path(path: Mapping[str, str]) -> None:
    """Refuse a name in the path that no database can hold. Raises NotFound `unknown_path`."""
    if any("\0" in name for name in path.values()):
        raise NotFound("unknown_path", "there is no such address")
