"""Editions that cannot be made: what is served meanwhile, who is told, and how long nobody tries again."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from feeds.errors import EditionError, StoreError, TooSlowError
from feeds.store import Store, Transaction, notices
from feeds.syndication.shelf import Kept, Shelf, Stamp
from feeds.syndication.works import Place, Work

log = logging.getLogger(__name__)

RETRY = timedelta(minutes=1)  # until what failed is tried again, if nothing changes meanwhile
PAUSE = timedelta(seconds=30)  # until what took too long is tried again
PATIENCE = 0.2  # seconds a reader waits for whoever is writing to the store
MOST = 1000  # failures remembered
MOST_PASSING = 20  # are told of, where anybody can ask for any number of such feeds
PREFIX = "edition "  # of the names of notices


class Failures:
    """The feeds that cannot be made at the moment."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._without: OrderedDict[Place, tuple[Stamp, datetime, str]] = OrderedDict()
        self._slow: OrderedDict[Place, tuple[datetime, str]] = OrderedDict()

    def raise_known(self, place: Place, stamp: Stamp, now: datetime) -> None:
        """Raise EditionError where this has failed just now, and there is nothing to serve in its place."""
        failed = self._without.get(place)
        if failed is not None and failed[0] == stamp and now < failed[1]:
            raise EditionError(failed[2])

    def raise_slow(self, place: Place, now: datetime) -> None:
        """Raise TooSlowError where this has taken too long just now, whatever has come since."""
        slow = self._slow.get(place)
        if slow is not None and now < slow[0]:
            raise TooSlowError(slow[1])

    def remember_slow(self, place: Place, error: TooSlowError, now: datetime) -> None:
        """Keep in mind that this takes too long: who asks again, or waits, need not find out."""
        self._slow[place] = (now + PAUSE, str(error))
        _fit(self._slow)

    def fall_back(self, shelf: Shelf, work: Work, stamp: Stamp, error: EditionError, now: datetime) -> Kept:
        """Return the last good edition on the shelf, kept until it is time to try again; say so loudly.

        Raises EditionError where this process has none.
        """
        last = shelf.find(work.place)
        meanwhile = "the last good one is served" if last else "there is none to serve in its place"
        text = f"The feed {work.place[1]} of {work.place[0]} cannot be made: {error}; {meanwhile}"
        log.error("%s", text)
        self._tell(work.place, text, now, MOST_PASSING if work.is_passing else None)
        if last is None:
            self._without[work.place] = (stamp, now + RETRY, text)
            _fit(self._without)
            raise EditionError(text) from error
        kept = Kept(replace(last.edition, is_lasting=False), stamp, now + RETRY)
        shelf.keep(work.place, kept)
        return kept

    def is_told(self, db: Transaction, place: Place) -> bool:
        """Whether it is still said that this feed cannot be made."""
        return notices.has_notice(db, _name(place))

    def forget(self, place: Place, now: datetime) -> None:
        """Say no more that this feed cannot be made."""
        self._without.pop(place, None)
        self._tell(place, None, now)

    def _tell(self, place: Place, text: str | None, now: datetime, most: int | None = None) -> None:
        """Say of a feed that it cannot be made, unless `most` are told of already; no `text`: no more."""
        try:
            with self._store.write(PATIENCE) as db:
                if most is None or self.is_told(db, place) or len(list_told(db)) < most:
                    notices.set_notice(db, _name(place), text, now)
        except StoreError as error:  # the log has it, and the next who makes the feed tries again
            log.warning("%s", error)


def _fit(remembered: OrderedDict[Place, Any]) -> None:
    """Drop the oldest, where there are too many."""
    while len(remembered) > MOST:
        remembered.popitem(last=False)


def list_told(db: Transaction) -> list[Place]:
    """Return the feeds of which it is said that they cannot be made, the oldest first."""
    places = (read_place(notice.name) for notice in notices.list_notices(db))
    return [place for place in places if place is not None]


def read_place(name: str) -> Place | None:
    """Return the feed that a notice with this name is about; None where it is about something else."""
    if not name.startswith(PREFIX):
        return None
    key, _, format = name.removeprefix(PREFIX).rpartition(" ")
    return key, format


def _name(place: Place) -> str:
    return PREFIX + " ".join(place)
