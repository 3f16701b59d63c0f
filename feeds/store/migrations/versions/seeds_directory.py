"""More about the files of the seeds directory, and the pages they name."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Text, text

revision = "0003"
down_revision = "0002"

MOMENT = BigInteger()
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("seed_files", Column("first_path", TEXT))
    op.add_column("seed_files", Column("format", TEXT))
    op.execute("UPDATE seed_files SET mtime_ns = -1 WHERE problem IS NOT NULL")  # more can be read now
    for name in ("sha256", "first_path"):
        op.create_index(f"ix_seed_files_{name}", "seed_files", [name])
    for name, column in (("problem", "problem"), ("missing", "missing_since")):
        some = text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_seed_files_{name}", "seed_files", ["path"], sqlite_where=some, postgresql_where=some
        )
    op.create_table(
        "pages",
        Column("entry_id", TEXT, primary_key=True),
        Column("url", TEXT, nullable=False),
        Column("added", MOMENT, nullable=False),
        Column("ordinal", Integer(), nullable=False),
        Column("next_fetch", MOMENT, index=True),
        Column("failures", Integer(), nullable=False),
        Column("problem", TEXT),
        Column("retry_after", MOMENT),
    )
    op.create_table(
        "former_paths",
        Column("path", TEXT, primary_key=True),
        Column("sha256", TEXT, index=True),
        Column("first_path", TEXT, nullable=False),
    )
    op.create_table("late_arrivals", Column("entry_id", TEXT, primary_key=True))
