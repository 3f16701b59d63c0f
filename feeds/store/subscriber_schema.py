"""The tables of our own hub: who asks it for what, who is subscribed, what was sent, what other hubs know."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table

from feeds.store.columns import Moment, PlainText, RowNumber, Words
from feeds.store.schema import metadata

#: What was asked of the hub, until it is made sure that the subscriber meant it.
subscriber_requests = Table(
    "subscriber_requests",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("key", PlainText, nullable=False, unique=True),  # of topic and callback
    Column("topic", Words, nullable=False),
    Column("callback", Words, nullable=False),
    Column("host", Words, nullable=False, index=True),  # of the callback
    Column("view_key", Words, nullable=False),
    Column("revision", BigInteger, nullable=False),  # of the view, when it was asked
    Column("mode", Words, nullable=False),
    Column("secret", Words),
    Column("lease", Integer, nullable=False),  # seconds
    Column("asked", Moment, nullable=False, index=True),
    Column("failures", Integer, nullable=False),
    Column("next_try", Moment, nullable=False, index=True),
    sqlite_autoincrement=True,
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("key", PlainText, nullable=False, unique=True),  # of topic and callback
    Column("topic", Words, nullable=False),
    Column("callback", Words, nullable=False),
    Column("host", Words, nullable=False, index=True),  # of the callback
    Column("view_key", Words, nullable=False),
    Column("revision", BigInteger, nullable=False),  # of the view, that was noticed last
    Column("secret", Words),
    Column("granted", Moment, nullable=False),
    Column("lease_end", Moment, nullable=False, index=True),
    Column("etag", Words),  # of the edition that was delivered last
    Column("last_delivery", Moment),
    Column("failures", Integer, nullable=False),  # in a row
    Column("next_try", Moment, index=True),  # null: nothing is to be delivered
    Column("last_error", Words),
    sqlite_autoincrement=True,
)
Index("ix_subscribers_view_key_revision", subscribers.c.view_key, subscribers.c.revision)

#: The last that was sent, or asked of a subscriber, and what came of it.
announcements = Table(
    "announcements",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("moment", Moment, nullable=False),
    Column("kind", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("result", Words, nullable=False),
    Column("next_try", Moment),
    sqlite_autoincrement=True,
)

#: The hubs of others that are told what is new.
pinged_hubs = Table(
    "pinged_hubs",
    metadata,
    Column("hub", Words, primary_key=True),
    Column("next_ping", Moment, nullable=False),  # no earlier
    Column("failures", Integer, nullable=False),  # in a row
    Column("last_ping", Moment),
    Column("last_error", Words),
)

#: The revision of each view that such a hub was told of last.
pinged_views = Table(
    "pinged_views",
    metadata,
    Column("hub", Words, nullable=False),
    Column("view_key", Words, nullable=False),
    Column("revision", BigInteger, nullable=False),
    PrimaryKeyConstraint("hub", "view_key"),
)
