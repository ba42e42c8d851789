"""The database: connections and transactions, prepared statements, the root of all tables."""

from gridcase.db.columns import Base, UtcDateTime, table_of
from gridcase.db.connections import Database
from gridcase.db.prepared import Access, Prepared, fetch, sqlite_moment

__all__ = ["Access", "Base", "Database", "Prepared", "UtcDateTime", "fetch", "sqlite_moment", "table_of"]
