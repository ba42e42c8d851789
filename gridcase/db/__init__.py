"""The database: connections and transactions, prepared statements, the root of all tables."""

from gridcase.db.columns import Base, UtcDateTime, only_on, table_of, unsought
from gridcase.db.connections import Database, missing_file
from gridcase.db.prepared import Access, Prepared, fetch, sqlite_moment
from gridcase.db.shared_writer import NotCommitted

__all__ = [
    "Access",
    "Base",
    "Database",
    "NotCommitted",
    "Prepared",
    "UtcDateTime",
    "fetch",
    "missing_file",
    "only_on",
    "sqlite_moment",
    "table_of",
    "unsought",
]
