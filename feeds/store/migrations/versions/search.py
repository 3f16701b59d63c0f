"""The search index, and in it the entries there are."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Text

from feeds.store.search import create_index, rebuild

revision = "0002"
down_revision = "0001"

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "search_texts",
        Column("entry_number", NUMBER, ForeignKey("entries.number"), primary_key=True, autoincrement=False),
        Column("text", TEXT, nullable=False),
    )
    op.create_table("search_state", Column("folding", TEXT, primary_key=True))
    create_index(op.get_bind())
    rebuild(op.get_bind())
