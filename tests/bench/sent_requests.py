"""The requests that the clients of a load send: reports, reports with a photo, and the moves that follow them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from PIL import Image

BASE = "/api/v1/cases"
DEPARTMENT = "A"
INSPECTOR, OPERATOR, SUPERVISOR = "inspector", "intake_operator", "shift_supervisor"
DISPATCHER, OFFICER = "dispatcher", "department_officer"
ROLES = (INSPECTOR, OPERATOR, SUPERVISOR, DISPATCHER, OFFICER)

# What follows a report by the plain way: trigger, who, what is sent.
MOVES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("accept", OPERATOR, {"opinion": "属于受理范围"}),
    ("file", SUPERVISOR, {"condition_no": 1, "duplicates_seen": True}),
    ("dispatch", DISPATCHER, {"department": DEPARTMENT, "opinion": "请于时限内处置"}),
    ("receive", OFFICER, {}),
)
_DESCRIPTION = "道路东侧人行道上有居民堆放的生活垃圾约两立方米，影响行人通行，请尽快安排清理。"
_ADDRESS = "某街道某社区某路 118 号东侧 20 米"


@dataclass
class Pen:
    """Writes requests, each with a client id of its own; the same seed writes the same ones."""

    tokens: dict[str, str]
    points: Sequence[tuple[float, float]]
    categories: Sequence[tuple[str, str, str]]
    rng: Random = field(default_factory=lambda: Random(7))

    def reports(self, count: int, *, has_photo: bool = False) -> list[bytes]:
        """Reports by an operator; with a photo, by an inspector."""
        return [self._report(has_photo=has_photo) for _ in range(count)]

    def _report(self, *, has_photo: bool) -> bytes:
        kind, main_code, sub_code = self.rng.choice(self.categories)
        lon, lat = self.rng.choice(self.points)
        body = {
            "client_id": self._client_id(),
            "channel": INSPECTOR if has_photo else "leader",
            "kind": kind,
            "main_code": main_code,
            "sub_code": sub_code,
            "description": _DESCRIPTION,
            "address": _ADDRESS,
            "lon": lon,
            "lat": lat,
            "coordinate_system": "wgs84",
            "reporter": {"name": "王某某", "phone": "13800000002"},
        }
        if has_photo:
            return self._post(BASE, INSPECTOR, *_multipart(body, self._photo()))
        return self._post(BASE, OPERATOR, "application/json", _json(body))

    def moves(self, numbers: Sequence[str]) -> list[bytes]:
        """All moves of each case, one case after the other."""
        return [
            self._post(
                f"{BASE}/{number}/moves/{trigger}",
                who,
                "application/json",
                _json({"client_id": self._client_id(), **records}),
            )
            for number in numbers
            for trigger, who, records in MOVES
        ]

    def _client_id(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def _photo(self) -> bytes:
        """A JPEG of some 20 KB that no other resembles."""
        picture = Image.frombytes("RGB", (64, 48), self.rng.randbytes(64 * 48 * 3)).resize((320, 240))
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=80)
        return buffer.getvalue()

    def _post(self, path: str, who: str, kind: str, body: bytes) -> bytes:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.tokens[who]}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _multipart(body: dict[str, Any], photo: bytes) -> tuple[str, bytes]:
    line = "----photo-of-a-report"
    parts = (
        f'--{line}\r\nContent-Disposition: form-data; name="data"\r\n\r\n'.encode() + _json(body),
        f'\r\n--{line}\r\nContent-Disposition: form-data; name="photos"; filename="1.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n".encode()
        + photo,
        f"\r\n--{line}--\r\n".encode(),
    )
    return f"multipart/form-data; boundary={line}", b"".join(parts)


def shares(requests: Sequence[Any], clients: int) -> Iterator[list[Any]]:
    """The requests dealt out to so many clients, in runs of equal length."""
    each = len(requests) // clients
    for at in range(clients):
        yield list(requests[at * each : (at + 1) * each])
