"""Hosts that have asked to be left alone."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "host_pauses",
        Column("host", Text().with_variant(Text(collation="C"), "postgresql"), primary_key=True),
        Column("until", BigInteger(), nullable=False),
    )
