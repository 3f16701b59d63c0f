"""Topics (WebSub): the addresses at which our feeds are announced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args
from urllib.parse import quote, unquote

from feeds.model import ALL, Site, View, ViewKind
from feeds.store import Transaction
from feeds.store.views import find_view, list_searches
from feeds.syndication import FORMATS
from feeds.syndication.addresses import feed_url

#: What may stand in an address as it is (RFC 3986, appendix A).
LEGAL = ":/?#[]@!$&'()*+,;=-._~%"


@dataclass(frozen=True, slots=True)
class Topic:
    """One feed that there is to subscribe to."""

    url: str
    view: View
    format: str  #: a key of `FORMATS`


def find_topic(db: Transaction, site: Site, url: str) -> Topic | None:
    """Return the feed of ours that has this very address; None where there is none, or it is private."""
    folder, _, format = url.rpartition("/")
    if format not in FORMATS or f"{folder}/"[: len(site.base_url) + 1] != f"{site.base_url}/":
        return None
    path = f"{folder}/"[len(site.base_url) :]
    view = _find_view(db, path)
    return None if view is None else Topic(url, view, format)


def list_topics(db: Transaction, site: Site, view_key: str) -> list[str]:
    """Return the addresses of the feeds of a view; none where there is no such view, or it is private.

    What is found by a saved search changes with everything.
    """
    kind, _, name = view_key.partition(":")
    view = next((find_view(db, known, name) for known in get_args(ViewKind) if known == kind), None)
    views = [view, *(list_searches(db) if view == ALL else ())] if view else []
    return [feed_url(site, each, format) for each in views for format in FORMATS]


def write_links(hubs: Iterable[str], topic: str) -> str:
    """Return the Link header field by which a feed names its hubs and itself (section 4)."""
    links = [(hub, "hub") for hub in hubs] + [(topic, "self")]
    return ", ".join(f'<{quote(url, safe=LEGAL)}>; rel="{rel}"' for url, rel in links)


def _find_view(db: Transaction, path: str) -> View | None:
    """Return the public view whose page has this path, percent-encoded as we write it."""
    for kind in get_args(ViewKind):
        folder = View(kind).path
        name = unquote(path[len(folder) : -1])
        is_so_written = path.startswith(folder) and View(kind, name).path == path
        if is_so_written and name.isprintable() and (view := find_view(db, kind, name)):
            return view
    return None
