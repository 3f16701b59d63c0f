"""The order in which each view's entries came, and the archive documents that hold them (RFC 5005)."""

# ruff: noqa: S608  # every word of these statements is our own

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Text,
    false,
    text,
)

revision = "0011"
down_revision = "0010"

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
MOMENT = BigInteger()
NUMBER = BigInteger().with_variant(Integer(), "sqlite")
PLACES = ("entries", "entry_sources", "entry_categories")
LENGTH = 50  # insertions in an archive document


def upgrade() -> None:
    _add_columns()
    _create_tables()
    _fill_history()


def _add_columns() -> None:
    op.add_column("site", Column("archive_length", Integer(), nullable=False, server_default=str(LENGTH)))
    for table in PLACES:
        op.add_column(table, Column("live", Boolean(), nullable=False, server_default=false()))
        _execute(f"UPDATE {table} SET live = visible")
    for name in ("deleted", "flooded"):
        op.add_column("entries", Column(name, Boolean(), nullable=False, server_default=false()))
    for name in ("inserted", "archived", "archives"):
        op.add_column("views", Column(name, BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_entries_live", "entries", ["live", text("position DESC"), "tie"])
    op.create_index(
        "ix_entry_categories_live", "entry_categories", ["name", "live", text("position DESC"), "tie"]
    )
    is_withdrawn = text("withdrawn IS NOT NULL")
    op.create_index(
        "ix_entries_withdrawn",
        "entries",
        [text("withdrawn DESC"), text("number DESC")],
        sqlite_where=is_withdrawn,
        postgresql_where=is_withdrawn,
    )


def _create_tables() -> None:
    op.create_table(
        "insertions",
        Column("view_key", TEXT, nullable=False),
        Column("ordinal", BigInteger(), nullable=False),
        Column("entry_number", NUMBER, ForeignKey("entries.number"), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("withdrawn", MOMENT),
        PrimaryKeyConstraint("view_key", "ordinal", name="pk_insertions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "archives",
        Column("view_key", TEXT, nullable=False),
        Column("number", BigInteger(), nullable=False),
        Column("last", BigInteger(), nullable=False),
        PrimaryKeyConstraint("view_key", "number", name="pk_archives"),
        sqlite_with_rowid=False,
    )


#: (view's key, row number of an entry) of everything that can be seen.
MEMBERS = (
    "SELECT 'all' AS view_key, number AS entry_number FROM entries WHERE visible",
    "SELECT 'source:' || slug AS view_key, entry_number FROM entry_sources"
    " JOIN sources ON sources.number = source_number WHERE visible AND NOT private",
    "SELECT 'category:' || name AS view_key, entry_number FROM entry_categories WHERE visible",
)


def _fill_history() -> None:
    """Take what is there in the order in which it came."""
    for members in MEMBERS:
        _execute(
            "INSERT INTO insertions (view_key, ordinal, entry_number, version)"
            " SELECT view_key, row_number() OVER (PARTITION BY view_key ORDER BY entry_number),"
            " entry_number, entries.current"
            f" FROM ({members}) AS members JOIN entries ON entries.number = entry_number"
        )
    _execute(
        "INSERT INTO archives (view_key, number, last)"
        f" SELECT view_key, ordinal / {LENGTH}, ordinal FROM insertions WHERE ordinal % {LENGTH} = 0"
    )
    _execute(
        "INSERT INTO views (key, revision) SELECT DISTINCT view_key, 1 FROM insertions"
        " WHERE view_key NOT IN (SELECT key FROM views)"
    )
    _execute("UPDATE views SET inserted = (SELECT count(*) FROM insertions WHERE view_key = key)")
    _execute("UPDATE views SET archives = (SELECT count(*) FROM archives WHERE view_key = key)")
    _execute(f"UPDATE views SET archived = archives * {LENGTH}")


def _execute(statement: str) -> None:
    op.execute(text(statement))
