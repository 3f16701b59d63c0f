"""The folders of linked pages: a page lies where the files lie that name it, and follows when these move."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from feeds.curation.changes import find_changes, find_hash
from feeds.curation.texts import clean_categories
from feeds.model import Entry, FreshEntry, KnownEntry, SeedFile, Source
from feeds.store import Transaction, entries, files, pages
from feeds.text.paths import find_folders

LINKS = "addresses"  #: the format of files that name pages
MOST_FILED = 500  # pages in one transaction


def find_links(db: Transaction, ids: Collection[str]) -> dict[str, list[SeedFile]]:
    """Return the files that name each of these pages, by path; a page that none names is not in it."""
    holders = files.files_with_entries(db, ids)
    links = {id: [file for file in held if file.format == LINKS] for id, held in holders.items()}
    return {id: named for id, named in links.items() if named}


def file_under(entry: Entry, own: Sequence[str], links: Collection[SeedFile]) -> Entry:
    """Return a page with its own categories and the folders of the files that name it."""
    folders = (folder for file in links for folder in find_folders(file.path))
    return replace(entry, categories=clean_categories((*own, *folders)))


def follow_links(db: Transaction, source: Source, now: datetime) -> tuple[bool, int]:
    """File pages anew, fetched before, whose files have moved, as corrections of their categories.

    Return whether there were any, and how many entries are modified by that.
    """
    moved = pages.moved_pages(db, MOST_FILED)
    ids = [page.entry_id for page in moved]
    links = find_links(db, ids)
    known = {
        id: replace(entry, has_lost_its_file=True)  # all files of a page count, not the one of its version
        for id, entry in entries.known_entries(db, links).items()
        if not entry.withdrawn
    }
    articles = _find_articles(db, known)
    fresh = [
        _correct(known[page.entry_id], page.categories or (), links[page.entry_id])
        for page in moved
        if page.entry_id in known and page.entry_id not in articles
    ]
    changes = find_changes(known, fresh, now=now, previous_poll=None)
    entries.apply_changes(db, source, changes, now)
    pages.note_filed(db, ids)
    return bool(moved), len(changes.modified)


def _find_articles(db: Transaction, known: dict[str, KnownEntry]) -> set[str]:
    """Return those of the entries whose current version is a file's own article, which counts for more."""
    holders = files.files_with_entries(db, known)
    return {
        id
        for id, held in holders.items()
        if any(file.path == known[id].path and file.format != LINKS for file in held)
    }


def _correct(known: KnownEntry, own: Sequence[str], links: Sequence[SeedFile]) -> FreshEntry:
    entry = file_under(known.entry, own, links)
    return FreshEntry(entry, hash=find_hash(entry), rank=known.rank, path=links[0].path)
