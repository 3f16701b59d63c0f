"""Editions: one view in one format, or the changes of health, rendered once for all their readers."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

from feeds.errors import StoreError
from feeds.model import Site, StoredEntry, View
from feeds.store import Store, Transaction, entries, views
from feeds.store.health import list_changes
from feeds.syndication import FORMATS
from feeds.syndication.faults import find_fault
from feeds.syndication.health import FILE, render_changes
from feeds.syndication.rss_atom import ATOM_TYPE

MOST_BYTES = 64 * 1024 * 1024  # bodies kept, both codings together
RETRY = timedelta(minutes=1)  # until a store that could not be written is tried again
PATIENCE = 0.2  # seconds a reader waits for whoever is writing to the store
CHANGES = 50  # in the feed of changes of health

Place = tuple[str, str]  # key of the view, name of the format
Faults = dict[str, str]  # by id of an entry: why it cannot be rendered


@dataclass(frozen=True, slots=True)
class Edition:
    """The bytes of one feed, and what a server says of them."""

    body: bytes
    gzip: bytes  #: the same, gzip-coded
    etag: str  #: strong, quoted, of the body
    etag_gzip: str  #: of the gzip-coded form: a strong tag is of one coding (RFC 9110, section 8.8.3)
    modified: datetime  #: the stored moment its bytes last changed, whole seconds
    media_type: str


@dataclass(frozen=True, slots=True)
class _Work:
    """How the editions of one feed are made."""

    place: Place
    media_type: str
    look: Callable[[Transaction], object]  #: what the content depends on; as cheap as can be
    read: Callable[[Transaction, Site], tuple[Any, Faults]]  #: the content
    render: Callable[[Site, Any], bytes]


@dataclass(frozen=True, slots=True)
class _Stamp:
    """Everything the bytes of an edition depend on."""

    content: object
    site: Site
    program_version: str


@dataclass(frozen=True, slots=True)
class _Kept:
    edition: Edition
    stamp: _Stamp
    until: datetime | None = None  #: set where Last-Modified could not be stored

    @property
    def size(self) -> int:
        return len(self.edition.body) + len(self.edition.gzip)


class Editions:
    """Finds the edition a reader asks for; renders it only where none is up to date."""

    def __init__(
        self, store: Store, site: Callable[[], Site], program_version: str, most_bytes: int = MOST_BYTES
    ) -> None:
        self._store = store
        self._site = site
        self._program_version = program_version
        self._shelf = _Shelf(most_bytes)
        self._guard = threading.Lock()
        self._locks: WeakValueDictionary[Place, threading.Lock] = WeakValueDictionary()

    def find(self, view: View, format: str, now: datetime) -> Edition:
        """Return the edition of a view; `format` is a key of `FORMATS`.

        Raises KeyError for another format, StoreError where the store cannot be read.
        """
        return self._find(_of_view(view, format), now)

    def find_changes(self, now: datetime) -> Edition:
        """Return the edition of the last changes of health; raises StoreError."""
        return self._find(_OF_CHANGES, now)

    def _find(self, work: _Work, now: datetime) -> Edition:
        site = self._site()
        kept = self._up_to_date(work, site, now)
        if kept is None:
            with self._lock_of(work.place):  # whoever comes meanwhile waits, and then finds it
                kept = self._up_to_date(work, site, now) or self._make(work, site, now)
        return kept.edition

    def _up_to_date(self, work: _Work, site: Site, now: datetime) -> _Kept | None:
        with self._store.read() as db:
            stamp = self._stamp(db, work, site)
        kept = self._shelf.find(work.place)
        if kept is None or kept.stamp != stamp or (kept.until is not None and now >= kept.until):
            return None
        return kept

    def _make(self, work: _Work, site: Site, now: datetime) -> _Kept:
        with self._store.read() as db:  # one snapshot: this content is of this stamp
            stamp = self._stamp(db, work, site)
            content, faults = work.read(db, site)
            last = views.find_edition(db, *work.place)
        body = work.render(site, content)
        tag = hashlib.sha256(body).hexdigest()[:32]
        modified, until = self._record(work.place, f'"{tag}"', last, faults, now)
        edition = Edition(
            body=body,
            gzip=gzip.compress(body, compresslevel=6, mtime=0),
            etag=f'"{tag}"',
            etag_gzip=f'"{tag}-gzip"',
            modified=modified,
            media_type=work.media_type,
        )
        kept = _Kept(edition, stamp, until)
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

    def _stamp(self, db: Transaction, work: _Work, site: Site) -> _Stamp:
        return _Stamp(work.look(db), site, self._program_version)

    def _lock_of(self, place: Place) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(place, threading.Lock())


def _modified(etag: str, last: tuple[str, datetime] | None, now: datetime) -> datetime:
    """Return Last-Modified as `record_edition` works it out: it moves with the bytes, and forward only."""
    whole = now.replace(microsecond=0)
    if last is None:
        return whole
    return last[1] if last[0] == etag else max(whole, last[1] + timedelta(seconds=1))


def _of_view(view: View, format: str) -> _Work:
    kind = FORMATS[format]
    return _Work(
        place=(view.key, format),
        media_type=kind.media_type,
        look=lambda db: (view, views.revision(db, view.key)),
        read=lambda db, site: _list_sound(db, view, site.limit),
        render=lambda site, shown: kind.render(view, site, shown),
    )


_OF_CHANGES = _Work(
    place=("health", FILE),  # no view has this key
    media_type=ATOM_TYPE,
    look=lambda db: list_changes(db, CHANGES),
    read=lambda db, _: (list_changes(db, CHANGES), {}),
    render=render_changes,
)


def _list_sound(db: Transaction, view: View, limit: int) -> tuple[list[StoredEntry], Faults]:
    """Return the newest `limit` entries that can be rendered, and by id why others cannot."""
    sound: list[StoredEntry] = []
    faults: Faults = {}
    after: tuple[datetime, str] | None = None
    while len(sound) < limit:
        wanted = limit - len(sound)
        listed = entries.list_entries(db, view, wanted, after=after)
        found = {stored.entry.id: find_fault(stored) for stored in listed}
        faults |= {entry_id: reason for entry_id, reason in found.items() if reason}
        sound += [stored for stored in listed if not found[stored.entry.id]]
        if len(listed) < wanted:
            break
        after = (listed[-1].position, listed[-1].entry.id)
    return sound, faults


class _Shelf:
    """The editions at hand, one for each place; the least recently read make room."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Place, _Kept] = OrderedDict()
        self._guard = threading.Lock()

    def find(self, place: Place) -> _Kept | None:
        with self._guard:
            kept = self._kept.get(place)
            if kept is not None:
                self._kept.move_to_end(place)
            return kept

    def keep(self, place: Place, kept: _Kept) -> None:
        with self._guard:
            self._drop(self._kept.pop(place, None))
            self._kept[place] = kept
            self._bytes += kept.size
            while self._bytes > self._most_bytes:
                self._drop(self._kept.popitem(last=False)[1])

    def _drop(self, kept: _Kept | None) -> None:
        self._bytes -= kept.size if kept else 0
