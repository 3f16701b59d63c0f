"""The tables of WebSub: what sources say of their hubs, what hubs were asked for, and what they sent."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, Table

from feeds.store.columns import Json, Moment, RowNumber, Words
from feeds.store.schema import metadata

#: A source that has never advertised a hub has no row.
hub_offers = Table(
    "hub_offers",
    metadata,
    Column("source_number", RowNumber, ForeignKey("sources.number"), primary_key=True, autoincrement=False),
    Column("hubs", Json(tuple[str, ...]), nullable=False),
    Column("topic", Words, nullable=False),
    Column("base", Words, nullable=False),
    # as it was when somebody looked last
    Column("followed", Boolean, nullable=False),  # the source was polled
    Column("trusted", Boolean, nullable=False),  # its schedule rested on a hub
    Column("next_step", Moment, index=True),  # when somebody is to look again
)

hub_subscriptions = Table(
    "hub_subscriptions",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("source_number", RowNumber, ForeignKey("sources.number"), nullable=False, index=True),
    Column("hub", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("base_url", Words, nullable=False),
    Column("secret", Words, nullable=False, unique=True),
    Column("key", Words, nullable=False),
    Column("mode", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("next_step", Moment),
    Column("asked", Moment),
    Column("granted", Moment),
    Column("lease_end", Moment),
    Column("failures", Integer, nullable=False),
    Column("checked", Boolean, nullable=False),
    Column("missed", Moment),
    Column("last_delivery", Moment),
    Column("last_error", Words),
    Column("rejected", Integer, nullable=False),
    sqlite_autoincrement=True,
)

#: What hubs sent and nobody has taken in yet.
deliveries = Table(
    "deliveries",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column(
        "subscription_number", RowNumber, ForeignKey("hub_subscriptions.number"), nullable=False, index=True
    ),
    Column("received", Moment, nullable=False),
    Column("media_type", Words),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
