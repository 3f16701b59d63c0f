"""The first tables.

Frozen: what the tables become later is said in later revisions, never here.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, PrimaryKeyConstraint, Text
from sqlalchemy import text as sql

revision = "0001"
down_revision = None

MOMENT = BigInteger()
NUMBER = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    _create_sources()
    _create_entries()
    _create_shelves()
    _create_views()
    _create_polls()
    _create_seed_files()


def _needed(name: str, kind: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, nullable=False, **options)


def _reference(name: str, target: str, **options: Any) -> Column[Any]:
    return Column(name, NUMBER, ForeignKey(target), nullable=False, **options)


def _place() -> tuple[Column[Any], ...]:
    return _needed("visible", Boolean()), _needed("position", MOMENT), _needed("tie", TEXT)


def _create_sources() -> None:
    op.create_table(
        "sources",
        Column("number", NUMBER, primary_key=True),
        _needed("key", TEXT, unique=True),
        _needed("slug", TEXT, unique=True),
        _needed("kind", TEXT),
        _needed("url", TEXT, index=True),
        Column("name", TEXT),
        Column("category", TEXT),
        Column("category_name", TEXT, index=True),
        Column("interval", BigInteger()),
        _needed("private", Boolean()),
        _needed("paused", Boolean()),
        *(Column(name, TEXT) for name in ("title", "link", "subtitle", "language", "rights", "guid")),
        Column("updated", MOMENT),
        Column("retired", TEXT),
        _needed("added", MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "doors",
        _reference("source_number", "sources.number"),
        _needed("door", TEXT, index=True),
        _needed("declaration", TEXT),
        _needed("opened", MOMENT),
        PrimaryKeyConstraint("source_number", "door"),
    )
    op.create_table(
        "source_states",
        _reference("source_number", "sources.number", primary_key=True, autoincrement=False),
        *(Column(name, TEXT) for name in ("etag", "last_modified", "body_hash")),
        Column("next_poll", MOMENT, index=True),
        Column("rule", TEXT),
        _needed("failures", Integer()),
        *(Column(name, MOMENT) for name in ("last_poll", "last_success", "first_success")),
        Column("last_error", TEXT),
        Column("retry_after", MOMENT),
        Column("ttl", BigInteger()),
    )


def _create_entries() -> None:
    op.create_table(
        "entries",
        Column("number", NUMBER, primary_key=True),
        _needed("key", TEXT, unique=True),
        _needed("id", TEXT),
        *_place(),
        _needed("first_seen", MOMENT),
        _reference("origin_number", "sources.number"),
        _reference("owner_number", "sources.number"),
        _needed("current", Integer()),
        _needed("version_count", Integer()),
        Column("withdrawn", MOMENT),
        Column("quarantined", TEXT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entries_view", "entries", ["visible", sql("position DESC"), "tie"])
    op.create_table(
        "versions",
        _reference("entry_number", "entries.number"),
        _needed("number", Integer()),
        _needed("seen", MOMENT),
        _reference("source_number", "sources.number"),
        _needed("hash", TEXT),
        Column("rank", TEXT),
        Column("path", TEXT),
        _needed("excerpt", TEXT),
        _needed("data", TEXT),
        PrimaryKeyConstraint("entry_number", "number"),
    )


def _create_shelves() -> None:
    op.create_table(
        "entry_sources",
        _reference("entry_number", "entries.number"),
        _reference("source_number", "sources.number"),
        *_place(),
        PrimaryKeyConstraint("entry_number", "source_number"),
    )
    op.create_table("categories", _needed("name", TEXT, primary_key=True), _needed("title", TEXT))
    op.create_table(
        "entry_categories",
        _reference("entry_number", "entries.number"),
        Column("name", TEXT, ForeignKey("categories.name"), nullable=False),
        _needed("inherited", Boolean()),
        *_place(),
        PrimaryKeyConstraint("entry_number", "name"),
    )
    for table, column in (("entry_sources", "source_number"), ("entry_categories", "name")):
        op.create_index(f"ix_{table}_view", table, [column, "visible", sql("position DESC"), "tie"])


def _create_views() -> None:
    op.create_table(
        "site",
        _needed("number", Integer(), primary_key=True, autoincrement=False),
        _needed("id", TEXT),
        _needed("base_url", TEXT),
        _needed("started", MOMENT),
    )
    op.create_table(
        "views",
        _needed("key", TEXT, primary_key=True),
        _needed("revision", BigInteger()),
        Column("touched", MOMENT),
    )
    op.create_table(
        "editions",
        *(_needed(name, TEXT) for name in ("view_key", "format", "etag")),
        _needed("modified", MOMENT),
        PrimaryKeyConstraint("view_key", "format"),
    )
    op.create_table(
        "notices",
        _needed("name", TEXT, primary_key=True),
        _needed("text", TEXT),
        _needed("since", MOMENT),
    )


def _create_polls() -> None:
    op.create_table(
        "refreshes",
        Column("number", NUMBER, primary_key=True),
        _needed("id", TEXT, unique=True),
        _needed("request", TEXT),
        _needed("state", TEXT, index=True),
        _needed("asked", MOMENT),
        Column("started", MOMENT),
        Column("ended", MOMENT),
        _needed("total", Integer()),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "polls",
        Column("number", NUMBER, primary_key=True),
        _reference("source_number", "sources.number"),
        Column("refresh_number", NUMBER, ForeignKey("refreshes.number"), index=True),
        _needed("kind", TEXT),
        _needed("started", MOMENT),
        _needed("ended", MOMENT),
        *(_needed(name, Integer()) for name in ("new", "modified", "withdrawn")),
        Column("error", TEXT),
        Column("status", Integer()),
        _needed("size", BigInteger()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_polls_source_number_number", "polls", ["source_number", "number"])


def _create_seed_files() -> None:
    op.create_table(
        "seed_files",
        _needed("path", TEXT, primary_key=True),
        *(_needed(name, BigInteger()) for name in ("size", "mtime_ns", "inode")),
        *(Column(name, TEXT) for name in ("sha256", "rank", "problem")),
        Column("missing_since", MOMENT),
    )
    op.create_table(
        "seed_file_entries",
        Column("path", TEXT, ForeignKey("seed_files.path"), nullable=False),
        _needed("ordinal", Integer()),
        _needed("entry_id", TEXT, index=True),
        PrimaryKeyConstraint("path", "ordinal"),
    )
