"""Where a source was before it moved, since when it fails, and which feeds were found in its place."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Text, text

revision = "0007"
down_revision = "0006"

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
MOMENT = BigInteger()


def upgrade() -> None:
    for name, kind in (("failing_since", MOMENT), ("moved", MOMENT), ("previous_url", TEXT)):
        op.add_column("source_states", Column(name, kind))
    op.add_column("source_states", Column("offers", TEXT, nullable=False, server_default="[]"))
    # Of what fails already nobody knows since when: at the latest since its last poll.
    op.execute(text("UPDATE source_states SET failing_since = last_poll WHERE failures > 0"))
