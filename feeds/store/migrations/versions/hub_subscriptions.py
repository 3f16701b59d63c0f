"""Hubs (WebSub): what sources say of them, what they were asked for, and what they sent."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, Text, false

revision = "0010"
down_revision = "0009"

MOMENT = BigInteger()
NUMBER = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("polls", Column("delivered", Boolean(), nullable=False, server_default=false()))
    op.create_table(
        "hub_offers",
        Column("source_number", NUMBER, ForeignKey("sources.number"), primary_key=True, autoincrement=False),
        *(Column(name, TEXT, nullable=False) for name in ("hubs", "topic", "base")),
        *(Column(name, Boolean(), nullable=False) for name in ("followed", "trusted")),
        Column("next_step", MOMENT, index=True),
    )
    _create_subscriptions()
    op.create_table(
        "deliveries",
        Column("number", NUMBER, primary_key=True),
        Column(
            "subscription_number",
            NUMBER,
            ForeignKey("hub_subscriptions.number"),
            nullable=False,
            index=True,
        ),
        Column("received", MOMENT, nullable=False),
        Column("media_type", TEXT),
        Column("body", LargeBinary(), nullable=False),
        sqlite_autoincrement=True,
    )


def _create_subscriptions() -> None:
    op.create_table(
        "hub_subscriptions",
        Column("number", NUMBER, primary_key=True),
        Column("source_number", NUMBER, ForeignKey("sources.number"), nullable=False, index=True),
        *(Column(name, TEXT, nullable=False) for name in ("hub", "topic", "base_url")),
        Column("secret", TEXT, nullable=False, unique=True),
        *(Column(name, TEXT, nullable=False) for name in ("key", "mode", "state")),
        *(Column(name, MOMENT) for name in ("next_step", "asked", "granted", "lease_end")),
        Column("failures", Integer(), nullable=False),
        Column("checked", Boolean(), nullable=False),
        *(Column(name, MOMENT) for name in ("missed", "last_delivery")),
        Column("last_error", TEXT),
        Column("rejected", Integer(), nullable=False),
        sqlite_autoincrement=True,
    )
