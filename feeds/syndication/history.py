"""The documents of a view's history (RFC 5005): the live feed, and what archive documents hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from feeds.model import Frame, Site, StoredEntry, View
from feeds.store import Transaction, archives
from feeds.store.entries import count_entries, list_entries
from feeds.syndication.addresses import archive_url, feed_url
from feeds.syndication.faults import Faults, find_faults
from feeds.syndication.masthead import find_moment
from feeds.syndication.selecting import find_next

ARCHIVE_FORMAT = "atom.xml"

HAVE_HISTORY = ("all", "source", "category")  # what a search finds is not counted


@dataclass(frozen=True, slots=True)
class Shown:
    """What one document of a view holds."""

    entries: Sequence[StoredEntry]
    frame: Frame
    is_full: bool = False  #: older entries found no room

    def only(self, keys: Collection[str]) -> Shown:
        """Return the same with these entries alone: no longer all there are, whatever the frame said."""
        chosen = [stored for stored in self.entries if stored.key in keys]
        gone = (stone.when for stone in self.frame.tombstones)
        updated = max(chain(map(find_moment, self.entries), gone), default=None)
        return replace(self, entries=chosen, frame=replace(self.frame, is_complete=False, updated=updated))


def read_live(db: Transaction, view: View, format: str, site: Site) -> tuple[Shown, Faults]:
    """Return what the live feed of a view shows, and by id why entries are kept out of it.

    That is the newest, and whatever no archive document holds yet: a correction of an old entry, say.
    """
    newest, faults = list_sound(db, view, site.limit)
    waiting = archives.list_waiting(db, view, newest)
    faults |= find_faults(waiting.entries)
    shown = {stored.entry.id: stored for stored in (*newest, *waiting.entries)}
    entries = _in_order(stored for id, stored in shown.items() if id not in faults)
    has_history = view.kind in HAVE_HISTORY
    is_complete = has_history and not waiting.archives and count_entries(db, view) == len(shown)
    has_archives = has_history and format == ARCHIVE_FORMAT  # and else it goes on by pages
    is_paged = not has_archives and not is_complete
    frame = Frame(
        next=find_next(db, site, view, format, newest) if is_paged else None,
        prev_archive=archive_url(site, view, waiting.archives) if has_archives and waiting.archives else None,
        is_complete=is_complete,
        tombstones=tuple(waiting.tombstones),
    )
    return Shown(entries, frame, is_full=len(newest) >= site.limit), faults


def read_archive(db: Transaction, view: View, number: int, site: Site) -> Shown:
    """Return what an archive document holds; there is one with this number."""
    archive = archives.find_archive(db, view, number)
    if archive is None:
        return Shown((), Frame())
    frame = Frame(
        url=archive_url(site, view, number),
        current=feed_url(site, view, ARCHIVE_FORMAT),
        prev_archive=archive_url(site, view, number - 1) if number > 1 else None,
        next_archive=None if archive.is_last else archive_url(site, view, number + 1),
        is_archive=True,
        tombstones=tuple(archive.tombstones),
    )
    return Shown(archives.read_archive(db, view, archive), frame)


def list_sound(db: Transaction, view: View, limit: int) -> tuple[list[StoredEntry], Faults]:
    """Return the newest `limit` entries that can be rendered, and by id why others cannot."""
    sound: list[StoredEntry] = []
    faults: Faults = {}
    after: tuple[datetime, str] | None = None
    while len(sound) < limit:
        wanted = limit - len(sound)
        listed = list_entries(db, view, wanted, after=after, only_live=True)
        found = find_faults(listed)
        faults |= found
        sound += [stored for stored in listed if stored.entry.id not in found]
        if len(listed) < wanted:
            break
        after = (listed[-1].position, listed[-1].entry.id)
    return sound, faults


def _in_order(shown: Iterable[StoredEntry]) -> list[StoredEntry]:
    """Return the entries as views have them: newest first, of one position by id."""
    by_id = sorted(shown, key=lambda stored: stored.entry.id)
    return sorted(by_id, key=lambda stored: stored.position, reverse=True)
