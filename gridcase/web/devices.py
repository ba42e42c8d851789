"""Names the browser and the system of a device for people, from what it says of itself (User-Agent)."""

from __future__ import annotations

# In this order: most browsers also name those whose place they take.
_BROWSERS = (
    ("MicroMessenger/", "微信"), ("DingTalk/", "钉钉"), ("QQBrowser/", "QQ 浏览器"), ("HuaweiBrowser/", "华为浏览器"),
    ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
_LONGEST = 40


def device_name(user_agent: str) -> str:
    """`Chrome · Windows`; what names neither is shown as it is, shortened."""
    found = [
        next((name for mark, name in marks if mark in user_agent), None) for marks in (_BROWSERS, _SYSTEMS)
    ]
    named = [name for name in found if name]
    return " · ".join(named) if named else user_agent[:_LONGEST]
