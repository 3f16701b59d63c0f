"""What selects entries: their languages, the marks of twins, and saved searches."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, Text, false, text

from feeds.store.marks import note_all

revision = "0014"
down_revision = "0013"

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("entries", Column("link_mark", BigInteger()))
    op.add_column("entries", Column("title_mark", BigInteger()))
    op.create_table(
        "entry_languages",
        Column("entry_number", NUMBER, ForeignKey("entries.number"), primary_key=True),
        Column("name", TEXT, primary_key=True),
        Column("visible", Boolean(), nullable=False),
        Column("live", Boolean(), nullable=False, server_default=false()),
        Column("position", BigInteger(), nullable=False),
        Column("tie", TEXT, nullable=False),
    )
    note_all(op.get_bind())
    op.create_index("ix_entries_link_mark", "entries", ["link_mark"])
    op.create_index("ix_entries_title_mark", "entries", ["title_mark", "position"])
    op.create_index(
        "ix_entry_languages_view", "entry_languages", ["name", "visible", text("position DESC"), "tie"]
    )
    op.create_table(
        "searches",
        Column("number", NUMBER, primary_key=True),
        Column("slug", TEXT, nullable=False, unique=True),
        Column("name", TEXT, nullable=False, unique=True),
        Column("query", TEXT, nullable=False),
        Column("declared", Boolean(), nullable=False),
        sqlite_autoincrement=True,
    )
