"""The tables, as they are now; `migrations/` leads every older store here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    false,
)

from feeds.model import Declaration, Entry, RefreshRequest
from feeds.store.columns import FilePath, Json, Moment, PlainText, RowNumber, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

UNREADABLE = Entry("")  # in place of a version that is damaged


def _number() -> Column[int]:
    """A row number that is never given twice."""
    return Column("number", RowNumber, primary_key=True)


def _reference(name: str, target: str, **options: Any) -> Column[int]:
    return Column(name, RowNumber, ForeignKey(target), nullable=False, **options)


def place_columns() -> tuple[Column[Any], ...]:
    """Where an entry stands in a view, repeated beside each view's own key so that an index holds it all.

    `live`: visible, and no part of a flood, which live feeds do not show. `tie` is the entry's id where that
    is short enough for an index of either database.
    """
    return (
        Column("visible", Boolean, nullable=False),
        Column("live", Boolean, nullable=False, server_default=false()),
        Column("position", Moment, nullable=False),
        Column("tie", PlainText, nullable=False),
    )


site = Table(
    "site",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", Words, nullable=False),
    Column("base_url", Words, nullable=False),
    Column("started", Moment, nullable=False),
    Column("archive_length", Integer, nullable=False, server_default="50"),
    Column("flooding", Boolean, nullable=False, server_default=false()),  # some of a flood waits unseen
)

sources = Table(
    "sources",
    metadata,
    _number(),
    Column("key", Words, nullable=False, unique=True),
    Column("slug", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),
    Column("url", Words, nullable=False, index=True),
    # given by the owner
    Column("name", Words),
    Column("category", Words),
    Column("category_name", Words, index=True),  # the slug of `category`
    Column("interval", BigInteger),
    Column("private", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    # given by the feed
    Column("title", Words),
    Column("link", Words),
    Column("subtitle", Words),
    Column("language", Words),
    Column("rights", Words),
    Column("guid", Words),
    Column("updated", Moment),
    # ours
    Column("retired", Words),
    Column("added", Moment, nullable=False),
    sqlite_autoincrement=True,
)

doors = Table(
    "doors",
    metadata,
    _reference("source_number", "sources.number"),
    Column("door", FilePath, nullable=False, index=True),
    Column("declaration", Json(Declaration), nullable=False),
    Column("opened", Moment, nullable=False),
    PrimaryKeyConstraint("source_number", "door"),
)

source_states = Table(
    "source_states",
    metadata,
    _reference("source_number", "sources.number", primary_key=True, autoincrement=False),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("body_hash", Words),
    Column("next_poll", Moment, index=True),
    Column("rule", Words),
    Column("failures", Integer, nullable=False),
    Column("last_poll", Moment),
    Column("last_success", Moment),
    Column("first_success", Moment),
    Column("last_error", Words),
    Column("retry_after", Moment),
    Column("ttl", BigInteger),
    Column("skip_hours", Json(tuple[int, ...]), nullable=False),
    Column("skip_days", Json(tuple[int, ...]), nullable=False),
    Column("newest", Moment),
    Column("rhythm", BigInteger),
    Column("failing_since", Moment),
    Column("moved", Moment),
    Column("previous_url", Words, index=True),
    Column("health", Words),
    Column("health_since", Moment),
    Column("offers", Json(tuple[str, ...]), nullable=False),
)

health_changes = Table(
    "health_changes",
    metadata,
    _number(),
    _reference("source_number", "sources.number"),
    Column("word", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("moment", Moment, nullable=False),
    sqlite_autoincrement=True,
)

entries = Table(
    "entries",
    metadata,
    _number(),
    Column("key", PlainText, nullable=False, unique=True),
    Column("id", Words, nullable=False),
    *place_columns(),
    Column("first_seen", Moment, nullable=False),
    # The origin is what readers are told; the owner is the source whose documents modify the entry.
    _reference("origin_number", "sources.number"),
    _reference("owner_number", "sources.number"),
    Column("current", Integer, nullable=False),  # number of the version that is shown
    Column("version_count", Integer, nullable=False),
    Column("withdrawn", Moment),
    Column("deleted", Boolean, nullable=False, server_default=false()),  # the source itself has said so
    Column("flooded", Boolean, nullable=False, server_default=false()),  # came with too many others
    Column("quarantined", Words),  # the reason
    Column("likeness", BigInteger),  # of what came in a feed, see `text.likeness`
    # What twins have in common (`text/twins`); None where it tells nothing.
    Column("link_mark", BigInteger, index=True),
    Column("title_mark", BigInteger),
    sqlite_autoincrement=True,
)
Index("ix_entries_view", entries.c.visible, entries.c.position.desc(), entries.c.tie)
Index("ix_entries_live", entries.c.live, entries.c.position.desc(), entries.c.tie)
Index("ix_entries_withdrawn", entries.c.withdrawn.desc(), entries.c.number.desc())  # of those that are
# Of some rows only: `WHERE likeness IS NOT NULL`, `WHERE quarantined IS NOT NULL`. The migrations say so.
Index("ix_entries_likeness", entries.c.likeness)
Index("ix_entries_quarantined", entries.c.number)
Index("ix_entries_title_mark", entries.c.title_mark, entries.c.position)

versions = Table(
    "versions",
    metadata,
    _reference("entry_number", "entries.number"),
    Column("number", Integer, nullable=False),
    Column("seen", Moment, nullable=False),
    _reference("source_number", "sources.number"),
    Column("hash", Words, nullable=False),
    Column("rank", Words),
    Column("path", FilePath),
    Column("excerpt", Words, nullable=False),
    Column("data", Json(Entry, UNREADABLE), nullable=False),
    PrimaryKeyConstraint("entry_number", "number"),
)

entry_sources = Table(
    "entry_sources",
    metadata,
    _reference("entry_number", "entries.number"),
    _reference("source_number", "sources.number"),
    *place_columns(),
    PrimaryKeyConstraint("entry_number", "source_number"),
)
Index(
    "ix_entry_sources_view",
    entry_sources.c.source_number,
    entry_sources.c.visible,
    entry_sources.c.position.desc(),
    entry_sources.c.tie,
)

categories = Table(
    "categories",
    metadata,
    Column("name", Words, primary_key=True),
    Column("title", Words, nullable=False),  # a label
)

entry_categories = Table(
    "entry_categories",
    metadata,
    _reference("entry_number", "entries.number"),
    Column("name", Words, ForeignKey("categories.name"), nullable=False),
    Column("inherited", Boolean, nullable=False),  # from a source's category, not the entry's own
    *place_columns(),
    PrimaryKeyConstraint("entry_number", "name"),
)
Index(
    "ix_entry_categories_view",
    entry_categories.c.name,
    entry_categories.c.visible,
    entry_categories.c.position.desc(),
    entry_categories.c.tie,
)
Index(
    "ix_entry_categories_live",
    entry_categories.c.name,
    entry_categories.c.live,
    entry_categories.c.position.desc(),
    entry_categories.c.tie,
)

search_texts = Table(
    "search_texts",
    metadata,
    _reference("entry_number", "entries.number", primary_key=True, autoincrement=False),
    Column("text", Words, nullable=False),  # folded
)

# How all texts are folded, and, in a row of its own, how the marks of all entries are made.
search_state = Table("search_state", metadata, Column("folding", Words, primary_key=True))

refreshes = Table(
    "refreshes",
    metadata,
    _number(),
    Column("id", Words, nullable=False, unique=True),
    Column("request", Json(RefreshRequest), nullable=False),
    Column("state", Words, nullable=False, index=True),
    Column("asked", Moment, nullable=False),
    Column("started", Moment),
    Column("ended", Moment),
    Column("total", Integer, nullable=False),
    sqlite_autoincrement=True,
)

polls = Table(
    "polls",
    metadata,
    _number(),
    _reference("source_number", "sources.number"),
    Column("refresh_number", RowNumber, ForeignKey("refreshes.number"), index=True),
    Column("kind", Words, nullable=False),
    Column("started", Moment, nullable=False),
    Column("ended", Moment, nullable=False),
    Column("new", Integer, nullable=False),
    Column("modified", Integer, nullable=False),
    Column("withdrawn", Integer, nullable=False),
    Column("error", Words),
    Column("status", Integer),
    Column("size", BigInteger, nullable=False),
    Column("next_poll", Moment),
    Column("rule", Words),
    Column("delivered", Boolean, nullable=False, server_default=false()),  # by a hub
    sqlite_autoincrement=True,
)
Index("ix_polls_source_number_number", polls.c.source_number, polls.c.number)

host_pauses = Table(
    "host_pauses",
    metadata,
    Column("host", Words, primary_key=True),  # host:port
    Column("until", Moment, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("name", Words, primary_key=True),
    Column("text", Words, nullable=False),
    Column("since", Moment, nullable=False),
)
