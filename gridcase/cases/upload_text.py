"""The text of an uploaded CSV file: what is no text in UTF-8 is told with its place and what would be right."""

from __future__ import annotations

from gridcase.errors import DefinitionError, Fault

# Of one file (bytes): tens of thousands of rows.
MOST_BYTES = 4 * 1024 * 1024
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def text_of(content: bytes, file: str) -> str:
    """The text without its byte-order mark. Raises DefinitionError `bad_file`, `too_large`."""
    place, code, told = _fault(content)
    if code:
        raise DefinitionError([Fault(file, place, code, told)])
    return content.decode("utf-8-sig")


def _fault(content: bytes) -> tuple[str, str, str]:
    """Place, code and text of what is wrong; empty when nothing is."""
    if len(content) > MOST_BYTES:
        return "", "too_large", f"larger than {MOST_BYTES // 1048576} MB"
    if content.startswith(_WORKBOOK):
        return "", "bad_file", "an Excel workbook: save it as CSV UTF-8"
    if content.startswith(_UTF_16):
        return "", "bad_file", "encoded in UTF-16: save it as CSV UTF-8"
    if b"\0" in content:
        return f"line {_line(content, content.index(0))}", "bad_file", "a NUL character: this is no text"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        is_gbk = _is_gbk(content)
        told = "encoded in GBK: save it as CSV UTF-8" if is_gbk else "not UTF-8: save it as CSV UTF-8"
        return f"line {_line(content, error.start)}", "bad_file", told
    return ("", "", "") if text.strip() else ("", "bad_file", "the file is empty")


def _line(content: bytes, at: int) -> int:
    return content.count(b"\n", 0, at) + 1


def _is_gbk(content: bytes) -> bool:
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True
