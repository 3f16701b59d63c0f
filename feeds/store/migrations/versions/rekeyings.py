"""Under which guids entries came later, and what an entry is recognized by that comes under another."""

from __future__ import annotations

import msgspec
from alembic import op
from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Integer, Text, text

from feeds.text.likeness import find_likeness

revision = "0013"
down_revision = "0012"

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
MOMENT = BigInteger()
BATCH = 1000  # entries in memory at once


def upgrade() -> None:
    op.add_column("entries", Column("likeness", BigInteger()))
    _fill(op.get_bind())
    some = text("likeness IS NOT NULL")
    op.create_index("ix_entries_likeness", "entries", ["likeness"], sqlite_where=some, postgresql_where=some)
    op.create_table(
        "rekeyings",
        Column("key", TEXT, primary_key=True),
        Column("entry_number", NUMBER, ForeignKey("entries.number"), nullable=False, index=True),
        Column("source_number", NUMBER, ForeignKey("sources.number"), nullable=False),
        Column("id", TEXT, nullable=False),
        Column("guid", TEXT),
        Column("moment", MOMENT, nullable=False),
    )
    # What moves or is added again is looked for at its former address, too.
    op.create_index("ix_source_states_previous_url", "source_states", ["previous_url"])


class _Entry(msgspec.Struct):
    """As much of the JSON of an entry as is needed here."""

    link: str | None = None
    title: str | None = None


def _fill(db: Connection) -> None:
    """Work out what the entries of feeds are recognized by; those of files have their paths."""
    decoder = msgspec.json.Decoder(_Entry)
    after = 0
    while rows := _read(db, after):
        found = [
            {"number": number, "likeness": likeness}
            for number, data in rows
            if (likeness := find_likeness((one := decoder.decode(data)).link, one.title)) is not None
        ]
        if found:
            db.execute(text("UPDATE entries SET likeness = :likeness WHERE number = :number"), found)
        after = rows[-1][0]


def _read(db: Connection, after: int) -> list[tuple[int, str]]:
    statement = text(
        "SELECT entries.number, data FROM entries"
        " JOIN versions ON entry_number = entries.number AND versions.number = current"
        " WHERE entries.number > :after AND path IS NULL ORDER BY entries.number LIMIT :batch"
    )
    return [(row[0], row[1]) for row in db.execute(statement, {"after": after, "batch": BATCH})]
