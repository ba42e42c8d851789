"""The alembic environment: runs on the connection that gridcase.migrations hands in."""

from __future__ import annotations

from alembic import context

from gridcase.migrations import connection_of

context.configure(
    connection=connection_of(context.config), render_as_batch=True, transaction_per_migration=False
)
context.run_migrations()
