"""Which histories hold an entry, which insertions brought one, and whether a flood is to be archived yet."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, false, text

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    for table, name in (("insertions", "arrival"), ("site", "flooding")):
        op.add_column(table, Column(name, Boolean(), nullable=False, server_default=false()))
    op.create_index("ix_insertions_entry_number", "insertions", ["entry_number"])
    # What a poll has left that was broken off is archived when the seeds directory is polled next.
    op.execute(text("UPDATE site SET flooding = true"))
    op.execute(
        text(
            "UPDATE insertions SET arrival = true WHERE version = 1 AND withdrawn IS NULL"
            " AND entry_number IN (SELECT number FROM entries WHERE flooded)"
            " AND ordinal > (SELECT archived FROM views WHERE key = view_key)"
        )
    )
