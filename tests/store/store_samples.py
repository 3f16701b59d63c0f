"""Invented entries and polls for the tests of the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from feeds.model import (
    ALL,
    Changes,
    Declaration,
    Entry,
    FreshEntry,
    Placed,
    Selection,
    Source,
    StoredEntry,
    View,
)
from feeds.store import entries, sources
from feeds.store.selections import list_selected

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def fresh(id: str, content: str = "text", **fields: Any) -> FreshEntry:
    """An entry as a document brings it; its hash is told by the content alone."""
    known = {name: fields.pop(name) for name in ("rank", "path", "publisher", "position") if name in fields}
    entry = Entry(id=id, **{"title": id, "content": f"<p>{content}</p>", **fields})
    return FreshEntry(entry, hash=hashlib.sha256(content.encode()).hexdigest(), **known)


def placed(one: FreshEntry | str, position: datetime = NOW) -> Placed:
    return Placed(fresh(one) if isinstance(one, str) else one, position)


@dataclass
class Shelf:
    """What most tests do: declare a source, poll it, look at what is served."""

    db: Any
    now: datetime

    def add_source(self, url: str = "https://a.example/feed", door: str = "hand", **fields: Any) -> Source:
        return sources.add_source(self.db, Declaration(url, **fields), door, self.now)

    def poll(self, source: Source, **changes: Any) -> set[str]:
        """Apply what a poll found; `new` may be ids, placed at NOW."""
        new = tuple(one if isinstance(one, Placed) else placed(one) for one in changes.pop("new", ()))
        is_first = changes.pop("is_first", False)
        found = {name: tuple(value) for name, value in changes.items()}
        return entries.apply_changes(self.db, source, Changes(new=new, is_first=is_first, **found), self.now)

    def ids(self, view: View = ALL) -> list[str]:
        return [stored.entry.id for stored in entries.list_entries(self.db, view, 1000)]

    def find(self, id: str) -> StoredEntry:
        found = entries.find_entry(self.db, entries.find_key(id))
        assert found is not None
        return found

    def again(self, source: Source) -> Source:
        """The source as it is stored now."""
        found = sources.find_source_by_number(self.db, source.number)
        assert found is not None
        return found


def of_source(source: Source) -> View:
    return View("source", source.slug)


def in_category(name: str) -> View:
    return View("category", name)


def walk(db: Any, view: View, selection: Selection, length: int = 3) -> Iterator[str]:
    """The ids of the entries that are selected, page by page."""
    after = None
    while page := list_selected(db, view, selection, length, after):
        yield from (stored.entry.id for stored in page)
        after = (page[-1].position, page[-1].entry.id)
