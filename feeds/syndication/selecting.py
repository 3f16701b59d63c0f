"""Feeds of what is selected from a view by parameters, and the pages by which they go on.

A page follows an entry, by its key, and never a count: what comes in at the top meanwhile shifts nothing. No
page has archives; each names itself and the next (RFC 5005, section 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile
from urllib.parse import quote, urlencode

from feeds.errors import QueryError
from feeds.model import Frame, Related, Selection, Site, StoredEntry, View
from feeds.store import Transaction, entries
from feeds.store.patience import limited
from feeds.store.selections import Place, list_selected
from feeds.store.twins import list_folded
from feeds.syndication.addresses import entry_url
from feeds.syndication.faults import Faults, find_fault, find_faults
from feeds.text.dates import format_rfc3339

#: For which what strangers ask may keep the store busy.
MOST_SECONDS = 3.0

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
    told = {name: value for name, value in list_parameters(selection).items() if name not in OF_PAGES}
    return replace(view, narrowed=urlencode(told, quote_via=quote, safe=""))


def read_selected(
    db: Transaction, site: Site, view: View, format: str, selection: Selection
) -> tuple[Sequence[StoredEntry], Frame, Faults]:
    """Return the entries selected, what the feed says around them, and why others are kept out.

    Raises QueryError where the query cannot be read or nobody knows the entry to continue from, TooSlowError.
    """
    limit = selection.limit or site.limit
    after = _find_place(db, selection.before)
    with limited(db, MOST_SECONDS):
        if selection.is_folded:
            found, last = _list_folded(db, site, view, selection, limit, after)
        else:
            found, last = _list_page(db, view, selection, limit, after)
    faults = find_faults(found)
    frame = Frame(
        url=_address(site, view, format, selection),
        next=_address(site, view, format, replace(selection, before=last)) if last else None,
        is_full=selection.is_full,
    )
    return [stored for stored in found if stored.entry.id not in faults], frame, faults


def find_next(
    db: Transaction, site: Site, view: View, format: str, newest: Sequence[StoredEntry]
) -> str | None:
    """Return the address of the page that follows a live feed, which shows the `newest` of the view.

    Where it leaves out a flood the pages begin before that, so that whoever follows them misses nothing.
    """
    listed = entries.list_entries(db, view, len(newest) + 1)
    alike = sum(
        1 for _ in takewhile(lambda pair: pair[0].key == pair[1].key, zip(newest, listed, strict=False))
    )
    if alike == len(listed):
        return None
    selection = Selection(before=newest[alike - 1].key) if alike else Selection(since=EPOCH)
    return _address(site, view, format, selection)


def _list_page(
    db: Transaction, view: View, selection: Selection, limit: int, after: Place | None
) -> tuple[list[StoredEntry], str | None]:
    """Return a page of entries and the key of its last, where more follow."""
    listed = list_selected(db, view, selection, limit + 1, after, only_live=_is_live(selection))
    return listed[:limit], listed[limit - 1].key if len(listed) > limit else None


def _is_live(selection: Selection) -> bool:
    """Whether floods are left out, as in a live feed: nobody asks for the past, nor for certain words."""
    return selection.before is None and selection.since is None and selection.query is None


def _list_folded(
    db: Transaction, site: Site, view: View, selection: Selection, limit: int, after: Place | None
) -> tuple[list[StoredEntry], str | None]:
    folded = list_folded(db, view, selection, limit, after)
    shown = [
        replace(stored, related=tuple(_relate(site, folded.twins.get(stored.number, ()))))
        for stored in folded.entries
    ]
    return shown, entries.find_key(folded.last[1]) if folded.last else None


def _relate(site: Site, twins: Iterable[StoredEntry]) -> Iterable[Related]:
    for twin in twins:
        if find_fault(twin) is None:
            url = twin.entry.link or entry_url(site, twin.key)
            yield Related(url, twin.entry.title, twin.source.display_title)


def _find_place(db: Transaction, key: str | None) -> Place | None:
    if key is None:
        return None
    stored = entries.find_entry(db, key)
    if stored is None:
        raise QueryError("the entry to continue from is not here")
    return stored.position, stored.entry.id


def _address(site: Site, view: View, format: str, selection: Selection) -> str:
    return site.base_url + view.address(format, **list_parameters(selection))
