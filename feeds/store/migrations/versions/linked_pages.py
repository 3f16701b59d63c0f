"""What a page named by files says of itself, so that it can follow these files into other folders.

Of pages that were fetched before nobody knows which categories are their own: they stay where they are.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, Text, false, text

revision = "0004"
down_revision = "0003"

TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("pages", Column("categories", TEXT))
    op.add_column("pages", Column("rank", TEXT))
    op.add_column("pages", Column("moved", Boolean(), nullable=False, server_default=false()))
    is_moved = text("moved")
    op.create_index("ix_pages_moved", "pages", ["entry_id"], sqlite_where=is_moved, postgresql_where=is_moved)
