"""The tables of the ledgers: the files of the seeds directory and what came of them; guids that changed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    false,
)

from feeds.store.columns import FilePath, Json, Moment, PlainText, RowNumber, Unsigned, Words
from feeds.store.schema import metadata

seed_files = Table(
    "seed_files",
    metadata,
    Column("path", FilePath, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("inode", Unsigned, nullable=False),
    Column("sha256", Words, index=True),
    Column("rank", Words),
    Column("problem", Words),
    Column("missing_since", Moment),
    Column("first_path", FilePath, index=True),  # where it is another than the path
    Column("format", Words),
)
# Of some rows only: `WHERE problem IS NOT NULL`, `WHERE missing_since IS NOT NULL`. The migration that makes
# them says so; said here, it would have every start import the dialects of both databases.
Index("ix_seed_files_problem", seed_files.c.path)
Index("ix_seed_files_missing", seed_files.c.path)

seed_file_entries = Table(
    "seed_file_entries",
    metadata,
    Column("path", FilePath, ForeignKey("seed_files.path"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("entry_id", Words, nullable=False, index=True),
    PrimaryKeyConstraint("path", "ordinal"),
)

#: Pages that a file of the seeds directory names, to be fetched and kept.
pages = Table(
    "pages",
    metadata,
    Column("entry_id", Words, primary_key=True),
    Column("url", Words, nullable=False),
    Column("added", Moment, nullable=False),
    Column("ordinal", Integer, nullable=False),  # in its file
    Column("next_fetch", Moment, index=True),  # none: it has been fetched, or never will be
    Column("failures", Integer, nullable=False),
    Column("problem", Words),
    Column("retry_after", Moment),
    Column("categories", Json(tuple[str, ...])),  # its own, as fetched
    Column("rank", Words),  # of the version that is this page
    Column("moved", Boolean, nullable=False, server_default=false()),  # and is to be filed anew
)
Index("ix_pages_moved", pages.c.entry_id)  # `WHERE moved`

#: Where a file without a link was first seen that was renamed and has gone since: it may come back.
former_paths = Table(
    "former_paths",
    metadata,
    Column("path", FilePath, primary_key=True),
    Column("sha256", Words, index=True),
    Column("first_path", FilePath, nullable=False),
)

#: The late arrivals of a poll that has not ended.
late_arrivals = Table("late_arrivals", metadata, Column("entry_id", Words, primary_key=True))

#: Guids under which an entry came later, each by the key of the id that it would else lead to.
rekeyings = Table(
    "rekeyings",
    metadata,
    Column("key", PlainText, primary_key=True),
    Column("entry_number", RowNumber, ForeignKey("entries.number"), nullable=False, index=True),
    Column("source_number", RowNumber, ForeignKey("sources.number"), nullable=False),
    Column("id", Words, nullable=False),
    Column("guid", Words),
    Column("moment", Moment, nullable=False),
)
