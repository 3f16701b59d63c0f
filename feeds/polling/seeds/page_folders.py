"""The folders of linked pages: a page lies where the files lie that name it, and follows when these move."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from feeds.curation.changes import find_changes, find_hash
from feeds.curation.lines import clean_categories
from feeds.model import Entry, FreshEntry, KnownEntry, Source
from feeds.store import Transaction, entries, files, pages
from feeds.text.paths import find_folders

LINKS = "addresses"  #: the format of files that name pages
MOST_FILED = 500  # pages in one transaction


def find_holders(db: Transaction, ids: Collection[str]) -> dict[str, Holders]:
    """Return the files that name or hold each of these pages; one that no file names is not in it."""
    found = files.files_with_entries(db, ids)
    holders = {
        id: Holders(
            links=[file.path for file in held if file.format == LINKS],
            articles=[file.path for file in held if file.format != LINKS],
        )
        for id, held in found.items()
    }
    return {id: held for id, held in holders.items() if held.links}


class Holders(NamedTuple):
    """The files of a page, by path."""

    links: list[str]  #: they name it
    articles: list[str]  #: saved articles with its address


def file_under(entry: Entry, own: Sequence[str], links: Sequence[str]) -> Entry:
    """Return a page with its own categories and the folders of the files that name it."""
    folders = (folder for path in links for folder in find_folders(path))
    return replace(entry, categories=clean_categories((*own, *folders)))


def follow_links(db: Transaction, source: Source, previous_poll: datetime | None, now: datetime) -> int:
    """File pages anew, fetched before, whose files have come or gone; return how many are modified by that.

    One that was shown as a saved article, and is no longer, is fetched once more. `previous_poll` is that of
    the directory, None at the first.
    """
    moved = pages.moved_pages(db, MOST_FILED)
    holders = find_holders(db, [page.entry_id for page in moved])
    known = {id: one for id, one in entries.known_entries(db, holders).items() if not one.withdrawn}
    fresh: list[FreshEntry] = []
    lost: list[str] = []
    for page in moved:
        if page.entry_id in known:
            entry, held = known[page.entry_id], holders[page.entry_id]
            if entry.rank == page.rank:
                fresh.append(_correct(entry, page.categories or (), held.links))
            elif not held.articles:
                lost.append(page.entry_id)
    # All files of a page count, not only the one that its version is from.
    free = {id: replace(entry, has_lost_its_file=True) for id, entry in known.items()}
    changes = find_changes(free, fresh, now=now, previous_poll=previous_poll)
    entries.apply_changes(db, source, changes, now)
    pages.fetch_again(db, lost, now)
    pages.note_filed(db, [page.entry_id for page in moved])
    return len(changes.modified)


def _correct(known: KnownEntry, own: Sequence[str], links: Sequence[str]) -> FreshEntry:
    entry = file_under(known.entry, own, links)
    return FreshEntry(entry, hash=find_hash(entry), rank=known.rank, path=links[0])
