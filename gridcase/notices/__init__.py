"""Messages to departments and people: what is to be said, to whom and on which day, each stored once."""

from __future__ import annotations

from gridcase.notices.service import Notice, store

__all__ = ["Notice", "store"]
