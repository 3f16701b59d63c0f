"""How each feed is made: what it depends on, what is read for it, and how that is rendered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from feeds.model import Selection, Site, View
from feeds.store import Transaction, archives, views
from feeds.store.entries import EVERYTHING
from feeds.store.health import list_changes
from feeds.syndication import FORMATS
from feeds.syndication.addresses import HEALTH_FILE
from feeds.syndication.faults import Faults
from feeds.syndication.health import render_changes
from feeds.syndication.history import ARCHIVE_FORMAT, Shown, read_archive, read_live
from feeds.syndication.rss_atom import ATOM_TYPE, render_atom
from feeds.syndication.selecting import is_costly, name_parameters, narrow, read_selected

CHANGES = 50  # in the feed of changes of health

Place = tuple[str, str]  # key of the view, name of the format


@dataclass(frozen=True, slots=True)
class Work:
    """How the editions of one feed are made."""

    place: Place
    media_type: str
    look: Callable[[Transaction], object]  #: what the content depends on; as cheap as can be
    read: Callable[[Transaction, Site], tuple[Any, Faults]]  #: the content
    render: Callable[[Site, Any], bytes]
    is_history: bool = False  #: entries as they were once: their faults say nothing of what they are now
    trail_of: View | None = None  #: what is shown, where past editions are remembered, for deltas
    is_passing: bool = False  #: nothing is stored of its editions: anybody can ask for any number of such
    is_costly: bool = False  #: only a few of its kind are made at once


def of_view(view: View, format: str, selection: Selection = EVERYTHING) -> Work:
    """Return how the feed of a view is made, or of what is selected from it."""
    if selection != EVERYTHING or view.kind == "query":
        return _of_selection(view, format, selection)
    kind = FORMATS[format]
    return Work(
        place=(view.key, format),
        media_type=kind.media_type,
        look=lambda db: (view, views.revision(db, view.revised_by)),
        read=lambda db, site: read_live(db, view, format, site),
        render=lambda site, shown: kind.render(view, site, shown.entries, shown.frame),
        trail_of=view,
    )


def of_archive(view: View, number: int) -> Work:
    """Return how an archive document is made; there is one with this number."""
    return Work(
        place=(f"archive:{number}:{view.key}", ARCHIVE_FORMAT),  # no view has such a key
        media_type=ATOM_TYPE,
        look=lambda db: (view, archives.find_archive(db, view, number)),
        read=lambda db, site: (read_archive(db, view, number, site), {}),
        render=lambda site, shown: render_atom(view, site, shown.entries, shown.frame),
        is_history=True,
    )


def _of_selection(view: View, format: str, selection: Selection) -> Work:
    kind = FORMATS[format]
    narrowed = narrow(view, selection)

    def read(db: Transaction, site: Site) -> tuple[Shown, Faults]:
        entries, frame, faults = read_selected(db, site, view, format, selection)
        return Shown(entries, frame), faults

    return Work(
        place=(f"{view.key}?{name_parameters(selection)}", format),
        media_type=kind.media_type,
        look=lambda db: (view, views.revision(db, view.revised_by)),
        read=read,
        render=lambda site, shown: kind.render(narrowed, site, shown.entries, shown.frame),
        is_passing=True,
        is_costly=is_costly(view, selection),
    )


OF_CHANGES = Work(
    place=("health", HEALTH_FILE),  # no view has this key
    media_type=ATOM_TYPE,
    look=lambda db: list_changes(db, CHANGES),
    read=lambda db, _: (list_changes(db, CHANGES), {}),
    render=render_changes,
)
