"""What the commands share: the store, the names of sources, and how to print."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unicodedata import east_asian_width

import click

from feeds.config import Configuration
from feeds.daemon.composing import prepare_store
from feeds.errors import SourceError
from feeds.model import Source
from feeds.store import Store, Transaction, open_store, sources
from feeds.store.site import find_site_id
from feeds.text.urls import public_url


@contextmanager
def opened_store(
    configuration: Configuration, *, only_reads: bool = False, reindex: bool = False
) -> Iterator[Store]:
    """Yield the store, migrated, holding the sources that the configuration declares.

    What `only_reads` takes a store as it is once there is anything in it: it need not wait for a writer.
    """
    store = open_store(configuration.settings.store.url, reindex=reindex)
    try:
        if not (only_reads and _has_begun(store)):
            prepare_store(store, configuration.settings, has_file=configuration.has_file)
        yield store
    finally:
        store.close()


def _has_begun(store: Store) -> bool:
    with store.read() as db:
        return find_site_id(db) is not None


def is_source(db: Transaction, name: str) -> bool:
    """Whether there is a source with this slug, address or key."""
    return (sources.find_source(db, name) or sources.find_source_by_url(db, name)) is not None


def find_source(db: Transaction, name: str) -> Source:
    """Return the source with this slug, address or key; raises SourceError where there is none."""
    source = sources.find_source(db, name) or sources.find_source_by_url(db, name)
    if source is None:
        raise SourceError(f"{public_url(name)}: there is no such source (feeds sources lists them)")
    return source


def print_json(value: Any) -> None:
    """Print what a program reads; datetimes as RFC 3339."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def tell_time(moment: datetime | None) -> str:
    """Return a moment as people read it in a table, in UTC."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "–"


def tell_iso(moment: datetime | None) -> str | None:
    """Return a moment as programs read it."""
    return moment.isoformat(timespec="seconds") if moment else None


def print_table(rows: Sequence[tuple[str, ...]], heads: tuple[str, ...]) -> None:
    """Print columns as wide as their widest cell; Han characters take two places."""
    widths = [max(_width(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    for row in [heads, *rows]:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
