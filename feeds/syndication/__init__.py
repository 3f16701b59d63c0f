"""Entries to bytes: every format is a row of `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feeds.model import Frame, Site, StoredEntry, View
from feeds.syndication.jsonfeed import JSON_TYPE, render_json
from feeds.syndication.rss_atom import ATOM_TYPE, RSS_TYPE, render_atom, render_rss

__all__ = ["FORMATS", "Format"]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a feed; `render` never asks the clock: the same entries give the same bytes."""

    name: str  #: the last part of its address
    render: Callable[[View, Site, Sequence[StoredEntry], Frame], bytes]
    media_type: str
    title: str


FORMATS = {
    format.name: format
    for format in (
        Format("rss.xml", render_rss, RSS_TYPE, "RSS"),
        Format("atom.xml", render_atom, ATOM_TYPE, "Atom"),
        Format("feed.json", render_json, JSON_TYPE, "JSON Feed"),
    )
}
