"""Which of the stored sources a declaration means: one address is one source."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from feeds.model import Declaration, Source
from feeds.store.chunks import chunks
from feeds.store.database import Transaction
from feeds.store.source_rows import (
    FIELDS,
    find_sources_formerly_at,
    is_known_as,
    load_sources,
    may_hold_secret,
)
from feeds.text.urls import find_twin, public_url


def find_subscribed(db: Transaction, declaration: Declaration) -> Source | None:
    """Return the source that a declaration means, a retired one too; None for one that is new."""
    return Known(db, [declaration]).find(declaration)


class Known:
    """The stored sources that some declarations may mean."""

    def __init__(self, db: Transaction, declarations: Iterable[Declaration]) -> None:
        self._by_key: dict[str, Source] = {}
        self._by_url: dict[str, Source] = {}
        self._by_former: dict[str, Source] = {}
        self._by_public_key: dict[str, Source] = {}
        declarations = list(declarations)
        written = {url for declared in declarations for url in (declared.key, declared.url) if url}
        urls = written | {twin for url in written if (twin := find_twin(url))}
        for chunk in chunks(urls):
            for source in load_sources(db, select(*FIELDS).where(is_known_as(chunk))):
                self.add(source)
            self._by_former |= find_sources_formerly_at(db, chunk)
        if any(declared.key for declared in declarations):
            for source in load_sources(db, select(*FIELDS).where(may_hold_secret()).order_by(FIELDS[0])):
                self._by_public_key.setdefault(public_url(source.key), source)

    def add(self, source: Source) -> None:
        self._by_key[source.key] = source
        self._by_url[source.url] = source

    def find(self, declaration: Declaration) -> Source | None:
        """One address is one source, whether it is the source's first, its present one, or one before that.

        With or without TLS it is the same address, unless both are sources already. A key of ours (OPML) is
        told without the passwords and keys that may be in it.
        """
        if declaration.key is not None and declaration.key in self._by_key:
            return self._by_key[declaration.key]
        url, twin = declaration.url, find_twin(declaration.url)
        return (
            self._by_key.get(url)
            or self._by_url.get(url)
            or (twin and (self._by_key.get(twin) or self._by_url.get(twin)))
            or self._by_former.get(url)
            or (declaration.key and self._by_public_key.get(declaration.key))
            or None
        )
