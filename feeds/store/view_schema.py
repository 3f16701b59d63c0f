"""The tables of views: their editions, and in which order their entries came."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, PrimaryKeyConstraint, Table, false

from feeds.store.columns import Moment, RowNumber, Words
from feeds.store.schema import metadata

views = Table(
    "views",
    metadata,
    Column("key", Words, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("touched", Moment),
    # Its history: how many insertions; how many of them archive documents hold, and how many these are.
    *(
        Column(name, BigInteger, nullable=False, server_default="0")
        for name in ("inserted", "archived", "archives")
    ),
)

editions = Table(
    "editions",
    metadata,
    Column("view_key", Words, nullable=False),
    Column("format", Words, nullable=False),
    Column("etag", Words, nullable=False),
    Column("modified", Moment, nullable=False),
    PrimaryKeyConstraint("view_key", "format"),
)

#: One row for each time that a view gained an entry or a correction of one, or lost one; never changed.
insertions = Table(
    "insertions",
    metadata,
    Column("view_key", Words, nullable=False),
    # From 1, without gaps. Below 0 it is a note of what is to be inserted when a round ends (`rounds`).
    Column("ordinal", BigInteger, nullable=False),
    Column("entry_number", RowNumber, ForeignKey("entries.number"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("withdrawn", Moment),  # set where it is a tombstone
    Column("arrival", Boolean, nullable=False, server_default=false()),  # the entry was new to the store
    PrimaryKeyConstraint("view_key", "ordinal"),
    sqlite_with_rowid=False,
)

#: Each holds the insertions after the last one of its predecessor up to its own.
archives = Table(
    "archives",
    metadata,
    Column("view_key", Words, nullable=False),
    Column("number", BigInteger, nullable=False),  # from 1
    Column("last", BigInteger, nullable=False),  # ordinal
    PrimaryKeyConstraint("view_key", "number"),
    sqlite_with_rowid=False,
)
