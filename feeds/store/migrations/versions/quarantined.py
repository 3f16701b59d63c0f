"""Find the few entries that are kept out without looking at all the others."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    some = text("quarantined IS NOT NULL")
    op.create_index("ix_entries_quarantined", "entries", ["number"], sqlite_where=some, postgresql_where=some)
