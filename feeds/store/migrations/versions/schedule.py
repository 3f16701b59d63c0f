"""What the schedule goes by, and what it decided after each poll."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision = "0005"
down_revision = "0004"

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
MOMENT = BigInteger()


def upgrade() -> None:
    for name in ("skip_hours", "skip_days"):
        op.add_column("source_states", Column(name, TEXT, nullable=False, server_default="[]"))
    op.add_column("source_states", Column("newest", MOMENT))
    op.add_column("source_states", Column("rhythm", BigInteger()))
    op.add_column("polls", Column("next_poll", MOMENT))
    op.add_column("polls", Column("rule", TEXT))
