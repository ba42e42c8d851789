"""The requests that the clients of a load send: reports, reports with a photo, and the moves that follow them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from PIL import Image

from gridcase.web.pages.identity import uuid7

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


# The moment of the first client id, in milliseconds since 1970; each one after it is made a millisecond later.
_FIRST_MS = 1_790_000_000_000
_CHANCE_BITS = 74


@dataclass
class Pen:
    """Writes requests, each with a client id of its own (UUIDv7, docs/adr/0008); the same seed writes the same ones."""

    tokens: dict[str, str]
    points: Sequence[tuple[float, float]]
    categories: Sequence[tuple[str, str, str]]
    rng: Random = field(default_factory=lambda: Random(7))
    times_ms: Iterator[int] = field(default_factory=lambda: count(_FIRST_MS))

    def reports(self, how_many: int, *, has_photo: bool = False) -> list[bytes]:
        """Reports by an operator; with a photo, by an inspector."""
        return [self._report(has_photo=has_photo) for _ in range(how_many)]

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
        return str(uuid7(next(self.times_ms), self.rng.getrandbits(_CHANCE_BITS)))

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


def shares(requests: Sequence[Any], clients: int, *, hand: int = 1) -> Iterator[list[Any]]:
    """The requests dealt out in turn, `hand` at a time, as the moves of one case are; each client gets as many."""
    hands = [requests[at : at + hand] for at in range(0, len(requests), hand)]
    each = len(hands) // clients
    for at in range(clients):
        yield [request for dealt in hands[at : each * clients : clients] for request in dealt]
