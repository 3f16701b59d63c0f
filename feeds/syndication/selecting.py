"""Feeds of what is selected from a view by parameters, and the pages by which they go on.

A page follows an entry, by its key, and never a count: what comes in at the top meanwhile shifts nothing. No
page has archives; each names itself and the next (RFC 5005, section 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import NamedTuple
from urllib.parse import quote, urlencode

from feeds.errors import QueryError
from feeds.model import Frame, Related, Selection, Site, StoredEntry, View
from feeds.store import Transaction, entries
from feeds.store.entries import EVERYTHING
from feeds.store.patience import limited
from feeds.store.selections import Place, list_fitting, list_keys
from feeds.store.twins import list_folded
from feeds.syndication.addresses import entry_url
from feeds.syndication.faults import Faults, find_fault, find_faults
from feeds.text.dates import format_rfc3339

#: For which what strangers ask may keep the store busy.
MOST_SECONDS = 3.0

#: Entries of one document that are many to write down.
MANY = 200

#: What makes no other feed of it: how much of it is on a page, and which page it is.
OF_PAGES = ("before", "limit")

EPOCH = datetime(1, 1, 2, tzinfo=UTC)  # before any entry


def list_parameters(selection: Selection) -> dict[str, str]:
    """Return the parameters as they stand in an address: in one spelling and order, without defaults."""
    values = {
        "before": selection.before,
        "fold": "1" if selection.is_folded else None,
        "full": None if selection.is_full else "0",
        "lang": selection.language,
        "limit": None if selection.limit is None else str(selection.limit),
        "q": selection.query,
        "since": None if selection.since is None else format_rfc3339(selection.since),
    }
    return {name: value for name, value in values.items() if value is not None}


def name_parameters(selection: Selection) -> str:
    """Return the parameters as the query of an address; empty without any."""
    return urlencode(list_parameters(selection), quote_via=quote, safe="")


def narrow(view: View, selection: Selection) -> View:
    """Return the view as the feed of what is selected tells of it."""
    if selection.since == EPOCH:  # a page that begins before any flood, of a feed that names no moment
        selection = replace(selection, since=None)
    told = {name: value for name, value in list_parameters(selection).items() if name not in OF_PAGES}
    return replace(view, narrowed=urlencode(told, quote_via=quote, safe=""))


def is_costly(view: View, selection: Selection) -> bool:
    """Whether more is asked than to walk a view, or to write down very much of it."""
    has_words = view.query is not None or selection.query is not None
    is_long = selection.limit is not None and selection.limit > MANY
    return has_words or selection.language is not None or selection.is_folded or is_long


def read_selected(
    db: Transaction, site: Site, view: View, format: str, selection: Selection
) -> tuple[Sequence[StoredEntry], Frame, Faults]:
    """Return the entries selected, what the feed says around them, and why others are kept out.

    Raises QueryError where the query cannot be read or nobody knows the entry to continue from, TooSlowError.
    """
    limit = selection.limit or site.limit
    after = _find_place(db, selection.before)
    with limited(db, MOST_SECONDS):
        everything = _list_page(db, site, view, selection, limit, after)
        found = everything.entries
        if _is_live(view, selection):
            found = _list_page(db, site, view, replace(selection, is_live=True), limit, after).entries
    following = _find_following(selection, _mark(found), _mark(everything.entries), everything.last)
    faults = find_faults(found)
    frame = Frame(
        url=_address(site, view, format, selection),
        next=_address(site, view, format, following) if following else None,
        is_full=selection.is_full,
    )
    return [stored for stored in found if stored.entry.id not in faults], frame, faults


def find_next(
    db: Transaction, site: Site, view: View, format: str, newest: Sequence[StoredEntry]
) -> str | None:
    """Return the address of the page that follows a live feed, which shows the `newest` of the view."""
    count = max(1, len(newest))
    keys = list_keys(db, view, count + 1)
    marks = [_Mark(key) for key in keys[:count]]
    following = _find_following(EVERYTHING, _mark(newest), marks, keys[count - 1] if keys[count:] else None)
    return _address(site, view, format, following) if following else None


class _Page(NamedTuple):
    """A page of entries and the key of the last one looked at, where more follow."""

    entries: Sequence[StoredEntry]
    last: str | None


class _Mark(NamedTuple):
    """By what an entry on a page is known: its key, and the others it stands for."""

    key: str
    related: tuple[Related, ...] = ()


def _mark(shown: Iterable[StoredEntry]) -> list[_Mark]:
    return [_Mark(stored.key, stored.related) for stored in shown]


def _find_following(
    selection: Selection, shown: Sequence[_Mark], everything: Sequence[_Mark], last: str | None
) -> Selection | None:
    """Return what is selected on the page that follows the `shown`; None where there are no others.

    Where these leave out a flood that is in `everything` (up to `last`, where more follow) the pages begin
    before it, so that whoever follows them misses nothing.
    """
    pairs = zip(shown, everything, strict=False)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    if alike == len(everything):
        return replace(selection, before=last) if last else None
    if alike == 0:
        return replace(selection, since=EPOCH)
    return replace(selection, before=shown[alike - 1].key)


def _is_live(view: View, selection: Selection) -> bool:
    """Whether floods are left out, as in a live feed: nobody asks for the past, nor for certain words."""
    asks = selection.before is not None or selection.since is not None or selection.query is not None
    return not asks and view.kind not in ("source", "query")


def _list_page(
    db: Transaction, site: Site, view: View, selection: Selection, limit: int, after: Place | None
) -> _Page:
    if selection.is_folded:
        return _list_folded(db, site, view, selection, limit, after)
    listed, has_more = list_fitting(db, view, selection, limit, after)
    return _Page(listed, listed[-1].key if has_more else None)


def _list_folded(
    db: Transaction, site: Site, view: View, selection: Selection, limit: int, after: Place | None
) -> _Page:
    folded = list_folded(db, view, selection, limit, after)
    shown = [
        replace(stored, related=tuple(_relate(site, folded.twins.get(stored.number, ()))))
        for stored in folded.entries
    ]
    return _Page(shown, entries.find_key(folded.last[1]) if folded.last else None)


def _relate(site: Site, twins: Iterable[StoredEntry]) -> Iterable[Related]:
    for twin in twins:
        if find_fault(twin) is None:
            url = twin.entry.link or entry_url(site, twin.key)
            yield Related(url, twin.entry.title, twin.source.display_title)


def _find_place(db: Transaction, key: str | None) -> Place | None:
    if key is None:
        return None
    place = entries.find_position(db, key)
    if place is None:
        raise QueryError("the entry to continue from is not here")
    return place


def _address(site: Site, view: View, format: str, selection: Selection) -> str:
    return site.base_url + view.address(format, **list_parameters(selection))
