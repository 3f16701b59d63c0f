"""How files of the seeds directory are read, for `feeds show FILE` and `feeds doctor --seeds`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click

from feeds.cli import session
from feeds.config import Configuration
from feeds.daemon.composing import SEEDS
from feeds.errors import DocumentError
from feeds.polling.seeds.explain import Explanation, explain
from feeds.polling.seeds.look import EVERYTHING, tell_missing
from feeds.store import Store, entries, files, pages
from feeds.store.pages import LinkedPage, explain_page
from feeds.text.paths import show_path
from feeds.text.urls import public_url

#: What is said of a file that the ledger knows and that is not there.
GONE = "the file is not there"


def find_seed(store: Store, root: Path, name: str) -> str | None:
    """Return the path inside the seeds directory of the file that is meant, or None.

    It may be written from the working directory or from the seeds directory; one that has vanished is known
    as long as the ledger knows it.
    """
    places = [
        os.path.relpath(os.path.abspath(start / name), os.path.abspath(root)) for start in (Path(), root)
    ]
    inside = [place for place in places if place != os.curdir and not place.startswith(os.pardir)]
    there = (place for place in inside if os.path.lexists(root / place))
    with store.read() as db:
        return next(there, None) or next(iter(files.find_files(db, inside)), None)


def show_file(configuration: Configuration, store: Store, path: str, *, as_json: bool) -> None:
    """Print how one file is read, and what the store knows of it."""
    root = Path(configuration.settings.seeds.dir)

    async def read() -> list[Explanation]:
        return [one async for one in explain(store, root, path, SEEDS.url)] or [
            Explanation(path, problem=GONE)
        ]

    explanations = asyncio.run(read())
    stored = {one.path: _tell_stored(store, one.path) for one in explanations}
    if as_json:
        session.print_json([{**_describe(one), "stored": stored[one.path]} for one in explanations])
    else:
        for one in explanations:
            _print(one)
            click.echo(f"  in the store: {'; '.join(stored[one.path]) or 'not yet'}")
    if any(one.problem for one in explanations):
        sys.exit(1)


def show_all_files(configuration: Configuration) -> None:
    """Print how every file of the directory is read."""
    root = Path(configuration.settings.seeds.dir)
    problem = tell_missing(root)
    if problem:
        raise DocumentError(str(root), problem)
    with session.opened_store(configuration, only_reads=True) as store:
        asyncio.run(_show_all(store, root))


async def _show_all(store: Store, root: Path) -> None:
    count = unreadable = 0
    async for one in explain(store, root, EVERYTHING, SEEDS.url):
        _print(one)
        count += 1
        unreadable += one.problem is not None
    click.echo(f"{count} files, {unreadable} with a problem")
    if unreadable:
        sys.exit(1)


def _tell_stored(store: Store, path: str) -> list[str]:
    """Return in words what came of a file."""
    with store.read() as db:
        file = files.find_files(db, [path]).get(path)
        if file is None:
            return []
        what = "with a problem" if file.format else "unreadable"
        told = [f"{what}: {file.problem}"] if file.problem else []
        if file.missing_since:
            told.append("missing, until you confirm")
        known = entries.known_entries(db, file.entry_ids)
        linked = pages.find_pages(db, file.entry_ids)
        for id in file.entry_ids:
            entry = known.get(id)
            if entry is None:
                told.append(_tell_page(linked[id]) if id in linked else f"{id}: not there")
            else:
                role = "current" if entry.path == path else "another file's version is current"
                role = "withdrawn" if entry.withdrawn else role
                told.append(f"/entries/{entries.find_key(id)}/ ({role})")
        return told or ["read; it brought no entries of its own"]


def _tell_page(page: LinkedPage) -> str:
    """Return in words why a page is no entry."""
    return f"{public_url(page.url)}: {explain_page(page) if page.problem else 'not fetched yet'}"


def _describe(one: Explanation) -> dict[str, Any]:
    return {
        "file": show_path(one.path),
        "format": one.format or None,
        "problem": one.problem,
        "fields": [
            {"field": fact.field, "value": fact.value, "rules": list(fact.rules)} for fact in one.facts
        ],
    }


def _print(one: Explanation) -> None:
    click.echo(f"{show_path(one.path)}: {one.format}" if one.format else f"{show_path(one.path)}:")
    if one.problem:
        click.echo(f"  BAD {one.problem}")
    for fact in one.facts:
        rules = f"  ← {'; '.join(fact.rules)}" if fact.rules else ""
        click.echo(f"  {fact.field}: {fact.value}{rules}")
