"""Makes the ids that forms carry, so that a form sent twice makes one step."""

from __future__ import annotations

import uuid


def new_client_id() -> str:
    """A new id for one form on one page."""
    return str(uuid.uuid4())
