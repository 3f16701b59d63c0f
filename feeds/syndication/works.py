"""How each feed is made: what it depends on, what is read for it, and how that is rendered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feeds.model import ALONE, Frame, Site, StoredEntry, View
from feeds.store import Transaction, entries, views
from feeds.store.health import list_changes
from feeds.syndication import FORMATS
from feeds.syndication.faults import find_fault
from feeds.syndication.health import FILE, render_changes
from feeds.syndication.rss_atom import ATOM_TYPE

CHANGES = 50  # in the feed of changes of health

Place = tuple[str, str]  # key of the view, name of the format
Faults = dict[str, str]  # by id of an entry: why it cannot be rendered


@dataclass(frozen=True, slots=True)
class Shown:
    """What one document of a view holds."""

    entries: Sequence[StoredEntry]
    frame: Frame


@dataclass(frozen=True, slots=True)
class Work:
    """How the editions of one feed are made."""

    place: Place
    media_type: str
    look: Callable[[Transaction], object]  #: what the content depends on; as cheap as can be
    read: Callable[[Transaction, Site], tuple[Any, Faults]]  #: the content
    render: Callable[[Site, Any], bytes]


def of_view(view: View, format: str) -> Work:
    kind = FORMATS[format]
    return Work(
        place=(view.key, format),
        media_type=kind.media_type,
        look=lambda db: (view, views.revision(db, view.key)),
        read=lambda db, site: _read_live(db, view, site.limit),
        render=lambda site, shown: kind.render(view, site, shown.entries, shown.frame),
    )


OF_CHANGES = Work(
    place=("health", FILE),  # no view has this key
    media_type=ATOM_TYPE,
    look=lambda db: list_changes(db, CHANGES),
    read=lambda db, _: (list_changes(db, CHANGES), {}),
    render=render_changes,
)


def _read_live(db: Transaction, view: View, limit: int) -> tuple[Shown, Faults]:
    """Return what the live feed of a view shows, and by id why entries are kept out of it."""
    sound, faults = _list_sound(db, view, limit)
    return Shown(sound, ALONE), faults


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
