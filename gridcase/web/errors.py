"""Turns refusals into answers: problem details (RFC 9457) for the interface, a page for people; all HTTP numbers."""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from gridcase.clock import CHINA
from gridcase.db import NotCommitted
from gridcase.errors import ChangedMeanwhile, GridcaseError, Invalid, NotFound, NotPermitted, Reason, Refused
from gridcase.web.context import NotSignedIn, language, premises
from gridcase.web.messages import Messages, shown

logger = logging.getLogger(__name__)

API_PREFIX = "/api/"
PROBLEM_TYPE = "application/problem+json"
_RETRY_AFTER_S = "5"


class TooLarge(GridcaseError):
    """The request has more bytes than the setting `server.max_body_bytes`."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__("too_large", f"at most {max_bytes} bytes", max_bytes=max_bytes)


class WrongContentType(GridcaseError):
    """The body is of another kind than the call takes."""

    def __init__(self, *wanted: str) -> None:
        super().__init__("wrong_content_type", f"send {' or '.join(wanted)}", choices=list(wanted))


class Unable(GridcaseError):
    """The site cannot serve now: `reasons` says what is missing."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(reasons[0].code, ", ".join(reason.code for reason in reasons))
        self.reasons = tuple(reasons)


# The first class that fits counts.
_STATUS: tuple[tuple[type[GridcaseError], int], ...] = (
    (NotSignedIn, 401),
    (NotPermitted, 403),
    (NotFound, 404),
    (Refused, 409),
    (ChangedMeanwhile, 409),
    (TooLarge, 413),
    (WrongContentType, 415),
    (Invalid, 422),
    (Unable, 503),
)
# What is told by a number of its own, whatever its class.
_STATUS_OF_CODE = {"photo_too_large": 413, "pdf_not_installed": 501, "reports_not_installed": 501}
_HTTP_CODES = {404: "unknown_path", 405: "method_not_allowed", 413: "too_large", 415: "wrong_content_type"}
_LOWEST_ERROR, _INTERNAL, _BUSY = 400, 500, 503


@dataclass(frozen=True)
class Problem:
    """A refusal as people and programs read it. `members` are the members of the problem document after `code`."""

    status: int
    code: str
    title: str
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The problem document of RFC 9457."""
        return {
            "type": f"urn:gridcase:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.members,
        }


def status_of(error: GridcaseError) -> int:
    """The HTTP number of a refusal."""
    own = _STATUS_OF_CODE.get(error.code)
    return own or next((status for kind, status in _STATUS if isinstance(error, kind)), _INTERNAL)


def problem_of(error: GridcaseError, messages: Messages, lang: str) -> Problem:
    """The problem that tells a refusal in a language (zh or en)."""
    status = status_of(error)
    reasons = _reasons_of(error)
    code = reasons[0].code if isinstance(error, Refused) and len(reasons) == 1 else error.code
    title = messages.text(code, lang, error.data)
    members = {name: plain(value) for name, value in error.data.items() if name not in _OWN_MEMBERS}
    parts = [_told(reason, messages, lang) for reason in reasons]
    if isinstance(error, Invalid):
        members["errors"] = [
            reason_entry(reason, messages, lang, is_field=True) for reason in _field_errors(error)
        ]
        parts = [_told(reason, messages, lang) for reason in _field_errors(error)]
    elif reasons:
        members["reasons"] = [reason_entry(reason, messages, lang) for reason in reasons]
    detail = ("；" if lang == "zh" else " ").join(dict.fromkeys(parts)) or title
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if status == _BUSY:
        headers["Retry-After"] = _RETRY_AFTER_S
    return Problem(status, code, title, detail, members, headers)


_OWN_MEMBERS = frozenset({"type", "title", "status", "detail", "code", "errors", "reasons"})


def _reasons_of(error: GridcaseError) -> Sequence[Reason]:
    if isinstance(error, Refused | Unable):
        return error.reasons
    if isinstance(error, NotPermitted | ChangedMeanwhile):
        return (Reason(error.code, dict(error.data)),)
    return ()


def _field_errors(error: Invalid) -> Sequence[Reason]:
    if error.errors:
        return error.errors
    named = error.data.get("field")
    return (Reason(error.code, dict(error.data), field=named),) if named else ()


def reason_entry(reason: Reason, messages: Messages, lang: str, *, is_field: bool = False) -> dict[str, Any]:
    """One entry of `reasons` or `errors`: code, words in the language, and the data behind them."""
    entry: dict[str, Any] = {"field": reason.field} if reason.field or is_field else {}
    entry |= {"code": reason.code, "detail": _words(reason, messages, lang)}
    return entry | {
        name: plain(value) for name, value in reason.data.items() if name not in ("field", "code", "detail")
    }


def _words(reason: Reason, messages: Messages, lang: str) -> str:
    """The text of a reason; what was expected or may be chosen stands behind it."""
    text = messages.text(reason.code, lang, {"field": reason.field, **reason.data})
    expected = reason.data.get("expected")
    if expected:
        text = f"{text} {messages.text(f'expected_{expected}', lang, reason.data)}"
    choices = reason.data.get("choices")
    return f"{text} ({shown(choices, lang)})" if choices else text


def _told(reason: Reason, messages: Messages, lang: str) -> str:
    words = _words(reason, messages, lang)
    return f"{reason.field}: {words}" if reason.field else words


def plain(value: Any) -> Any:
    """A value that JSON can hold: moments in China time, dates and decimals as text."""
    if isinstance(value, datetime):
        return value.astimezone(CHINA).isoformat()
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def problem_response(problem: Problem) -> Response:
    """The answer that carries a problem document."""
    body = json.dumps(problem.document(), ensure_ascii=False)
    return Response(body, status=problem.status, headers=dict(problem.headers), content_type=PROBLEM_TYPE)


ShowProblem = Callable[[Problem], Response]


def register_errors(app: Flask, show_page: ShowProblem) -> None:
    """Answer every refusal of the site; `show_page` shows a problem on the pages for people."""

    def show(problem: Problem) -> Response:
        is_for_programs = request.path.startswith(API_PREFIX) or request.path == "/healthz"
        return problem_response(problem) if is_for_programs else show_page(problem)

    @app.errorhandler(GridcaseError)
    def refused(error: GridcaseError) -> Response:
        if status_of(error) == _INTERNAL:
            logger.error("unexpected refusal", exc_info=error)
        return show(problem_of(error, premises().messages, language()))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response | HTTPException:
        if error.code is not None and error.code < _LOWEST_ERROR:
            return error
        return show(_problem_of_http(error, premises().messages))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        messages, lang = premises().messages, language()
        passing = "database_busy" if _is_busy(error) else "storage_full" if _is_storage_full(error) else None
        if passing is not None:
            # One line: while a server restarts there is one of them for every request.
            told = str(error).partition("\n")[0]
            logger.warning("%s %s: %s: %s", request.method, request.path, type(error).__name__, told)
            return show(problem_of(Unable([Reason(passing)]), messages, lang))
        logger.error("%s %s failed", request.method, request.path, exc_info=error)
        text = messages.text("internal_error", lang)
        return show(Problem(_INTERNAL, "internal_error", text, text))


def _is_busy(error: Exception) -> bool:
    """A lock that nobody gave back in time, a deadlock, a connection that broke: worth another try.

    Both drivers and SQLAlchemy call it by this name (PEP 249); their classes are known to lower rooms only.
    """
    if isinstance(error, NotCommitted):
        return True
    return any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


def _is_storage_full(error: Exception) -> bool:
    """Whether no file can be written: photos, and large bodies on their way in, lie in files."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def _problem_of_http(error: HTTPException, messages: Messages) -> Problem:
    status = error.code or _INTERNAL
    code = _HTTP_CODES.get(status, "invalid" if status < _INTERNAL else "internal_error")
    data = {"max_bytes": premises().book.settings.server.max_body_bytes} if code == "too_large" else {}
    text = messages.text(code, language(), data)
    kept = ("Allow", "Location", "Retry-After")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    return Problem(status, code, text, text, data, headers)
