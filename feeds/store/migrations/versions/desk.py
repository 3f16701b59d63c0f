"""What is asked for at the desk: the web records it, the poller answers."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0016"
down_revision = "0015"

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
MOMENT = BigInteger()


def upgrade() -> None:
    op.create_table(
        "desk_requests",
        Column("number", NUMBER, primary_key=True),
        Column("id", TEXT, nullable=False, unique=True),
        Column("kind", TEXT, nullable=False),
        Column("asked", MOMENT, nullable=False),
        Column("state", TEXT, nullable=False),
        Column("ended", MOMENT),
        Column("name", TEXT),
        Column("answer", TEXT),
        Column("body", LargeBinary(), nullable=False),
        sqlite_autoincrement=True,
    )
