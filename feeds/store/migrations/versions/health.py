"""How sources are, and when that changed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Text

revision = "0008"
down_revision = "0007"

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
MOMENT = BigInteger()


def upgrade() -> None:
    op.add_column("source_states", Column("health", TEXT))
    op.add_column("source_states", Column("health_since", MOMENT))
    op.create_table(
        "health_changes",
        Column("number", NUMBER, primary_key=True),
        Column("source_number", NUMBER, ForeignKey("sources.number"), nullable=False),
        Column("word", TEXT, nullable=False),
        Column("reason", TEXT, nullable=False),
        Column("moment", MOMENT, nullable=False),
        sqlite_autoincrement=True,
    )
