"""The job that takes away photos which phones sent in pieces and no case took."""

from __future__ import annotations

from datetime import datetime

from gridcase.cases.book import Rulebook
from gridcase.cases.uploads import CleanSummary, clean
from gridcase.db import Database


def clean_uploads(_database: Database, book: Rulebook, now: datetime) -> CleanSummary:
    """Take away what nobody has added to for `uploads.keep_hours` at `now` (aware); a second run finds nothing."""
    return clean(book, now)
