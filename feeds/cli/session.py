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


@contextmanager
def opened_store(configuration: Configuration) -> Iterator[Store]:
    """Yield the store, migrated, holding the sources that the configuration declares."""
    store = open_store(configuration.settings.store.url)
    try:
        prepare_store(store, configuration.settings, has_file=configuration.has_file)
        yield store
    finally:
        store.close()


def is_source(db: Transaction, name: str) -> bool:
    """Whether there is a source with this slug, address or key."""
    return (sources.find_source(db, name) or sources.find_source_by_url(db, name)) is not None


def find_source(db: Transaction, name: str) -> Source:
    """Return the source with this slug, address or key; raises SourceError where there is none."""
    source = sources.find_source(db, name) or sources.find_source_by_url(db, name)
    if source is None:
        raise SourceError(f"{name}: there is no such source (feeds sources lists them)")
    return source


def print_json(value: Any) -> None:
    """Print what a program reads; datetimes as RFC 3339."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def tell_time(moment: datetime | None) -> str:
    """Return a moment as people read it in a table, in UTC."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "–"


def print_table(rows: Sequence[tuple[str, ...]], heads: tuple[str, ...]) -> None:
    """Print columns as wide as their widest cell; Han characters take two places."""
    widths = [max(_width(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    for row in [heads, *rows]:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
