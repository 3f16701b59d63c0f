"""The tables by which entries are selected: their languages, and the searches that are saved."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, PrimaryKeyConstraint, Table

from feeds.store.columns import RowNumber, Words
from feeds.store.schema import metadata, place_columns

entry_languages = Table(
    "entry_languages",
    metadata,
    Column("entry_number", RowNumber, ForeignKey("entries.number"), nullable=False),
    Column("name", Words, nullable=False),  # a language, folded, or what one begins with: zh, zh-hans
    *place_columns(),
    PrimaryKeyConstraint("entry_number", "name"),
)
Index(
    "ix_entry_languages_view",
    entry_languages.c.name,
    entry_languages.c.visible,
    entry_languages.c.position.desc(),
    entry_languages.c.tie,
)

searches = Table(
    "searches",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("slug", Words, nullable=False, unique=True),
    Column("name", Words, nullable=False, unique=True),
    Column("query", Words, nullable=False),
    Column("declared", Boolean, nullable=False),  # one that is no longer keeps its name in addresses
    sqlite_autoincrement=True,
)
