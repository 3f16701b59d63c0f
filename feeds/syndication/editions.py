"""Editions: one view in one format, or the changes of health, rendered once for all their readers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from feeds.errors import EditionError, QueryError, StoreError, TooSlowError
from feeds.model import ALL, Selection, Site, View
from feeds.store import Store, Transaction, archives, entries, views
from feeds.store.entries import EVERYTHING, find_key
from feeds.store.revisions import find_modified
from feeds.store.standing import list_hidden
from feeds.syndication.edition import Edition, find_etag
from feeds.syndication.failures import PATIENCE, RETRY, Failures, list_told
from feeds.syndication.faults import Faults
from feeds.syndication.history import Shown
from feeds.syndication.lists import LISTS
from feeds.syndication.places import find_work
from feeds.syndication.selecting import MOST_SECONDS
from feeds.syndication.shelf import Kept, Shelf, Spot, Stamp
from feeds.syndication.soundness import render_checked, render_sound
from feeds.syndication.trail import Seen, Trail, Trails
from feeds.syndication.turns import Turns
from feeds.syndication.works import OF_CHANGES, Work, of_archive, of_view

__all__ = ["RETRY", "Edition", "Editions"]

MOST_BYTES = 64 * 1024 * 1024  # bodies kept, all their codings together
PASSING_BYTES = 16 * 1024 * 1024  # of those with parameters: they push out no other
TELLING = frozenset({"atom.xml", "feed.json"})  # formats whose documents can say that an entry was withdrawn


class _Found(NamedTuple):
    """What an edition is made of, all of one snapshot: this content is of this stamp."""

    stamp: Stamp
    content: Any
    faults: Faults
    last: tuple[str, datetime] | None  #: ETag and Last-Modified, as they were last recorded
    had_failed: bool  #: it is still said that it cannot be made
    hidden: Collection[str]  #: keys of what newer entries pushed out, and is in no view any more


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
        self._trails = Trails()
        self._passing = Shelf(min(PASSING_BYTES, most_bytes))
        self.turns = Turns()  #: of what is costly and kept for a while only, and so is made again and again
        self._guard = threading.Lock()
        self._locks: WeakValueDictionary[Spot, threading.Lock] = WeakValueDictionary()

    def find(self, view: View, format: str, now: datetime, selection: Selection = EVERYTHING) -> Edition:
        """Return the edition of a view, or of what is selected from it; `format` is a key of `FORMATS`.

        Where it cannot be made, this is the last good one. Raises KeyError for another format, StoreError
        where the store cannot be read, EditionError where there is no good edition to serve; of a selection
        QueryError, TooSlowError.
        """
        return self._find(of_view(view, format, selection), now)

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

    def review_failures(self, now: datetime) -> None:
        """Try again what is said to have failed; say no more of what is well, or is served no more.

        It ends after some seconds: what was tried just now is passed over the next time. Raises StoreError.
        """
        with self._store.read() as db:
            told = [(place, find_work(db, place)) for place in list_told(db)]
        end = time.monotonic() + MOST_SECONDS
        for place, work in told:
            if time.monotonic() > end:
                return
            if work is None or self._is_well(work, now):
                self._failures.forget(place, now)

    def _is_well(self, work: Work, now: datetime) -> bool:
        """Whether the feed can be made, or nobody can ask for it any more."""
        try:
            return self._find_kept(work, now).until is None
        except QueryError:
            return True
        except (EditionError, StoreError):
            return False

    def _find(self, work: Work, now: datetime) -> Edition:
        return self._find_kept(work, now).edition.as_of(now)

    def _find_kept(self, work: Work, now: datetime) -> Kept:
        site = self._site()
        kept = self._up_to_date(work, site, now)
        if kept is None:
            self._failures.raise_slow(work.place, now)
            lock = self._lock_of(work.place)
            with self.turns.take(lock) if work.is_costly else lock:  # who comes meanwhile waits, and finds it
                kept = self._up_to_date(work, site, now) or self._make(work, site, now)
        return kept

    def _up_to_date(self, work: Work, site: Site, now: datetime) -> Kept | None:
        with self._store.read() as db:
            stamp = self._stamp(db, work, site)
        kept = self._shelf_of(work).find(work.place)
        if kept is None or kept.stamp != stamp or (kept.until is not None and now >= kept.until):
            return None
        return kept

    def _make(self, work: Work, site: Site, now: datetime) -> Kept:
        """Return a new edition, which is kept from now on, or the last good one where that cannot be made."""
        trail = self._trails.find(work.place) if work.trail_of else None
        found = self._read(work, site, trail, now)
        try:
            body, spoiled = render_sound(work, site, found.content)
        except EditionError as error:
            return self._failures.fall_back(self._shelf_of(work), work, found.stamp, error, now)
        if found.had_failed:
            self._failures.forget(work.place, now)
        etag = find_etag(body)
        faults = {} if work.is_history else found.faults | spoiled
        modified, until = self._record(work, found, etag, faults, now)
        if trail is not None:
            shown = self._see(work, site, found.content, spoiled)
            hidden = {*found.hidden, *map(find_key, faults)}
            trail.add(etag, shown, hidden, is_full=found.content.is_full)
            self._trails.fit()
        return self._keep(work, body, etag, modified, found.stamp, until)

    def _read(self, work: Work, site: Site, trail: Trail | None, now: datetime) -> _Found:
        """Return everything that an edition is made of; raises EditionError, TooSlowError."""
        self._failures.raise_slow(work.place, now)
        with self._store.read() as db:
            stamp = self._stamp(db, work, site)
            self._failures.raise_known(work.place, stamp, now)
            try:
                content, faults = work.read(db, site)
            except TooSlowError as error:
                self._failures.remember_slow(work.place, error, now)
                raise
            return _Found(
                stamp,
                content,
                faults,
                last=None if work.is_passing else views.find_edition(db, *work.place),
                had_failed=self._failures.is_told(db, work.place),
                hidden=_list_hidden(db, work, trail, content) if trail is not None else frozenset(),
            )

    def _record(
        self, work: Work, found: _Found, etag: str, faults: Faults, now: datetime
    ) -> tuple[datetime | None, datetime | None]:
        """Store what a rendering found out; return Last-Modified and, where it failed, when to try again.

        What was made of a state of the store that is past already has no date, and tells of no entry: another
        process may have dated what is newer, and who has it would be told that nothing has changed.

        A store that is busy or read-only must not keep readers from their feed: they get the bytes with
        the date that would have been stored, so that no cache takes the new bytes for the old. Of what is
        passing no date is stored.
        """
        last = found.last
        if not faults and (work.is_passing or (last and last[0] == etag)):
            return last[1] if last else None, None
        served = self._shelf.find(work.place)  # with a date already, also where it could not be stored
        changed = find_modified(served.edition.validators if served else None, etag, now)
        try:
            with self._store.write(PATIENCE) as db:
                modified = None
                if not work.is_passing:
                    modified = views.record_edition(
                        db, *work.place, etag, changed, lambda: work.look(db) == found.stamp.content
                    )
                if work.is_passing or modified is not None:
                    for entry_id, reason in faults.items():
                        entries.quarantine(db, entry_id, reason, now)
                return modified, None
        except StoreError:
            return None if work.is_passing else find_modified(last, etag, changed), now + RETRY

    def _keep(
        self,
        work: Work,
        body: bytes,
        etag: str,
        modified: datetime | None,
        stamp: Stamp,
        until: datetime | None,
    ) -> Kept:
        shelf = self._shelf_of(work)
        edition = Edition(
            body=body,
            etag=etag,
            modified=modified,
            media_type=work.media_type,
            is_lasting=until is None and (work.is_passing or modified is not None),
            since=partial(self._find_rest, work, stamp, etag, modified) if work.trail_of else None,
            grown=partial(shelf.weigh, work.place),
        )
        kept = Kept(edition, stamp, until)
        shelf.keep(work.place, kept)
        return kept

    def _shelf_of(self, work: Work) -> Shelf:
        return self._passing if work.is_passing else self._shelf

    def _find_rest(
        self, work: Work, stamp: Stamp, etag: str, modified: datetime | None, base: str
    ) -> Edition | None:
        """Return what the edition `etag` holds beyond `base`, an older one: a document like it, for a 226.

        None where that cannot be said, or the edition is not the latest any more.
        """
        spot = (*work.place, base)
        with self._lock_of(spot):
            kept = self._shelf.find(spot)
            if kept is not None and kept.stamp == stamp:
                return kept.edition
            body = self._render_rest(work, stamp, etag, base)
            if body is None:
                return None
            grown = partial(self._shelf.weigh, spot)
            edition = Edition(body, etag, modified, work.media_type, grown=grown)
            self._shelf.keep(spot, Kept(edition, stamp))
            return edition

    def _render_rest(self, work: Work, stamp: Stamp, etag: str, base: str) -> bytes | None:
        trail = self._trails.find(work.place)
        if not trail.knows(base):
            return None
        with self._store.read() as db:
            if self._stamp(db, work, stamp.site) != stamp:
                return None
            shown, _ = work.read(db, stamp.site)
        changed = trail.find_changed(base, etag, _list_told(work, shown))
        if changed is None or len(changed) == len(shown.entries):
            return None
        try:
            return render_checked(work, stamp.site, shown.only(changed))
        except EditionError:  # the whole feed has told why
            return None

    def _see(self, work: Work, site: Site, shown: Shown, spoiled: Faults) -> dict[str, Seen]:
        """Return how each entry stands: its state is everything that its rendering depends on."""
        about = (work.trail_of, site, self._program_version)
        sound = (stored for stored in shown.entries if stored.entry.id not in spoiled)
        return {stored.key: Seen(hash((stored, about)), stored.position) for stored in sound}

    def _stamp(self, db: Transaction, work: Work, site: Site) -> Stamp:
        return Stamp(work.look(db), site, self._program_version)

    def _lock_of(self, spot: Spot) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(spot, threading.Lock())


def _list_hidden(db: Transaction, work: Work, trail: Trail, shown: Shown) -> set[str]:
    """Return the keys of the entries that readers may hold and that the view holds no more, shown or not."""
    keys = frozenset(stored.key for stored in shown.entries)
    return list_hidden(db, trail.list_missing(keys), work.trail_of or ALL)


def _list_told(work: Work, shown: Shown) -> frozenset[str]:
    """Return the keys of the entries whose withdrawal the document of a feed tells."""
    if work.place[1] not in TELLING:
        return frozenset()
    return frozenset(find_key(tombstone.id) for tombstone in shown.frame.tombstones)
