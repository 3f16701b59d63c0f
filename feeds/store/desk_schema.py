"""The table of the desk: what was asked for there, and what the poller has answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, LargeBinary, Table

from feeds.store.columns import Json, Moment, RowNumber, Words
from feeds.store.schema import metadata

#: A few dozen rows at most. The body comes last: to ask for the state of a row is not to read past it.
desk_requests = Table(
    "desk_requests",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),
    Column("asked", Moment, nullable=False),
    Column("state", Words, nullable=False),
    Column("ended", Moment),
    Column("name", Words),
    Column("answer", Json(Any)),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
