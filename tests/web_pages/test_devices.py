"""Devices are named by browser and system."""

from __future__ import annotations

import pytest

from gridcase.web.devices import device_name


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36", "Chrome · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0", "微信 · Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("x" * 90, "x" * 40),
        ("", ""),
    ],
)  # fmt: skip
def test_a_device_is_named_by_what_it_says_of_itself(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
