"""A store as the web meets it: filled by the poller, with the functions the poller uses."""

from __future__ import annotations

import itertools
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from feeds.model import Changes, Declaration, Entry, FreshEntry, Person, Placed, Source
from feeds.store import Store
from feeds.store.entries import apply_changes, find_key
from feeds.store.sources import add_source, find_source_by_number

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
BODY = "<p>第一段。</p><h1>Inside</h1><p>Second &amp; last.</p>"


def rewrite(app: Flask, path: Path, text: str) -> None:
    """Change the configuration file, as if it had been done some seconds before the next request."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time.time() - 2, time.time() - 2))
    app.extensions["feeds"]._looked -= 2


@dataclass
class Shelf:
    """Puts sources and entries into a store."""

    store: Store
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def source(self, url: str = "https://a.example/feed.xml", **facts: Any) -> Source:
        facts.setdefault("name", "A Paper")
        with self.store.write() as db:
            return add_source(db, Declaration(url=url, **facts), "hand", NOW)

    def entry(self, source: Source, position: datetime | None = None, **facts: Any) -> str:
        """Store one entry and return its key; each is an hour older than the one before."""
        number = next(self.numbers)
        position = position or NOW - timedelta(hours=number)
        defaults = {
            "id": f"https://a.example/{number}",
            "link": f"https://a.example/{number}",
            "title": f"Title {number}",
            "authors": (Person(name="Ann Author"),),
            "published": position,
            "content": BODY,
            "language": "zh-Hans",
        }
        entry = Entry(**(defaults | facts))
        self.apply(source, new=(Placed(FreshEntry(entry, hash=f"hash {number}"), position),))
        return find_key(entry.id)

    def entries(self, source: Source, count: int, **facts: Any) -> list[str]:
        return [self.entry(source, **facts) for _ in range(count)]

    def apply(self, source: Source, **changes: Any) -> None:
        with self.store.write() as db:
            apply_changes(db, source, Changes(**changes), NOW)

    def again(self, source: Source) -> Source:
        """The source as it is stored now."""
        with self.store.read() as db:
            found = find_source_by_number(db, source.number)
        assert found is not None
        return found
