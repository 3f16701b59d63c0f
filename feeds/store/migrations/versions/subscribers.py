"""Our own hub (WebSub): who is subscribed there, what was sent, and what other hubs were told."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text

revision = "0012"
down_revision = "0011"

MOMENT = BigInteger()
NUMBER = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    _create_requests()
    _create_subscribers()
    op.create_table(
        "announcements",
        Column("number", NUMBER, primary_key=True),
        Column("moment", MOMENT, nullable=False),
        *(Column(name, TEXT, nullable=False) for name in ("kind", "target", "subject", "result")),
        Column("next_try", MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pinged_hubs",
        Column("hub", TEXT, primary_key=True),
        Column("next_ping", MOMENT, nullable=False),
        Column("failures", Integer(), nullable=False),
        Column("last_ping", MOMENT),
        Column("last_error", TEXT),
    )
    op.create_table(
        "pinged_views",
        Column("hub", TEXT, nullable=False),
        Column("view_key", TEXT, nullable=False),
        Column("revision", BigInteger(), nullable=False),
        PrimaryKeyConstraint("hub", "view_key"),
    )


def _create_requests() -> None:
    op.create_table(
        "subscriber_requests",
        Column("number", NUMBER, primary_key=True),
        Column("key", TEXT, nullable=False, unique=True),
        *(Column(name, TEXT, nullable=False) for name in ("topic", "callback")),
        Column("host", TEXT, nullable=False, index=True),
        Column("view_key", TEXT, nullable=False),
        Column("revision", BigInteger(), nullable=False),
        Column("mode", TEXT, nullable=False),
        Column("secret", TEXT),
        Column("lease", Integer(), nullable=False),
        Column("asked", MOMENT, nullable=False, index=True),
        Column("failures", Integer(), nullable=False),
        Column("next_try", MOMENT, nullable=False, index=True),
        sqlite_autoincrement=True,
    )


def _create_subscribers() -> None:
    op.create_table(
        "subscribers",
        Column("number", NUMBER, primary_key=True),
        Column("key", TEXT, nullable=False, unique=True),
        *(Column(name, TEXT, nullable=False) for name in ("topic", "callback")),
        Column("host", TEXT, nullable=False, index=True),
        Column("view_key", TEXT, nullable=False),
        Column("revision", BigInteger(), nullable=False),
        Column("secret", TEXT),
        Column("granted", MOMENT, nullable=False),
        Column("lease_end", MOMENT, nullable=False, index=True),
        Column("etag", TEXT),
        Column("last_delivery", MOMENT),
        Column("failures", Integer(), nullable=False),
        Column("next_try", MOMENT, index=True),
        Column("last_error", TEXT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscribers_view_key_revision", "subscribers", ["view_key", "revision"])
