"""A store as a program before this one has left it."""

from __future__ import annotations

from dataclasses import replace

from polling_installation import Installation

from feeds.curation.changes import find_hash
from feeds.store import schema
from feeds.store.identifiers import find_key, find_tie
from feeds.store.ledger_schema import seed_file_entries


def store_under_guid(here: Installation, guid: str) -> None:
    """Give the entry with this guid the guid itself for an id: other rules once told what is an IRI."""
    [stored] = [stored for stored in here.entries() if stored.entry.guid == guid]
    entry = replace(stored.entry, id=guid)
    with here.store.write() as db:
        chosen = schema.entries.c.number == stored.number
        names = {"id": guid, "key": find_key(guid), "tie": find_tie(guid)}
        db.execute(schema.entries.update().where(chosen).values(names))
        chosen = schema.versions.c.entry_number == stored.number
        db.execute(schema.versions.update().where(chosen).values(data=entry, hash=find_hash(entry)))
        chosen = seed_file_entries.c.entry_id == stored.entry.id
        db.execute(seed_file_entries.update().where(chosen).values(entry_id=guid))
