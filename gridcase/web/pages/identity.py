"""Makes the ids that forms carry, so that a form sent twice makes one step."""

from __future__ import annotations

import secrets
from uuid import UUID

from gridcase.web.context import now

_CHANCE_BITS = 74


def new_client_id() -> str:
    """A new id for one form on one page."""
    return str(uuid7(int(now().timestamp() * 1000), secrets.randbits(_CHANCE_BITS)))


def uuid7(at_ms: int, chance: int) -> UUID:
    """A UUID of version 7 (RFC 9562, 5.7): `at_ms` milliseconds since 1970 (48 bits), then 74 bits of chance.

    Ids of one time lie side by side in the index of the receipts, and writing one touches no page of its own.
    """
    high, low = chance >> 62, chance & (1 << 62) - 1
    return UUID(int=at_ms << 80 | 7 << 76 | high << 64 | 2 << 62 | low)
