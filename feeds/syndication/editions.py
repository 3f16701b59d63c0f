"""Editions: one view in one format, or the changes of health, rendered once for all their readers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from feeds.errors import EditionError, StoreError
from feeds.model import Site, View
from feeds.store import Store, Transaction, archives, entries, views
from feeds.syndication.edition import Edition, find_etag, make_edition
from feeds.syndication.failures import PATIENCE, RETRY, Failures
from feeds.syndication.history import Faults
from feeds.syndication.lists import LISTS
from feeds.syndication.shelf import Kept, Shelf, Stamp
from feeds.syndication.soundness import render_sound
from feeds.syndication.works import OF_CHANGES, Place, Work, of_archive, of_view

__all__ = ["RETRY", "Edition", "Editions"]

MOST_BYTES = 64 * 1024 * 1024  # bodies kept, both codings together


class Editions:
    """Finds the edition a reader asks for; renders it only where none is up to date."""

    def __init__(
        self, store: Store, site: Callable[[], Site], program_version: str, most_bytes: int = MOST_BYTES
    ) -> None:
        self._store = store
        self._site = site
        self._program_version = program_version
        self._shelf = Shelf(most_bytes)
        self._failures = Failures(store)
        self._guard = threading.Lock()
        self._locks: WeakValueDictionary[Place, threading.Lock] = WeakValueDictionary()

    def find(self, view: View, format: str, now: datetime) -> Edition:
        """Return the edition of a view; `format` is a key of `FORMATS`.

        Where it cannot be made, this is the last good one. Raises KeyError for another format, StoreError
        where the store cannot be read, EditionError where there is no good edition to serve.
        """
        return self._find(of_view(view, format), now)

    def find_archive(self, view: View, number: int, now: datetime) -> Edition | None:
        """Return an archive document of a view, None where there is none; raises StoreError."""
        with self._store.read() as db:
            if archives.find_archive(db, view, number) is None:
                return None
        return self._find(of_archive(view, number), now)

    def find_changes(self, now: datetime) -> Edition:
        """Return the edition of the last changes of health; raises StoreError, EditionError."""
        return self._find(OF_CHANGES, now)

    def find_list(self, name: str, now: datetime) -> Edition:
        """Return the edition of a list of feeds; `name` is a key of `LISTS`. Raises KeyError, StoreError."""
        return self._find(LISTS[name], now)

    def _find(self, work: Work, now: datetime) -> Edition:
        site = self._site()
        kept = self._up_to_date(work, site, now)
        if kept is None:
            with self._lock_of(work.place):  # whoever comes meanwhile waits, and then finds it
                kept = self._up_to_date(work, site, now) or self._make(work, site, now)
        return kept.edition

    def _up_to_date(self, work: Work, site: Site, now: datetime) -> Kept | None:
        with self._store.read() as db:
            stamp = self._stamp(db, work, site)
        kept = self._shelf.find(work.place)
        if kept is None or kept.stamp != stamp or (kept.until is not None and now >= kept.until):
            return None
        return kept

    def _make(self, work: Work, site: Site, now: datetime) -> Kept:
        with self._store.read() as db:  # one snapshot: this content is of this stamp
            stamp = self._stamp(db, work, site)
            self._failures.raise_known(work.place, stamp, now)
            content, faults = work.read(db, site)
            last = views.find_edition(db, *work.place)
            had_failed = self._failures.is_told(db, work.place)
        try:
            body, spoiled = render_sound(work, site, content)
        except EditionError as error:
            return self._failures.fall_back(self._shelf, work.place, stamp, error, now)
        if had_failed:
            self._failures.forget(work.place, now)
        found = {} if work.is_history else faults | spoiled
        modified, until = self._record(work.place, find_etag(body), last, found, now)
        kept = Kept(make_edition(body, work.media_type, modified), stamp, until)
        self._shelf.keep(work.place, kept)
        return kept

    def _record(
        self,
        place: Place,
        etag: str,
        last: tuple[str, datetime] | None,
        faults: Faults,
        now: datetime,
    ) -> tuple[datetime, datetime | None]:
        """Store what a rendering found out; return Last-Modified and, where it failed, when to try again.

        A store that is busy or read-only must not keep readers from their feed: they get the bytes with
        the date that would have been stored, so that no cache takes the new bytes for the old.
        """
        if last and last[0] == etag and not faults:
            return last[1], None
        served = self._shelf.find(place)  # with this date already, where it could not be stored then
        changed = served.edition.modified if served and served.edition.etag == etag else now
        try:
            with self._store.write(PATIENCE) as db:
                for entry_id, reason in faults.items():
                    entries.quarantine(db, entry_id, reason, now)
                return views.record_edition(db, *place, etag, changed), None
        except StoreError:
            return _modified(etag, last, changed), now + RETRY

    def _stamp(self, db: Transaction, work: Work, site: Site) -> Stamp:
        return Stamp(work.look(db), site, self._program_version)

    def _lock_of(self, place: Place) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(place, threading.Lock())


def _modified(etag: str, last: tuple[str, datetime] | None, now: datetime) -> datetime:
    """Return Last-Modified as `record_edition` works it out: it moves with the bytes, and forward only."""
    whole = now.replace(microsecond=0)
    if last is None:
        return whole
    return last[1] if last[0] == etag else max(whole, last[1] + timedelta(seconds=1))
