"""The answer of the clock as a person reads it on a terminal: the due moment and a table of its intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from unicodedata import east_asian_width

from gridcase.clock.moments import DAY, second_of
from gridcase.clock.wording import day_label, duration, reason_label, time_label

HEADER = ("起", "止", "计入", "原因", "累计")


def readable(due_at: str, lines: Iterable[Mapping[str, Any]]) -> str:
    """The text for `due_at` and `lines` as in clock.md 9: due moment, interval table, extensions, warnings."""
    due = datetime.fromisoformat(due_at)
    day, rest = divmod(second_of(due), DAY)
    rows: list[Sequence[str]] = [HEADER]
    notes: list[str] = []
    is_closings = False
    for line in lines:
        match line["kind"]:
            case "interval":
                is_closings = is_closings or line["why"] == "start_day"
                rows.append(_row(line, is_closings))
            case "extension":
                total = _total(line["total"], is_closings)
                notes.append(f"延期：{_plain(line['at'])} 申请 {line['limit']}，总时限 {total}")
            case _:
                notes.append(f"注意：{line['text']}")
    title = f"到期时刻 {due_at}  {day_label(day).decode()}{time_label(rest)}"
    return "\n".join([title, "", *_table(rows), *([""] if notes else []), *notes])


def _row(line: Mapping[str, Any], is_closings: bool) -> Sequence[str]:
    why = reason_label(line["why"], line.get("name", ""))
    counted = "是" if line["counted"] else "否"
    return _plain(line["from"]), _plain(line["to"]), counted, why, _total(line["used"], is_closings)


def _plain(moment: str) -> str:
    return moment[:19].replace("T", " ")


def _total(used: int, is_closings: bool) -> str:
    return f"{used}个工作日" if is_closings else duration(used)


def _table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """The rows in columns; a Chinese character is two columns wide."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return len(text) + sum(east_asian_width(mark) in "WF" for mark in text)
