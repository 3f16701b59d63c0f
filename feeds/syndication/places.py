"""Which feed a place names, as it is stored beside what is said of the feed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast, get_args
from urllib.parse import parse_qsl

from feeds.model import Selection, View, ViewKind
from feeds.store import Transaction, archives
from feeds.store.views import find_view
from feeds.syndication import FORMATS
from feeds.syndication.lists import KEY, LISTS
from feeds.syndication.works import OF_CHANGES, Place, Work, of_archive, of_view


def find_work(db: Transaction, place: Place) -> Work | None:
    """Return how the feed is made that is kept at a place; None where it is served no more."""
    key, format = place
    if place == OF_CHANGES.place:
        return OF_CHANGES
    if key == KEY:
        return LISTS.get(format)
    if key.startswith("archive:"):
        _, number, key = key.split(":", 2)
        view = _find_view(db, key)
        is_there = view is not None and archives.find_archive(db, view, int(number)) is not None
        return of_archive(view, int(number)) if view is not None and is_there else None
    return _find_of_view(db, key, format)


def _find_of_view(db: Transaction, key: str, format: str) -> Work | None:
    """A selection has its parameters behind the key of the view, in which no `?` is left to be told."""
    if format not in FORMATS:
        return None
    key, mark, parameters = key.rpartition("?") if "?" in key else (key, "", "")
    view = _find_view(db, key)
    if view is None:
        return None
    return of_view(view, format, _read_parameters(dict(parse_qsl(parameters))) if mark else Selection())


def _find_view(db: Transaction, key: str) -> View | None:
    kind, _, name = key.partition(":")
    return find_view(db, cast(ViewKind, kind), name) if kind in get_args(ViewKind) else None


def _read_parameters(values: Mapping[str, str]) -> Selection:
    """Return the selection whose parameters (`list_parameters`) these are."""
    since = values.get("since")
    return Selection(
        limit=int(values["limit"]) if "limit" in values else None,
        since=None if since is None else datetime.fromisoformat(since),
        language=values.get("lang"),
        query=values.get("q"),
        before=values.get("before"),
        is_full=values.get("full") != "0",
        is_folded=values.get("fold") == "1",
    )
