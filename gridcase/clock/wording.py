"""The Chinese sentences of an explanation, for the clerk of a department to read."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from gridcase.clock.moments import FIRST_DAY

_WEEKDAYS = "一二三四五六日"


@lru_cache(maxsize=1 << 16)
def day_label(day: int) -> bytes:
    """Day number `day` as `2026年9月30日（周三）`, in UTF-8."""
    on = date.fromordinal(FIRST_DAY + day)
    return f"{on.year}年{on.month}月{on.day}日（周{_WEEKDAYS[on.weekday()]}）".encode()


@lru_cache(maxsize=1 << 12)
def time_label(rest: int) -> str:
    """Second `rest` of a day (0 to 86,400) as `16:30`, with seconds only where there are any."""
    label = f"{rest // 3600:02}:{rest // 60 % 60:02}"
    return f"{label}:{rest % 60:02}" if rest % 60 else label


@lru_cache(maxsize=1 << 16)
def duration(seconds: int) -> str:
    """A length of time as `1小时30分`."""
    parts = ((seconds // 3600, "小时"), (seconds // 60 % 60, "分"), (seconds % 60, "秒"))
    return "".join(f"{number}{unit}" for number, unit in parts if number)


def counted_text(stretch: str, why: str, length: str) -> str:
    """Time that counts, with the label of its stretch and length; `%b` stands for the label of the total."""
    phrase = "工作时段" if why == "slot" else "不分昼夜和节假日"
    return f"{stretch}，{phrase}，计时{length}，累计%b。"


def idle_text(stretch: str, why: str, name: str) -> str:
    """Time that does not count; `name` is that of the holiday."""
    return f"{stretch}，{_reason(why, name)}，不计时。"


def _reason(why: str, name: str) -> str:
    if why == "holiday":
        return f"{name}放假" if name else "节假日放假"
    return {"hold": "暂停计时", "weekend": "双休日", "outside_slots": "非工作时段"}[why]


def closing_text(day: str, closing: int) -> str:
    """A day whose closing moment (second of the day) counts; `%d` stands for the total of days."""
    return f"{day}，到下班时刻{time_label(closing)}计满一个工作日，累计%d个工作日。"


def idle_day_text(day: str, why: str, name: str, *, closing: int) -> str:
    """A day of a closings clock that does not count."""
    if why == "start_day":
        return f"{day}，起算当日，不计入。"
    if why == "hold":
        return f"{day}，下班时刻{time_label(closing)}处于暂停，不计入。"
    return f"{day}，{_reason(why, name)}，不计入。"


def reason_label(why: str, name: str) -> str:
    """The verdict in a few words, for a table."""
    counted = {
        "slot": "工作时段",
        "round_the_clock": "昼夜连续",
        "closing": "工作日",
        "start_day": "起算当日",
    }
    return counted.get(why) or _reason(why, name)


def warning_text(year: int) -> str:
    """The calendar of `year` is missing."""
    return f"{year}年的节假日安排尚未录入，该年只按星期判断工作日；录入后到期时刻可能改变。"
